"""Processes that open foreign bytes."""
