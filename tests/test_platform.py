"""What platform teams look at: the config in effect, policies, their page and their sample."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from portwright import config
from portwright.policies import POLICIES, Option
from support.commands import in_process

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "platform.md"
SAMPLE = ROOT / "samples" / "platform"
TABLE = "| policy | code | what it asks for | what it can be told |\n"
DAY = {"SOURCE_DATE_EPOCH": "1796083200"}  # 2026-12-01
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
NAME = "portwright.preset.yaml"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository that extends the preset of the sample beside it, and has a word of its own."""
    preset = (SAMPLE / "acme_portwright" / NAME).read_text()
    (tmp_path / NAME).write_text(preset.replace("  acme-no-totals: warning\n", ""))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "portwright.yaml").write_text(
        "version: 1\n"
        f"extends: ../{NAME}\n"
        "contracts: ['*.odcs.yaml']\n"
        "targets: [{target: ddl, dialect: postgres, out: 'gen/sql files'}]\n"
        "ports: {shop: {orders: [table]}}\n"
        'policies: {contact: off, slas: {properties: [latency, "it\'s: [odd] ünd"]}}\n'
    )
    (root / "shop.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: shop\nversion: 1.0.0\n"
        "schema: [{name: orders, properties: [{name: order_id, logicalType: string}]}]\n"
    )
    return root


def test_the_config_in_effect_says_the_same_without_presets(shop: Path) -> None:
    done = in_process(shop, "config")
    assert done.returncode == 0 and done.stderr == ""
    read, _ = config.load(shop, "portwright.yaml", {})
    (shop / "alone.yaml").write_text(done.stdout, "utf-8")
    alone, found = config.load(shop, "alone.yaml", {})
    assert read is not None and alone is not None, found
    for name in ("outputs", "ports", "policies"):
        first, second = ([*_plain(getattr(each, name))] for each in (read, alone))
        assert first == second and first
    assert alone.namespace == read.namespace == "com.acme"
    again = in_process(shop, "config", "-c", "alone.yaml").stdout
    assert [line.partition("  # ")[0] for line in again.splitlines()] == [
        line.partition("  # ")[0] for line in done.stdout.splitlines() if line[0] != "#"
    ]


def _plain(value: object) -> list[str]:
    return re.findall(r"[\w./:' -]+", re.sub(r"Span\([^)]*\)", "", repr(value)))


def test_each_value_of_the_config_has_its_place(shop: Path) -> None:
    document = json.loads(in_process(shop, "config", "--format", "json").stdout)
    places = {
        each["path"]: (each["value"], each["file"], each["line"]) for each in document["values"]
    }
    assert places["namespace"] == ("com.acme", f"../{NAME}", 2)
    assert places["policies.contact"] == ("off", "portwright.yaml", 6)
    assert places["policies.slas.severity"] == ("warning", f"../{NAME}", 10)
    assert places["policies.slas.properties[0]"] == ("latency", "portwright.yaml", 6)
    assert places["targets[2].dialect"] == ("postgres", "portwright.yaml", 4)
    [preset] = document["presets"]
    assert (preset["preset"], preset["file"], preset["version"]) == (
        f"../{NAME}",
        f"../{NAME}",
        None,
    )


@pytest.mark.parametrize("command", ["config", "policies"])
def test_a_config_that_is_wrong_is_told(command: str, shop: Path) -> None:
    text = (shop / "portwright.yaml").read_text()
    (shop / "portwright.yaml").write_text(text.replace("contact: off", "contact: of"))
    done = in_process(shop, command)
    assert done.returncode == 1 and done.stdout == "" and "error[PW561]" in done.stderr
    done = in_process(shop, command, "-c", "nowhere.yaml")
    assert done.returncode == 2 and "nowhere.yaml" in done.stderr and "PW501" in done.stderr


def test_policies_are_listed_with_what_is_set(shop: Path, tmp_path: Path) -> None:
    lines = in_process(shop, "policies").stdout.splitlines()
    assert lines[:4] == [
        "owner                     PW900  error    A team answers for the contract",
        f"{'':<42}set in ../{NAME}:8",
        "contact                   PW901  off      There is a channel of support",
        f"{'':<42}set in portwright.yaml:6",
    ]
    assert any(line.endswith("properties: latency, it's: [odd] ünd") for line in lines)
    listed = {
        each["policy"]: each
        for each in json.loads(in_process(shop, "policies", "--format", "json").stdout)
    }
    assert list(listed)[: len(POLICIES)] == [each.name for each in POLICIES]
    assert listed["classified-keys"]["options"] == {"above": ["internal"]}
    assert listed["metadata"]["severity"] == "error"
    assert listed["semantic-version"]["severity"] == "off"
    empty = tmp_path / "empty"
    empty.mkdir()
    alone = in_process(empty, "policies", "--options").stdout
    assert alone.count("  off  ") == len(POLICIES)
    assert all(
        f"{option.name}: {option.summary}" in alone for p in POLICIES for option in p.options
    )


