"""The Python names of a model: package, classes, attributes, functions and constants.

Each name is made of the contract's own word and nothing else, so adding a field or an
object never renames another. Names that meet are found by `check`, before anything is
written.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator

from portwright import names
from portwright.diagnostics import Diagnostic, Span, error
from portwright.model import Enum, Field, Model, Object, Record, walk

# What a pydantic model or `portwright_runtime.Record` already calls its own.
_CLAIMED_BY_RECORDS = frozenset(
    "cls construct copy dict from_orm json model_computed_fields model_config model_construct"
    " model_copy model_dump model_dump_json model_extra model_fields model_fields_set"
    " model_json_schema model_parametrized_name model_post_init model_rebuild model_validate"
    " model_validate_json model_validate_strings parse_file parse_obj parse_raw schema"
    " schema_json self update_forward_refs validate".split()
)
# Names that annotations of a generated class are written with: a default would shadow them.
_CLAIMED_BY_ANNOTATIONS = frozenset(
    "bool bytes float int list object set str tuple"
    " Annotated AwareTimestamp Classified ExactDecimal Field Field_ FiniteFloat Float32 FrozenMap"
    " JsonValue NaiveTime NaiveTimestamp OneOf Record Record_ StrEnum StrictBool"
    " StrictBytes StrictDate StrictText UUID UniqueItems Within"
    " Int8 Int16 Int32 Int64 Int128 UInt8 UInt16 UInt32 UInt64 UInt128".split()
)
# Of these, names of types that contracts do have: they are then imported under a second name.
_SHARED = frozenset({"Field", "Record"})
# What the generated port class offers besides its datasets.
_CLAIMED_BY_PORTS = frozenset(
    "cls close contract erase flush open self stream version warehouse".split()
)
# What the methods of a consumer already call something.
_CLAIMED_BY_HANDLERS = frozenset({"self", "event"})


def package(model: Model) -> str:
    """The import package: `checkout_port`, `checkout_v2_port`."""
    return f"{names.versioned(names.snake(model.name), model)}_port"


def port_class(model: Model) -> str:
    """`CheckoutPort`."""
    return f"{names.pascal(model.name)}Port"


def async_port_class(model: Model) -> str:
    """`AsyncCheckoutPort`."""
    return f"Async{port_class(model)}"


def port_classes(model: Model) -> tuple[str, str]:
    """The two classes of ports."""
    return port_class(model), async_port_class(model)


def consumer_class(object_: Object) -> str:
    """`OrdersConsumer`."""
    return f"{names.pascal(object_.name)}Consumer"


def batch_consumer_class(object_: Object) -> str:
    """`OrdersBatchConsumer`."""
    return f"{names.pascal(object_.name)}BatchConsumer"


def consumer_of_all(model: Model) -> str:
    """The consumer of all objects together: `CheckoutPortConsumer`."""
    return f"{port_class(model)}Consumer"


def dataset(object_: Object) -> str:
    """The attribute of the port that hands an object out: `orders` in `port.orders`."""
    name = names.snake(object_.name)
    return f"{name}_" if name in _CLAIMED_BY_PORTS else _legal(name)


def function(type_: Record | Enum) -> str:
    """The word of a type in function names: `order_line` in `_write_order_line`."""
    parents = (names.singular(part) for part in type_.path[:-1])
    return "_".join(names.snake(part) for part in (*parents, type_.name))


def handler(object_: Object) -> str:
    """The consumer's method for one record: `on_order`."""
    return f"on_{function(object_.record)}"


def parameter(object_: Object) -> str:
    """What that method calls the record: `order`."""
    word = mapper(object_)
    return f"{word}_" if word in _CLAIMED_BY_HANDLERS else word


def deleted_handler(object_: Object) -> str:
    """The consumer's method for a tombstone: `on_order_deleted`."""
    return f"{handler(object_)}_deleted"


def batch_handler(object_: Object) -> str:
    """The batch consumer's method for records: `on_order_batch`."""
    return f"{handler(object_)}_batch"


def mapper(object_: Object) -> str:
    """The function in `mapping.py` that makes one record of a row: `order`."""
    return _legal(function(object_.record))


def schema_constant(object_: Object) -> str:
    """The constant with the object's Avro schema text: `ORDER_SCHEMA`."""
    return f"{function(object_.record).upper()}_SCHEMA"


def imports_constant(object_: Object) -> str:
    """The constant with the .proto files that the object's imports: `ORDER_IMPORTS`."""
    return f"{function(object_.record).upper()}_IMPORTS"


