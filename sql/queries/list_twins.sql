-- Live records that hold a file with the same bytes as a record on a list: they are named on its certificate.
-- reads: edges/registry/disposal/dispositions.py
-- source: vault.md, destruction 6
-- param: list_id text
-- returns: record_id text
-- returns: twin_id text
-- returns: carrier_id text
SELECT DISTINCT mine.record_id, other.record_id AS twin_id, twin.carrier_id
FROM list_row AS l
INNER JOIN record AS gone ON gone.record_id = l.record_id AND gone.status IN ('destroying', 'destroyed')
INNER JOIN record_file AS mine ON mine.record_id = l.record_id
INNER JOIN record_file AS other ON other.sha256 = mine.sha256 AND other.record_id <> mine.record_id
INNER JOIN record AS twin ON twin.record_id = other.record_id AND twin.status IN ('kept', 'transferring', 'transferred')
WHERE l.list_id = :list_id
ORDER BY mine.record_id, twin_id
