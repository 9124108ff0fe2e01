"""How a carrier lies in the vault."""
