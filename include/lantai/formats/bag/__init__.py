"""BagIt, and lists of digests."""
