"""The document: a whole contract by the text of ODCS 3.0, 3.1 and 3.2."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.contract import (
    custom,
    elements,
    entries,
    keys,
    objects,
    people,
    quality,
    recognition,
    servers,
    service_levels,
    shapes,
    streams,
)
from portwright.contract.reader import Reader, Report
from portwright.diagnostics import Diagnostic
from portwright.model import Model, Object
from portwright.nodes import Mapping, Node, Scalar


def load(node: Node, source: str) -> tuple[Model | None, list[Diagnostic]]:
    """The model of the contract that findings call `source`, and every fault found in it.

    A contract with errors still gives a model, without the parts at fault, where its
    outline can be read: so the checks can find the rest. Nothing may be generated from it.
    """
    report = Report()
    model = _load(node, source, report)
    return model, report.diagnostics


def _load(node: Node, source: str, report: Report) -> Model | None:
    if not isinstance(node, Mapping):
        help = "a contract starts with `apiVersion: v3.1.0` and `kind: DataContract`"
        report.error("PW102", "a contract must be a map", node.span, help)
        return None
    return _model(node, source, report) if recognition.is_contract(node, report) else None


def _model(node: Mapping, source: str, report: Report) -> Model | None:
    """The model of what is a contract, where its outline can be read."""
    reader = Reader(node, "the contract", report, keys.CONTRACT, lenient=False)
    entries.check(node, report)
    id_ = reader.needed_text("id", "give it an id that never changes, such as `id: checkout`")
    version = _version(reader)
    name = reader.text("name") or reader.text("dataProduct") or id_ or "unnamed"
    domain = reader.text("domain") or None
    major = int((re.search(r"[0-9]{1,9}", version or "") or ["1"])[0])
    where = servers.read(reader)
    stem = (domain, name) if domain else (name,)
    shaped = reader.over(shapes.normal(node, name, report), "the contract", None)
    level = streams.level(reader, custom.read(reader))
    found = objects.read(shaped, objects.Surroundings(stem, major, where, level))
    found = _with_quality(reader, found)
    people.check_price(reader)
    if id_ is None or version is None:
        return None
    description = _description(reader)
    said, allowed = elements.read(shaped)
    return Model(
        id=id_,
        version=version,
        major=major,
        name=name,
        span=reader.span_of("name") if reader.has("name") else reader.span_of("id"),
        source=source,
        domain=domain,
        status=reader.text("status"),
        tenant=reader.text("tenant"),
        data_product=reader.text("dataProduct"),
        purpose=description.get("purpose"),
        usage=description.get("usage"),
        limitations=description.get("limitations"),
        tags=reader.texts("tags"),
        objects=found,
        servers=where,
        sla=service_levels.read(reader, found),
        roles=people.roles(reader),
        team=people.team(reader),
        support=people.support(reader),
        api_version=reader.text("apiVersion"),
        elements=said,
        allowances=allowed,
    )


def _version(reader: Reader) -> str | None:
    return reader.needed_text("version", "give it a version, such as `version: 1.0.0`")


def _with_quality(reader: Reader, found: tuple[Object, ...]) -> tuple[Object, ...]:
    """The objects; rules at the top of the contract are those of its object, if it has one."""
    rules = quality.read(reader)
    if not reader.has("quality"):
        return found
    message = "the standard has no `quality` at the top of a contract"
    help = "move the rules to the objects or properties that they are of"
    if len(found) != 1:
        message += ": the rules are of no object, and are not kept"
        reader.report.warning("PW112", message, reader.span_of("quality"), help)
        return found
    message += f": the rules are taken as those of `{found[0].name}`"
    reader.report.warning("PW108", message, reader.span_of("quality"), help)
    return (replace(found[0], quality=(*found[0].quality, *rules)),)


def _description(reader: Reader) -> dict[str, str | None]:
    """Purpose, usage and limitations. A plain text is taken as the purpose."""
    node = reader.get("description")
    if isinstance(node, Scalar):
        message = "the contract's `description` is text, and is taken as its purpose"
        help = "write `description:` with `purpose:` below"
        reader.report.warning("PW108", message, node.span, help)
        return {"purpose": node.text}
    found = reader.reader("description", "the description", keys.DESCRIPTION, lenient=True)
    if found is None:
        return {}
    return {key: found.text(key) for key in ("purpose", "usage", "limitations")}
