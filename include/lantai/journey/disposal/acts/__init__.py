"""What is done once a list is approved."""
