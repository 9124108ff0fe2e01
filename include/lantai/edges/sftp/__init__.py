"""SFTP with many requests on the way."""
