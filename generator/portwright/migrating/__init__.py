"""Migrations as files: `migrate` writes them, one a contract and engine for each new version."""
