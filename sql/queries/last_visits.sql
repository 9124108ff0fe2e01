-- What is known of each unit from the last visit to its server: the look at its outbox, and how taking in ended.
-- reads: edges/registry/intake/visits.py, for the tasks of take_in_filings and `lantai year status`
-- source: reliability.md, I8, S4; R2-05
-- returns: unit_code text
-- returns: unit_name text
-- returns: look_error text
-- returns: looked_at moment
-- returns: listed_at moment
-- returns: take_in_state text
-- returns: take_in_error text
-- returns: began_at moment
-- returns: ended_at moment
SELECT
    unit.unit_code,
    unit.name AS unit_name,
    outbox_look.error AS look_error,
    outbox_look.looked_at,
    outbox_look.listed_at,
    last_take_in.state AS take_in_state,
    last_take_in.error AS take_in_error,
    last_take_in.began_at,
    last_take_in.ended_at
FROM unit
LEFT JOIN outbox_look ON unit.unit_code = outbox_look.unit_code
LEFT JOIN last_take_in ON unit.unit_code = last_take_in.unit_code
ORDER BY unit.unit_code
