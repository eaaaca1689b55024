"""Where tables are: one module an engine, and what those of SQL share."""
