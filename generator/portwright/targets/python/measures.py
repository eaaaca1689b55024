"""Measures: the contract's library rules of quality over all rows of a load, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portwright.model import Field, Object, QualityRule
from portwright.targets.ddl import Dialect, literal, quote

# ODCS calls what is between two numbers greater than the one and less than the other.
_OPERATORS: Mapping[str, tuple[str, str]] = {
    "mustBe": ("{value} = {a}", "must be {a}"),
    "mustNotBe": ("{value} <> {a}", "must not be {a}"),
    "mustBeGreaterThan": ("{value} > {a}", "must be > {a}"),
    "mustBeGreaterOrEqualTo": ("{value} >= {a}", "must be ≥ {a}"),
    "mustBeLessThan": ("{value} < {a}", "must be < {a}"),
    "mustBeLessOrEqualTo": ("{value} <= {a}", "must be ≤ {a}"),
    "mustBeBetween": ("{value} > {a} AND {value} < {b}", "must be between {a} and {b}"),
    "mustNotBeBetween": (
        "NOT ({value} > {a} AND {value} < {b})",
        "must not be between {a} and {b}",
    ),
}
_BEARABLE = frozenset({"info", "warn", "warning"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A rule over all rows: where it is, its words, and the predicate, of aggregates.

    `whole`: it is about the whole table, not about the rows of a load. `blocks`: a load that
    breaks it is not published.
    """

    path: str
    rule: str
    predicate: str
    whole: bool
    blocks: bool


def measures(object_: Object, dialect: Dialect) -> Iterator[Measure]:
    """The rules of the object and its properties that a load can measure."""
    for rule in object_.quality:
        if found := _measure(rule, "", _of_object(rule, object_, dialect)):
            yield found
    for field in object_.record.fields:
        for rule in field.quality:
            if found := _measure(rule, field.name, _of_field(rule, field, dialect)):
                yield found


def _measure(rule: QualityRule, path: str, value: str | None) -> Measure | None:
    operator = rule.operator or ""
    if rule.type != "library" or value is None or operator not in _OPERATORS:
        return None
    operands = rule.operand if isinstance(rule.operand, list | tuple) else [rule.operand]
    wanted = 2 if operator.endswith("Between") else 1
    numbers = [str(each) for each in operands if _is_number(each)]
    if len(numbers) != wanted or len(operands) != wanted:
        return None
    in_percent = (rule.unit or "").strip().lower() in ("percent", "%")
    if in_percent:
        value = f"100.0 * ({value}) / nullif(count(*), 0)"
    form, words = _OPERATORS[operator]
    named = {"a": numbers[0], "b": numbers[-1]}
    told = f"{rule.metric}{' in percent' if in_percent else ''} {words.format(**named)}"
    return Measure(
        path,
        f"{rule.name}: {told}" if rule.name else told,
        form.format(value=f"({value})", **named),
        rule.metric == "rowCount",
        (rule.severity or "").strip().lower() not in _BEARABLE,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _of_object(rule: QualityRule, object_: Object, dialect: Dialect) -> str | None:
    match rule.metric:
        case "rowCount":
            return "count(*)"
        case "duplicateValues":
            names = dict(rule.arguments).get("properties")
            if not isinstance(names, list | tuple):
                return None
            fields = object_.fields([str(each) for each in names])
            if len(fields) != len(names) or not fields:
                return None
            columns = ", ".join(quote(each.column, dialect) for each in fields)
            return f"count(*) - count(DISTINCT ({columns}))"
        case _:
            return None


def _of_field(rule: QualityRule, field: Field, dialect: Dialect) -> str | None:
    make = _METRICS.get(rule.metric or "")
    return make(quote(field.column, dialect), dict(rule.arguments), dialect) if make else None


def _nulls(column: str, _: Mapping[str, object], __: Dialect) -> str:
    return f"count(*) FILTER (WHERE {column} IS NULL)"


def _missing(column: str, arguments: Mapping[str, object], dialect: Dialect) -> str | None:
    values = arguments.get("missingValues")
    if not isinstance(values, list | tuple):
        return None
    bad = [f"{column} IS NULL"] if None in values else []
    if texts := _texts(values, dialect):
        bad.append(f"CAST({column} AS VARCHAR) IN ({texts})")
    return f"count(*) FILTER (WHERE {' OR '.join(bad)})" if bad else None


def _invalid(column: str, arguments: Mapping[str, object], dialect: Dialect) -> str | None:
    bad = []
    values, pattern = arguments.get("validValues"), arguments.get("pattern")
    if isinstance(values, list | tuple) and (texts := _texts(values, dialect)):
        bad.append(f"CAST({column} AS VARCHAR) NOT IN ({texts})")
    if isinstance(pattern, str):
        written = dialect.functions.pattern(pattern)
        if dialect.functions.matches is None or written is None:
            return None
        text = f"CAST({column} AS VARCHAR)"
        shown = dialect.functions.matches.format(value=text, pattern=literal(written, dialect))
        bad.append(f"NOT ({shown})")
    return f"count(*) FILTER (WHERE {' OR '.join(bad)})" if bad else None


def _duplicates(column: str, _: Mapping[str, object], __: Dialect) -> str:
    return f"count({column}) - count(DISTINCT {column})"


def _texts(values: list[object] | tuple[object, ...], dialect: Dialect) -> str:
    return ", ".join(literal(str(each), dialect) for each in values if each is not None)


_METRICS: Mapping[str, Callable[[str, Mapping[str, object], Dialect], str | None]] = {
    "nullValues": _nulls,
    "missingValues": _missing,
    "invalidValues": _invalid,
    "duplicateValues": _duplicates,
}
