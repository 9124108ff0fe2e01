"""Rows of the registry, one module per noun. Each function takes an open connection first and decides nothing."""
