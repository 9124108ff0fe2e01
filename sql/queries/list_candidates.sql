-- What a list says of some records, before they are on one; at most 5,000 ids at a time.
-- reads: edges/registry/disposal/lists.py
-- source: rules N3, N5, N7
-- param: record_ids text[]
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
  r.record_id, r.carrier_id, r.archival_code, r.title, r.author, r.doc_no, r.formed_on, r.filing_year, r.retention, r.page_count,
  r.transfer_due_on, r.destroy_due_on, r.file_count, r.size_bytes, r.remarks, r.status
FROM record AS r
WHERE r.record_id IN :record_ids
