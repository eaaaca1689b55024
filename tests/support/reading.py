"""Contracts in tests: from text to a model and findings."""

from __future__ import annotations

from textwrap import dedent, indent

from portwright import checks, contract, source
from portwright.diagnostics import Diagnostic, ordered
from portwright.model import Field, Model, Type

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: shop\nversion: 1.0.0\n"
FILE = "shop.odcs.yaml"


def read(text: str) -> tuple[Model | None, list[Diagnostic]]:
    """The model of a whole contract, checked, and all findings in order."""
    node, found = source.parse(text, FILE)
    model = None
    if node is not None:
        model, more = contract.load(node, FILE)
        found += more
    if model is not None:
        found += checks.run(model)
    return model, ordered(found)


def brief(found: list[Diagnostic]) -> list[str]:
    """`line:column code` of each finding."""
    return [f"{each.span.line}:{each.span.column} {each.code}" for each in found]


def good(text: str) -> Model:
    """The model of a contract in which there is nothing to find."""
    model, found = read(text)
    assert found == []
    assert model is not None
    return model


def contract_of(properties: str, before: str = "") -> str:
    """A contract with one object `orders` of those properties, which start in line 8 (without
    more lines `before`), each indented by six."""
    body = indent(dedent(properties).strip("\n"), " " * 6)
    return f"{HEAD}{before}schema:\n  - name: orders\n    properties:\n{body}\n"


def field(properties: str) -> Field:
    """The first of those properties, read without a finding."""
    return good(contract_of(properties)).objects[0].record.fields[0]


def type_of(rest: str) -> Type:
    """The type of a property with those keys, read without a finding."""
    return field("- name: value\n" + indent(dedent(rest).strip("\n"), "  ")).type


def findings(properties: str, before: str = "") -> list[str]:
    """What is found in such a contract, in brief."""
    return brief(read(contract_of(properties, before))[1])
