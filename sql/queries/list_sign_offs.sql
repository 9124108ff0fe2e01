-- Signatures under a list, each with the event that tells of it and that event's place in the ledger.
-- reads: edges/registry/disposal/sign_offs.py
-- source: vault.md, "The ledger", sign-offs; reliability.md, I3
-- param: list_id text
-- returns: person_id text
-- returns: duty text
-- returns: stage text
-- returns: list_digest text
-- returns: signed_at moment
-- returns: signature text
-- returns: fingerprint text
-- returns: public_key text
-- returns: on_behalf_of text
-- returns: event_kind text
-- returns: event_subject text
-- returns: event_actor text
-- returns: leaf bytes
-- returns: leaf_index integer
SELECT
  s.person_id, s.duty, s.stage, s.list_digest, s.signed_at, s.signature, s.fingerprint, k.public_key,
  s.on_behalf_of, e.kind AS event_kind, e.subject AS event_subject,
  e.actor AS event_actor, e.leaf, ll.leaf_index
FROM sign_off AS s
INNER JOIN event AS e ON e.event_id = s.event_id
LEFT JOIN ledger_leaf AS ll ON ll.event_id = e.event_id
LEFT JOIN person_key AS k ON k.fingerprint = s.fingerprint
WHERE s.list_id = :list_id
ORDER BY s.signed_at, s.person_id, s.stage
