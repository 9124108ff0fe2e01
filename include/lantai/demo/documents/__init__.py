"""What offices write, and how it becomes a carrier."""
