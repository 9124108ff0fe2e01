-- Records whose retention has run out on a day: kept, due, under no hold, on no open list, base of no live chain of backups. Cost follows what is due:
-- the covering partial index ix_record__due_for_destruction holds every column read here.
-- A permanent record has no such day (ck_record__permanent_is_never_due).
-- reads: edges/registry/disposal/lists.py
-- source: 档案法实施条例 (2024) art. 24; R9-19; vault.md, destruction 1
-- param: due_on date
-- param: every_unit boolean
-- param: units text[]
-- returns: unit_code text
-- returns: record_id text
SELECT r.unit_code, r.record_id
FROM record AS r
WHERE r.status = 'kept'
  AND r.destroy_due_on <= :due_on
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
  AND NOT EXISTS (
    SELECT 1
    FROM carrier AS built
    INNER JOIN sealed_record AS s ON s.carrier_id = built.carrier_id
    INNER JOIN record AS live ON live.record_id = s.record_id AND live.status IN ('kept', 'transferring')
    WHERE built.base_carrier_id = r.carrier_id)
