"""Erasing a person: what a port has handed out of one, found and taken out wherever it lies."""
