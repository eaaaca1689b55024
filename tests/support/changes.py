"""Small contracts that differ in little, and what a comparison says of two."""

from __future__ import annotations

from portwright import pipeline
from portwright.evolution.comparison import Comparison
from portwright.model import Model

ONLY_STREAM = "servers: [{server: s, type: kafka, host: k:9092}]\n"
ONLY_TABLE = "servers: [{server: s, type: postgres, host: h, port: 5432, database: d, schema: s}]\n"


def held(type_: str, rest: str = "") -> str:
    return f"{{name: x, logicalType: {type_}{rest}}}"


OPTIONAL = held("string")


def contract(top: str = "", of_object: str = "", properties: str = "", name: str = "orders") -> str:
    """A contract of one object with two properties, and what else is to be there."""
    lines = "".join(f"      - {each.strip()}\n" for each in properties.splitlines() if each.strip())
    said = {line.partition(":")[0] for line in top.splitlines()}
    facts = {"id": "shop", "name": "shop", "domain": "sales", "version": "1.0.0"}
    return (
        "apiVersion: v3.2.0\nkind: DataContract\n"
        + "".join(f"{key}: {value}\n" for key, value in facts.items() if key not in said)
        + top
        + f"schema:\n  - name: {name}\n"
        + "".join(f"    {line}\n" for line in of_object.splitlines())
        + "    properties:\n"
        + "      - {name: order_id, id: key, logicalType: string, primaryKey: true}\n"
        + "      - {name: day, logicalType: date, required: true}\n"
        + lines
    )


def model(text: str, source: str = "shop.odcs.yaml") -> Model:
    found, diagnostics = pipeline.read(text.encode(), source, {})
    assert found is not None and not [each for each in diagnostics if each.is_error], diagnostics
    return found


def compared(old: str, new: str) -> Comparison:
    return Comparison(model(old), model(new))
