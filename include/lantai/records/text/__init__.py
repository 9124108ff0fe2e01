"""Text as it is written, compared and shown."""
