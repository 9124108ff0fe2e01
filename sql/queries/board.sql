-- The board of a filing year: a row for each submission of a duty, with its newest round; one without where nothing was handed in.
-- reads: edges/registry/year/duties.py, for `lantai year status` and the yearly tracking sheet
-- source: R1-23, R2-05, R5-07; R11-03
-- param: filing_year integer
-- returns: duty_id text
-- returns: unit_code text
-- returns: unit_name text
-- returns: responsible_person text
-- returns: responsible_name text
-- returns: data_form text
-- returns: period integer
-- returns: deadline_on date
-- returns: duty_state text
-- returns: met_at moment
-- returns: submission_id text
-- returns: carrier_id text
-- returns: carrier_number text
-- returns: raw_name_hex text
-- returns: kind text
-- returns: round_no integer
-- returns: round_state text
-- returns: supplement_by_on date
-- returns: met_days_late integer
-- returns: record_count integer
-- returns: file_count integer
-- returns: size_bytes integer
-- returns: fault_count integer
-- returns: reason_rule text
-- returns: reason_count integer
-- returns: look_state text
-- returns: look_error text
-- returns: unfinished_count integer
-- returns: waits_until_at moment
SELECT
    duty.duty_id,
    duty.unit_code,
    unit.name AS unit_name,
    coalesce(unit.responsible_person, '') AS responsible_person,
    coalesce(person.name, '') AS responsible_name,
    duty.data_form,
    duty.period,
    duty.deadline_on,
    duty.state AS duty_state,
    duty.met_at,
    submission.submission_id,
    carrier.carrier_id,
    coalesce(submission.carrier_number, '') AS carrier_number,
    carrier.raw_name_hex,
    carrier.kind,
    carrier.round_no,
    carrier.state AS round_state,
    carrier.supplement_by_on,
    (
        SELECT min(met.days_late)
        FROM carrier AS met
        INNER JOIN submission AS handed_in ON met.submission_id = handed_in.submission_id
        WHERE handed_in.duty_id = duty.duty_id AND met.state = 'accepted'
    ) AS met_days_late,
    coalesce(carrier.record_count, 0) AS record_count,
    coalesce(carrier.file_count, 0) AS file_count,
    coalesce(carrier.size_bytes, 0) AS size_bytes,
    (
        SELECT count(*)
        FROM finding
        WHERE finding.carrier_id = carrier.carrier_id AND finding.severity <> 'warning'
    ) AS fault_count,
    coalesce(
        (
            SELECT finding.rule
            FROM finding
            WHERE finding.carrier_id = carrier.carrier_id AND finding.severity <> 'warning'
            ORDER BY finding.finding_no
            LIMIT 1
        ),
        ''
    ) AS reason_rule,
    (
        SELECT count(DISTINCT finding.rule)
        FROM finding
        WHERE finding.carrier_id = carrier.carrier_id AND finding.severity <> 'warning'
    ) AS reason_count,
    outbox_look.state AS look_state,
    coalesce(outbox_look.error, '') AS look_error,
    (
        SELECT count(*)
        FROM package_seen
        WHERE
            package_seen.unit_code = duty.unit_code
            AND package_seen.filing_year = duty.filing_year
            AND package_seen.carrier_id IS NULL
    ) AS unfinished_count,
    (
        SELECT min(package_seen.waits_until_at)
        FROM package_seen
        WHERE
            package_seen.unit_code = duty.unit_code
            AND package_seen.filing_year = duty.filing_year
            AND package_seen.carrier_id IS NULL
    ) AS waits_until_at
FROM duty
INNER JOIN unit ON duty.unit_code = unit.unit_code
LEFT JOIN person ON unit.responsible_person = person.person_id
LEFT JOIN submission ON duty.duty_id = submission.duty_id
LEFT JOIN
    carrier
    ON
        submission.submission_id = carrier.submission_id
        AND carrier.round_no = (
            SELECT max(newest.round_no)
            FROM carrier AS newest
            WHERE newest.submission_id = submission.submission_id
        )
LEFT JOIN outbox_look ON duty.unit_code = outbox_look.unit_code
WHERE duty.filing_year = :filing_year
ORDER BY duty.unit_code, duty.data_form, duty.period, submission.submission_id
