"""Blank: the first contract of somebody who starts from nothing, with hints where to go on."""

from __future__ import annotations

from portwright import names
from portwright.importing import yaml_text

_TEXT = """\
# A contract to begin with: what of your data others may build on, in words that they know.
# `decide:` marks what only its owner knows; `portwright lint` checks the rest.
apiVersion: v3.2.0
kind: DataContract
id: {id}  # never changes
name: {name}
version: 1.0.0  # `portwright bump` raises it as far as a change needs
status: draft  # active, once it is handed out
# domain: sales  # decide: what part of the company it belongs to; a part of every topic's name
# description:
#   purpose: What the data is for.
schema:
  # decide: what is handed out? One object is one stream of records, and one table.
  - name: {object}
    # description: One sentence that tells somebody outside of your team what a record is.
    properties:
      # decide: what do others know a record by? It keys the stream and the table.
      - name: {key}
        logicalType: string
        primaryKey: true
      # Everything is optional unless it says `required`.
      - name: updated_at
        logicalType: timestamp
        required: true
        description: When the record last changed.
      # Money is a decimal:
      # - name: total
      #   logicalType: number
      #   physicalType: DECIMAL(12,2)
      # A closed set of values:
      # - name: status
      #   logicalType: string
      #   enum:
      #     - {{value: OPEN, description: Waiting to be paid.}}
      #     - {{value: PAID}}
      # Personal data is classified: no message, log or `repr` shows its values.
      # - name: email
      #   logicalType: string
      #   classification: confidential
# servers:  # none: both ports, embedded
#   - {{server: events, type: kafka, host: "localhost:9092"}}
"""


def contract(name: str, id: str) -> str:
    """The text of a contract that is whole, and says nothing yet."""
    object_name = names.snake(name)
    key = f"{names.singular(object_name)}_id"
    values = {"id": id, "name": name, "object": object_name, "key": key}
    return _TEXT.format(**{word: yaml_text.text(value) for word, value in values.items()})
