"""The form of generated modules: what black would print, whichever of their lines are long."""

from __future__ import annotations

from pathlib import Path

import black
import pytest

from portwright.targets.python import Python
from portwright.targets.python.formatting import WIDTH, fitted
from support.models import all_types_model

# Black leaves each of them alone while NAME is a short name.
PIECES = {
    "import": "from .models import NAME, BNAME\n",
    "signature": "def read_NAME(data: bytes, at: int) -> None:\n    pass\n",
    "statement in a function": "def read() -> None:\n    return made(NAME, NAME)\n",
    "statement in a branch": "def f() -> None:\n    if some:\n        f(NAME, NAME)\n",
    "head of a loop": "def f() -> None:\n    for each in made(NAME, NAME):\n        pass\n",
    "class": 'class ANAME(Record, title="NAME"):\n    """A record."""\n\n    a: int\n',
    "method": "class A:\n    def on_NAME(self, some: Event) -> None:\n        pass\n",
    "decorated method": (
        "class A:\n    @abstractmethod\n    def on_NAME(self, some: Event) -> None:\n"
        '        """Reads."""\n\n    def f(self) -> None:\n        self.on_NAME(NAME)\n'
    ),
    "table": 'T = Table(\n    a="b",\n    columns=(\n        C("NAME", "NAME"),\n    ),\n)\n',
    "statement in a loop": "def f() -> None:\n    for each in made:\n        f(NAME, NAME)\n",
    "entry": 'def f() -> dict[str, str]:\n    return {\n        "NAME": NAME(NAME),\n    }\n',
    "argument with a comment": "x = f(\n    # NAME\n    a=g(NAME, NAME),\n    b=NAME,\n)\n",
    "call with several long ones": "x = f(\n    g(NAME, NAME),\n    (NAME, NAME),\n    NAME,\n)\n",
    "text with a comma": ('x = f(\n    """\n  "NAMENAMENAME",\n  """,\n    g(NAME, NAME),\n)\n'),
    "text of several lines": 'T = f(\n    NAME,\n    """\n  NAME""",\n    a(NAME, NAME),\n)\n',
}


@pytest.mark.parametrize("long", ["a" * 50, "名" * 30])
@pytest.mark.parametrize("name", PIECES)
def test_a_long_statement_is_as_black_would_have_it(name: str, long: str) -> None:
    short = f'"""A module."""\n\n{PIECES[name]}\n\ndef g() -> None:\n    f(1)\n'
    short = black.format_str(short, mode=black.Mode())
    assert fitted(short) == short
    text = short.replace("NAME", long)
    assert fitted(text) == black.format_str(text, mode=black.Mode())
    assert fitted(text) != text


def test_what_is_short_is_left_alone() -> None:
    text = "x = f(  1 )\n"
    assert fitted(text) == text


def test_lines_of_others_stay_however_long() -> None:
    line = "w" * (WIDTH + 1)
    text = f'x = """\n{line}"""\ny  = 1\n'
    assert fitted(text, [f'{line}"""']) == text


def test_settings_of_a_service_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those are for code that people write, and may be broken."""
    before = {each.path: each.text for each in Python().emit(all_types_model())}
    settings = '[tool.isort]\nknown_first_party = ["decimal", "pydantic"]\n'
    (tmp_path / "pyproject.toml").write_text(f"{settings}[tool.ruff]\nline-length = 40\n")
    monkeypatch.chdir(tmp_path)
    assert {each.path: each.text for each in Python().emit(all_types_model())} == before
    (tmp_path / "pyproject.toml").write_text("[[[")
    assert {each.path: each.text for each in Python().emit(all_types_model())} == before
