"""How an object is consumed in each form, as text to copy."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from portwright import names
from portwright.model import Model, Object, Port, Server
from portwright.targets.dbt.places import places
from portwright.targets.ddl import DIALECTS, Dialect
from portwright.targets.ddl.places import qualified, server_of
from portwright.targets.ddl.text import quote
from portwright.targets.python import naming

# So many columns are named, of a table with more all are taken.
_NAMED = 12
# Whose quotes stand for the standard's, where no server tells the engine.
_USUAL = "duckdb"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code with its title."""

    title: str
    code: str


def snippets(model: Model, object_: Object) -> Iterator[Snippet]:
    """What reads the object: its stream, then its table."""
    if Port.STREAM in object_.ports:
        yield Snippet("Python", _python(model, object_))
        yield Snippet("kcat", _kcat(model, object_))
    if Port.TABLE in object_.ports:
        found = [each for each in DIALECTS.values() if server_of(model, each)]
        for each in found or [DIALECTS[_USUAL]]:
            title = f"SQL ({each.name})" if found else "SQL"
            yield Snippet(title, _sql(model, object_, each))
        yield Snippet("dbt", _dbt(model, object_, (found or [DIALECTS[_USUAL]])[0]))


def _python(model: Model, object_: Object) -> str:
    record, word = names.type_names(model)[object_.record.path], naming.parameter(object_)
    return f"""\
from {naming.package(model)} import consumers, models
from portwright_runtime import Event, run_consumers


class Mine(consumers.{naming.consumer_class(object_)}):
    def {naming.handler(object_)}(self, {word}: models.{record}, event: Event) -> None:
        print({word})


run_consumers(Mine.open(group="mine"))
"""


def _kcat(model: Model, object_: Object) -> str:
    server = next((each for each in model.servers if each.type == "kafka"), None)
    brokers = ",".join(_brokers(server)) if server else ""
    broker = shlex.quote(brokers) if brokers else '"$KAFKA_BROKERS"'
    topic = shlex.quote(object_.topic)
    return (
        f"kcat -C -o beginning -e \\\n  -b {broker} \\\n  -t {topic} \\\n"
        '  -s value=avro -r "$SCHEMA_REGISTRY_URL"\n'
    )


def _brokers(server: Server) -> Iterator[str]:
    """The addresses of a server, each with its port."""
    port = server.setting("port")
    for each in (server.setting("host") or "").split(","):
        if host := each.strip():
            has_port = ":" in host.rpartition("//")[2]
            yield f"{host}:{port}" if port and not has_port else host


def _sql(model: Model, object_: Object, dialect: Dialect) -> str:
    fields = object_.record.fields
    columns = [quote(each.column, dialect) for each in fields] if len(fields) <= _NAMED else ["*"]
    listed = ",\n       ".join(columns)
    return f"SELECT {listed}\nFROM {qualified(model, object_, dialect)};\n"


def _dbt(model: Model, object_: Object, dialect: Dialect) -> str:
    place = next(each for each in places(model, dialect) if each.object is object_)
    return (
        f"-- as it was loaded\nselect * from {{{{ {place.source_call} }}}}\n\n"
        f"-- typed\nselect * from {{{{ ref('{place.model}') }}}}\n"
    )
