-- Every list with how many rows it has and how far its panel is.
-- reads: edges/registry/disposal/lists.py
-- source: R9-19
-- param: states text[]
-- returns: list_id text
-- returns: kind text
-- returns: unit_code text
-- returns: due_on date
-- returns: state text
-- returns: row_count integer
-- returns: decision_count integer
-- returns: panel_count integer
-- returns: drafted_at moment
-- returns: approved_at moment
SELECT
  d.list_id, d.kind, d.unit_code, d.due_on, d.state,
  (SELECT count(*) FROM list_row AS l WHERE l.list_id = d.list_id) AS row_count,
  (SELECT count(*) FROM row_decision AS c WHERE c.list_id = d.list_id) AS decision_count,
  (SELECT count(*) FROM list_duty AS p WHERE p.list_id = d.list_id AND p.duty = 'panel_member') AS panel_count,
  d.drafted_at, d.approved_at
FROM disposal_list AS d
WHERE d.state IN :states
ORDER BY d.list_id
