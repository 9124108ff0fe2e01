"""What lists of records to be transferred or destroyed look like."""
