"""What an office runs before it sends."""