def topic_constant(object_: Object) -> str:
    """The constant with the object's topic: `ORDERS_TOPIC`."""
    return f"{names.screaming(object_.name)}_TOPIC"


def table_constant(object_: Object) -> str:
    """The constant with the object's table: `ORDERS_TABLE`."""
    return f"{names.screaming(object_.name)}_TABLE"


def examples(object_: Object) -> str:
    """The function of `testing.py` with its examples: `orders_examples`."""
    return f"{names.snake(object_.name)}_examples"


def invalid_examples(object_: Object) -> str:
    """The function of `testing.py` with what is no such record: `invalid_orders_examples`."""
    return f"invalid_{examples(object_)}"


def attribute(field: Field) -> str:
    """The attribute of a record: as written, `class_` for what Python or pydantic claims."""
    name = names.identifier(field.name)
    if name.startswith("_"):
        name = f"{names.identifier(name.strip('_'))}_"
    while name in _CLAIMED_BY_RECORDS or name in _CLAIMED_BY_ANNOTATIONS:
        name = f"{name}_"
    return _legal(name)


def member(value: str) -> str:
    """The member of an enum class: `IN_PROGRESS`."""
    return names.value(value)


def variable(word: str, depth: int) -> str:
    """A name for what is iterated over, another one at every depth: `item`, `item2`."""
    return f"{word}{depth + 1}" if depth else word


def _legal(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


# ----------------------------------------------------------------- collisions


def check(model: Model) -> Iterator[Diagnostic]:
    """An error for every two names of the model that are one name in Python."""
    yield from _classes(model)
    yield from _objects(model)
    for type_, span in walk.named_types(model):
        match type_:
            case Record():
                yield from _attributes(type_)
            case Enum():
                yield from _members(type_, span)


def _classes(model: Model) -> Iterator[Diagnostic]:
    known = names.type_names(model)
    types = {
        known[type_.path]: (known[type_.path], _told(type_), span)
        for type_, span in walk.named_types(model)  # two of one name: checks/naming.py
    }
    consumers = [
        (name(each), f"a consumer of `{each.name}`", each.span)
        for each in model.objects
        for name in (consumer_class, batch_consumer_class)
    ]
    consumers.append((consumer_of_all(model), "the consumer of all objects", model.span))
    port = (port_class(model), "the port", model.span)
    asynchronous = (async_port_class(model), "the port for asyncio", model.span)
    yield from _collisions("PW351", "class", [port, asynchronous, *types.values(), *consumers])
    for name, what, span in types.values():
        if keyword.iskeyword(name) or name in _CLAIMED_BY_ANNOTATIONS - _SHARED:
            yield error(
                "PW352",
                f"{what} would be the class `{name}`, which is taken in Python",
                span,
                "give the object or property another name",
            )


def _objects(model: Model) -> Iterator[Diagnostic]:
    yield from _collisions(
        "PW353", "dataset", [(dataset(o), f"object `{o.name}`", o.span) for o in model.objects]
    )
    methods = [
        (name, f"a consumer's method for `{each.name}`", each.span)
        for each in model.objects
        for name in (handler(each), deleted_handler(each), batch_handler(each))
    ]
    yield from _collisions("PW353", "method", methods)
    yield from _collisions(
        "PW353",
        "function",
        [(function(type_), _told(type_), span) for type_, span in walk.named_types(model)],
    )
    invalid = {invalid_examples(each): each for each in model.objects}
    for each in model.objects:
        if other := invalid.get(name := examples(each)):
            met = [
                (name, f"the invalid examples of `{other.name}`", other.span),
                (name, f"the examples of `{each.name}`", each.span),
            ]
            yield from _collisions("PW353", "function", met)


def _told(type_: Record | Enum) -> str:
    return f"the type of `{'.'.join(type_.path)}`"


def _attributes(record: Record) -> Iterator[Diagnostic]:
    yield from _collisions(
        "PW350",
        "attribute",
        [(attribute(each), f"property `{each.name}`", each.span) for each in record.fields],
    )


def _members(enum: Enum, span: Span) -> Iterator[Diagnostic]:
    yield from _collisions(
        "PW354",
        "enum member",
        [(member(each.value), f"value `{each.value}`", span) for each in enum.values],
    )


def _collisions(
    code: str, kind: str, written: Iterable[tuple[str, str, Span]]
) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for name, what, span in written:
        if name in first:
            yield error(
                code,
                f"{what} and {first[name]} are both the Python {kind} `{name}`",
                span,
                "names that differ only in case, accents or punctuation meet in Python:"
                " rename one of them",
            )
        else:
            first[name] = what
