-- Records on a list that a live incremental or differential backup builds on, each with one carrier of its chain.
-- reads: edges/registry/disposal/dispositions.py
-- source: vault.md, destruction 1 (a base of a live incremental chain blocks); R1-15
-- param: list_id text
-- returns: row_no integer
-- returns: carrier_id text
SELECT l.row_no, min(built.carrier_id) AS carrier_id
FROM list_row AS l
INNER JOIN record AS r ON r.record_id = l.record_id
INNER JOIN carrier AS built ON built.base_carrier_id = r.carrier_id
INNER JOIN sealed_record AS s ON s.carrier_id = built.carrier_id
INNER JOIN record AS live ON live.record_id = s.record_id AND live.status IN ('kept', 'transferring')
WHERE l.list_id = :list_id
GROUP BY l.row_no
ORDER BY l.row_no
