"""The settings of Kafka's client: ours, a file's, the environment's, and no secret anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright_runtime import ConfigurationError, open_stream
from portwright_runtime.confluent_registry import ConfluentRegistry, split_user
from portwright_runtime.kafka_config import read_config
from support.messages import message

SECRET = "hunter2-canary"


def test_producers_are_safe_by_default() -> None:
    settings = read_config("a:1,b:2", {}).producer()
    assert settings["bootstrap.servers"] == "a:1,b:2"
    assert settings["enable.idempotence"] == "true"
    assert settings["acks"] == "all"
    assert settings["partitioner"] == "murmur2_random"
    assert settings["compression.type"] in ("lz4", "zstd")
    assert "group.id" not in settings and "enable.auto.offset.store" not in settings


def test_consumers_store_offsets_themselves() -> None:
    settings = read_config("a:1", {}).consumer("g")
    assert settings["group.id"] == "g"
    assert settings["enable.auto.offset.store"] == "false"
    assert settings["auto.offset.reset"] == "earliest"
    assert "enable.idempotence" not in settings


def test_the_url_is_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("# for all\nlinger.ms = 1\nsasl.password=a=b\nclient.id=file\n\n")
    environ = {
        "PORTWRIGHT_KAFKA_CONFIG": str(file),
        "PORTWRIGHT_KAFKA_LINGER_MS": "2",
        "PORTWRIGHT_KAFKA_CLIENT_ID": "environment",
        "OTHER": "x",
    }
    config = read_config("a:1", environ, {"linger.ms": "3"})
    assert config.options == {"linger.ms": "3", "sasl.password": "a=b", "client.id": "environment"}


def test_an_option_goes_to_the_client_that_knows_it() -> None:
    config = read_config("a:1", {}, {"session.timeout.ms": "6000", "linger.ms": "3"})
    assert "session.timeout.ms" not in config.producer()
    assert "linger.ms" not in config.consumer("g")


def test_an_option_under_its_other_name_takes_the_place_of_ours() -> None:
    config = read_config("a:1", {}, {"message.timeout.ms": "0"})
    assert "delivery.timeout.ms" not in config.producer()
    assert config.delivery_timeout == float("inf")
    assert read_config("a:1", {}, {"delivery.timeout.ms": "5000"}).delivery_timeout == 5


@pytest.mark.parametrize(
    "name",
    [
        *("enable.auto.offset.store", "group.id", "bootstrap.servers", "enable.idempotence"),
        *("acks", "request.required.acks", "partitioner"),
    ],
)
def test_what_the_promises_stand_on_cannot_be_set(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        read_config("a:1", {}, {name: SECRET})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"), [(None, "No such file"), ("no equals sign here", "line 1: there is no `=`")]
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "client.properties"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        read_config("a:1", {"PORTWRIGHT_KAFKA_CONFIG": str(file)})


@pytest.mark.parametrize(
    "options",
    [
        {"SECURITY_PROTOCOL": SECRET},
        {"SECURITY_PROTOCOL": "sasl_plaintext", "SASL_MECHANISM": SECRET},
        {"NO_SUCH_OPTION": SECRET},
        {"LINGER_MS": SECRET},
        {"SECURITY_PROTOCOL": "ssl", "SSL_CA_LOCATION": f"/nowhere/{SECRET}"},
        {"SECURITY_PROTOCOL": "ssl", "SSL_KEY_PEM": SECRET, "SSL_KEY_PASSWORD": SECRET},
    ],
)
def test_a_wrong_option_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, str]
) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    for name, value in options.items():
        monkeypatch.setenv(f"PORTWRIGHT_KAFKA_{name}", value)
    for use in ("send", "subscribe"):
        stream = open_stream("kafka://localhost:1")
        with pytest.raises(ConfigurationError) as caught:
            if use == "send":
                stream.send(message("k"))
            else:
                stream.subscribe(["t"], "g").close()
                raise ConfigurationError("an option of producers only")
        assert SECRET not in str(caught.value) + repr(caught.value)


def test_no_repr_holds_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SASL_PASSWORD", SECRET)
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", f"http://user:{SECRET}@localhost:1")
    stream = open_stream("kafka://localhost:1")
    assert SECRET not in repr(stream) + repr(vars(stream)["_config"]) + repr(vars(stream))
    assert SECRET not in repr(ConfluentRegistry(f"http://user:{SECRET}@localhost:1"))
    stream.close()


@pytest.mark.parametrize("url", ["kafka://user:pw@host:1", "kafka://", "kafka:"])
def test_a_url_of_brokers_holds_no_user(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    with pytest.raises(ConfigurationError, match="PORTWRIGHT_KAFKA_SASL_USERNAME") as caught:
        open_stream(url)
    assert "pw" not in str(caught.value)


def test_without_a_registry_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTWRIGHT_REGISTRY", raising=False)
    with pytest.raises(ConfigurationError, match="PORTWRIGHT_REGISTRY"):
        open_stream("kafka://localhost:1")
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    monkeypatch.setenv("PORTWRIGHT_WIRE", "suffix")
    with pytest.raises(ConfigurationError, match="`prefix` or `header`"):
        open_stream("kafka://localhost:1")


def test_users_of_a_registry_are_taken_out_of_its_url() -> None:
    assert split_user("https://me:p%40ss@host:1/x") == ("https://host:1/x", "me:p@ss")
    assert split_user("http://host") == ("http://host", "")
    for url in (
        *("ftp://host", "http://me:p@ss@[::1", "http://me:p@ss@\u2100"),
        *("https://me:p@ss#x@host", "https://me:p@ss/x@host", "https://me:p@ss?x@host"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            split_user(url)
        assert "p@ss" not in str(caught.value) and caught.value.__context__ is None
