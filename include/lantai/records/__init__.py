"""What things are: nouns of the field and the moves between their states. Pure."""
