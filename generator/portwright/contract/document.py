"""The document: a whole contract by the text of ODCS 3.0, 3.1 and 3.2."""

from __future__ import annotations

import re

from portwright.contract import keys, objects, people, servers
from portwright.contract.reader import Reader, Report
from portwright.diagnostics import Diagnostic
from portwright.model import Model
from portwright.nodes import Mapping, Node, Scalar

NEWEST = (3, 2)
_CONVERT = "`datacontract import --format odcs` or the ODCS migration guide turns it into ODCS 3"


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
    if not _is_contract(node, report):
        return None
    reader = Reader(node, "the contract", report, keys.CONTRACT, lenient=False)
    id_ = reader.needed_text("id", "give it an id that never changes, such as `id: checkout`")
    version = _version(reader)
    name = reader.text("name") or reader.text("dataProduct") or id_ or "unnamed"
    domain = reader.text("domain") or None
    major = int((re.search(r"[0-9]{1,9}", version or "") or ["1"])[0])
    where = servers.read(reader)
    stem = (domain, name) if domain else (name,)
    found = objects.read(reader, objects.Surroundings(stem, major, where))
    if id_ is None or version is None:
        return None
    description = _description(reader)
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
        sla=people.sla(reader),
        roles=people.roles(reader),
        team=people.team(reader),
        support=people.support(reader),
    )


def _is_contract(node: Mapping, report: Report) -> bool:
    """True if the document says that it is an ODCS 3 contract; otherwise it is reported."""
    if old := node.key("dataContractSpecification"):
        message = "this is a Data Contract Specification, not an ODCS contract"
        report.error("PW100", message, old.span, _CONVERT)
        return False
    reader = Reader(node, "the contract", report, None, lenient=False)
    kind = reader.needed_text("kind", "write `kind: DataContract`")
    if kind is not None and kind != "DataContract":
        message = f"a document of kind `{kind}` is no data contract"
        report.error("PW100", message, reader.span_of("kind"), "write `kind: DataContract`")
        return False
    written = reader.needed_text("apiVersion", "write `apiVersion: v3.1.0`")
    if written is None:
        return True
    return _is_readable(reader, written)


def _is_readable(reader: Reader, written: str) -> bool:
    place = reader.span_of("apiVersion")
    match = re.fullmatch(r"(v?)([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:\.\S*)?", written.strip())
    if match is None or int(match[2]) != NEWEST[0]:
        message = f"`{written}` is not a version of ODCS that can be read"
        old = match is not None and int(match[2]) < NEWEST[0]
        help = _CONVERT if old else "write `apiVersion: v3.1.0`; 3.0, 3.1 and 3.2 are read"
        reader.report.error("PW100", message, place, help)
        return False
    if not match[1]:
        message = f"the apiVersion `{written}` does not start with `v`"
        reader.report.warning("PW108", message, place, f"write `apiVersion: v{written}`")
    if int(match[3] or 0) > NEWEST[1]:
        message = f"ODCS {written} is newer than what is known, and is read as 3.2"
        reader.report.warning("PW116", message, place, "upgrade portwright")
    return True


def _version(reader: Reader) -> str | None:
    return reader.needed_text("version", "give it a version, such as `version: 1.0.0`")


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
