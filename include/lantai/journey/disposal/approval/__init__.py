"""Who decides and signs, and what has to be true."""
