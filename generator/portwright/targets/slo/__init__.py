"""SLOs: what a contract promises, as rules of Prometheus, for OpenSLO, for Sloth and as a
dashboard of Grafana. They are written for what the runtime measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar, Final

from portwright import names
from portwright.diagnostics import Diagnostic
from portwright.model import Model
from portwright.render import dump_json, dump_yaml, header
from portwright.targets import File
from portwright.targets.slo import findings, grafana, openslo, rules, sloth
from portwright.targets.slo.terms import Terms, terms

__all__ = ["FORMATS", "Slo"]


def _prometheus(model: Model, terms: Terms) -> str:
    document = rules.document(model, terms)
    return _yaml(model, document) if document["groups"] else ""


def _openslo(model: Model, terms: Terms) -> str:
    parts = [dump_yaml(each) for each in openslo.documents(model, terms)]
    # No `---` before the first: the head above it would be a document of its own.
    return f"{header(model, '# ')}\n" + "---\n".join(parts) if parts else ""


def _sloth(model: Model, terms: Terms) -> str:
    document = sloth.document(model, terms)
    return _yaml(model, document) if document else ""


def _grafana(model: Model, terms: Terms) -> str:
    document = grafana.document(model, terms)
    return dump_json(document) if document["panels"] else ""


def _yaml(model: Model, document: object) -> str:
    return f"{header(model, '# ')}\n{dump_yaml(document)}"


# The ending of a file and its text, "" where there is nothing to say.
_FORMATS: Final[Mapping[str, tuple[str, Callable[[Model, Terms], str]]]] = {
    "prometheus": (".rules.yml", _prometheus),
    "openslo": (".openslo.yml", _openslo),
    "sloth": (".sloth.yml", _sloth),
    "grafana": (".grafana.json", _grafana),
}
FORMATS: Final = tuple(_FORMATS)


@dataclass(frozen=True, slots=True)
class Slo:
    """`<namespace>/<contract>.rules.yml`, `.openslo.yml`, `.sloth.yml` or `.grafana.json`."""

    name: ClassVar[str] = "slo"
    summary: ClassVar[str] = f"what is promised, watched ({', '.join(FORMATS)})"

    format: str = field(metadata={"choices": FORMATS})
    objective: str = "99"
    window: str = "28d"
    severities: Mapping[str, object] = field(default_factory=dict)
    labels: Mapping[str, object] = field(default_factory=dict)
    select: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._terms()

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from findings.find(model, self._terms())
        if self.format == "sloth":
            yield from findings.windows(model, self._terms())

    def emit(self, model: Model) -> Iterator[File]:
        ending, text = _FORMATS[self.format]
        if written := text(model, self._terms()):
            yield File(self._path(model, ending), written)

    def _path(self, model: Model, ending: str) -> PurePosixPath:
        return names.file_of(names.namespace(model), model.name, ending)

    def _terms(self) -> Terms:
        return terms(self.objective, self.window, self.severities, self.labels, self.select)
