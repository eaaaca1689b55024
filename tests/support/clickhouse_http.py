"""ClickHouse behind HTTP: the real engine, embedded in a process of its own, with as
much of a server's interface as its client speaks. Run as a program, it is that process."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, quote, urlsplit

import chdb
import clickhouse_connect

from support import servers

USER, PASSWORD = "joe", "se%same"
_PATIENCE = 60.0
_ARROW = b" FORMAT ArrowStream\n"
_ERROR = re.compile(r"Code: (\d+)\.")
# What of a request's address is neither a setting nor a parameter of the query.
_OWN = frozenset("""
    buffer_size client_protocol_version compress database decompress default_format
    enable_http_compression http_headers_progress_interval_ms query query_id quota_key role
    send_progress_in_http_headers session_check session_id session_timeout wait_end_of_query
    """.split())


# ------------------------------------------------------------------ for tests


@dataclass(frozen=True)
class Server:
    """A server that answers at `address` (host:port)."""

    address: str

    def url(self, database: str) -> str:
        """A database as a port's warehouse is named by."""
        return f"clickhouse://{self.address}/{quote(database, safe='')}"

    def query(self, statement: str, database: str = "system") -> list[tuple[Any, ...]]:
        """The rows that a statement gives, with whole numbers and texts as they are."""
        options = f"database={quote(database)}&output_format_json_quote_64bit_integers=0"
        request = urllib.request.Request(
            f"http://{self.address}/?{options}&default_format=JSONCompactEachRow",
            statement.encode(),
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return [tuple(json.loads(line)) for line in answer.read().splitlines()]

    def read(self, statement: str, database: str) -> list[tuple[Any, ...]]:
        """The rows as ClickHouse's own client has them."""
        with clickhouse_connect.get_client(
            dsn=self.url(database), autogenerate_session_id=False
        ) as client:
            answer = client.query(statement, query_formats={"String": "bytes"}, tz_mode="aware")
            return [tuple(row) for row in answer.result_rows]

    def empty(self) -> None:
        """Drops what there is."""
        for (name,) in self.query("SELECT name FROM system.databases WHERE engine = 'Atomic'"):
            self.query(f"DROP DATABASE `{name}` SYNC")


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with its data below `folder`, which ends with the process that asked for it."""
    with servers.shared(folder, _started) as found:
        yield Server(found.addresses["http"])


def _started(folder: Path) -> servers.Started:
    [port] = servers.free_ports(1)
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "support.clickhouse_http", str(port), str(folder / "data")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        )
    address = f"127.0.0.1:{port}"

    def wait() -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                Server(address).query("SELECT 1")
                return
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    said = (folder / "server.log").read_text()
                    raise RuntimeError(f"ClickHouse does not start:\n{said}") from None
            time.sleep(0.05)

    return servers.Started(process, {"http": address}, wait)


# -------------------------------------------------------------------- process


class _Handler(BaseHTTPRequestHandler):
    """Answers one statement a request: its text is `query` and the body, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    path_of_data = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._answered()

    def do_POST(self) -> None:
        self._answered()

    def _answered(self) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        with tempfile.NamedTemporaryFile(suffix=".body") as body:
            if not self._received(body):
                return  # whoever sent it is no more
            body.seek(0)
            if not self._is_known():
                self._send(403, b"Code: 516. DB::Exception: joe: Authentication failed", 516)
                return
            try:
                found = self._run(given, body)
            except RuntimeError as error:
                code = _ERROR.search(str(error))
                self._send(500, str(error).encode(), int(code[1]) if code else 1002)
            else:
                self._send(200, found)

    def _received(self, file: Any) -> bool:
        """Whether the whole body has come; it is in the file."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            file.write(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            return True
        while line := self.rfile.readline():
            size = int(line, 16)
            data = self.rfile.read(size + 2)
            if len(data) < size + 2:
                return False
            if not size:
                return True
            file.write(data[:-2])
        return False

    def _is_known(self) -> bool:
        said = self.headers.get("Authorization")
        if said is None:
            return True
        user, _, password = base64.b64decode(said.removeprefix("Basic ")).decode().partition(":")
        return (user, password) in (("default", ""), (USER, PASSWORD))

    def _run(self, given: dict[str, str], body: BinaryIO) -> bytes:
        head = body.read(1 << 20)
        if _ARROW in head:  # rows, which the engine reads from a file here
            text = head.partition(_ARROW)[0]
            body.seek(len(text) + len(_ARROW))
            with tempfile.NamedTemporaryFile(suffix=".arrow") as rows:
                while some := body.read(1 << 20):
                    rows.write(some)
                rows.flush()
                name = f" FROM file('{rows.name}', 'ArrowStream', ".encode()
                return self._execute(given, text.replace(b" FROM input(", name).decode())
        text = head + body.read()
        return self._execute(given, "\n".join(filter(None, (given.get("query"), text.decode()))))

    def _execute(self, given: dict[str, str], statement: str) -> bytes:
        parameters = {k[6:]: v for k, v in given.items() if k.startswith("param_")}
        settings = [
            f"{key} = {_literal(value)}"
            for key, value in given.items()
            if key not in _OWN and not key.startswith("param_")
        ]
        with closing(chdb.connect(self.path_of_data)) as connection:
            if settings:
                connection.query(f"SET {', '.join(settings)}", "TabSeparated")
            if database := given.get("database"):
                connection.query(f"USE `{database.replace('`', '``')}`", "TabSeparated")
            form = given.get("default_format", "TabSeparated")
            found = connection.query(statement, form, params=parameters)
            return bytes(found.bytes())

    def _send(self, status: int, body: bytes, code: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Timezone", "UTC")
        if code is not None:
            self.send_header("X-ClickHouse-Exception-Code", str(code))
        self.end_headers()
        self.wfile.write(body)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _serve(port: str, data: str) -> None:
    _Handler.path_of_data = data
    with closing(chdb.connect(data)):  # the engine is there as long as a connection is
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), _Handler)
        threading.Thread(target=server.serve_forever).start()
        threading.Event().wait()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
