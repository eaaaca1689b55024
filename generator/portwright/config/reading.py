"""A config and how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from portwright import source
from portwright.config import allowances, keys, options, templates, versions
from portwright.config import policies as policies_
from portwright.config.nodes import NodeReader
from portwright.config.presets import Preset, Presets
from portwright.diagnostics import Diagnostic, Span, error
from portwright.evolution.allowances import Allowance
from portwright.model import Model, Port
from portwright.nodes import Mapping as MappingNode
from portwright.nodes import Node, Scalar, Sequence
from portwright.paths import find, is_inside
from portwright.policies import Policies
from portwright.targets import Target, Whole, registry

if TYPE_CHECKING:
    from portwright.overrides.templates import Templates

EXAMPLE = """\
version: 1
contracts: [contracts/*.odcs.yaml]
targets:
  - {target: avro, out: gen/avro}
  - {target: ddl, dialect: postgres, out: gen/sql}
  - {target: python, out: src}"""
_MISSING = ("PW504", "PW557")
_NAMESPACE = re.compile(keys.NAMESPACE)


@dataclass(frozen=True, slots=True)
class Output:
    """A target with its options, and the folder its files go to, relative to the config. `package`
    is the distribution that has the target: None for ours, "" where it is not known."""

    target: Target | Whole
    out: PurePosixPath
    span: Span
    package: str | None = None


@dataclass(frozen=True, slots=True)
class PortChoice:
    """The ports of one object, said in the config instead of by the contract's servers."""

    contract: str
    object: str
    ports: tuple[Port, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Config:
    """A read config. `contracts` are the files its `patterns` matched, sorted, relative;
    `namespace` is what the names of all types start with, `allowances` what breaks and is
    agreed on, `source` the bytes it was read from, `others` the files beside these that what is
    generated depends on, relative too where they are near, and `watched` glob patterns of such
    files; `templates` override blocks of ours. `presets` are what it extends, and `effective` is
    what was read in the end: its own nodes, with theirs below."""

    patterns: tuple[str, ...]
    contracts: tuple[str, ...]
    outputs: tuple[Output, ...]
    ports: tuple[PortChoice, ...] = ()
    namespace: str | None = None
    allowances: tuple[Allowance, ...] = ()
    source: bytes = b""
    others: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    policies: Policies = field(default_factory=Policies)
    presets: tuple[Preset, ...] = ()
    effective: MappingNode | None = None
    templates: Templates | None = None

    def choose_ports(self, models: Iterable[Model]) -> tuple[list[Model], list[Diagnostic]]:
        """The models with the ports the config says, and choices that name nothing."""
        chosen = {(each.contract, each.object): each for each in self.ports}
        result: list[Model] = []
        used: set[tuple[str, str]] = set()
        for model in models:
            objects = []
            for each in model.objects:
                choice = None
                for contract in (model.id, model.name):
                    if (contract, each.name) in chosen:
                        choice = chosen[contract, each.name]
                        used.add((contract, each.name))
                objects.append(replace(each, ports=choice.ports) if choice else each)
            result.append(replace(model, objects=tuple(objects)))
        wrong = [
            error(
                "PW507",
                f"no contract `{choice.contract}` has an object `{choice.object}`",
                choice.span,
                "write the contract's id or name, and in it the object's name",
            )
            for key, choice in chosen.items()
            if key not in used
        ]
        # A contract that could not be read may well hold the object.
        return result, wrong if len(result) == len(self.contracts) else []


def load(
    root: Path, file: str, environ: Mapping[str, str]
) -> tuple[Config | None, list[Diagnostic]]:
    """The config in `root / file`, or what is wrong with it."""
    try:
        data = (root / file).read_bytes()
    except FileNotFoundError:
        way_out = "name yours with --config, let `portwright init` write one, or write one such as"
        way_out += f"\n{EXAMPLE}"
        return None, [error("PW501", "there is no such file here", Span(file), way_out)]
    except OSError as fault:
        return None, [error("PW501", f"cannot read: {fault.strerror}", Span(file))]
    text, found = source.decode(data, file)
    if text is None:
        return None, found
    node, diagnostics = source.parse(text, file, environ)
    found += diagnostics
    if node is None:
        # The advice of an empty file is for contracts.
        way_out = f"write one such as\n{EXAMPLE}"
        return None, [replace(d, help=way_out) if d.code == "PW003" else d for d in found]
    reader = _Reader(root)
    presets = Presets(root, environ, reader)
    config = reader.config(node, data, presets, file)
    # What is missing may be in the preset that could not be read.
    found += (each for each in reader.found if not presets.missing or each.code not in _MISSING)
    return (None if any(each.is_error for each in found) else config), found


class _Reader(NodeReader):
    """Reads the config's nodes and gathers what is wrong with them."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def config(self, node: Node, data: bytes, presets: Presets, file: str) -> Config | None:
        if isinstance(node, MappingNode):
            if versions.is_for_another(node, self):
                return None
            extended = presets.extended(node, file)
            if extended is not node and versions.needs_another(extended, node, self):
                return None
            node = extended
        top = self.mapping(node, keys.names(keys.CONFIG), "the config")
        if top is None:
            return None
        patterns = tuple(self.patterns(top))
        contracts = find(patterns, self.root)
        outputs, ports = tuple(self.outputs(top)), tuple(self.ports(top))
        allowed = tuple(allowances.read(top, self))
        watched, overriding = templates.read(top, self, self.root)
        return Config(
            patterns,
            contracts,
            outputs,
            ports,
            self.namespace(top),
            allowed,
            data,
            tuple(dict.fromkeys(presets.others)),
            (*self.watched(outputs), *watched),
            policies_.read(top, self),
            tuple(presets.read),
            top,
            overriding,
        )

    def namespace(self, top: MappingNode) -> str | None:
        node = top.get("namespace")
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else ""
        if _NAMESPACE.fullmatch(text) is None:
            message = "`namespace` must be words in lower case with points between them"
            self.wrong("PW502", message, node.span, "write it like com.acme")
        return text

    def patterns(self, top: MappingNode) -> Iterator[str]:
        for node in self.sequence(top, "contracts", "for example [contracts/*.odcs.yaml]"):
            pattern = self.text(node, "a contract's path", node.span)
            if pattern is None:
                continue
            if not is_inside(pattern.text):
                self.wrong(
                    "PW505",
                    "a contract must lie below the folder of portwright.yaml",
                    pattern.span,
                    "move portwright.yaml to a folder above both",
                )
            elif not find([pattern.text], self.root):
                self.wrong(
                    "PW506",
                    f"no file matches `{pattern.text}`",
                    pattern.span,
                    "paths are relative to the folder of portwright.yaml",
                )
            else:
                yield pattern.text

    def outputs(self, top: MappingNode) -> Iterator[Output]:
        own = keys.names(keys.TARGET)
        for node in self.sequence(top, "targets", "for example [{target: avro, out: gen/avro}]"):
            entry = self.mapping(node, (), "a target")
            if entry is None:
                continue
            name = self.text(entry.get("target"), "`target`", entry.span)
            out = self.text(entry.get("out"), "`out`", entry.span)
            given = {
                key.text: value
                for key, value in entry.entries
                if key.text not in own and self.option(key, value)
            }
            if out and not (is_inside(out.text) or out.text in (".", "./")):
                self.wrong(
                    "PW505",
                    "a target writes below the folder of portwright.yaml",
                    out.span,
                    "write a relative path without `..`, such as gen/avro",
                )
            elif name and out and (target := self.target(entry, name, given)):
                package = registry.package(name.text)
                yield Output(target, PurePosixPath(out.text), out.span, package)

    def option(self, key: Scalar, value: Node) -> bool:
        """Whether the value of an option is there."""
        return not isinstance(value, Scalar) or bool(self.text(value, f"`{key.text}`", key.span))

    def target(
        self, entry: MappingNode, name: Scalar, given: Mapping[str, Node]
    ) -> Target | Whole | None:
        around = {"folder": self.root, "place": name.span}
        try:
            values = {key: options.plain(value) for key, value in given.items()}
            return registry.make(name.text, values, around)
        except registry.TargetError as fault:
            span = name.span
            if fault.option is not None and (key := entry.key(fault.option)):
                value = given.get(fault.option)
                span = value.span if value and "has no option" not in str(fault) else key.span
            help = fault.help
            if fault.option in keys.names(keys.CONFIG):
                help = "write it beside `targets`: it is for all of them"
            self.wrong(fault.code, str(fault), span, help)
            return None

    def watched(self, outputs: Iterable[Output]) -> Iterator[str]:
        """Patterns of what targets depend on; each has to find something."""
        for each in outputs:
            for pattern in options.patterns(each.target, self.root):
                if is_inside(pattern) and find([pattern], self.root):
                    yield pattern
                    continue
                message = f"no file below the config's folder matches the input `{pattern}`"
                help = "paths are relative to the folder of portwright.yaml, without `..`"
                self.wrong("PW530", message, each.span, help)

    def ports(self, top: MappingNode) -> Iterator[PortChoice]:
        node = top.get("ports")
        contracts = self.mapping(node, (), "`ports`") if node else None
        for contract, objects in contracts.entries if contracts else ():
            inner = self.mapping(objects, (), "the ports of a contract")
            for name, ports in inner.entries if inner else ():
                chosen: list[Port] = []
                for each in ports.items if isinstance(ports, Sequence) else (ports,):
                    if isinstance(each, Scalar) and each.text in list(Port):
                        chosen.append(Port(each.text))
                    else:
                        self.wrong(
                            "PW502", "a port is `stream` or `table`", each.span, "[stream, table]"
                        )
                ordered = tuple(port for port in Port if port in chosen)
                yield PortChoice(contract.text, name.text, ordered, name.span)
