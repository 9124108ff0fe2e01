"""The offices, their people, and what they do."""
