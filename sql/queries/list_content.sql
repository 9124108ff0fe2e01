-- The rows of a list with what the registry says of their records now.
-- reads: edges/registry/disposal/lists.py
-- source: rules N3, N5, N7
-- param: list_id text
-- returns: row_no integer
-- returns: record_id text
-- returns: carrier_id text
-- returns: archival_code text
-- returns: title text
-- returns: author text
-- returns: doc_no text
-- returns: formed_on date
-- returns: filing_year integer
-- returns: retention text
-- returns: page_count integer
-- returns: transfer_due_on date
-- returns: destroy_due_on date
-- returns: file_count integer
-- returns: size_bytes integer
-- returns: remarks text
-- returns: status text
SELECT
  l.row_no, r.record_id, r.carrier_id, r.archival_code, r.title, r.author, r.doc_no, r.formed_on, r.filing_year,
  r.retention, r.page_count, r.transfer_due_on, r.destroy_due_on, r.file_count, r.size_bytes, r.remarks, r.status
FROM list_row AS l
INNER JOIN record AS r ON r.record_id = l.record_id
WHERE l.list_id = :list_id
ORDER BY l.row_no
