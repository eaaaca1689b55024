"""Rights: what a role may do with an object, and which of its values it sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portwright.model import Field, Model, Object, Role, Server


class Right(StrEnum):
    """What may be done with an object's records."""

    READ = "read"
    WRITE = "write"


_READ: Final = frozenset({Right.READ})
_BOTH: Final = frozenset({Right.READ, Right.WRITE})
# What people write for it: `access` is free text in the standard. Without any it is reading.
_WORDS: Final = {
    **dict.fromkeys(("", "read", "r", "readonly", "reader", "select", "consume", "view"), _READ),
    **dict.fromkeys(("viewer", "consumer", "subscribe", "get", "query"), _READ),
    **dict.fromkeys(("write", "w", "writeonly", "insert", "produce"), frozenset({Right.WRITE})),
    **dict.fromkeys(("writer", "producer", "publish"), frozenset({Right.WRITE})),
    **dict.fromkeys(("readwrite", "rw", "writeread", "edit", "editor", "modify", "dml"), _BOTH),
    **dict.fromkeys(("all", "admin", "owner", "full", "allprivileges", "fullaccess"), _BOTH),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """A role with its rights on an object; on one `server` only, where it is a role of that."""

    role: Role
    rights: frozenset[Right]
    server: Server | None = None


def rights(role: Role) -> frozenset[Right] | None:
    """What the words of its `access` come to, None where they are no words of ours."""
    text = (role.access or "").lower()
    whole = re.sub(r"[^a-z]", "", text)
    if whole in _WORDS and (whole or not text.strip()):
        return _WORDS[whole]
    parts = [_WORDS.get(each) for each in re.split(r"[^a-z]+", text) if each and each != "and"]
    known = [each for each in parts if each is not None]
    return frozenset().union(*known) if known and len(known) == len(parts) else None


def holders(model: Model, object_: Object) -> Iterator[Holder]:
    """Who may do something with the object: the contract's roles, then those of its servers."""
    named: tuple[tuple[Server | None, tuple[Role, ...]], ...] = (
        (None, model.roles),
        *((each, each.roles) for each in model.servers),
    )
    for server, roles in named:
        for role in roles:
            if found := rights(role):
                called = {object_.name, object_.table, object_.topic, object_.id}
                if not role.objects or called & set(role.objects):
                    yield Holder(role, found, server)


def sees(model: Model, role: Role, field: Field) -> bool:
    """Whether the role sees the field's values as they are: those of the classifications that it
    `sees`, of all that are guarded less than these, and all that is public."""
    if field.public:
        return True
    words = [each.strip().lower() for each in model.classifications]
    said = [each.strip().lower() for each in role.sees]
    word = (field.classification or "").strip().lower()
    if word in said or "*" in said:
        return True
    most = max((words.index(each) for each in said if each in words), default=-1)
    return word in words and words.index(word) <= most
