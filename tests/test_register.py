"""`portwright register`: what generated packages look up, put into a registry at deploy time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portwright.cli import main
from support.registry import Registry

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    customProperties:
      - {property: schemaCompatibility, value: BACKWARD}
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: email, logicalType: string, classification: restricted, tags: [PII]}
      - {name: day, logicalType: date}
  - name: refunds
    customProperties:
      - {property: schemaSubject, value: money-back}
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
"""
CANARY = "canary-7f3a"


def config(wire: str) -> str:
    target = f"{{target: python, wire: {wire}, out: src}}"
    return f"version: 1\ncontracts: [contract.odcs.yaml]\ntargets:\n  - {target}\n"


@pytest.fixture(params=["avro", "protobuf"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a generated package."""
    (tmp_path / "contract.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "portwright.yaml").write_text(config(request.param))
    monkeypatch.chdir(tmp_path)
    assert run("generate").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def register(registry: Registry, *more: str) -> Result:
    return run("register", "--registry", registry.url, *more)


def test_schemas_are_registered_once_with_their_levels(root: Path, registry: Registry) -> None:
    first = register(registry)
    assert first.exit_code == 0, first.output
    assert [line.split()[:2] for line in first.output.splitlines()[-2:]] == [
        ["registered", "shop.orders.v1-value"],
        ["registered", "money-back"],
    ]
    assert registry.levels == {"shop.orders.v1-value": "BACKWARD", "money-back": "FULL_TRANSITIVE"}
    again = register(registry, "--format", "json")
    assert [json.loads(line)["is_new"] for line in again.output.splitlines()[-2:]] == [False] * 2
    assert {len(each) for each in registry.subjects.values()} == {1}


def test_what_is_registered_is_what_the_package_looks_up(root: Path, registry: Registry) -> None:
    register(registry)
    code = (root / "src" / "shop_port" / "codec.py").read_text()
    for each in registry.schemas:
        if each["schemaType"] == "PROTOBUF":
            assert each["schema"].splitlines()[5] in code
    names = [each for each in registry.subjects if "/" in each]
    is_protobuf = "protobuf" in (root / "portwright.yaml").read_text()
    assert names == (["confluent/meta.proto", "google/type/date.proto"] if is_protobuf else [])
    if not is_protobuf:
        fields = json.loads(registry.schemas[0]["schema"])["fields"]
        assert fields[1]["confluent:tags"] == ["RESTRICTED", "PII"]


def test_check_registers_nothing(root: Path, registry: Registry) -> None:
    done = register(registry, "--check")
    assert done.exit_code == 1
    assert done.output.count("not known") == 2
    assert (registry.subjects, registry.levels) == ({}, {})
    register(registry)
    assert register(registry, "--check").exit_code == 0


def test_a_refusal_is_told_and_the_others_are_registered(root: Path, registry: Registry) -> None:
    registry.refuses.add("shop.orders.v1-value")
    done = register(registry)
    assert done.exit_code == 1
    assert "incompatible with an earlier schema" in done.output
    assert "money-back" in registry.subjects


def test_what_fails_is_a_finding_of_documents(root: Path, registry: Registry) -> None:
    def told(*more: str) -> list[tuple[str, int]]:
        entries = json.loads(register(registry, "--format", "gitlab", *more).stdout)
        return [(each["check_name"], each["location"]["lines"]["begin"]) for each in entries]

    assert told("--check") == [("PW573", 7), ("PW573", 14)]
    registry.refuses.add("shop.orders.v1-value")
    assert told() == [("PW572", 7)]
    done = register(registry, "--format", "github")
    assert "::error file=contract.odcs.yaml,line=7,col=11,title=PW572::" in done.stdout


def test_what_is_not_up_to_date_is_not_registered(root: Path, registry: Registry) -> None:
    text = CONTRACT.replace("version: 1.0.0", "version: 1.1.0")
    (root / "contract.odcs.yaml").write_text(text)
    done = register(registry)
    assert done.exit_code == 1
    assert "run `portwright generate`" in done.output
    assert registry.requests == []


def test_a_level_waits_for_its_subject_where_the_registry_wants_it_so(
    root: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = registry.answer

    def only_of_subjects(method: str, path: str, body: Any) -> tuple[int, Any]:
        if path.startswith("/config/") and path.rpartition("/")[2] not in registry.subjects:
            return 404, {"error_code": 40401, "message": "no such subject"}
        return answer(method, path, body)

    monkeypatch.setattr(registry, "answer", only_of_subjects)
    assert register(registry).exit_code == 0
    assert registry.levels == {"shop.orders.v1-value": "BACKWARD", "money-back": "FULL_TRANSITIVE"}


def test_contracts_that_do_not_agree_on_a_level_are_told(root: Path, registry: Registry) -> None:
    other = CONTRACT.replace("id: shop", "id: bank\nname: bank").replace("orders", "payments")
    other = other.replace("value: money-back}", "value: money-back}\n      - {property: LEVEL}")
    other = other.replace("{property: LEVEL}", "{property: schemaCompatibility, value: FORWARD}")
    (root / "other.odcs.yaml").write_text(other)
    settings = (root / "portwright.yaml").read_text()
    (root / "portwright.yaml").write_text(settings.replace("yaml]", "yaml, other.odcs.yaml]"))
    assert run("generate").exit_code == 0
    done = register(registry)
    assert done.exit_code == 1
    assert "do not agree on its level: FULL_TRANSITIVE, FORWARD" in done.output
    assert "money-back" not in registry.subjects
    assert "bank.payments.v1-value" in registry.subjects


def test_the_contract_has_a_level_for_all(root: Path, registry: Registry) -> None:
    level = "customProperties: [{property: schemaCompatibility, value: FORWARD}]"
    (root / "contract.odcs.yaml").write_text(CONTRACT.replace("schema:", f"{level}\nschema:", 1))
    assert run("generate").exit_code == 0
    register(registry)
    assert registry.levels == {"shop.orders.v1-value": "BACKWARD", "money-back": "FORWARD"}


def test_who_is_not_let_in_asks_once(root: Path, registry: Registry) -> None:
    registry.user = "me:right"
    assert register(registry).exit_code == 1
    assert len(registry.requests) == 1


def test_a_server_that_is_no_registry_is_told(root: Path, registry: Registry) -> None:
    for more in ((), ("--check",)):
        done = run("register", "--registry", f"{registry.url}/nothing", *more)
        assert done.exit_code == 1
        assert "there is no schema registry at that address" in done.output


def test_without_the_package_it_says_what_to_install(
    root: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "confluent_kafka.schema_registry", None)
    done = register(registry)
    assert done.exit_code == 2
    assert "pip install 'portwright[register]'" in done.output


def test_secrets_are_in_no_output(
    root: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.user = "me:right"
    wrong = registry.url.replace("//", f"//me:{CANARY}@")
    done = run("register", "--registry", wrong)
    assert done.exit_code == 1
    assert "refuses these credentials" in done.output and CANARY not in done.output
    monkeypatch.setenv("PORTWRIGHT_REGISTRY_BASIC_AUTH_USER_INFO", "me:right")
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    assert run("register").exit_code == 0


def test_wrong_use_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTWRIGHT_REGISTRY", raising=False)
    assert run("register").exit_code == 2
    for url in (
        "ftp://x",
        "http://",
        f"http://me:{CANARY}@[::1",
        f"http://me:{CANARY}@\u2100",
        "none",
    ):
        done = run("register", "--registry", url)
        assert done.exit_code == 2
        assert "no http or https url" in done.output and CANARY not in done.output
    monkeypatch.setenv("PORTWRIGHT_REGISTRY_MAX_RETRIES", "0")
    done = run("register", "--registry", "http://127.0.0.1:1")
    assert done.exit_code == 1
    assert "cannot be asked" in done.output
