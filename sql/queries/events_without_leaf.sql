-- Events that have no place in the ledger yet, in the order in which they happened.
-- reads: edges/ledger/tree.py
-- source: RFC 6962 section 2.1; vault.md, "The ledger"
-- returns: event_id text
-- returns: leaf bytes
SELECT event.event_id, event.leaf
FROM event
LEFT JOIN ledger_leaf ON ledger_leaf.event_id = event.event_id
WHERE ledger_leaf.event_id IS NULL
ORDER BY event.occurred_at, event.event_id
