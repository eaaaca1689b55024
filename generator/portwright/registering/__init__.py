"""Generated schemas handed to a registry."""
