"""The database, its leases and queries."""
