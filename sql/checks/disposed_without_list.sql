-- Records that left the vault's keeping without standing on a list that was carried out or is being carried out.
-- reads: `lantai doctor`, the tests
-- source: I3; rules N1 art. 21
-- returns: record_id text
-- returns: status text
SELECT
    record.record_id,
    record.status
FROM record
WHERE
    record.status <> 'kept'
    AND NOT EXISTS (
        SELECT 1
        FROM list_row
        INNER JOIN disposal_list ON list_row.list_id = disposal_list.list_id
        WHERE
            list_row.record_id = record.record_id
            AND disposal_list.state IN ('awaiting_custodian', 'executing', 'done')
    )
