"""`portwright.yaml`: strict keys, every fault with its place and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright import config
from portwright.diagnostics import Span
from portwright.model import Model, Object, Port, Record


def load(root: Path, text: str) -> tuple[config.Config | None, list[tuple[str, int, int]]]:
    (root / "portwright.yaml").write_text(text)
    (root / "a.odcs.yaml").write_text("kind: DataContract\n")
    settings, found = config.load(root, "portwright.yaml", {"OUT": "gen"})
    assert all(each.message for each in found)
    return settings, [(each.code, each.span.line, each.span.column) for each in found]


def test_a_good_config(tmp_path: Path) -> None:
    settings, found = load(
        tmp_path,
        "version: 1\n"
        "contracts: ['*.odcs.yaml']\n"
        "targets:\n"
        "  - {target: avro, out: '${OUT}/avro'}\n"
        "  - {target: ddl, dialect: duckdb, out: .}\n",
    )
    assert found == []
    assert settings is not None
    assert settings.contracts == ("a.odcs.yaml",)
    assert [(each.target.name, str(each.out)) for each in settings.outputs] == [
        ("avro", "gen/avro"),
        ("ddl", "."),
    ]


AVRO = "targets: [{target: avro, out: g}]\n"
GOOD = "version: 1\ncontracts: [a.odcs.yaml]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- version: 1\n", [("PW502", 1, 1)]),
        ("contracts: [a.odcs.yaml]\n" + AVRO, [("PW508", 1, 1)]),
        (
            "version: 2\ncontracts: [a.odcs.yaml]\n" + AVRO,
            [("PW508", 1, 10)],
        ),
        (GOOD + "target:\n  - {target: avro, out: g}\n", [("PW503", 3, 1), ("PW504", 1, 1)]),
        (GOOD + "targets: []\n", [("PW504", 3, 10)]),
        (GOOD + "targets: avro\n", [("PW504", 3, 10)]),
        (GOOD + "targets: [avro]\n", [("PW502", 3, 11)]),
        (GOOD + "targets: [{target: avor, out: g}]\n", [("PW509", 3, 20)]),
        (GOOD + "targets: [{target: avro}]\n", [("PW502", 3, 11)]),
        (GOOD + "targets: [{target: ddl, out: g}]\n", [("PW509", 3, 20)]),
        (GOOD + "targets: [{target: ddl, dialect: postgrs, out: g}]\n", [("PW509", 3, 34)]),
        (GOOD + "targets: [{target: ddl, dialekt: postgres, out: g}]\n", [("PW509", 3, 25)]),
        (GOOD + "targets: [{target: avro, out: ../g}]\n", [("PW505", 3, 31)]),
        (GOOD + "targets: [{target: avro, out: /tmp/g}]\n", [("PW505", 3, 31)]),
        (
            "version: 1\ncontracts: [b.yaml]\n" + AVRO,
            [("PW506", 2, 13)],
        ),
        (
            "version: 1\ncontracts: [../*.yaml]\n" + AVRO,
            [("PW505", 2, 13)],
        ),
        (GOOD + AVRO + "namespace: com.Acme\n", [("PW502", 4, 12)]),
        (GOOD + AVRO + "namespace: com..acme\n", [("PW502", 4, 12)]),
        (GOOD + AVRO + "namespace: [com, acme]\n", [("PW502", 4, 12)]),
        (GOOD + "targets: [{target: avro, out: g, namespace: com.acme}]\n", [("PW509", 3, 34)]),
        (
            GOOD + "targets: [{target: avro, out: g}]\nports: {c: {orders: [streem]}}\n",
            [("PW502", 4, 22)],
        ),
    ],
)
def test_a_fault_has_its_place(
    tmp_path: Path, text: str, expected: list[tuple[str, int, int]]
) -> None:
    settings, found = load(tmp_path, text)
    assert settings is None
    assert found == expected


def test_a_contract_spelled_in_several_ways_is_one(tmp_path: Path) -> None:
    text = GOOD.replace("[a.", "[./a.odcs.yaml, .//*.yaml, a.") + AVRO
    settings, found = load(tmp_path, text)
    assert found == [] and settings is not None
    assert settings.contracts == ("a.odcs.yaml", "portwright.yaml")


def test_no_config_shows_one(tmp_path: Path) -> None:
    settings, [diagnostic] = config.load(tmp_path, "portwright.yaml", {})
    assert settings is None
    assert diagnostic.code == "PW501"
    assert "version: 1" in (diagnostic.help or "")
    (tmp_path / "a.odcs.yaml").touch()
    example = config.EXAMPLE.replace("contracts/*", "./*")
    assert load(tmp_path, example)[1] == []


def test_ports_said_in_the_config_win_over_servers(tmp_path: Path) -> None:
    settings, found = load(
        tmp_path,
        GOOD + AVRO + "ports: {shop: {orders: [table], refunds: [stream]}}\n",
    )
    assert settings is not None and found == []
    span = Span("a.odcs.yaml")
    orders = Object("orders", Record("order", ("orders",), ()), span)
    model = Model("id-1", "1.0.0", 1, "shop", span, "a.odcs.yaml", objects=(orders,))
    [chosen], wrong = settings.choose_ports([model])
    assert chosen.objects[0].ports == (Port.TABLE,)
    assert [(each.code, each.span.line) for each in wrong] == [("PW507", 4)]


def test_an_empty_config_is_advised_like_one(tmp_path: Path) -> None:
    (tmp_path / "portwright.yaml").write_text("")
    _, [diagnostic] = config.load(tmp_path, "portwright.yaml", {})
    assert diagnostic.code == "PW003"
    assert "targets:" in (diagnostic.help or "")
