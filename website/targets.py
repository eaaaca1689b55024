"""The reference of targets, asked of the registry."""

from __future__ import annotations

from portwright.targets import registry
from website.text import code, prose, table

_TITLE = """\
# Targets

What `portwright.yaml` can ask for. `portwright targets` lists the same, with those of other
packages that are installed; [Types](../types.md) has what each makes of each type.
"""


def page() -> str:
    """The page of all built-in targets."""
    return "\n".join([_TITLE, *map(_target, registry.BUILT_IN)])


def _target(name: str) -> str:
    cls = registry.target_class(name)
    options = registry.options(cls)
    needed = "".join(
        f", {each.name}: {each.choices[0] if each.choices else '…'}"
        for each in options
        if each.required
    )
    lines = [f"## {name}\n", f"{prose(str(cls.summary))}\n"]
    lines.append(code(f"targets:\n  - {{target: {name}{needed}, out: gen/{name}}}", "yaml"))
    if options:
        rows = [
            (
                f"`{each.name}`",
                "yes" if each.required else "no",
                ", ".join(f"`{choice}`" for choice in each.choices) or "any text",
            )
            for each in options
        ]
        lines.append(table(("option", "required", "values"), rows))
    return "\n".join(lines)
