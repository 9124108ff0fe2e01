-- Records on a list that are under a hold now, each with one hold that covers it.
-- reads: edges/registry/disposal/holds.py
-- source: vault.md, destruction 1 (holds looked at again now)
-- param: list_id text
-- returns: row_no integer
-- returns: record_id text
-- returns: hold_id text
-- returns: scope text
SELECT l.row_no, r.record_id, min(h.hold_id) AS hold_id, min(h.scope) AS scope
FROM list_row AS l
INNER JOIN record AS r ON r.record_id = l.record_id
INNER JOIN unit AS u ON u.unit_code = r.unit_code
INNER JOIN hold AS h
  ON h.lifted_at IS NULL
  AND (
    (h.scope = 'record' AND h.target = r.record_id)
    OR (h.scope = 'carrier' AND h.target = r.carrier_id)
    OR (h.scope = 'unit' AND h.target = r.unit_code)
    OR (h.scope = 'fonds' AND h.target = u.fonds_no)
  )
WHERE l.list_id = :list_id
GROUP BY l.row_no, r.record_id
ORDER BY l.row_no
