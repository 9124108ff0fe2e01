"""From an outbox to an answer."""
