-- Records that the archive may receive on a day: kept, due, under no hold, on no open list. Cost follows what is due:
-- the covering partial index ix_record__due_for_transfer holds every column read here.
-- reads: edges/registry/disposal/lists.py
-- source: 档案法实施条例 (2024) art. 20; R1-05; vault.md, destruction 1
-- param: due_on date
-- param: every_unit boolean
-- param: units text[]
-- returns: unit_code text
-- returns: record_id text
SELECT r.unit_code, r.record_id
FROM record AS r
WHERE r.status = 'kept'
  AND r.transfer_due_on <= :due_on
  AND (:every_unit OR r.unit_code IN :units)
  AND NOT EXISTS (
    SELECT 1 FROM hold AS h WHERE h.lifted_at IS NULL AND h.scope = 'record' AND h.target = r.record_id)
  AND NOT EXISTS (
    SELECT 1 FROM hold AS h WHERE h.lifted_at IS NULL AND h.scope = 'carrier' AND h.target = r.carrier_id)
  AND NOT EXISTS (
    SELECT 1 FROM hold AS h WHERE h.lifted_at IS NULL AND h.scope = 'unit' AND h.target = r.unit_code)
  AND NOT EXISTS (
    SELECT 1 FROM hold AS h INNER JOIN unit AS u ON u.fonds_no = h.target
    WHERE h.lifted_at IS NULL AND h.scope = 'fonds' AND u.unit_code = r.unit_code)
  AND NOT EXISTS (
    SELECT 1 FROM list_row AS l WHERE l.is_open = 1 AND l.record_id = r.record_id)
