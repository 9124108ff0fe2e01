"""What submissions and what was found about them look like."""
