"""Models with what targets stumble over: every type, nesting, hostile text, names that collide.

Each is a function, so that nobody can spoil the model of somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from portwright import lock
from portwright.model import (
    Array,
    Boolean,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    Record,
    String,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.testing.builders import SCALARS, a_model, an_object, enum, field, record


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


def small_model() -> Model:
    """A contract of one property, and nothing told of it."""
    return a_model(an_object("visits", "visit", field("visit_id", String())), domain=None)


def words_model() -> Model:
    """Names that languages and databases keep for themselves."""
    words = "class def None type select table order group user package message async import from"
    return a_model(
        an_object("class", "class", *(field(name, String(), False) for name in words.split())),
        an_object("select", "select", field("import", enum("select", "import", values=("def",)))),
    )


def names_model() -> Model:
    """Names of other letters, of signs, and of any length."""
    names = ["Ünïcödé", "名前", "with space", "dot.ted", "dash-ed", "1st", "_", "__x", "x" * 200]
    values = ("", " ", "1", "名前", "-")
    odd = enum("names", "odd", values=values)
    return a_model(
        an_object("names", "name", *(field(each, String()) for each in names), field("odd", odd))
    )


def collisions_model() -> Model:
    """Names that are one as soon as somebody changes their case or what is between words."""
    twins = ("order_id", "orderId", "OrderID", "order-id")
    return a_model(
        an_object("order_lines", "order_line", *(field(name, String()) for name in twins)),
        an_object("OrderLines", "OrderLine", field("a", String()), field("A", Integer())),
    )


def deep_model() -> Model:
    """Records in lists in maps, ten times over."""
    path: tuple[str, ...] = ("deep",)
    paths = [path := (*path, f"level_{depth}") for depth in range(10)]
    inner: Type = String()
    for each in reversed(paths):
        made = record(each[-1], *each, fields=(field("value", inner, False),))
        inner = Map(String(), Nullable(Array(made)))
    return a_model(an_object("deep", "deep", field("root", inner)))


def changed_model() -> Model:
    """The second major version of a contract beside the first, with what is deprecated and gone."""
    old = a_model(an_object("visits", "visit", field("visit_id", String()), field("at", Date())))
    new = an_object(
        "visits",
        "visit",
        field("visit_id", String(), aliases=("id",)),
        field("at", Timestamp(), deprecated=True, description="when it was"),
        field("paid", Boolean(), False, classification="restricted"),
        primary_key=("visit_id",),
        deprecated=True,
        description="Visits.",
    )
    facts = {"major": 2, "version": "2.0.0", "status": "deprecated"}
    return replace(a_model(new, **facts), earlier=old)


def table_model() -> Model:
    """An object that is a table alone, with a key of two columns of other names."""
    return a_model(
        an_object(
            "daily sums",
            "daily sum",
            field("day", Date(), physical_name="DAY"),
            field("shop", Integer(32), physical_name="shop id"),
            field("sum", Decimal(38, 9), False),
            primary_key=("shop", "day"),
            partition_key=("day",),
            ports=(Port.TABLE,),
        )
    )


_MADE: Mapping[str, Callable[[], Model]] = {
    "all types": all_types_model,
    "nested": nested_model,
    "hostile": hostile_model,
    "small": small_model,
    "words": words_model,
    "names": names_model,
    "collisions": collisions_model,
    "deep": deep_model,
    "changed": changed_model,
    "table": table_model,
}


def hazards() -> dict[str, Model]:
    """Every hazard by name, each a contract of its own, with wire numbers as a lock gives them."""
    return {name: lock.apply(_own(name, made()), lock.Lock())[0] for name, made in _MADE.items()}


def _own(name: str, model: Model) -> Model:
    """The model with an id of its own, as two contracts of one config have."""
    earlier = None if model.earlier is None else _own(name, model.earlier)
    return replace(model, id=f"hazard {name}", earlier=earlier)
