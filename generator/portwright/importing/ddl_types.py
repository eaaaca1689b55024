"""Types of DDL: what a column's type holds, in the types of contracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal as Number

from sqlglot import exp

from portwright import names
from portwright.contract import physical
from portwright.diagnostics import Span
from portwright.importing.draft import Notes, Path
from portwright.importing.naming import is_left_out
from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

_T = exp.DType
_PLAIN: Mapping[exp.DType, Type] = {
    _T.BOOLEAN: Boolean(),
    _T.TINYINT: Integer(8),
    _T.SMALLINT: Integer(16),
    _T.MEDIUMINT: Integer(32),
    _T.INT: Integer(32),
    _T.BIGINT: Integer(64),
    _T.INT128: Integer(128),
    _T.UTINYINT: Integer(8, signed=False),
    _T.USMALLINT: Integer(16, signed=False),
    _T.UMEDIUMINT: Integer(32, signed=False),
    _T.UINT: Integer(32, signed=False),
    _T.UBIGINT: Integer(64, signed=False),
    _T.UINT128: Integer(128, signed=False),
    _T.INT256: Decimal(77, 0),
    _T.UINT256: Decimal(78, 0),
    _T.SMALLSERIAL: Integer(16),
    _T.SERIAL: Integer(32),
    _T.BIGSERIAL: Integer(64),
    _T.YEAR: Integer(16),
    _T.FLOAT: Float(32),
    _T.DOUBLE: Float(64),
    _T.UDOUBLE: Float(64, Bounds(minimum=Number(0))),
    _T.MONEY: Decimal(19, 4),
    _T.SMALLMONEY: Decimal(10, 4),
    _T.UUID: Uuid(),
    _T.DATE: Date(),
    _T.DATE32: Date(),
    _T.TIME: Time(),
    _T.TIMETZ: Time(),
    _T.TIME_NS: Time(),
    _T.DATETIME2: Timestamp(zoned=False),
    _T.SMALLDATETIME: Timestamp(zoned=False),
    _T.TIMESTAMPTZ: Timestamp(),
    _T.TIMESTAMPLTZ: Timestamp(),
    _T.TIMESTAMPNTZ: Timestamp(zoned=False),
    _T.TIMESTAMP_S: Timestamp(zoned=False),
    _T.TIMESTAMP_MS: Timestamp(zoned=False),
    _T.TIMESTAMP_NS: Timestamp(zoned=False),
    _T.JSON: Json(),
    _T.JSONB: Json(),
    _T.VARIANT: Json(),
    _T.DYNAMIC: Json(),
    _T.SUPER: Json(),
    _T.HSTORE: Map(String(), String()),
}
_TEXTS = {
    *(_T.TEXT, _T.VARCHAR, _T.CHAR, _T.NCHAR, _T.NVARCHAR, _T.BPCHAR, _T.FIXEDSTRING, _T.NAME),
    *(_T.TINYTEXT, _T.MEDIUMTEXT, _T.LONGTEXT, _T.XML, _T.INET, _T.IPADDRESS, _T.IPV4, _T.IPV6),
}
_BYTES = {
    *(_T.BINARY, _T.VARBINARY, _T.IMAGE, _T.ROWVERSION, _T.BLOB),
    *(_T.TINYBLOB, _T.MEDIUMBLOB, _T.LONGBLOB),
}
_DECIMALS = {_T.DECIMAL, _T.BIGDECIMAL, _T.DECIMAL32, _T.DECIMAL64, _T.DECIMAL128, _T.DECIMAL256}
_ENUMS = {_T.ENUM, _T.ENUM8, _T.ENUM16}
_RECORDS = {_T.STRUCT, _T.OBJECT, _T.NESTED}
# Where a timestamp without more words is an instant.
_ZONED = frozenset({"mysql", "spark", "hive"})
# Where FLOAT has 64 bits; elsewhere that is what REAL or DOUBLE is for.
_WIDE_FLOATS = frozenset({"tsql", "sqlite", "snowflake", "bigquery", "oracle"})
# What a decimal without digits holds.
_DIGITS = {
    **{"mysql": (10, 0), "duckdb": (18, 3), "snowflake": (38, 0), "bigquery": (38, 9)},
    **{"tsql": (18, 0), "databricks": (10, 0), "spark": (10, 0), "redshift": (18, 0)},
    **{"trino": (38, 0), "hive": (10, 0)},
}
_NO_LENGTH = (1 << 31) - 1


@dataclass(slots=True)
class Types:
    """The types of one script: those of its dialect, and enums and domains that it creates."""

    dialect: str
    own: dict[str, exp.DataType] = field(default_factory=dict)

    def of(self, kind: exp.DataType, path: Path, notes: Notes, span: Span, deep: int = 0) -> Type:
        """What a column of the type holds."""
        own = kind.this
        if (created := self._own(kind)) is not None and deep < 20:
            return self.of(created, path, notes, span, deep + 1)
        sizes = [_whole(each) for each in kind.expressions]
        size = sizes[0] if sizes else None
        if own == _T.TINYINT and self.dialect == "mysql" and size == 1:
            return Boolean()
        if own == _T.TINYINT and self.dialect == "tsql":
            return Integer(8, signed=False)
        if own == _T.INT and self.dialect == "sqlite":
            return Integer(64)
        if own == _T.FLOAT:
            return Float(_float_bits(self.dialect, size))
        if own == _T.TIMESTAMP:
            return Timestamp(zoned=self.dialect in _ZONED)
        if own in (_T.DATETIME, _T.DATETIME64):
            zone = any(
                p.this.is_string for p in kind.expressions if isinstance(p.this, exp.Literal)
            )
            return Timestamp(zoned=zone)
        if own in _PLAIN:
            return _PLAIN[own]
        if own in _TEXTS:
            return String(max_length=size if size and size < _NO_LENGTH else None)
        if own in _BYTES:
            return Bytes(max_length=size if size and size < _NO_LENGTH else None)
        if own == _T.BIT:
            return Boolean() if size in (None, 1) else self._text(kind, path, notes, span)
        if own in _DECIMALS:
            return self._decimal(kind, sizes, path, notes)
        if own == _T.UDECIMAL:
            found = self._decimal(kind, sizes, path, notes)
            least = Bounds(minimum=Number(0))
            return replace(found, bounds=least) if isinstance(found, Decimal) else found
        return self._with_parts(kind, path, notes, span, deep)

    def _own(self, kind: exp.DataType) -> exp.DataType | None:
        """The type that the script itself has created under that name."""
        if kind.this != _T.USERDEFINED:
            return None
        name = kind.args.get("kind")
        written = name.sql() if isinstance(name, exp.Expr) else str(name or "")
        return self.own.get(written.rpartition(".")[2].strip('"`[]').lower())

    def _decimal(
        self, kind: exp.DataType, sizes: list[int | None], path: Path, notes: Notes
    ) -> Type:
        match sizes:
            case [int(precision)] | [int(precision), 0] if precision > 0:
                if self.dialect in ("oracle", "snowflake") and precision <= 18:
                    return Integer()  # they have no other type for them
                return Decimal(precision, 0)
            case [int(precision), int(scale)] if precision > 0:
                if scale < 0:  # rounded to tens, hundreds …
                    return Decimal(precision - scale, 0)
                return Decimal(max(precision, scale), scale)
            case _:
                if kind.this == _T.BIGDECIMAL:
                    return Decimal(76, 38)  # BigQuery's, of which that is all that can be said
                precision, scale = _DIGITS.get(self.dialect, (38, 9))
                notes.add(path, f"decide: digits: the source does not say them in {kind.sql()}")
                return Decimal(precision, scale)

    def _with_parts(
        self, kind: exp.DataType, path: Path, notes: Notes, span: Span, deep: int
    ) -> Type:
        inner = kind.expressions
        if deep > 30:
            return Json()
        if kind.this in _ENUMS:
            values = dict.fromkeys(each.name for each in inner if isinstance(each, exp.Expr))
            texts = [each for each in values if each is not None]
            return Enum(path[-1], path, tuple(map(EnumValue, texts))) if texts else String()
        if kind.this == _T.SET:
            texts = [each.name for each in inner]
            return Array(Enum(names.singular(path[-1]), path, tuple(map(EnumValue, texts))))
        if kind.this == _T.LOWCARDINALITY and inner and isinstance(inner[0], exp.DataType):
            return self.of(inner[0], path, notes, span, deep + 1)
        if kind.this in (_T.ARRAY, _T.LIST):
            return self._array(kind, path, notes, span, deep)
        if kind.this == _T.MAP and len(inner) == 2:
            key = self.of(inner[0], path, notes, span, deep + 1)
            return Map(key, self._element(inner[1], path, notes, span, deep))
        if kind.this in _RECORDS and any(isinstance(each, exp.ColumnDef) for each in inner):
            return self._record(kind, path, notes, span, deep)
        if kind.this in _RECORDS:
            return Json()
        return self._text(kind, path, notes, span)

    def _array(self, kind: exp.DataType, path: Path, notes: Notes, span: Span, deep: int) -> Type:
        """A list; of a fixed number of floating point numbers, a vector."""
        inner = kind.expressions
        if not inner or not isinstance(inner[0], exp.DataType):
            return Array(Json())
        element = self._element(inner[0], path, notes, span, deep)
        size = next((_whole(each) for each in kind.args.get("values") or ()), None)
        match element:
            case Float(bits) if size:
                wide = VectorElement.FLOAT64 if bits == 64 else VectorElement.FLOAT32
                return Vector(size, wide)
            case Integer(bits=8, signed=signed) if size:
                return Vector(size, VectorElement.INT8 if signed else VectorElement.UINT8)
            case _:
                return Array(element, size, size)

    def _element(self, kind: exp.DataType, path: Path, notes: Notes, span: Span, deep: int) -> Type:
        """An element of a list: null where the type says so."""
        found = self.of(kind, path, notes, span, deep + 1)
        return Nullable(found) if kind.args.get("nullable") else found

    def _record(self, kind: exp.DataType, path: Path, notes: Notes, span: Span, deep: int) -> Type:
        fields: list[Field] = []
        for each in kind.expressions:
            name, type_ = each.name, each.args.get("kind")
            if not isinstance(type_, exp.DataType) or is_left_out(name, path, notes, span):
                continue
            inner = self.of(type_, (*path, name), notes, span, deep + 1)
            required = any(
                isinstance(c.kind, exp.NotNullColumnConstraint) for c in each.args["constraints"]
            )
            fields.append(Field(name, inner, span, required=required))
        record = Record(names.singular(path[-1]), path, tuple(fields))
        if kind.this == _T.NESTED:
            return Array(record)
        return record if fields else Json()

    def _text(self, kind: exp.DataType, path: Path, notes: Notes, span: Span) -> Type:
        """A type of no table above: what contracts read of its name, else text."""
        written = kind.sql(dialect=self.dialect)
        place = physical.Place(path[-1], names.singular(path[-1]), path, span)
        found = physical.read(written, place)
        if found is not None and (found.complete or isinstance(found.type, Vector)):
            return found.type
        message = f"`{'.'.join(path)}`: contracts have no type for `{written}`; taken as text"
        help = "say in its description how a value is written, or leave it out"
        notes.report.warning("PW808", message, span, help)
        notes.add(path, f"decide: it is of type {written}: how is a value written as text?")
        return String()


def _float_bits(dialect: str, size: int | None) -> int:
    if size is not None and dialect in ("mysql", "tsql", "postgres", "oracle"):
        return 32 if size <= 24 else 64
    return 64 if dialect in _WIDE_FLOATS else 32


def _whole(node: object) -> int | None:
    if isinstance(node, exp.DataTypeParam):
        node = node.this
    if isinstance(node, exp.Neg):
        inner = _whole(node.this)
        return None if inner is None else -inner
    text = node.name if isinstance(node, exp.Literal) and not node.is_string else ""
    return int(text) if text.isdigit() and len(text) < 12 else None
