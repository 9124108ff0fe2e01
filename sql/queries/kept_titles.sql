-- Records that are kept, with what a retention schedule judges them by.
-- reads: edges/registry/custody/holdings.py
-- source: rules N4
-- param: every_unit boolean
-- param: units text[]
-- returns: record_id text
-- returns: archival_code text
-- returns: title text
-- returns: doc_type text
-- returns: retention text
SELECT r.record_id, r.archival_code, r.title, r.doc_type, r.retention
FROM record AS r
WHERE r.status = 'kept' AND (:every_unit OR r.unit_code IN :units)
ORDER BY r.record_id
