"""`generate`, once, as a check, as a diff or whenever something changes; and `lint`."""
