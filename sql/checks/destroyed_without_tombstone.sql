-- Records that are destroyed and have no tombstone, so that restore and rebuild would not refuse them.
-- reads: `lantai doctor`, the tests
-- source: vault.md, "Destruction", 6; I3
-- returns: record_id text
SELECT record.record_id
FROM record
LEFT JOIN tombstone ON record.record_id = tombstone.record_id
WHERE record.status = 'destroyed' AND tombstone.record_id IS NULL
