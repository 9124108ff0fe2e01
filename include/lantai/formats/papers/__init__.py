"""Papers that are evidence."""
