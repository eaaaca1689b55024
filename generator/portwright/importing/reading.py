"""Reading: which source is what, and its draft."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from portwright.contract.reader import Report
from portwright.diagnostics import Diagnostic, Severity, Span, error, nearest
from portwright.importing import naming
from portwright.importing.draft import Draft, DraftObject, Refused

# Dumps of schemas are larger than contracts are.
MOST_BYTES = 64 * 1024 * 1024
SCHEMES = ("postgresql", "postgres", "mysql", "mariadb", "duckdb", "sqlite")
ENDINGS = (".sql", ".avsc", ".proto", ".json", ".ndjson", ".jsonl", ".schema.json")
_HELP = (
    "a file that ends in .sql, .avsc, .proto, .json, .schema.json or .ndjson, or a database such as"
    " postgresql://user@host/db, mysql://user@host/db, duckdb:PATH or sqlite:PATH"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: the source as it was given, the tables of it that are wanted (none: all), the
    dialect of its SQL, and the name of the contract to be."""

    source: str
    tables: tuple[str, ...] = ()
    dialect: str | None = None
    name: str = "records"


def read(request: Request) -> tuple[Draft | None, list[Diagnostic]]:
    """The draft of a source, or what is wrong with it; and what a contract cannot say."""
    report = Report()
    try:
        draft = _chosen(_read(request, report), request)
    except Refused as refused:
        # Where statements were not read, no wonder that there is no table.
        unread = [each for each in report.diagnostics if each.code == "PW805"]
        if unread and refused.finding.code == "PW804":
            return None, [replace(each, severity=Severity.ERROR) for each in unread]
        return None, [*report.diagnostics, refused.finding]
    if report.errors:
        return None, report.diagnostics
    return draft, list(dict.fromkeys(report.diagnostics))


def _read(request: Request, report: Report) -> Draft:
    from portwright.importing import tables

    source = request.source
    scheme, colon, rest = source.partition(":")
    # SQLAlchemy's urls name a driver, too.
    engine = scheme.partition("+")[0].lower()
    if colon and engine in SCHEMES:
        return tables.read(f"{engine}:{rest}", request.tables, report)
    if colon and "//" in source:
        help = nearest(scheme, SCHEMES) or f"write {_HELP}"
        raise Refused(error("PW801", f"`{scheme}` is no source that is known", Span(scheme), help))
    if (found := tables.scheme_of(Path(source))) is not None:
        tables.refuse_other(source, found)
    text = _text(Path(source))
    return _of_file(text, request, report)


def _of_file(text: str, request: Request, report: Report) -> Draft:
    source = request.source
    ending = PurePosixPath(source).suffix.lower()
    if ending == ".sql":
        from portwright.importing import ddl

        return ddl.read(text, source, request.dialect, report)
    if ending == ".avsc":
        from portwright.importing import avro

        return avro.read(text, source, report)
    if ending == ".proto":
        from portwright.importing import protobuf

        return protobuf.read(text, source, report)
    if ending in (".ndjson", ".jsonl"):
        from portwright.importing import samples

        return samples.read(text, source, request.name, report)
    if ending == ".json":
        return _of_json(text, request, report)
    help = f"write {_HELP}"
    raise Refused(error("PW801", f"`{source}` is no source that is known", Span(source), help))


def _of_json(text: str, request: Request, report: Report) -> Draft:
    """What a file of JSON is shows in its first keys."""
    from portwright.importing import avro, json_schema, samples
    from portwright.importing.json_nodes import parse_all
    from portwright.nodes import Mapping, Scalar, Sequence

    first, *more = parse_all(text, request.source)
    if isinstance(first, Mapping) and not more:
        kind = first.get("type")
        listed = isinstance(first.get("fields"), Sequence)
        if isinstance(kind, Scalar) and kind.text == "record" and listed:
            return avro.read(text, request.source, report)
        if json_schema.is_schema(first) or request.source.lower().endswith(".schema.json"):
            return json_schema.read(first, request.source, request.name, report)
    return samples.draft((first, *more), request.source, request.name, report)


def _text(path: Path) -> str:
    """The text of the file, whatever of Unicode it is written in."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        help = "look at its name and its rights; a table of a database is named like sqlite:PATH"
        raise Refused(
            error("PW800", f"cannot read the source: {reason}", Span(str(path)), help)
        ) from None
    if len(data) > MOST_BYTES:
        message = f"the source is larger than {MOST_BYTES // 1024 // 1024} MiB"
        help = "give the part of it that has the definitions, or a sample"
        raise Refused(error("PW800", message, Span(str(path)), help))
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if data.startswith(marks) else "utf-8-sig"
    try:
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        message = f"the source is not {encoding.removesuffix('-sig').upper()}: {wrong.reason}"
        help = "save it as UTF-8"
        raise Refused(error("PW800", message, Span(str(path), line), help)) from None


def _chosen(draft: Draft, request: Request) -> Draft:
    """The draft with the objects that are wanted, whose names are their own."""
    objects = draft.objects
    if request.tables and objects:
        chosen: dict[str, DraftObject] = {}
        for written in request.tables:
            one = _named(written, objects)
            if one is None:
                known = sorted(each.name.lower() for each in objects)
                # Of another schema, a table of that name is none that was meant.
                similar = _last(written).lower() not in known and nearest(_last(written), known)
                help = similar or f"there are {', '.join(known)}"
                message = f"the source has no `{written}`"
                raise Refused(error("PW804", message, Span(draft.source), help))
            chosen[one.name] = one
        objects = tuple(chosen.values())
    _check(draft, objects)
    return replace(draft, objects=objects)


def _check(draft: Draft, objects: Several[DraftObject]) -> None:
    if not objects:
        help = "look whether it is the right source"
        raise Refused(error("PW804", "the source has no table or record", Span(draft.source), help))
    for each in objects:
        if not each.record.fields:
            message = f"`{each.name}` has no column or field that a contract could hold"
            help = "leave it out by naming the others with --table"
            raise Refused(error("PW804", message, Span(draft.source), help))


def _named(written: str, objects: Several[DraftObject]) -> DraftObject | None:
    """The object that is called so, with or without its schema."""
    plain = re.sub(r'["`\[\]]', "", written).lower()
    for each in objects:
        if plain in (each.name.lower(), each.table.lower(), f"{each.schema}.{each.table}".lower()):
            return each
    schema = plain.rpartition(".")[0].rpartition(".")[2]
    name = naming.object_name(_last(written)).lower()
    for each in objects:
        is_it = name in (each.name.lower(), naming.object_name(each.table).lower())
        if is_it and (not schema or each.schema.lower() in ("", schema)):
            return each
    return None


def _last(name: str) -> str:
    """A table's own name, without its schema and quotes."""
    return name.rpartition(".")[2].strip('"`[]')