def test_the_table_of_the_page_is_of_today(update: bool) -> None:
    text, found, rest = PAGE.read_text("utf-8").partition(TABLE)
    assert found
    rows = [f"| `{p.name}` | {p.code} | {p.summary} | {_told(p.options)} |\n" for p in POLICIES]
    table = TABLE + "|---|---|---|---|\n" + "".join(rows)
    after = re.sub(r"\A(\|.*\n)*", "", rest)
    if update:
        PAGE.write_text(text + table + after, "utf-8")
    assert PAGE.read_text("utf-8") == text + table + after


def _told(options: tuple[Option, ...]) -> str:
    return "<br>".join(
        f"`{each.name}`: {each.summary}"
        + (f" (else {', '.join(each.default)})" if each.default else "")
        for each in options
    )


def test_the_page_shows_what_happens(tmp_path: Path, update: bool) -> None:
    text = PAGE.read_text("utf-8")
    shown = BLOCK.findall(text)
    commands = 0
    for language, block in shown:
        named = re.match(r"# ((?:shop|platform)/\S+)\n", block)
        if named:
            path = tmp_path / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)
        if language == "console":
            if not (tmp_path / "shop/contracts/customers.odcs.yaml").exists():
                (tmp_path / "shop/contracts").mkdir(exist_ok=True)
                (tmp_path / "shop/contracts/empty.odcs.yaml").touch()
            else:
                (tmp_path / "shop/contracts/empty.odcs.yaml").unlink(missing_ok=True)
            first, _, told = block.partition("\n")
            done = in_process(tmp_path / "shop", *shlex.split(first)[2:], **DAY)
            output = done.stderr + done.stdout
            if update:
                text = text.replace(f"{first}\n{told}", f"{first}\n{output}", 1)
                told = output
            assert output == told
            commands += 1
    if update:
        [pin] = re.findall(r"# +sha256: (\w{64})\n", text)
        PAGE.write_text(re.sub(r"sha256: \w{64}", f"sha256: {pin}", text), "utf-8")
    assert commands == 3


def test_the_pins_of_the_page_are_those_of_its_preset() -> None:
    text = PAGE.read_text("utf-8")
    [shown] = re.findall(r"# +sha256: (\w{64})\n", text)
    assert f"sha256: {shown}}}" in text
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text())["project"]
    assert f'version: "{project["version"]}"' in text


def test_the_policy_of_the_page_is_that_of_the_sample() -> None:
    text = PAGE.read_text("utf-8")
    [code] = re.findall(r"```python\n# acme_portwright/policies.py\n(.*?)```", text, re.S)
    policy = (SAMPLE / "acme_portwright" / "policies.py").read_text("utf-8")
    lines = [line for line in code.splitlines() if '"""' not in line]
    assert all(line in policy for line in lines)
    [entry] = re.findall(r"```toml\n(.*?)```", text, re.S)
    assert entry in (SAMPLE / "pyproject.toml").read_text("utf-8")


def test_the_sample_can_be_installed_and_extended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text())["project"]
    site = tmp_path / "site"
    information = site / f"acme_portwright-{project['version']}.dist-info"
    information.mkdir(parents=True)
    (site / "acme_portwright").symlink_to(SAMPLE / "acme_portwright")
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["portwright.policies"]
    (information / "entry_points.txt").write_text(
        "[portwright.policies]\n" + "".join(f"{k} = {v}\n" for k, v in points.items())
    )
    monkeypatch.syspath_prepend(str(site))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "portwright.yaml").write_text(
        "version: 1\n"
        "extends: {preset: package:acme-portwright, version: '1.2.0'}\n"
        "contracts: [a.odcs.yaml]\n"
    )
    (root / "a.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\ndomain: shop\n"
        "team: {name: shop}\nsupport: [{channel: shop}]\n"
        "slaProperties: [{property: latency, value: 4, unit: h}]\n"
        "customProperties: [{property: costCentre, value: '12'}]\n"
        "schema: [{name: orders, properties: [{name: total_gross, logicalType: integer}]}]\n"
    )
    done = in_process(root, "generate")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("a.odcs.yaml:10:45: warning[ACME001]: `orders.total_gross` is")
    listed = in_process(root, "policies").stdout.splitlines()[-2]
    assert listed.startswith("acme-no-totals") and "acme_portwright.policies:no_totals" in listed
