"""AsyncAPI: a document a contract, of its streams. The application in it is the service whose port
this is: it sends, and whoever reads the document receives (AsyncAPI 3.0, Operation Object)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic, error, printable, warning
from portwright.model import Model
from portwright.render import dump_yaml, header
from portwright.targets import File
from portwright.targets.asyncapi import servers
from portwright.targets.asyncapi.channels import name, streams
from portwright.targets.asyncapi.document import document
from portwright.targets.findings import meetings
from portwright.targets.python.wire import WIRES

FILE = "asyncapi.yaml"


def path(model: Model) -> PurePosixPath:
    """Where a contract's document is: `<domain>/<contract>/v1/asyncapi.yaml`."""
    return PurePosixPath(*names.namespace(model).split("."), FILE)


@dataclass(frozen=True, slots=True)
class AsyncApi:
    """`<namespace>/asyncapi.yaml`. `wire` is how the streams' values are written."""

    name: ClassVar[str] = "asyncapi"
    summary: ClassVar[str] = "an AsyncAPI 3 document of a contract's streams"

    wire: str = field(default="avro", metadata={"choices": WIRES})

    def check(self, model: Model) -> Iterator[Diagnostic]:
        for first, each in meetings(streams(model), name):
            yield error(
                "PW470",
                f"objects `{first.name}` and `{each.name}` would both be the channel"
                f" `{name(each)}`",
                each.span,
                "rename one of them",
            )
        for server in servers.kafka(model):
            if not servers.hosts(server):
                yield warning(
                    "PW471",
                    f"the server `{printable(server.name)}` has no address that AsyncAPI could"
                    " tell, and is left out",
                    server.span or model.span,
                    "write `host: broker.example.com:9092`, several with commas between",
                )

    def emit(self, model: Model) -> Iterator[File]:
        if any(True for _ in streams(model)):
            text = f"{header(model, '# ')}\n{dump_yaml(document(model, self.wire))}"
            yield File(path(model), text)
