"""A double of BigQuery's REST API for Google's own client, on DuckDB: jobs that query, change and
load, and tables. Jobs come one after the other, as a script and what is in its way do there."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import duckdb
import sqlglot
from sqlglot import exp

Answer = tuple[int, Any]

_TYPES = {"BOOL": "BOOLEAN", "INT64": "INTEGER", "FLOAT64": "FLOAT", "STRUCT": "RECORD"}


class Double:
    """A project with a database of its own."""

    def __init__(self) -> None:
        self.url = ""
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.statements: list[str] = []
        # How many requests that change something are answered; afterwards none is allowed.
        self.patience: int | None = None
        # The answer to the next request that sends this text is lost.
        self.lost: str | None = None
        # How many scripts are given up for the sake of others.
        self.aborts = 0
        self._tables: dict[str, Any] = {}
        self._jobs: dict[str, Any] = {}
        self._uploads: dict[str, tuple[Any, bytes]] = {}
        self._lock = Lock()

    def query(self, statement: str) -> list[Any]:
        """The rows that a reader sees."""
        with self.connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            return cursor.execute(statement).fetchall()

    def run(self, statement: str) -> None:
        """Runs a statement of GoogleSQL."""
        with self._lock:
            self._statement(statement)

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: Any, body: bytes
    ) -> Answer:
        """The status and the document for a request."""
        with self._lock:
            if self.patience is not None and method != "GET" and b'"SELECT' not in body:
                self.patience -= 1
                if self.patience < 0:
                    return _error(403, "accessDenied", "no more")
            parts = [unquote(each) for each in path.split("/")]
            match method, parts[3:]:
                case "POST", ["v2", "projects", _, "jobs"]:  # /upload/bigquery/v2/…
                    return self._upload(query, headers, body)
                case "PUT", ["v2", "projects", _, "jobs"]:
                    made, so_far = self._uploads[query["upload_id"]]
                    self._uploads[query["upload_id"]] = (made, so_far + body)
                    return self._job(made, so_far + body)
                case "POST", ["projects", _, "jobs"]:
                    return self._job(json.loads(body))
                case "GET", ["projects", _, "jobs", id_]:
                    return 200, self._jobs[id_]
                case "POST", ["projects", _, "jobs", id_, "cancel"]:
                    return 200, {"job": self._jobs[id_]}
                case "GET", ["projects", _, "queries", id_]:
                    return self._result(id_)
                case _, ["projects", _, "datasets", dataset, "tables", table]:
                    return self._table(method, dataset, table)
        return _error(404, "notFound", f"no such path: {method} {path}")

    def _upload(self, query: dict[str, str], headers: Any, body: bytes) -> Answer:
        if query["uploadType"] == "resumable":
            id_ = uuid4().hex
            self._uploads[id_] = (json.loads(body), b"")
            return 200, {
                "location": f"{self.url}/upload/bigquery/v2/projects/p/jobs?upload_id={id_}"
            }
        message = email.message_from_bytes(
            f"Content-Type: {headers['Content-Type']}\n\n".encode() + body
        )
        made, file = (each.get_payload(decode=True) for each in message.get_payload())
        return self._job(json.loads(made), file)

    def _job(self, made: dict[str, Any], file: bytes = b"") -> Answer:
        id_ = made["jobReference"]["jobId"]
        if id_ in self._jobs:
            return _error(409, "duplicate", f"Already Exists: Job {id_}")
        job = {**made, "status": {"state": "DONE"}, "statistics": {}}
        self._jobs[id_] = job
        try:
            if "load" in made["configuration"]:
                self._load(made["configuration"]["load"], file)
            else:
                job["result"] = self._script(made["configuration"]["query"]["query"])
        except (duckdb.Error, sqlglot.ParseError, AssertionError) as error:
            job["status"]["errorResult"] = {"reason": "invalidQuery", "message": str(error)}
        return 200, job

    def _load(self, load: dict[str, Any], file: bytes) -> None:
        to = load["destinationTable"]
        assert load["parquetOptions"]["enableListInference"]
        with TemporaryDirectory() as folder:
            path = f"{folder}/rows.parquet"
            with open(path, "wb") as written:
                written.write(file)
            self.connection.execute(
                f'INSERT INTO "{to["datasetId"]}"."{to["tableId"]}" BY NAME'
                f" FROM read_parquet('{path}')"
            )

    def _script(self, text: str) -> tuple[Any, Any]:
        """The columns and rows of the last statement; of a script that fails nothing stays."""
        self.statements.append(text)
        if text.startswith("BEGIN TRANSACTION") and self.aborts:
            self.aborts -= 1
            raise AssertionError("Transaction is aborted due to concurrent update against table x.")
        try:
            for each in text.removesuffix(";").split(";\n"):
                found = self._statement(each)
        except BaseException:
            if text.startswith("BEGIN TRANSACTION"):
                self.connection.execute("ROLLBACK")
            raise
        return found

    def _statement(self, text: str) -> tuple[Any, Any]:
        if text in ("BEGIN TRANSACTION", "COMMIT TRANSACTION"):
            self.connection.execute(text)
            return [], []
        if asserted := re.fullmatch(r"ASSERT (.*) AS '([^']*)'", text):
            _, [[holds]] = self._statement(f"SELECT {asserted[1]}")
            assert holds == "true", asserted[2]
            return [], []
        statement = sqlglot.parse_one(text, read="bigquery")
        if isinstance(statement, exp.Create) and statement.kind == "TABLE":
            schema = statement.this
            name = schema.find(exp.Table)
            fields = [
                _field(each) for each in schema.expressions if isinstance(each, exp.ColumnDef)
            ]
            if not (self._is_there(name.db, name.name) and statement.args.get("exists")):
                self._tables[f"{name.db}.{name.name}"] = fields
        found = self.connection.execute(playable(statement))
        if not isinstance(statement, exp.Query):
            return [], []
        columns = [(each[0], _result_type(str(each[1]))) for each in found.description or ()]
        return columns, [[_shown(value) for value in row] for row in found.fetchall()]

    def _result(self, id_: str) -> Answer:
        job = self._jobs[id_]
        if failed := job["status"].get("errorResult"):
            return _error(400, failed["reason"], failed["message"])
        columns, rows = job["result"]
        return 200, {
            "jobReference": job["jobReference"],
            "jobComplete": True,
            "totalRows": str(len(rows)),
            "schema": {"fields": [{"name": name, "type": type_} for name, type_ in columns]},
            "rows": [{"f": [{"v": value} for value in row]} for row in rows],
        }

    def _table(self, method: str, dataset: str, table: str) -> Answer:
        kinds = self._is_there(dataset, table)
        if not kinds:
            return _error(404, "notFound", f"Not found: Table {dataset}.{table}")
        if method == "DELETE":
            self.connection.execute(f'DROP TABLE "{dataset}"."{table}"')
            del self._tables[f"{dataset}.{table}"]
            return 204, None
        return 200, {
            "tableReference": {"projectId": "p", "datasetId": dataset, "tableId": table},
            "type": "TABLE" if kinds == [("BASE TABLE",)] else "VIEW",
            "schema": {"fields": self._tables.get(f"{dataset}.{table}", [])},
        }

    def _is_there(self, dataset: str, table: str) -> list[Any]:
        """The kind of the table, if it is there."""
        return self.query(
            "SELECT table_type FROM information_schema.tables"
            f" WHERE table_schema = '{dataset}' AND table_name = '{table}'"
        )


def playable(statement: exp.Expression) -> str:
    """The statement in DuckDB's SQL, without what that does not have: options, layouts, keys that
    are not enforced, databases, NOT NULL inside of structs. Exact numbers that are cast stay text,
    of which the column makes what it holds."""

    def rewritten(node: exp.Expression) -> exp.Expression | None:
        match node:
            case exp.Properties() | exp.PrimaryKey():
                return None
            case exp.Cast(
                to=exp.DataType(this=exp.DataType.Type.DECIMAL | exp.DataType.Type.BIGDECIMAL)
            ):
                return node.this
            case exp.DataType(this=exp.DataType.Type.BIGDECIMAL):
                whole = not node.expressions
                return exp.DataType.build(
                    (
                        "HUGEINT"
                        if whole
                        else f"DECIMAL({', '.join(each.sql() for each in node.expressions)})"
                    ),
                    dialect="duckdb",
                )
            case exp.ColumnDef(parent=exp.DataType()):
                node.set("constraints", [])
                return node
            case exp.Table() | exp.Column():
                node.set("catalog", None)
                return node
            case _:
                return node

    return statement.transform(rewritten).sql("duckdb")


def _field(column: exp.ColumnDef) -> dict[str, Any]:
    required = any(
        isinstance(each.kind, exp.NotNullColumnConstraint) for each in column.constraints
    )
    return {
        "name": column.name,
        **_type(column.kind),
        **({"mode": "REQUIRED"} if required else {}),
    }


def _type(type_: exp.DataType) -> dict[str, Any]:
    if type_.is_type("array"):
        return {**_type(type_.expressions[0]), "mode": "REPEATED"}
    if type_.is_type("struct"):
        return {"type": "RECORD", "fields": [_field(each) for each in type_.expressions]}
    name, _, digits = type_.sql("bigquery").rstrip(")").partition("(")
    facts: dict[str, Any] = {"type": _TYPES.get(name, name), "mode": "NULLABLE"}
    if digits and name == "STRING":
        facts["maxLength"] = digits
    elif digits:
        # As there, a scale of nothing is left out.
        precision, scale = digits.split(", ")
        facts.update({"precision": precision} | ({"scale": scale} if int(scale) else {}))
    return facts


def _result_type(type_: str) -> str:
    return {"BOOLEAN": "BOOLEAN"}.get(type_, "INTEGER" if "INT" in type_ else "STRING")


def _shown(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _error(status: int, reason: str, message: str) -> Answer:
    errors = [{"reason": reason, "message": message}]
    return status, {"error": {"code": status, "message": message, "errors": errors}}


@contextmanager
def serving() -> Iterator[Double]:
    """A double, at its `url`."""
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            query = {name: each[0] for name, each in parse_qs(parts.query).items()}
            status, document = double.answer(self.command, parts.path, query, self.headers, body)
            if double.lost and double.lost.encode() in body:
                double.lost = None
                self.close_connection = True
                return
            text = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            if document and "location" in document:
                self.send_header("Location", document["location"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        double.connection.close()
