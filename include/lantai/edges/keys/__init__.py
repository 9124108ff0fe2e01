"""Keys of the centre."""
