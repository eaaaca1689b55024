"""Urls of streams and warehouses, and what the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright_runtime import ConfigurationError, open_stream, open_warehouse
from portwright_runtime.sqlite_log import SqliteLog
from support.messages import message
from support.shoes_port import CobblerPort, Shoe


def test_without_a_word_the_stream_is_a_file_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORTWRIGHT_STREAM", raising=False)
    open_stream().close()
    assert (tmp_path / ".portwright/local/stream.db").is_file()
    assert (tmp_path / ".portwright/local/.gitignore").read_text() == "*\n"


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_STREAM", "sqlite:here/log.db")
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", f"duckdb://{tmp_path}/there/w.duckdb")
    open_stream().close()
    warehouse = open_warehouse()
    warehouse.close()
    assert (tmp_path / "here/log.db").is_file()
    assert type(warehouse).__name__ == "DuckDBWarehouse"


def test_an_empty_variable_is_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_STREAM", "")
    open_stream().close()
    assert (tmp_path / ".portwright/local/stream.db").is_file()


def test_options_and_escapes_of_a_url(tmp_path: Path) -> None:
    stream = open_stream(f"sqlite:{tmp_path}/a%20b.db?partitions=2")
    assert isinstance(stream, SqliteLog)
    assert stream.path == tmp_path / "a b.db"
    with_two = {stream.send(message(str(n))).result().partition for n in range(40)}
    stream.close()
    assert with_two == {0, 1}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("kafkaesque://user:hunter2@host", "the url does not begin with a scheme known here"),
        ("stream.db", "the url does not begin with a scheme known here: `kafka:`, `sqlite:`"),
        ("sqlite:", "is not followed by the path of a file"),
        ("sqlite://host/stream.db", "sqlite:relative/file or sqlite:///absolute/file"),
        ("sqlite:x.db?partitons=3", "`sqlite:` has no option 'partitons'; it has: partitions"),
        ("sqlite:x.db?partitions=many", "partitions='many' of a sqlite stream is not a whole"),
        ("sqlite:x.db?partitions=0", "a topic has 1 to 10,000 partitions"),
        (f"sqlite:x.db?partitions={2**63}", "a topic has 1 to 10,000 partitions"),
    ],
)
def test_a_url_that_cannot_be_used(
    url: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        open_stream(url)
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_scheme_in_the_environment_names_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", "snowfake://x")
    with pytest.raises(ConfigurationError, match="PORTWRIGHT_WAREHOUSE does not begin with"):
        open_warehouse()


def test_a_port_stays_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTWRIGHT_STREAM", raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with CobblerPort.open() as port, CobblerPort.open("sqlite:here.db") as named:
        monkeypatch.chdir(tmp_path / "elsewhere")
        port.shoes.publish(Shoe(sku="A", size=40))
        named.shoes.publish(Shoe(sku="A", size=40))
        assert list(Path().iterdir()) == []
        assert (tmp_path / ".portwright/local/stream.db").is_file()
        assert (tmp_path / "here.db").is_file()


def test_what_cannot_be_used_is_said_when_the_port_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTWRIGHT_STREAM", "sqlite:x.db?partitons=3")
    with pytest.raises(ConfigurationError, match="has no option 'partitons'"):
        CobblerPort.open()
