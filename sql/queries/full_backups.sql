-- Accepted full backups of a unit's business data that are still there, oldest first: what a later one may build on.
-- reads: edges/registry/custody/holdings.py
-- source: R1-12, R1-15
-- param: unit_code text
-- param: data_form text
-- returns: carrier_id text
-- returns: carrier_number text
-- returns: size_bytes integer
SELECT carrier.carrier_id, submission.carrier_number, carrier.size_bytes
FROM carrier
INNER JOIN submission ON submission.submission_id = carrier.submission_id
WHERE carrier.unit_code = :unit_code
  AND carrier.state = 'accepted'
  AND carrier.strategy = 'full'
  AND submission.data_form = :data_form
  AND EXISTS (
    SELECT 1
    FROM sealed_record AS s
    INNER JOIN record AS r ON r.record_id = s.record_id
    WHERE s.carrier_id = carrier.carrier_id AND r.status NOT IN ('destroying', 'destroyed'))
ORDER BY carrier.received_at, carrier.carrier_id
