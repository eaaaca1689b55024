"""Contracts begun by `portwright new port`, and what they say."""

from __future__ import annotations

from pathlib import Path

from portwright import pipeline
from portwright.model import Model, Object
from support.commands import in_process


def begun(root: Path, source: str, *words: str, name: str = "shop") -> tuple[str, str]:
    """The text of the contract that is begun from a source, and what was said about it. It is one
    that is accepted without an error."""
    done = in_process(root, "new", "port", name, "--from", source, "--dry-run", *words)
    assert done.returncode == 0, done.stderr
    model_of(done.stdout)
    return done.stdout, done.stderr


def refused(root: Path, source: str, *words: str) -> str:
    """What is said where nothing is begun, and nothing written."""
    before = sorted(root.rglob("*"))
    done = in_process(root, "new", "port", "shop", "--from", source, *words)
    assert done.returncode == 1 and done.stdout == "" and "error[PW8" in done.stderr
    assert sorted(root.rglob("*")) == before
    return done.stderr


def model_of(text: str) -> Model:
    """The model of a contract without errors."""
    model, found = pipeline.read(text.encode(), "contract.odcs.yaml", {})
    assert model is not None
    assert not [each for each in found if each.is_error], found
    return model


def object_of(text: str, name: str | None = None) -> Object:
    """The object of that name, or the only one."""
    objects = model_of(text).objects
    if name is None:
        [found] = objects
        return found
    return next(each for each in objects if each.name == name)


def said_of(text: str, name: str) -> list[str]:
    """The comments and the lines of a property, as the contract has them."""
    lines = [each.strip() for each in text.splitlines()]
    at = lines.index(f"- name: {name}")
    first = at
    while lines[first - 1].startswith("#"):
        first -= 1
    last = at + 1
    while last < len(lines) and not lines[last].startswith(("- name:", "#")):
        last += 1
    return lines[first:last]
