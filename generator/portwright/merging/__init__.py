"""The three-way merge of a file of the user: as begun, as they have it, as it would begin now."""
