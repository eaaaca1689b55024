"""Jinja2 with strict settings, and the literals and comments user text becomes in each language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def template_root() -> Path:
    """The templates beside the installed package, else those at the root of the checkout."""
    packaged = Path(__file__).parent / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_root()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters |= {"comment": comment}
    return environment


def render(template: str, **view: object) -> str:
    """The text of `templates/<template>` for a view; an undefined name is an error."""
    return _environment().get_template(template).render(**view)


def lines(text: str) -> list[str]:
    """The lines of user text, stripped, with control and bidirectional characters made visible."""
    return [
        "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line.expandtabs()).rstrip()
        for line in text.strip().splitlines()
    ]


def comment(text: str, prefix: str) -> str:
    """`text` as line comments: every line starts with `prefix` (`# `, `// `, `-- `)."""
    return "\n".join(f"{prefix}{line}".rstrip() for line in lines(text))


def dump_json(document: object) -> str:
    """A JSON document as files hold it: two spaces, keys as given, final newline.

    Text stays as it is, but characters that do not print (bidirectional controls) are escaped.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    shown = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    return "".join(shown) + "\n"
