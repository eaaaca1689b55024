"""Makefiles: the goals that everybody after the first runs."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from pathlib import Path

# In the order in which make looks for them.
NAMES = ("GNUmakefile", "makefile", "Makefile")
MARK = "# portwright: "
_VARIABLE = "$(PORTWRIGHT)"
_GOALS = {
    "generate": (f"{_VARIABLE} generate",),
    "check-contracts": (f"{_VARIABLE} lint", f"{_VARIABLE} generate --check"),
}
_RULE = re.compile(r"^(?![\t#])([^:=#\n]+?)\s*::?(?![:=])", re.M)
_VALUE = re.compile(r"^ *([\w.-]+)[ \t]*[:?]{0,3}=[ \t]*([^#\n]*)", re.M)
_USED = re.compile(r"\$[({]([\w.-]+)[)}]")
_INCLUDE = re.compile(r"^-?s?include\s+(.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Edit:
    """A text with the lines added (None: as it was), and what could not be added to it."""

    text: str | None
    told: tuple[str, ...] = ()


def edited(text: str, folder: Path, runner: str, is_link: bool = False) -> Edit:
    """The Makefile with the goals that it does not have. One that is there is never touched."""
    if MARK in text:
        return Edit(None)
    there = goals(text, folder)
    missing = [each for each in _GOALS if each not in there]
    told: tuple[str, ...] = tuple(
        f"it has a goal `{each}` of its own: add `{commands[-1].replace(_VARIABLE, 'portwright')}`"
        for each, commands in _GOALS.items()
        if each in there and "portwright" not in text
    )
    if not missing:
        return Edit(None, told)
    lines = [*_lines(missing, runner), ""]
    if is_link or ".RECIPEPREFIX" in text or re.search(r"\\\s*\Z", text):
        why = "is a link" if is_link else "has a form that nothing is added to"
        shown = "".join(f"\n      {each}" for each in lines[1:]).rstrip()
        return Edit(None, (*told, f"it {why}: add{shown}"))
    newline = "\r\n" if "\r\n" in text else "\n"
    start = text if not text or text.endswith("\n") else text + newline
    return Edit(start + newline.join(["", *lines] if text else lines), told)


def _lines(goals: list[str], runner: str) -> list[str]:
    lines = [f"{MARK}ports of this service, from its data contracts"]
    lines += [f"PORTWRIGHT ?= {f'{runner} portwright'.strip()}", f".PHONY: {' '.join(goals)}"]
    for each in goals:
        lines += [f"{each}:", *(f"\t{command}" for command in _GOALS[each])]
    return lines


def goals(text: str, folder: Path, depth: int = 0) -> set[str]:
    """What a Makefile has rules for, with the files that it includes."""
    joined = re.sub(r"\\\r?\n", " ", text)
    values = dict(_VALUE.findall(joined))
    found = {
        goal
        for rule in _RULE.findall(joined)
        for goal in _USED.sub(lambda used: values.get(used[1], ""), rule).split()
    }
    patterns = " ".join(_INCLUDE.findall(joined)).split() if depth < 5 else []
    for name in [name for each in patterns for name in glob.glob(each, root_dir=folder)]:
        try:
            inner = (folder / name).read_text("utf-8", "replace")
        except (OSError, ValueError):
            continue
        found |= goals(inner, folder, depth + 1)
    return found
