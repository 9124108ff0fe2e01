"""Duties, deadlines, the board."""
