"""Presets: configs that many repositories extend, from a path or an installed package.

They are read, and never run: a package is looked up, not imported.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping as Environ
from dataclasses import dataclass
from pathlib import Path

from portwright import source
from portwright.config.merging import merged
from portwright.config.nodes import NodeReader
from portwright.diagnostics import Span, printable
from portwright.nodes import Mapping, Node, Scalar, Sequence
from portwright.paths import is_inside

PRESET = "portwright.preset.yaml"
_PACKAGE = "package:"
# Nobody reads so many files to know what holds.
_DEEPEST = 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_EXAMPLE = "write a path such as ../platform, or package:acme_portwright"
# What is agreed on for one repository, and why a preset has none of it.
_NOT_SHARED = {
    "allow": "what breaks is agreed on by those who have the contract",
    "ports": "contracts are those of a repository",
}


@dataclass(frozen=True, slots=True)
class Preset:
    """One that was read. `name` is what it is called in `extends`, `file` its path from the folder
    of the config, `version` that of its package where it was asked for."""

    name: str
    file: str
    sha256: str
    span: Span
    version: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of `extends`."""

    name: Scalar
    version: Scalar | None
    sha256: Scalar | None


class Presets:
    """Reads what a config extends. `read` are the presets, `others` all files that were looked at,
    relative to the folder `root` where they are near it; `missing` says that one is not read."""

    def __init__(self, root: Path, environ: Environ[str, str], reader: NodeReader) -> None:
        self.root, self.environ, self.reader = root, environ, reader
        self.read: list[Preset] = []
        self.others: list[str] = []
        self.known: dict[str, Mapping | None] = {}
        self.missing = False

    def extended(self, top: Mapping, file: str) -> Mapping:
        """The config of that file with all that it extends."""
        return self._extended(top, file, (file,))

    def _extended(self, top: Mapping, file: str, chain: tuple[str, ...]) -> Mapping:
        below: Mapping | None = None
        for entry in self._entries(top):
            found = self._preset(entry, file, chain)
            self.missing = self.missing or found is None
            if found is not None:
                below = found if below is None else merged(below, found, self.reader)
        return top if below is None else merged(below, top, self.reader)

    def _entries(self, top: Mapping) -> list[_Entry]:
        node = top.get("extends")
        if node is None:
            return []
        items: tuple[Node, ...] = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            self.reader.wrong("PW550", "`extends` names no preset", node.span, _EXAMPLE)
            self.missing = True
        return [entry for item in items if (entry := self._entry(item)) is not None]

    def _entry(self, node: Node) -> _Entry | None:
        pins: dict[str, Scalar] = {}
        name: Node | None = node
        if isinstance(node, Mapping):
            self.reader.mapping(node, ("preset", "version", "sha256"), "an entry of `extends`")
            name = node.get("preset")
            for key in ("version", "sha256"):
                if (value := node.get(key)) is not None and (
                    pin := self.reader.text(value, f"`{key}`", node.span)
                ):
                    pins[key] = pin
        if isinstance(name, Scalar) and name.value is not None and name.text.strip():
            return _Entry(name, pins.get("version"), pins.get("sha256"))
        place = node.span if name is None else name.span
        self.reader.wrong("PW550", "an entry of `extends` names no preset", place, _EXAMPLE)
        self.missing = True
        return None

    def _preset(self, entry: _Entry, file: str, chain: tuple[str, ...]) -> Mapping | None:
        """The preset of an entry with all that it extends itself."""
        span = entry.name.span
        path = self._path(entry, file)
        if path is None:
            return None
        known = [os.path.realpath(self.root / each) for each in chain]
        if os.path.realpath(self.root / path) in known:
            way = " → ".join(printable(each) for each in (*chain, path))
            help = "take one `extends` out of the circle"
            self.reader.wrong("PW553", f"presets extend each other: {way}", span, help)
            return None
        if len(chain) > _DEEPEST:
            message = f"presets extend each other over more than {_DEEPEST} files"
            self.reader.wrong("PW553", message, span, "put what they say into fewer")
            return None
        data = self._data(path, span, entry.name.text.strip().startswith(_PACKAGE))
        if data is None:
            return None
        self._check_pins(entry, path, data)
        if path not in self.known:
            self.known[path] = self._node(path, data, chain)
        return self.known[path]

    def _node(self, path: str, data: bytes, chain: tuple[str, ...]) -> Mapping | None:
        """What a preset's file says with all that it extends."""
        text, found = source.decode(data, path)
        self.reader.found += found
        if text is None:
            return None
        node, found = source.parse(text, path, self.environ)
        self.reader.found += found
        if not isinstance(node, Mapping):
            if node is not None:
                self.reader.wrong("PW502", "the preset must be a map", node.span)
            return None
        return self._extended(self._checked(node), path, (*chain, path))

    def _checked(self, node: Mapping) -> Mapping:
        """The preset without what none has."""
        version = node.get("version")
        if not isinstance(version, Scalar) or version.value != 1:
            span = node.span if version is None else version.span
            newer = isinstance(version, Scalar) and isinstance(version.value, int)
            help = "write `version: 1`"
            help += "; a preset of a later version needs a later Portwright" if newer else ""
            self.reader.wrong("PW508", "the preset needs `version: 1`", span, help)
        for key, _ in node.entries:
            if key.text in _NOT_SHARED:
                message = f"a preset has no `{key.text}`: {_NOT_SHARED[key.text]}"
                self.reader.wrong("PW556", message, key.span, "write it into portwright.yaml")
        kept = (entry for entry in node.entries if entry[0].text not in _NOT_SHARED)
        return Mapping(tuple(kept), node.span)

    def _path(self, entry: _Entry, file: str) -> str | None:
        """The preset's file, from the folder of the config."""
        name = entry.name.text.strip()
        if name.startswith(_PACKAGE):
            return self._of_package(name.removeprefix(_PACKAGE), entry)
        path = os.path.normpath(os.path.join(os.path.dirname(file), name)).replace(os.sep, "/")
        return f"{path}/{PRESET}" if (self.root / path).is_dir() else path

    def _of_package(self, written: str, entry: _Entry) -> str | None:
        from portwright.config import packages

        package, _, inner = written.partition("/")
        span = entry.name.span
        if not _NAME.fullmatch(package) or not is_inside(inner or PRESET):
            self.reader.wrong("PW550", f"`{_PACKAGE}{written}` names no package", span, _EXAMPLE)
            return None
        folders = packages.folders(package.replace("-", "_"))
        if not folders:
            message = f"the package `{package}` is not installed here"
            help = f"install it beside Portwright: `pip install {package}`"
            if entry.version is not None:
                help = (
                    f"install it beside Portwright: `pip install {package}=={entry.version.text}`"
                )
            self.reader.wrong("PW552", message, span, help)
            return None
        found = [folder / (inner or PRESET) for folder in folders]
        return str(next((each for each in found if each.is_file()), found[0]))

    def _data(self, path: str, span: Span, packaged: bool) -> bytes | None:
        self.others.append(path)
        full = self.root / path
        try:
            if full.exists() and not full.is_file():
                raise OSError(None, "it is no file")
            return full.read_bytes()
        except FileNotFoundError:
            message, help = f"there is no preset {printable(path)}", _EXAMPLE
            if packaged:
                help = "the package is installed, and this version of it has no such file"
        except OSError as fault:
            message = f"cannot read the preset {printable(path)}: {fault.strerror}"
            help = "look at its name and its rights"
        self.reader.wrong("PW551", message, span, help)
        return None

    def _check_pins(self, entry: _Entry, path: str, data: bytes) -> None:
        """Puts the preset among those read, and tells where it is not the one asked for."""
        from portwright.config import packages

        name = entry.name.text.strip()
        # What git checks out on Windows is the same preset.
        sha256 = hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
        installed = packages.Installed(name)
        if name.startswith(_PACKAGE):
            installed = packages.installed(name.removeprefix(_PACKAGE).partition("/")[0])
            self.others += installed.files
        version = installed.version
        if entry.version is not None and entry.version.text != version:
            wanted = entry.version.text
            message = f"`{name}` is pinned to {wanted}, and {version or 'no version'} is installed"
            help = f"`pip install {installed.name}=={wanted}`"
            help += f", or write `version: {version}`" if version else ""
            if not name.startswith(_PACKAGE):
                message = f"`{printable(name)}` is a file, and has no version to pin"
                help = f"write `sha256: {sha256}`"
            self.reader.wrong("PW554", message, entry.version.span, help)
        if entry.sha256 is not None and entry.sha256.text.lower() != sha256:
            message = f"the preset {printable(path)} is not the one that is pinned"
            help = f"take back what was changed, or agree with it: `sha256: {sha256}`"
            self.reader.wrong("PW555", message, entry.sha256.span, help)
        preset = Preset(name, path, sha256, entry.name.span, version)
        if all(each.file != path for each in self.read):
            self.read.append(preset)
