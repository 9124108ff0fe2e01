-- The leaves of the ledger from one place up to another, with the row that each was written with.
-- reads: edges/ledger/rows.py
-- source: RFC 6962 section 2.1; vault.md, "The ledger"
-- param: first_index integer
-- param: end_index integer
-- returns: leaf_index integer
-- returns: leaf_hash bytes
-- returns: event_id text
-- returns: kind text
-- returns: subject text
-- returns: actor text
-- returns: occurred_at moment
-- returns: leaf bytes
SELECT ledger_leaf.leaf_index, ledger_leaf.leaf_hash, event.event_id, event.kind, event.subject, event.actor,
       event.occurred_at, event.leaf
FROM ledger_leaf
JOIN event ON event.event_id = ledger_leaf.event_id
WHERE ledger_leaf.leaf_index >= :first_index AND ledger_leaf.leaf_index < :end_index
ORDER BY ledger_leaf.leaf_index
