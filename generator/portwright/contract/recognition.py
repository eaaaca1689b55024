"""Recognition: whether a document is a contract of ODCS 3, and if not, what it is instead."""

from __future__ import annotations

import re

from portwright.contract.reader import Reader, Report
from portwright.nodes import Mapping, Scalar

NEWEST = (3, 2)
# A key that stands at the top of another kind of document, what that is, and the way out.
_OTHERS = {
    "dataContractSpecification": (
        "a contract of the Data Contract Specification, which ODCS has replaced",
        "convert it: `datacontract export odcs {file} --output {stem}.v3.odcs.yaml`,"
        " with version 1 of datacontract-cli",
    ),
    "datasetKind": ("a data contract of ODCS 1", "write it anew as ODCS 3"),
    "quantumName": ("a data contract of ODCS 2", "{odcs2}"),
    "dataset": ("a data contract of ODCS 2", "{odcs2}"),
    "asyncapi": ("an AsyncAPI document", "write a contract for the data in it"),
    "openapi": ("an OpenAPI document", "write a contract for the data in it"),
    "$schema": ("a JSON Schema", "`datacontract import jsonschema` makes a contract of it"),
}
_ODCS_2 = (
    "no tool converts it: write `id` for `uuid`, `name` for `quantumName`, `schema` for `dataset`,"
    " and there `name` for `table` and `column`, `properties` for `columns`, `required: true` for"
    " `isNullable: false`"
)


def is_contract(node: Mapping, report: Report) -> bool:
    """True if the document says that it is an ODCS 3 contract; otherwise it is reported."""
    reader = Reader(node, "the contract", report, None, lenient=False)
    version = reader.get("apiVersion")
    if not (isinstance(version, Scalar) and re.match("v?[3-9]", version.text)):
        for key, (what, way_out) in _OTHERS.items():
            if (found := node.key(key)) is not None:
                file = found.span.file
                stem = re.sub(r"(\.odcs)?\.ya?ml$", "", file)
                help = way_out.format(file=file, stem=stem, odcs2=_ODCS_2)
                report.error("PW100", f"this is {what}", found.span, help)
                return False
    kind = reader.needed_text("kind", "write `kind: DataContract`")
    if kind is not None and kind != "DataContract":
        if kind.strip().lower() != "datacontract":
            message = f"a document of kind `{kind}` is no data contract"
            report.error("PW100", message, reader.span_of("kind"), "write `kind: DataContract`")
            return False
        message = f"the kind `{kind}` is taken as `DataContract`"
        report.warning("PW108", message, reader.span_of("kind"), "write `kind: DataContract`")
    written = reader.needed_text("apiVersion", "write `apiVersion: v3.1.0`")
    return written is None or _is_readable(reader, written)


def _is_readable(reader: Reader, written: str) -> bool:
    place = reader.span_of("apiVersion")
    match = re.fullmatch(r"([vV]?)([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:\.\S*)?", written.strip())
    if match is None or int(match[2]) != NEWEST[0]:
        message = f"`{written}` is not a version of ODCS that can be read"
        old = match is not None and int(match[2]) < NEWEST[0]
        help = _ODCS_2 if old else "write `apiVersion: v3.1.0`; 3.0, 3.1 and 3.2 are read"
        reader.report.error("PW100", message, place, help)
        return False
    if match[1] != "v":
        message = f"the apiVersion `{written}` does not start with `v`"
        help = f"write `apiVersion: v{written.strip().lstrip('vV')}`"
        reader.report.warning("PW108", message, place, help)
    reader.report.minor = int(match[3] or 0)
    if reader.report.minor > NEWEST[1]:
        message = f"ODCS {written} is newer than what is known, and is read as 3.2"
        reader.report.warning("PW116", message, place, "upgrade portwright")
    return True
