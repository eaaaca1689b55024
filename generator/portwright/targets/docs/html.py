"""HTML: templates of which every value is escaped, links that may be one, ids, and documents that a
page carries for its script."""

from __future__ import annotations

import json
import re
from functools import cache
from hashlib import sha256

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portwright.render import lines, template_root

# What a link of a contract may do in a reader's browser: go somewhere, or write a letter.
_LINK = re.compile(r"(?:https?://[^\s]+|mailto:[^\s@]+@[^\s@]+)\Z", re.I)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
# Of `</script>` and `<!--`, which end what a script holds (HTML, 4.12.1.3), nothing is left.
_JSON = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_root()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    environment.filters |= {"text": text, "code": code}
    return environment


def page(template: str, **view: object) -> str:
    """The text of `templates/docs/<template>` for a view, without empty lines between elements."""
    made = _environment().get_template(f"docs/{template}").render(**view)
    return "\n".join(line for line in made.split("\n") if line.strip()) + "\n"


def text(told: object) -> Markup:
    """User text, escaped, with its lines; characters that do not print are made visible."""
    return code("\n".join(lines(str(told))))


def code(told: str) -> Markup:
    """Text of ours, escaped, with its lines, which are then none of the page's own."""
    return Markup(str(escape(told)).replace("\n", "&#10;").replace("\r", "&#13;"))


def link(told: str | None) -> str | None:
    """The text as the target of a link, None where it may be none."""
    said = (told or "").strip()
    if _LINK.match(said) and said.isprintable():
        return said
    return f"mailto:{said}" if _ADDRESS.match(said) else None


def anchor(*path: str) -> str:
    """The id of an element about what the path leads to: without spaces (HTML, 3.2.6). A digest
    tells apart what is then the same."""
    whole = ".".join(path)
    made = re.sub(r"[^\w.-]+", "-", whole)
    return made if made == whole else f"{made}-{sha256(whole.encode()).hexdigest()[:6]}"


def embedded(document: object) -> Markup:
    """The document as the content of a script element that nobody runs."""
    made = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup("".join(_JSON.get(each, each) for each in made))
