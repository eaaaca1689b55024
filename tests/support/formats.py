"""Two versions of a model in the formats of others: whether each reads the other's records.

A pair holds the model that records are written by, and that which they are read by. A reader takes
a record of the writer, and gives what is to be seen of it and what is; it raises what is refused.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import avro.io
import fastavro
import grpc_tools
from google.protobuf import descriptor_pb2
from google.protobuf.message import Message
from grpc_tools import protoc
from jsonschema import Draft202012Validator

from portwright import names
from portwright.evolution.artefacts import Artefact, Outcome
from portwright.model import Field, Model
from portwright.targets import avro_schema, avro_types, json_schema
from portwright.targets.protobuf import Protobuf
from portwright.targets.python import models, naming
from support import protobuf, sight
from support.avro import apache, for_fastavro, written_by_fastavro
from support.samples import Samples, samples
from support.sight import Sight, plain

Reader = Callable[[Any], tuple[Any, Any]]
_modules = count()


class Version:
    """A model of one object with its numbers, and what is generated of it, made when it is asked
    for. Identities are those of the model as it was `given`: the lock has its own."""

    def __init__(self, given: Model, model: Model) -> None:
        self.model = model
        self.given = given.objects[0].record
        [self.object] = model.objects
        self.record = self.object.record
        self.title = names.type_names(model)[self.record.path]

    @cached_property
    def avro(self) -> Any:
        return avro_schema.schema(self.model, self.object)

    @cached_property
    def fastavro(self) -> Any:
        return fastavro.parse_schema(self.avro)

    @cached_property
    def apache(self) -> Any:
        return apache(self.avro)

    @cached_property
    def json_schema(self) -> Any:
        return json_schema.schema(self.model, self.object)

    @cached_property
    def validator(self) -> Any:
        checker = Draft202012Validator.FORMAT_CHECKER
        return Draft202012Validator(self.json_schema, format_checker=checker)

    @cached_property
    def descriptors(self) -> descriptor_pb2.FileDescriptorSet:
        """What protoc makes of the files, called in this process: thousands are compiled."""
        with TemporaryDirectory() as folder:
            root = protobuf.write(Protobuf().emit(self.model), Path(folder))
            own = Path(grpc_tools.__file__).parent / "_proto"
            sources = [str(path) for path in root.rglob("*.proto")]
            target = root / "descriptors.bin"
            words = [f"-I{root}", f"-I{own}", "--include_imports", f"--descriptor_set_out={target}"]
            assert protoc.main(["protoc", *words, *sources]) == 0
            return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())

    @cached_property
    def message(self) -> type[Message]:
        package = names.namespace(self.model)
        return protobuf.message_type(self.descriptors, f"{package}.{self.title}")

    @cached_property
    def code(self) -> str:
        """The module of its types."""
        return next(each.text for each in models.files(self.model) if each.path.stem == "models")

    def takes(self, record: Any) -> bool:
        """Whether a record, which may be of another version, is one of this, and all of it."""
        try:
            written_by_fastavro(self.fastavro, for_fastavro(self.record, record))
            return bool(plain(self.python(**record).model_dump()) == plain(record))
        except Exception:  # of another version it may be anything
            return False

    @cached_property
    def samples(self) -> Samples:
        return samples(self.record)

    @cached_property
    def classes(self) -> set[str]:
        """What code imports of it, with the package that it imports it from."""
        package = naming.package(self.model)
        return {f"{package}.{name}" for name in names.type_names(self.model).values()}

    @cached_property
    def python(self) -> Any:
        """The class of its records."""
        module = ModuleType(f"models_of_{next(_modules)}")
        sys.modules[module.__name__] = module
        exec(compile(self.code, module.__name__, "exec"), module.__dict__)
        return getattr(module, self.title)


@dataclass(frozen=True)
class Pair:
    """Who writes, and who reads; `forward` says that the old version reads."""

    writer: Version
    reader: Version
    forward: bool

    def outcome(self, artefact: Artefact) -> Outcome:
        """How all its readers fare. A record that lacks what has changed says nothing of it: whole
        ones are asked first, and with them those that are also of the other version."""
        readers = self.readers(artefact)
        return worst(_outcome(readers, each) for each in self._records)

    @cached_property
    def _records(self) -> tuple[list[Any], list[Any]]:
        known = [*self.writer.samples.whole, *self.reader.samples.whole]
        whole = [each for each in known if self.writer.takes(each)]
        return whole, [*whole, *filter(self.writer.takes, self.writer.samples.drawn)]

    def readers(self, artefact: Artefact) -> list[Reader]:
        """Those of the artefact: two of Avro, one of each other."""
        return {
            Artefact.AVRO: [self._fastavro, self._apache],
            Artefact.PROTOBUF: [self._protobuf],
            Artefact.JSON_SCHEMA: [self._json],
            Artefact.PYTHON: [self._handled if self.forward else self._made],
        }[artefact]

    def _fastavro(self, record: Any) -> tuple[Any, Any]:
        data, written, read = self._written(record), self.writer.fastavro, self.reader.fastavro
        plain = fastavro.schemaless_reader(io.BytesIO(data), written, None)
        got = fastavro.schemaless_reader(io.BytesIO(data), written, read)
        return self._seen(plain, avro_types.field_name), got

    def _apache(self, record: Any) -> tuple[Any, Any]:
        data, written = self._written(record), self.writer.apache

        def by(reader: Any) -> Any:
            decoder = avro.io.BinaryDecoder(io.BytesIO(data))
            return avro.io.DatumReader(written, reader).read(decoder)

        return self._seen(by(written), avro_types.field_name), by(self.reader.apache)

    def _written(self, record: Any) -> bytes:
        value = for_fastavro(self.writer.record, record)
        return written_by_fastavro(self.writer.fastavro, value)

    def _protobuf(self, record: Any) -> tuple[Any, Any]:
        message: Any = self.writer.message()
        protobuf.fill(message, self.writer.record, record)
        plain = protobuf.as_read(self.writer.record, record)
        there = self.reader.message.FromString(message.SerializeToString())
        try:
            got = protobuf.read(there, self.reader.record)
        except StopIteration:
            raise ValueError("a number that the enum does not have") from None
        return self._seen(plain, _name, lists=True), got

    def _json(self, record: Any) -> tuple[Any, Any]:
        plain = json.loads(self.writer.python(**record).model_dump_json())
        self.reader.validator.validate(plain)
        return self._seen(plain, _name), sight.known(self.reader.record, plain)

    def _made(self, record: Any) -> tuple[Any, Any]:
        """Code of before makes a record of the new types."""
        self._importable(old=self.writer, new=self.reader)
        got = self.reader.python(**record).model_dump()
        return self._seen(self.writer.python(**record).model_dump(), _name), got

    def _handled(self, record: Any) -> tuple[Any, Any]:
        """Code of before is handed a record of the new types: what it asks for has to be there, and
        to be what it was. It does not look at rules."""
        self._importable(old=self.reader, new=self.writer)
        plain = self.writer.python(**record).model_dump()
        known = sight.known(self.reader.record, plain, strict=True)
        sight.handle(self.reader.record, known)
        return self._seen(plain, _name), known

    @staticmethod
    def _importable(old: Version, new: Version) -> None:
        if gone := old.classes - new.classes:
            raise ImportError(", ".join(gone))

    def _seen(self, value: Any, key: Callable[[Field], str], lists: bool = False) -> Any:
        seen = Sight(self.forward, key, lists)
        return seen.of(self.reader.given, self.writer.given, value)


def _name(field: Field) -> str:
    return field.name


def worst(found: Iterable[Outcome]) -> Outcome:
    return max(found, key=list(Outcome).index)


def _outcome(readers: list[Reader], records: list[Any]) -> Outcome:
    """How all these readers fare with all these records."""
    found = [_one(reader, record) for reader in readers for record in records]
    refused = found.count(Outcome.REFUSES)
    if Outcome.MISREADS not in found and 0 < refused < len(found):
        return Outcome.SOME
    return worst(found)


def _one(reader: Reader, record: Any) -> Outcome:
    try:
        wanted, got = reader(record)
    except Exception:  # each library has errors of its own
        return Outcome.REFUSES
    return Outcome.READS if plain(wanted) == plain(got) else Outcome.MISREADS
