"""One year played, and told."""
