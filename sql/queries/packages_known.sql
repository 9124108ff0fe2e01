-- States of units' packages that need no second question: seen to be whole by an earlier look, or received already.
-- reads: edges/registry/intake/packages.py, for looks at outboxes and for taking in
-- source: R1-42; interfaces.md, "A department's folder"
-- param: unit_codes text[]
-- returns: unit_code text
-- returns: filing_year integer
-- returns: raw_name_hex text
-- returns: kind text
-- returns: fingerprint text
-- returns: is_whole boolean
SELECT
    package_seen.unit_code,
    package_seen.filing_year,
    package_seen.raw_name_hex,
    package_seen.kind,
    package_seen.fingerprint,
    package_seen.is_whole
FROM package_seen
WHERE package_seen.unit_code IN :unit_codes AND (package_seen.is_whole OR package_seen.carrier_id IS NOT NULL)
