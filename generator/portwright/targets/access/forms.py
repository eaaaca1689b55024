"""Forms: how an engine grants rights and hides values, as one value a dialect of `ddl`.

Text fields are format strings; a None among them means that the engine has no such thing. The rest
of this package holds no engine's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portwright.access import Right
from portwright.model import Anonymise
from portwright.targets.ddl.kinds import Kind


class Level(StrEnum):
    """What a right is on. Engines that need none on what a table is in have no form for it."""

    DATABASE = "database"
    SCHEMA = "schema"
    TABLE = "table"
    VIEW = "view"


Rights = Mapping[Level, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Principal:
    """How the roles are written that `pattern` matches: `{name}` is the text and `{bare}` its first
    group, `{quoted}` an identifier of it, `{text}` a literal of it and `{stored}` one of what the
    catalogue has; `identity` is what policies call it. Those that an engine has by itself are not
    to be made."""

    pattern: re.Pattern[str] = re.compile(r"[\s\S]+")
    role: str = "{quoted}"
    identity: str = "{text}"
    is_made: bool = True


@dataclass(frozen=True, slots=True)
class Grants:
    """Which `{rights}` reading and writing come to `on` each level of a `{place}`, and the
    statement that gives them to a `{role}`. `case` is whether case tells roles apart, where it does
    not tell tables."""

    rights: Mapping[Right, Rights]
    on: Mapping[Level, str]
    grant: str = "GRANT {rights} ON {on} TO {role}"
    revoke: str = "REVOKE {rights} ON {on} FROM {role}"
    create_role: str | None = "CREATE ROLE {role}"
    principals: tuple[Principal, ...] = (Principal(),)
    case: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """How one value inside a column of JSON is replaced: `read` is it as text at a `{path}`, `set`
    puts an expression in its place where there is one, and `null` is what stands for none. A path
    is `path` of the keys, each `key`, joined by `between`; `within` is the column, where it holds
    what has keys."""

    read: str
    set: str
    null: str
    path: str
    key: str
    between: str
    made: str = "{masked}"
    within: str = "{value}"


@dataclass(frozen=True, slots=True)
class Masks:
    """What stands for a value. `hash` is of texts of the kinds `hashed`, with a secret `{key}`;
    `nothing` is a null of a `{type}`, `nothing_nested` that of a column that holds more than a
    scalar."""

    hash: str | None
    hashed: frozenset[Kind] = frozenset({Kind.TEXT, Kind.VARCHAR})
    nothing: str = "CAST(NULL AS {type})"
    nothing_nested: str = "CAST(NULL AS {type})"
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class Views:
    """Views beside the table, which show its rows with its owner's rights, and not all values. An
    engine without `create` has that of its dialect."""

    create: str | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """Policies on the columns of the table itself: statements for a `column`, for each role that
    sees it (`seer`), and for each that reads it masked (`reader`).

    `{policy}` is the policy's qualified name and `{open}` that of another one for those who see;
    `{masked}` is what stands for `{value}`, or the word in `words` for a way to anonymise; `{sees}`
    is true where one of the roles asks, each by `seen_by`. `{word}` is the classification.
    """

    column: tuple[str, ...]
    seer: tuple[str, ...] = ()
    reader: tuple[str, ...] = ()
    value: str = "value"
    seen_by: str | None = None
    seen_by_none: str = "FALSE"
    words: Mapping[Anonymise, str] = field(default_factory=dict)
    # What policies are in, of the table's `{database}` and a `{region}`; its schema without one.
    place: tuple[str, ...] | None = None
    # Whether a column that holds records can have one.
    nests: bool = True


@dataclass(frozen=True, slots=True)
class Forms:
    """One engine. Without `grants` there are no roles, and without `hiding` nothing is hidden."""

    grants: Grants | None
    masks: Masks
    hiding: Views | Policies
