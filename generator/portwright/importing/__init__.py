"""Importing: drafts of contracts from what is there already: tables, schemas, samples."""
