-- Accepted carriers, zero reports apart, with fewer than two verified copies of their present generation.
-- reads: `lantai doctor`, the tests
-- source: vault.md, "Copies"; I2, I7
-- returns: carrier_id text
-- returns: copy_count integer
SELECT
    carrier.carrier_id,
    count(copy.place) AS copy_count
FROM carrier
LEFT JOIN
    copy
    ON
        carrier.carrier_id = copy.carrier_id
        AND carrier.generation = copy.generation
        AND copy.state = 'verified'
WHERE carrier.state = 'accepted' AND NOT carrier.is_zero_report
GROUP BY carrier.carrier_id
HAVING count(copy.place) < 2
