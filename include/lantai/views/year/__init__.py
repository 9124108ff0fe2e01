"""The board of a year."""
