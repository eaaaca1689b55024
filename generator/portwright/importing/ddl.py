"""DDL: the tables that a script of SQL creates, of any dialect that sqlglot reads."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from portwright.contract.reader import Report
from portwright.diagnostics import Diagnostic, Severity, Span, error
from portwright.importing.dialects import dialect_of, readable, sqlglot_name
from portwright.importing.draft import Draft, Refused, missing

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

# What a dump of PostgreSQL has beside SQL: commands of its shell, and rows.
_SHELL = re.compile(r"^\\.*$", re.M)
_ROWS = re.compile(r"^COPY [^\n;]* FROM stdin;\n.*?^\\\.$", re.M | re.S | re.I)
# What an unread statement may have been about.
_TABLE = re.compile(r"^\s*create\b[\w\s]*\btable\b", re.I | re.M)
_RULE = re.compile(
    r"\s*rename\s+table\b|\s*alter\s+table\b.*\b(add|primary|unique|foreign|check|not\s+null|rename(?!\s+(?:constraint|index|key))"
    r"|drop\s+column|modify|change)\b",
    re.I | re.S,
)


def read(text: str, source: str, dialect: str | None, report: Report) -> Draft:
    """The tables that the script creates."""
    try:
        from portwright.importing.ddl_history import settled
        from portwright.importing.ddl_tables import Tables
    except ImportError as fault:
        raise missing("SQL is read by sqlglot", source, fault) from None
    name = dialect or dialect_of(text, source)
    tables = Tables(source, sqlglot_name(name), report)
    for statement, span in settled(_statements(text, source, name, report)):
        tables.take(statement, span)
    return Draft(source, tables.objects())


def _statements(
    text: str, source: str, dialect: str, report: Report
) -> Iterator[tuple[exp.Expr, Span]]:
    """The statements that can be read, one by one. Of others those are told that a table might
    have stood in."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    from portwright.importing.ddl_history import whole

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    known = sqlglot.Dialect.get_or_raise(sqlglot_name(dialect))
    text = _SHELL.sub("", _ROWS.sub(lambda rows: "\n" * rows[0].count("\n"), text))
    text = readable(text, dialect)
    try:
        tokens = known.tokenize(text)
    except (SqlglotError, RecursionError) as fault:
        raise Refused(_unread(fault, Span(source), dialect)) from None
    for part in _split(tokens):
        span = Span(source, part[0].line, _column(part[0]), len(part[0].text))
        written = text[part[0].start : part[-1].end + 1]
        try:
            [statement] = _parsed(known, part, text)
            if isinstance(statement, sqlglot.exp.Command) and _is_about_tables(written):
                raise ValueError("its form is unknown")
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError) as fault:
            if _is_about_tables(written):
                found = replace(_unread(fault, span, dialect), severity=Severity.WARNING)
                report.diagnostics.append(found)
            continue
        if statement is not None:
            yield whole(statement, written), span


def _is_about_tables(written: str) -> bool:
    """Whether a statement that is not understood may say something of a table."""
    if re.match(
        r"\s*(create|replace)\b[\w\s]*\b(function|procedure|trigger|view)\b", written, re.I
    ):
        return False
    if re.match(r"\s*alter\b.*\bdefault\b.*\bfor\b", written, re.I | re.S):
        return False  # SQL Server's, of a column
    return _TABLE.search(written) is not None or _RULE.match(written) is not None


def _parsed(dialect: Dialect, tokens: list[Token], text: str) -> list[exp.Expr | None]:
    return list(dialect.parser().parse(tokens, text))


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement. Alone in its line, `GO` or `/` ends one, too."""
    part: list[Token] = []
    for at, token in enumerate(tokens):
        alone = (at == 0 or tokens[at - 1].line < token.line) and (
            at + 1 == len(tokens) or tokens[at + 1].line > token.line
        )
        if token.token_type.name == "SEMICOLON" or (alone and token.text.upper() in ("GO", "/")):
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _unread(fault: Exception, span: Span, dialect: str) -> Diagnostic:
    if fault.__cause__ is not None:  # of the tokenizer, which quotes all of the script
        fault = Exception(str(fault.__cause__))
    told = [each for each in getattr(fault, "errors", ()) if each.get("line")]
    if told:
        first = told[0]
        column = max(1, (first.get("col") or 1) - len(first.get("highlight") or "") + 1)
        width = max(1, len(first.get("highlight") or ""))
        span = Span(span.file, first["line"], column, width)
        reason = str(first.get("description") or fault).partition(" but got <Token")[0].rstrip(".")
    else:
        reason = str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__
    name = f"the dialect {dialect}" if dialect else "no dialect in particular"
    help = f"it was read as SQL of {name}; name another with --dialect"
    return error("PW805", f"the SQL cannot be read: {reason}", span, help)


def _column(token: Token) -> int:
    return max(1, token.col - len(token.text) + 1)
