-- Files of the records of a list that are under way, in the order of its rows.
-- reads: edges/registry/disposal/dispositions.py
-- source: rules N7; vault.md, destruction 6
-- param: list_id text
-- param: statuses text[]
-- returns: row_no integer
-- returns: record_id text
-- returns: carrier_id text
-- returns: file_no integer
-- returns: path text
-- returns: size_bytes integer
-- returns: sha256 text
-- returns: sm3 text
SELECT l.row_no, r.record_id, r.carrier_id, f.file_no, f.path, f.size_bytes, f.sha256, f.sm3
FROM list_row AS l
INNER JOIN record AS r ON r.record_id = l.record_id
INNER JOIN record_file AS f ON f.record_id = r.record_id
WHERE l.list_id = :list_id AND r.status IN :statuses
ORDER BY l.row_no, f.file_no
