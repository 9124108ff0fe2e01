-- States of a unit's packages of which an earlier look saw that every listed file is there.
-- reads: journey/look.py
-- source: R1-42; interfaces.md, "A department's folder"
-- param: unit_code text
-- returns: raw_name_hex text
-- returns: fingerprint text
SELECT
    package_seen.raw_name_hex,
    package_seen.fingerprint
FROM package_seen
WHERE package_seen.unit_code = :unit_code AND package_seen.is_whole
