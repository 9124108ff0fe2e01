"""How things are written down: bytes, mappings and streams that are handed in. Opens nothing."""
