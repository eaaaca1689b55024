"""Places: where a table stands in an engine, from its physical name and the contract's servers."""

from __future__ import annotations

from dataclasses import replace

from portwright.model import Model, Object, Server
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.text import name_faults, quote


def namespace(model: Model, object_: Object, dialect: Dialect) -> tuple[str, ...]:
    """What qualifies the table's name, outermost first: what its physical name says, else the
    contract's first server of this engine, else the schema of any server with tables, where this
    engine can have one of that name."""
    levels = len(dialect.qualifiers)
    server = server_of(model, dialect)
    found = tuple(server.setting(each) if server else None for each in dialect.qualifiers)
    said = object_.qualifier[-levels:] if levels else ()
    whole: tuple[str | None, ...] = (*found[: levels - len(said)], *said)
    if not any(whole) and levels:
        default = dialect.default_schema if dialect.always_qualified else None
        whole = (_borrowed(object_.schema, dialect) or default,)
    # A level can only be named below one that is.
    named: list[str] = []
    for each in reversed(whole):
        if not each:
            break
        named.insert(0, each)
    return tuple(named)


def _borrowed(schema: str | None, dialect: Dialect) -> str | None:
    """The schema of another engine's server, if tables can be in one of that name here."""
    rules = dialect.identifiers
    if schema is None or rules.own_schemas.fullmatch(schema):
        return None
    return None if any(name_faults(schema, dialect, rules.forbidden_schemas)) else schema


def chosen_server(model: Model, name: str | None) -> Model | None:
    """The model with the server of that name as its only one, whose schema tables are in that say
    none themselves; as it is where none is chosen, None where there is no such server."""
    if name is None:
        return model
    server = next((each for each in model.servers if each.name == name), None)
    if server is None:
        return None
    schema = server.setting("schema") or server.setting("dataset")
    objects = (each if each.qualifier else replace(each, schema=schema) for each in model.objects)
    return replace(model, servers=(server,), objects=tuple(objects))


def server_of(model: Model, dialect: Dialect) -> Server | None:
    """The first of the contract's servers that is this engine."""
    return next((each for each in model.servers if each.type in dialect.servers), None)


def schema(model: Model, object_: Object, dialect: Dialect) -> str | None:
    """The innermost of the table's qualifiers."""
    found = namespace(model, object_, dialect)
    return found[-1] if found else None


def joined(parts: tuple[str, ...], dialect: Dialect) -> str:
    """A qualified name, as SQL."""
    return ".".join(quote(part, dialect) for part in parts)


def qualified(model: Model, object_: Object, dialect: Dialect) -> str:
    """The table's name with what qualifies it, as SQL."""
    return joined((*namespace(model, object_, dialect), object_.table), dialect)
