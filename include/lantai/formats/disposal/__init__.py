"""How a list is written down where people put their names to it: digests, messages, bodies of signed papers."""
