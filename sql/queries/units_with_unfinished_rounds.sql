-- Units with rounds to go on with: begun and not ended, answered but not delivered (also where a later round has taken the
-- place since), or held for a reason that is gone.
-- A round held for want of an agreement goes on when there is one; one that was decided on goes on once, and any held round
-- when a person asks for its unit.
-- reads: edges/registry/intake/rounds.py, for the looks at outboxes
-- source: R1-37, R1-51; reliability.md, I4
-- param: today date
-- param: by_hand boolean
-- returns: unit_code text
-- returns: round_count integer
SELECT
    submission.unit_code,
    count(*) AS round_count
FROM carrier
INNER JOIN submission ON carrier.submission_id = submission.submission_id
LEFT JOIN answer
    ON
        carrier.carrier_id = answer.carrier_id
        AND answer.kind
        = CASE carrier.state WHEN 'accepted' THEN 'receipt' WHEN 'returned' THEN 'opinions' WHEN 'held' THEN 'notice' END
WHERE
    carrier.state IN ('seen', 'collected', 'sealed')
    OR (carrier.state IN ('accepted', 'returned', 'held') AND answer.delivered_at IS NULL)
    OR (
        carrier.state = 'superseded'
        AND EXISTS (
            SELECT 1
            FROM answer AS made
            WHERE
                made.carrier_id = carrier.carrier_id
                AND made.delivered_at IS NULL
                AND NOT EXISTS (
                    SELECT 1
                    FROM answer AS later
                    WHERE later.carrier_id = made.carrier_id AND later.made_at > made.made_at
                )
        )
    )
    OR (
        carrier.state = 'held'
        AND (
            :by_hand
            OR EXISTS (
                SELECT 1
                FROM ruling
                WHERE
                    ruling.carrier_id = carrier.carrier_id
                    AND NOT EXISTS (
                        SELECT 1
                        FROM finding
                        WHERE
                            finding.carrier_id = carrier.carrier_id
                            AND finding.rule = 'ruled_' || ruling.choice
                    )
            )
            OR (
                EXISTS (
                    SELECT 1
                    FROM agreement
                    WHERE
                        agreement.unit_code = submission.unit_code
                        AND agreement.data_form = submission.data_form
                        AND agreement.from_on <= :today
                        AND (agreement.to_on IS NULL OR agreement.to_on >= :today)
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM finding
                    WHERE
                        finding.carrier_id = carrier.carrier_id
                        AND finding.severity = 'hold'
                        AND finding.rule <> 'no_agreement'
                )
            )
        )
    )
GROUP BY submission.unit_code
