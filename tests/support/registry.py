"""A schema registry for tests, in this process: as much of Confluent's REST API as its own client
uses (docs.confluent.io/platform/current/schema-registry/develop/api.html), and no compatibility
rules but "the same record". It counts what it is asked, and fails when told to."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from support.protobuf import protoc

Answer = tuple[int, Any]


@dataclass
class Registry:
    """The registry, by its address. `fails` is a status that every request gets; `user` what
    basic authentication has to say; `refuses` subjects whose next version is not compatible,
    `cannot_read` those whose next version it cannot test."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    fails: int | None = None
    user: str | None = None
    has_guids: bool = True
    refuses: set[str] = field(default_factory=set)
    cannot_read: set[str] = field(default_factory=set)
    levels: dict[str, str] = field(default_factory=dict)
    schemas: list[dict[str, Any]] = field(default_factory=list)
    subjects: dict[str, list[int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock, repr=False)

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """The status and document for a request."""
        for verb, pattern, call in _ROUTES:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return call(self, *map(unquote, found.groups()), body)
        return 404, _error(404, "no such path")

    def register(self, subject: str, body: Any) -> Answer:
        if subject in self.refuses:
            text = "Schema being registered is incompatible with an earlier schema"
            return 409, _error(409, text)
        id_ = self._id(body)
        if id_ is None:
            self.schemas.append(_normal(body))
            id_ = len(self.schemas)
        versions = self.subjects.setdefault(subject, [])
        if id_ not in versions:
            versions.append(id_)
        return 200, self._shown(subject, id_)

    def lookup(self, subject: str, body: Any) -> Answer:
        if subject not in self.subjects:
            return 404, _error(40401, f"Subject '{subject}' not found.")
        id_ = self._id(body)
        if id_ not in self.subjects[subject]:
            return 404, _error(40403, "Schema not found")
        return 200, self._shown(subject, id_)

    def by_id(self, id_: str, _: Any) -> Answer:
        if not 0 < int(id_) <= len(self.schemas):
            return 404, _error(40403, "Schema not found")
        found = self.schemas[int(id_) - 1]
        return 200, {**found, "guid": _guid(found)}

    def serialized(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A Protobuf schema as `format=serialized` asks for it: the descriptor of its file."""
        files = {"schema.proto": schema["schema"]}
        for each in schema["references"]:
            id_ = self.subjects[each["subject"]][each["version"] - 1]
            files[each["name"]] = self.schemas[id_ - 1]["schema"]
        with TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            (found,) = (each for each in protoc(Path(folder)).file if each.name == "schema.proto")
        return {**schema, "schema": base64.b64encode(found.SerializeToString()).decode()}

    def by_guid(self, guid: str, _: Any) -> Answer:
        for each in self.schemas:
            if self.has_guids and _guid(each) == guid:
                return 200, each
        return 404, _error(40403, "Schema not found")

    def version(self, subject: str, version: str, _: Any) -> Answer:
        versions = self.subjects.get(subject)
        if not versions:
            return 404, _error(40401, f"Subject '{subject}' not found.")
        at = len(versions) if version in ("latest", "-1") else int(version)
        return 200, self._shown(subject, versions[at - 1])

    def test(self, subject: str, body: Any) -> Answer:
        if subject in self.cannot_read:
            return 422, _error(42201, "Invalid schema")
        refused = subject in self.refuses
        text = ["{errorType: 'TOLD', description: 'it was told to refuse'}"] if refused else []
        return 200, {"is_compatible": not refused, "messages": text}

    def versions(self, subject: str, _: Any) -> Answer:
        if subject not in self.subjects:
            return 404, _error(40401, f"Subject '{subject}' not found.")
        return 200, [*range(1, len(self.subjects[subject]) + 1)]

    def global_level(self, _: Any) -> Answer:
        return 200, {"compatibilityLevel": "BACKWARD"}

    def level(self, subject: str, _: Any) -> Answer:
        if subject not in self.levels:
            return 404, _error(40408, "no level")
        return 200, {"compatibilityLevel": self.levels[subject]}

    def set_level(self, subject: str, body: Any) -> Answer:
        self.levels[subject] = body["compatibility"]
        return 200, body

    def _id(self, body: Any) -> int | None:
        wanted = _normal(body)
        return self.schemas.index(wanted) + 1 if wanted in self.schemas else None

    def _shown(self, subject: str, id_: int) -> dict[str, Any]:
        schema = self.schemas[id_ - 1]
        shown = {
            **schema,
            "subject": subject,
            "id": id_,
            "version": self.subjects[subject].index(id_) + 1,
        }
        return {**shown, "guid": _guid(schema)} if self.has_guids else shown


def _normal(body: Any) -> dict[str, Any]:
    """What makes two schemas one: their text as documents, kind and references."""
    kind, text = body.get("schemaType") or "AVRO", body["schema"]
    text = json.dumps(json.loads(text)) if kind == "AVRO" else text
    return {"schema": text, "schemaType": kind, "references": body.get("references") or []}


def _guid(schema: dict[str, Any]) -> str:
    return str(uuid.UUID(bytes=md5(json.dumps(schema).encode()).digest()))


def _error(code: int, text: str) -> dict[str, Any]:
    return {"error_code": code, "message": text}


_ROUTES: list[tuple[str, str, Callable[..., Answer]]] = [
    ("POST", r"/subjects/([^/]+)/versions", Registry.register),
    ("POST", r"/subjects/([^/]+)", Registry.lookup),
    ("GET", r"/subjects/([^/]+)/versions/([^/]+)", Registry.version),
    ("GET", r"/schemas/ids/([0-9]+)", Registry.by_id),
    ("GET", r"/schemas/guids/([^/]+)", Registry.by_guid),
    ("POST", r"/compatibility/subjects/([^/]+)/versions", Registry.test),
    ("GET", r"/subjects/([^/]+)/versions", Registry.versions),
    ("GET", r"/config", Registry.global_level),
    ("GET", r"/config/([^/]+)", Registry.level),
    ("PUT", r"/config/([^/]+)", Registry.set_level),
]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: Registry

    def _do(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        path = urlsplit(self.path).path
        registry = self.registry
        with registry.lock:
            registry.requests.append(f"{self.command} {path}")
            if registry.fails is not None:
                status, answer = registry.fails, _error(registry.fails * 100, "told to fail")
            elif registry.user is not None and not self._is_known():
                status, answer = 401, _error(401, "Unauthorized")
            else:
                status, answer = registry.answer(self.command, path, body)
                is_protobuf = isinstance(answer, dict) and answer.get("schemaType") == "PROTOBUF"
                if is_protobuf and "format=serialized" in self.path:
                    answer = registry.serialized(answer)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = _do

    def _is_known(self) -> bool:
        assert self.registry.user is not None
        wanted = base64.b64encode(self.registry.user.encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def running() -> Iterator[Registry]:
    """An empty registry."""
    registry = Registry()
    handler = type("Handler", (_Handler,), {"registry": registry})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        registry.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
