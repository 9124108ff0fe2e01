"""What is judged of a package."""
