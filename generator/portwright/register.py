"""Schemas into a registry of Confluent's kind, at deploy time: subjects, their compatibility
levels, and what the schemas refer to. Running producers only look theirs up."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import click

from portwright.config import Output
from portwright.diagnostics import Diagnostic, Span, error
from portwright.documents import FORMS
from portwright.model import Model, Port
from portwright.reporting import keep, report
from portwright.targets.python import Python
from portwright.targets.python.wire import WireSchema, wire_schema

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import SchemaRegistryClient

    from portwright.run import Run

_PREFIX: Final = "PORTWRIGHT_REGISTRY_"
_WHOLE: Final = frozenset(
    "cache.capacity cache.latest.ttl.sec max.retries retries.max.wait.ms retries.wait.ms"
    " timeout".split()
)
# Confluent's codes of what is not there; 404 alone is what any other server says.
_NOT_FOUND: Final = range(40400, 40500)
_UNREADABLE: Final = 42201


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: its name, level, and schema."""

    name: str
    level: str
    schema: WireSchema


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says of a schema: whether it takes it beside those that the subject has, and
    why not. None: it has none of them, or cannot tell, and then the messages say why. `level` is
    what the registry holds the subject to now."""

    is_taken: bool | None
    level: str
    messages: tuple[str, ...] = ()


class RegistryError(Exception):
    """What the registry says against it, without its address or a secret."""


class RegistryAway(RegistryError):
    """No subject can be asked for."""


def register_all(run: Run, url: str, check: bool, style: str) -> int:
    """The exit code: 1 where a subject could not be registered, or, with `check`, is not known."""
    models = run.build.models
    places = {each.schema_subject: each.span for model in models for each in model.objects}
    found = list(subjects(run.outputs, models))
    levels: dict[str, list[str]] = {}
    for each in found:
        known = levels.setdefault(each.name, [])
        if each.level not in known:
            known.append(each.level)
    failed = False
    with opened(found, url) as registry:
        for each in found:
            said = _asked(registry, each, check, levels[each.name])
            failed = failed or "error" in said or said.get("known") is False
            wrong = list(_against(said, places[each.name]))
            if style == "json":
                click.echo(json.dumps(said))
            elif style not in FORMS:
                click.echo(_line(said), err="error" in said)
            if style in ("text", "json"):
                keep(wrong, run.root)
            else:
                report(wrong, style, run.root)
            if said.get("is_away"):
                break  # the next would wait as long, and be told the same
    return 1 if failed else 0


def _against(said: dict[str, Any], span: Span) -> Iterator[Diagnostic]:
    """A finding for a subject that is not as it should be."""
    name = said["subject"]
    if "error" in said:
        yield error("PW572", f"the schema of `{name}` is not registered: {said['error']}", span)
    elif said.get("known") is False:
        way_out = "run `portwright register` where you deploy from"
        yield error("PW573", f"the registry does not have the schema of `{name}`", span, way_out)


@contextmanager
def opened(found: Collection[Subject], url: str) -> Iterator[Registry]:
    """The registry for these subjects; ends the program where there is nothing to ask, or it cannot
    be asked so."""
    if not found:
        click.echo("no python target has a stream: there is nothing to register", err=True)
        sys.exit(1)
    try:
        registry = Registry(url)
    except RegistryError as fault:
        raise click.UsageError(str(fault)) from None
    with closing(registry):
        yield registry


def _asked(registry: Registry, subject: Subject, check: bool, levels: list[str]) -> dict[str, Any]:
    """What became of a subject, or what is against it."""
    try:
        if len(levels) > 1:
            raise RegistryError(f"its contracts do not agree on its level: {', '.join(levels)}")
        return registry.look_up(subject) if check else registry.register(subject)
    except RegistryAway as fault:
        return {"subject": subject.name, "error": str(fault), "is_away": True}
    except RegistryError as fault:
        return {"subject": subject.name, "error": str(fault)}


def subjects(outputs: Iterable[Output], models: Iterable[Model]) -> Iterator[Subject]:
    """What the generated packages look up when they start, each once."""
    seen: set[Subject] = set()
    for output in outputs:
        if not isinstance(output.target, Python):
            continue
        for model in models:
            for each in model.objects:
                if Port.STREAM in each.ports:
                    schema = wire_schema(model, each, output.target.wire)
                    found = Subject(each.schema_subject, each.compatibility, schema)
                    if found not in seen:
                        seen.add(found)
                        yield found


def _line(said: dict[str, Any]) -> str:
    if "error" in said:
        return f"{'failed':<12} {said['subject']}: {said['error']}"
    if "known" in said:
        return f"{'known' if said['known'] else 'not known':<12} {said['subject']}"
    what = "registered" if said["is_new"] else "unchanged"
    return f"{what:<12} {said['subject']} version {said['version']} id {said['id']} {said['level']}"


class Registry:
    """The registry at a url, which may hold a user and a password."""

    def __init__(self, url: str) -> None:
        try:
            from confluent_kafka.schema_registry import SchemaRegistryClient
        except ImportError:
            missing = "pip install 'portwright[register]'"
            raise RegistryError(f"registering needs a package more: {missing}") from None
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_url = False
        if not is_url:
            raise RegistryError("the registry is no http or https url")
        user, _, host = parts.netloc.rpartition("@")
        settings: dict[str, str | int] = {"url": urlunsplit(parts._replace(netloc=host))}
        for name, value in os.environ.items():
            if name.startswith(_PREFIX):
                option = name.removeprefix(_PREFIX).lower().replace("_", ".")
                whole = option in _WHOLE and value.isdecimal()
                settings[option] = int(value) if whole else value
        if user:
            settings["basic.auth.user.info"] = unquote(user)
        try:
            self._client: SchemaRegistryClient = SchemaRegistryClient(settings)
        except Exception as error:
            kind = type(error).__name__
            raise RegistryError(f"the registry's client refuses its options ({kind})") from None

    def close(self) -> None:
        """Lets go of its connections."""
        self._client.close()

    def look_up(self, subject: Subject) -> dict[str, Any]:
        """Whether the subject has the schema."""
        return {"subject": subject.name, "known": self._find(subject) is not None}

    def ask(self, subject: Subject) -> Answer:
        """Whether the subject would take its schema, at the level it has; nothing is changed."""
        held = self._ask(self._client.get_compatibility, subject.name)
        level = str(held or self._ask(self._client.get_compatibility) or "")
        if not self._ask(self._client.get_versions, subject.name):
            return Answer(None, level)
        schema = self._schema(subject.schema, register=False)
        if schema is None:
            return Answer(None, level, ("it does not have what the schema imports",))
        answer = self._ask(self._tested, subject.name, schema) or {}
        told = answer.get("messages") or ()
        return Answer(answer.get("is_compatible"), level, tuple(map(str, told)))

    def _tested(self, subject: str, schema: Any) -> Any:
        """As the client's `test_compatibility_all_versions`, which keeps the reasons for itself.
        Apicurio does not look at imports here, and cannot read what it would register."""
        from confluent_kafka.schema_registry.error import SchemaRegistryError

        path = f"compatibility/subjects/{quote(subject, safe='')}/versions?verbose=true"
        try:
            return self._client._rest_client.post(path, body=schema.to_dict())
        except SchemaRegistryError as error:
            if error.error_code != _UNREADABLE:
                raise
            return {"messages": [f"it cannot read the schema for a test: {error.error_message}"]}

    def register(self, subject: Subject) -> dict[str, Any]:
        """What became of the subject: the level first, so that it holds for this version."""
        known = self._find(subject)
        is_new = known is None
        is_held = self._hold(subject)
        if is_new:
            schema = self._schema(subject.schema, register=True)
            self._ask(self._client.register_schema, subject.name, schema)
            known = self._find(subject)
        if known is None:
            raise RegistryError("it was registered, and is not found under that subject")
        # A registry may have levels only of subjects that are there.
        if not is_held and not self._hold(subject):
            raise RegistryError(f"it is registered, and its level cannot be set to {subject.level}")
        return {
            "subject": subject.name,
            "version": known.version,
            "id": known.schema_id,
            "level": subject.level,
            "is_new": is_new,
        }

    def _find(self, subject: Subject) -> Any:
        schema = self._schema(subject.schema, register=False)
        if schema is None:
            return None
        return self._ask(self._client.lookup_schema, subject.name, schema)

    def _hold(self, subject: Subject) -> bool:
        """Whether the subject has its level, set if it was another one."""
        if self._ask(self._client.get_compatibility, subject.name) == subject.level:
            return True
        set_ = self._client.set_compatibility
        return self._ask(set_, subject.name, subject.level) is not None

    def _schema(self, schema: WireSchema, *, register: bool) -> Any:
        """The schema for the client, None where something it refers to is not known."""
        from confluent_kafka.schema_registry import Schema, SchemaReference

        references: list[Any] = []
        for name, text in schema.references:
            imported = Schema(text, "PROTOBUF", list(references))
            if register:
                self._ask(self._client.register_schema, name, imported)
            found = self._ask(self._client.lookup_schema, name, imported)
            if found is None:
                return None
            references.append(SchemaReference(name, name, found.version))
        return Schema(schema.text, schema.kind, references)

    def _ask(self, call: Callable[..., Any], *arguments: object) -> Any:
        """The registry's answer, None where it has no such thing."""
        from confluent_kafka.schema_registry.error import SchemaRegistryError

        try:
            return call(*arguments)
        except SchemaRegistryError as error:
            if error.error_code in _NOT_FOUND:
                return None
            if error.http_status_code == 404:
                raise RegistryAway("there is no schema registry at that address") from None
            if error.http_status_code == 401:
                raise RegistryAway("the registry refuses these credentials") from None
            if error.http_status_code == 403:
                raise RegistryError("these credentials have no right to the subject") from None
            raise RegistryError(f"{error.error_message} ({error.error_code})") from None
        except Exception as error:
            raise RegistryAway(f"the registry cannot be asked ({type(error).__name__})") from None
