"""Models made by hand: what the tests of targets start from, with no contract to read."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

from portwright.diagnostics import Span
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
    Model,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

SPAN = Span("contract.odcs.yaml", 1, 1, 1)

SCALARS: dict[str, Type] = {
    "flag": Boolean(),
    **{
        f"{'i' if signed else 'u'}{bits}": Integer(bits, signed)
        for bits in (8, 16, 32, 64, 128)
        for signed in (True, False)
    },
    "quantity": Integer(32, bounds=Bounds(minimum=Number(1), maximum=Number(999))),
    "f32": Float(32),
    "f64": Float(64),
    "ratio": Float(64, Bounds(minimum=Number(0), exclusive_maximum=Number(1))),
    "amount": Decimal(12, 2),
    "fee": Decimal(4, 4),
    "huge": Decimal(38, 0),
    "note": String(),
    "code": String(min_length=2, max_length=5, pattern="^[A-Z]+$"),
    "email": String(format="email"),
    "key": Uuid(),
    "raw": Bytes(),
    "hash": Bytes(min_length=4, max_length=4),
    "day": Date(),
    "clock": Time(),
    "instant": Timestamp(),
    "wall": Timestamp(zoned=False),
}


def field(name: str, type_: Type, required: bool = True, **facts: Any) -> Field:
    """A property, required unless said otherwise."""
    return Field(name, type_, SPAN, required=required, **facts)


def enum(*path: str, values: tuple[str, ...]) -> Enum:
    """An enum named by the last part of its path."""
    return Enum(path[-1], path, tuple(EnumValue(value) for value in values))


def record(name: str, *path: str, fields: tuple[Field, ...]) -> Record:
    return Record(name, path, fields)


def an_object(name: str, singular: str, *fields: Field, **facts: Any) -> Object:
    """An object with a table and a topic of its own name."""
    root = Record(singular, (name,), fields, facts.pop("description", None))
    return Object(name, root, SPAN, **{"topic": name, "table": name, **facts})


def a_model(*objects: Object, **facts: Any) -> Model:
    """Major 1 of the contract `checkout` in the domain `retail`, or what `facts` say."""
    defaults: dict[str, Any] = {
        "id": "checkout-1",
        "version": "1.2.0",
        "major": 1,
        "name": "checkout",
        "domain": "retail",
        "source": "contracts/checkout.odcs.yaml",
    }
    return Model(span=SPAN, objects=objects, **{**defaults, **facts})


def all_types_model() -> Model:
    """Every type of the model, each scalar both required and optional."""
    optional = tuple(field(f"maybe_{name}", type_, False) for name, type_ in SCALARS.items())
    vectors = tuple(
        field(f"vector_{element}", Vector(3, element), required=element is not VectorElement.INT8)
        for element in VectorElement
    )
    status = enum("samples", "status", values=("NEW", "PAID"))
    priority = enum("samples", "priority", values=("in-progress", "1st", ""))
    choices = enum("samples", "choices", values=("A", "B"))
    part = record("part", "samples", "part", fields=(field("label", String()),))
    row = record("row", "samples", "rows", fields=(field("n", Integer(), False),))
    spot = record("spot", "samples", "spots", fields=(field("x", Float()), field("y", Float())))
    return a_model(
        an_object(
            "samples",
            "sample",
            *(field(name, type_) for name, type_ in SCALARS.items()),
            *optional,
            *vectors,
            field("status", status),
            field("priority", priority, False),
            field("choices", Array(choices, min_items=1, max_items=2, unique_items=True)),
            field("part", part, False),
            field("rows", Array(row)),
            field("spots", Map(String(), spot)),
            field("matrix", Array(Array(Float()))),
            field("gaps", Array(Nullable(Integer(32)))),
            field("labels", Map(String(pattern="^[a-z]+$"), Nullable(String())), False),
            field("by_id", Map(Uuid(), Array(Date()))),
            field("by_number", Map(Integer(32), Map(Date(), Decimal(9, 3)))),
            field("by_flag", Map(Boolean(), Float(32)), False),
            field("extra", Json(), False),
            field("extras", Array(Json())),
        )
    )


def nested_model() -> Model:
    """Two objects with a nested record of one name, at two depths, and an enum in each."""

    def address(*path: str) -> Record:
        country = enum(*path, "country", values=("NL", "BE"))
        return record("address", *path, fields=(field("city", String()), field("country", country)))

    line = record(
        "line",
        "orders",
        "lines",
        fields=(
            field("sku", String()),
            field("ship_to", address("orders", "lines", "ship_to"), False),
        ),
    )
    return a_model(
        an_object(
            "orders",
            "order",
            field("order_id", Uuid()),
            field("address", address("orders", "address")),
            field("lines", Array(line, min_items=1)),
            primary_key=("order_id",),
        ),
        an_object("customers", "customer", field("address", address("customers", "address"))),
    )


HOSTILE = (
    "quote \"\"\" and '''",
    "*/ // -- ; DROP TABLE x",
    "{{ x }} {% y %} ${z} #{w}",
    "line\nbreak\r\n\u2028 and \\n \\u0041 \\",
    "../../etc/passwd",
    "nul \x00 bell \x07 bidi \u202e kcab \u2066",
    "<script>alert(1)</script>",
    "名前 é ß 😀",
)


def hostile_model() -> Model:
    """Hostile text wherever a contract may hold text: names, descriptions, enum values, tags."""
    values = Enum(
        "values",
        ("../../etc", "values"),
        tuple(EnumValue(text, text, text) for text in HOSTILE),
    )
    nested = Record("*/ inner", ("../../etc", "*/ inner"), (field(HOSTILE[0], String()),), '\n"')
    return a_model(
        an_object(
            "../../etc",
            '../../etc"""',
            *(
                field(
                    text,
                    String(pattern='^"\\\\/\\*$', format=text),
                    index % 2 == 0,
                    description=text,
                    classification=text,
                    tags=(text,),
                    examples=(text,),
                )
                for index, text in enumerate(HOSTILE)
            ),
            field("values", values, False),
            field("*/ inner", nested),
            description="\n".join(HOSTILE),
            tags=HOSTILE,
        ),
        domain='"""\n*/',
        name="../{{ x }}",
        source="contracts/evil */ ${x}.odcs.yaml",
        version="1.0.0\n--",
    )


# The models that every target is tried with.
MODELS = {"all types": all_types_model, "nested": nested_model, "hostile": hostile_model}
