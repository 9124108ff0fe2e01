"""Who and what a centre has registered."""
