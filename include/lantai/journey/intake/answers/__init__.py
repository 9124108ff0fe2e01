"""What a unit is told of its package."""
