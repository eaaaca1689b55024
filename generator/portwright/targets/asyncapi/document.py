"""The document of a contract (AsyncAPI 3.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from portwright import names
from portwright.model import Model, support
from portwright.oversight import endings
from portwright.targets.asyncapi.channels import channel, name, operation, some, streams, tags
from portwright.targets.asyncapi.messages import message
from portwright.targets.asyncapi.schemas import schemas
from portwright.targets.asyncapi.servers import servers

_VERSION: Final = "3.0.0"
# What every reader takes as an address: the parser holds `url` and `email` to their formats.
_URL: Final = re.compile(
    r"https?://[A-Za-z0-9._~-]+(:\d+)?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?"
)
_EMAIL: Final = re.compile(r"(?:mailto:)?([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")


def document(model: Model, wire: str) -> dict[str, object]:
    """The document, of the objects that are streams."""
    found = [*streams(model)]
    types = names.type_names(model)
    return {
        "asyncapi": _VERSION,
        "id": f"urn:portwright:{names.namespace(model)}",
        "info": _info(model),
        "defaultContentType": f"application/{wire}",
        **some("servers", servers(model)),
        "channels": {name(each): channel(model, each) for each in found},
        "operations": {f"publish_{name(each)}": operation(model, each) for each in found},
        "components": {
            "messages": {types[e.record.path]: message(model, e, wire) for e in found},
            **({} if wire == "avro" else {"schemas": schemas(model, found)}),
        },
    }


def url(told: str | None) -> str | None:
    """The text as an address of the web, None where it is none."""
    said = (told or "").strip()
    return said if _URL.fullmatch(said) else None


def _info(model: Model) -> dict[str, object]:
    pages = (each for each in model.support if url(each.url))
    page = next(pages, None)
    return {
        "title": model.name,
        "version": model.version,
        **some("description", "\n\n".join(_told(model))),
        **some("contact", _contact(model)),
        **tags(*([model.domain] if model.domain else []), *model.tags),
        **({"externalDocs": {"url": url(page.url), "description": page.channel}} if page else {}),
        "x-contract-id": model.id,
        **some("x-status", support.word(model.status)),
        **some("x-data-product", model.data_product),
        **some("x-ends", [_end(e.word, e.day, e.elements) for e in endings(model)]),
    }


def _end(word: str, day: str, elements: str) -> dict[str, object]:
    return {"end": word, "day": day, **some("of", elements)}


def _told(model: Model) -> Iterator[str]:
    """What it is for, how it is used and what it is not."""
    for word, said in (
        ("", model.purpose),
        ("Usage: ", model.usage),
        ("Limitations: ", model.limitations),
    ):
        if said and said.strip():
            yield f"{word}{said.strip()}"


def _contact(model: Model) -> dict[str, object]:
    """Whose it is, and where to ask."""
    asked = [text for each in model.support for text in (each.url, each.channel) if text]
    mails = (match[1] for text in asked if (match := _EMAIL.fullmatch(text.strip())))
    pages = (found for text in asked if (found := url(text)))
    return {
        **some("name", model.owner),
        **some("url", next(pages, None)),
        **some("email", next(mails, None)),
    }
