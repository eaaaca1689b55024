"""What editors complete and check `portwright.yaml` and contracts with: two JSON Schemas, made of
the tables of the readers, and the line of a file that names its schema."""

from __future__ import annotations

DRAFT = "http://json-schema.org/draft-07/schema#"  # which every editor's YAML support has
