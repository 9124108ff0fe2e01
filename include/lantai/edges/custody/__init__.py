"""Sealing, places, copies, restoring."""
