"""What a screen, a page, a sheet or a paper shows: frozen, typed results read from the registry. Nothing here writes."""
