-- The leaves of the ledger from one place up to another, in order.
-- reads: edges/ledger/tree.py
-- source: RFC 6962 section 2.1; vault.md, "The ledger"
-- param: first_index integer
-- param: end_index integer
-- returns: leaf bytes
SELECT event.leaf
FROM ledger_leaf
JOIN event ON event.event_id = ledger_leaf.event_id
WHERE ledger_leaf.leaf_index >= :first_index AND ledger_leaf.leaf_index < :end_index
ORDER BY ledger_leaf.leaf_index
