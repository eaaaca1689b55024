"""Types: what the columns of one SQL engine are, as the table and the forms of a dialect.

Text fields are format strings; a None among them means that the engine has no such thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portwright.targets.ddl.kinds import Kind


@dataclass(frozen=True, slots=True)
class DecimalForm:
    """An exact type: at most `precision` digits, `scale` of them after the point and `whole`
    before it."""

    type: str = "DECIMAL({precision}, {scale})"
    precision: int = 38
    scale: int = 38
    whole: int | None = None

    def holds(self, precision: int, scale: int) -> bool:
        """Whether every such number fits."""
        whole = self.precision if self.whole is None else self.whole
        return precision <= self.precision and scale <= self.scale and precision - scale <= whole


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """A column type for lists. `every` is true when `{predicate}` over `{item}` is true or unknown
    for each element of `{list}`; without `every_inline` the engine does not allow it in a CHECK.
    `distinct` counts the different elements. `as_json` is the list as JSON for `json_breach`, which
    is allowed there. An engine without CHECKs needs none of these.

    `{element}` is followed by `not_null` where it must not be null; `null_items` says what becomes
    of null elements. A list in a list is wrapped in `inner`, where `inner_item` finds it. `absent`
    says what becomes of no list; a column that may not say NOT NULL has no `column_not_null`.
    """

    type: str
    length: str | None = None
    non_null: str | None = None
    distinct: str | None = None
    every: str | None = None
    every_inline: bool = False
    scalars_only: bool = False
    as_json: str | None = None
    not_null: str = ""
    inner: str = "{type}"
    inner_item: str = "{item}"
    null_items: str | None = None
    absent: str | None = None
    column_not_null: bool = True


@dataclass(frozen=True, slots=True)
class MapForm:
    """A column type for maps whose keys are of the `key_kinds`, and the lists that hold a map's
    keys and values, each of them as `key_item` and `value_item` of an item. `{key}` in the type is
    followed by `key_not_null`, and `{value}` by `not_null` where it must not be null; `absent` says
    what becomes of no map. A map that `is_list` is held to what the engine says of lists."""

    type: str
    key_kinds: frozenset[Kind] = frozenset(Kind)
    keys: str | None = None
    values: str | None = None
    key_item: str = "{item}"
    value_item: str = "{item}"
    key_not_null: str = ""
    not_null: str = ""
    absent: str | None = None
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class StructForm:
    """A column type for records, one field in it, and the value of the field called `{name}`,
    which is a text literal, or `{identifier}`. A field ends in `not_null` where it is required, in
    lists, maps and records that may be null only with `not_null_in_optional`, and in `comment`
    where it has a description. `absent` says what becomes of no record: where it does, the fields
    of a record that may be absent may be null. No field has one of `own_names`. A record in which
    more than the `deepest` are one inside another is stored as JSON."""

    type: str
    field: str
    access: str | None = None
    own_names: frozenset[str] = frozenset()
    not_null: str = ""
    not_null_in_optional: bool = True
    comment: str = ""
    absent: str | None = None
    deepest: int | None = None


@dataclass(frozen=True, slots=True)
class Types:
    """The type table. `leaf` is total over `Kind`, decimals aside, with `{length}` in characters,
    `{bytes}` that hold them in UTF-8, and `{dimensions}`; a nested type without a form is stored as
    JSON. Of `decimals`, the first that holds a number's digits is taken.

    `limits` are the greatest length or dimension; `wider` the kinds whose column holds more than
    the kind does, so that a CHECK has to say the rest; `lossy` says what a kind loses. `nullable`
    wraps a type that may be null, but for the kinds `never_null`, of which an absent one is empty,
    and those that `null_leaf` has another type for; `json_breach` is true where an SQL/JSON
    `{path}` finds something in the JSON `{value}`.

    No key holds a kind that is `unkeyed`, a nested type without `nested_keys`, a text or bytes
    longer than `key_length`, columns of more than `key_bytes` together, or more than `key_columns`;
    `keyed` are the types of columns in keys where they differ. Texts and enums whose lengths make
    more than `row_bytes` of a row, or more than `row_texts` of them, are plain texts, but for those
    in keys. A table has at most `most_columns`.

    `empty_text` says what an empty text is held as, where that is no text.
    """

    leaf: Mapping[Kind, str]
    decimals: tuple[DecimalForm, ...]
    limits: Mapping[Kind, int] = field(default_factory=dict)
    wider: frozenset[Kind] = frozenset()
    lossy: Mapping[Kind, str] = field(default_factory=dict)
    nullable: str | None = None
    never_null: frozenset[Kind] = frozenset()
    null_leaf: Mapping[Kind, str] = field(default_factory=dict)
    array: ArrayForm | None = None
    map: MapForm | None = None
    struct: StructForm | None = None
    json_breach: str | None = None
    nested_keys: bool = False
    key_bytes: int | None = None
    key_columns: int | None = None
    row_bytes: int | None = None
    row_texts: int | None = None
    most_columns: int | None = None
    unkeyed: frozenset[Kind] = frozenset()
    keyed: Mapping[Kind, str] = field(default_factory=dict)
    key_length: int | None = None
    empty_text: str | None = None
