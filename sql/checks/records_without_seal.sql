-- Records that are kept and have no sealed record, or sealed ones of an accepted carrier that are missing.
-- reads: `lantai doctor`, the tests
-- source: I1, I2
-- returns: record_id text
SELECT record.record_id
FROM record
LEFT JOIN sealed_record ON record.record_id = sealed_record.record_id
WHERE sealed_record.record_id IS NULL AND record.status IN ('kept', 'transferring')
