"""Words as Backstage takes them: names, tags, lifecycles and owners.

Rules are those of the catalogue's descriptor format (backstage.io, "Descriptor Format of Catalog
Entities"), as its library holds entities to them.
"""

from __future__ import annotations

import re
from typing import Final

from portwright import names
from portwright.model import Model, support

LONGEST: Final = 63
NOBODY: Final = "group:default/unknown"
_NAME: Final = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
_LIFECYCLES: Final = {
    **dict.fromkeys(support.PLANS, "experimental"),
    **dict.fromkeys(support.OVER, "deprecated"),
}


def name(text: str) -> str:
    """The text in lower case where it is a name already, else its words with hyphens."""
    lower = text.strip().lower()
    return lower if _NAME.fullmatch(lower) else names.kebab(text)


def is_name(text: str) -> bool:
    """Whether an entity can be called so."""
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def tag(text: str) -> str:
    """The text as a tag: `[a-z0-9+#]` with hyphens between; empty where it is too long."""
    made = "-".join(re.findall(r"[a-z0-9+#]+", names.ascii(text).lower()))
    return made if len(made) <= LONGEST else ""


def lifecycle(model: Model) -> str:
    """`experimental`, `production` or `deprecated`, by the contract's status."""
    return _LIFECYCLES.get(support.word(model.status), "production")


def owner(model: Model) -> str | None:
    """The team as a group, else the member who owns as a user; None where there is nobody with a
    name that an entity can have."""
    team = model.team
    if team is None:
        return None
    if team.name and is_name(name(team.name)):
        return f"group:default/{name(team.name)}"
    people = (name(each.username) for each in team.people)
    return next((f"user:default/{each}" for each in people if is_name(each)), None)
