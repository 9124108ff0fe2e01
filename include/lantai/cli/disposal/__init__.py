"""From a due date to a transfer or a destruction with proof."""
