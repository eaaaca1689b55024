"""The schemas in a repository, and the first lines of files that name them.

They lie below `.portwright/schemas` and are committed: so an editor has them in a fresh clone,
offline, and they are of the Portwright that the repository is generated with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from portwright.manifest import STATE

FOLDER = STATE / "schemas"
CONFIG = FOLDER / "portwright.schema.json"
CONTRACT = FOLDER / "contract.schema.json"
# What the language server of YAML takes for a line of this kind.
_MARKED = re.compile(r"(?m)^#\s*(?:yaml-language-server\s*:.*\$schema=|\$schema\s*:)")


def schemas(targets: Iterable[str]) -> dict[PurePosixPath, str]:
    """Both schemas by their paths, for configs that may have these targets."""
    from portwright.editors import config_schema, contract_schema

    return {
        CONFIG: text(config_schema.document(targets)),
        CONTRACT: text(contract_schema.document()),
    }


def text(schema: Mapping[str, object]) -> str:
    """The schema as a file has it."""
    return json.dumps(schema, indent=1, ensure_ascii=True) + "\n"


def line(schema: PurePosixPath, file: str) -> str:
    """What stands first in a file, whose path is relative to the folder of the config, to name its
    schema: `# yaml-language-server: $schema=../.portwright/schemas/contract.schema.json`."""
    up = "../" * (len(PurePosixPath(file).parts) - 1)
    return f"# yaml-language-server: $schema={up}{schema}\n"


def marked(text: str, schema: PurePosixPath, file: str) -> str:
    """The file's text with that line on top; as it is where it names a schema already."""
    if _MARKED.search(text):
        return text
    first = line(schema, file)
    end = text[: text.find("\n")]
    return (first.replace("\n", "\r\n") if end.endswith("\r") else first) + text
