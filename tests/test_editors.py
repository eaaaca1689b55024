"""The JSON Schemas for editors: what they refuse the readers refuse, and the other way round."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from portwright import config, pipeline, source
from portwright.config import keys
from portwright.diagnostics import Diagnostic
from portwright.editors import config_schema, contract_schema, store
from portwright.nodes import data
from portwright.targets import registry
from support import cases, corpus
from support.commands import in_process as portwright
from support.repository import BEFORE, NAME, begun, git

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
GOOD = "version: 1\ncontracts: [a.odcs.yaml]\n"
AVRO = "targets: [{target: avro, out: g}]\n"


@cache
def validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((SCHEMAS / name).read_text()))


def plain(value: object) -> object:
    match value:
        case tuple():
            return [plain(each) for each in value]
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case Decimal():
            return float(value)
        case _:
            return value


def told(text: str, schema: str) -> list[str]:
    """What the schema has against a YAML text, as an editor sees it: variables as written."""
    node, _ = source.parse(text.replace("${", "$\\u0007{"), "x.yaml", {})
    assert node is not None
    document = json.loads(json.dumps(plain(data(node))).replace("$\\\\u0007{", "${"))
    return [f"{each.json_path}: {each.message}" for each in validator(schema).iter_errors(document)]


def read(root: Path, text: str) -> list[Diagnostic]:
    (root / "portwright.yaml").write_text(text)
    (root / "a.odcs.yaml").write_text("kind: DataContract\n")
    return config.load(root, "portwright.yaml", {})[1]


OURS = [*registry.BUILT_IN, *registry.OF_OTHERS]


def test_the_schemas_are_those_of_the_code_and_of_json_schema() -> None:
    made = {
        "portwright.schema.json": store.text(config_schema.document(OURS)),
        "contract.schema.json": store.text(contract_schema.document()),
    }
    for name, text in made.items():
        assert (SCHEMAS / name).read_text() == text, f"portwright schema … > schemas/{name}"
        Draft7Validator.check_schema(json.loads(text))
    assert {path.name for path in SCHEMAS.iterdir()} == set(made)


@pytest.mark.parametrize("which", ["config", "contract"])
def test_a_schema_is_printed(tmp_path: Path, which: str) -> None:
    done = portwright(tmp_path, "schema", which)
    name = {"config": "portwright", "contract": "contract"}[which]
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["$schema"] and list(tmp_path.iterdir()) == []
    assert done.stdout == (SCHEMAS / f"{name}.schema.json").read_text()


def test_wrong_use(tmp_path: Path) -> None:
    for words in ([], ["config", "--write"], ["contracts"]):
        done = portwright(tmp_path, "schema", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
    none = portwright(tmp_path, "schema", "--write")
    assert none.returncode == 2 and "PW501" in none.stderr and list(tmp_path.iterdir()) == []


CONFIGS = [
    (ROOT / "samples/checkout/portwright.yaml").read_text(),
    config.EXAMPLE,
    cases.CONFIG,
    GOOD + AVRO + "requires: '>=0.1'\nnamespace: com.acme\n",
    GOOD + AVRO + "ports: {shop: {orders: [table], refunds: stream}}\n",
    GOOD + "targets: [{target: ddl, dialect: '${DIALECT}', out: '${OUT}'}]\n",
    GOOD + AVRO + "allow: [{change: object-removed, reason: r, until: 2027-01-31}]\n",
    GOOD
    + AVRO
    + "allow: [{change: object-removed, audience: [tables], path: a.b, contract: 7, reason: r,"
    " until: 2027-01-31}]\n",
    *re.findall(r"```yaml\n(version: 1\n.*?)```", (ROOT / "README.md").read_text(), re.S),
]


@pytest.mark.parametrize("text", CONFIGS)
def test_a_config_that_is_read_is_valid(text: str) -> None:
    assert told(text, "portwright.schema.json") == []


@pytest.mark.parametrize(
    "text",
    [
        "- version: 1\n",
        "contracts: [a.odcs.yaml]\n" + AVRO,
        GOOD.replace("1", "2", 1) + AVRO,
        GOOD,
        GOOD + AVRO + "unknown: 1\n",
        GOOD + "targets: []\n",
        GOOD + "targets: avro\n",
        GOOD + "targets: [avro]\n",
        GOOD + "targets: [{target: avor, out: g}]\n",
        GOOD + "targets: [{target: avro}]\n",
        GOOD + "targets: [{target: ddl, out: g}]\n",
        GOOD + "targets: [{target: ddl, dialect: postgrs, out: g}]\n",
        GOOD + "targets: [{target: ddl, dialekt: postgres, dialect: postgres, out: g}]\n",
        GOOD + "targets: [{target: avro, out: [g]}]\n",
        GOOD + "targets: [{target: avro, out: g, namespace: com.acme}]\n",
        GOOD + AVRO + "namespace: com.Acme\n",
        GOOD + AVRO + "namespace: [com]\n",
        GOOD + AVRO + "requires: [a]\n",
        GOOD + AVRO + "ports: [a]\n",
        GOOD + AVRO + "ports: {shop: {orders: [queue]}}\n",
        GOOD + AVRO + "allow: []\n",
        GOOD + AVRO + "allow: [{change: nothing, reason: r, until: 2027-01-31}]\n",
        GOOD + AVRO + "allow: [{change: object-removed, reason: r, until: soon}]\n",
        GOOD + AVRO + "allow: [{change: object-removed, until: 2027-01-31}]\n",
        GOOD + AVRO + "allow: [{change: object-removed, audience: you, reason: r,"
        " until: 2027-01-31}]\n",
    ],
)
def test_a_config_that_is_refused_is_not_valid(tmp_path: Path, text: str) -> None:
    assert told(text, "portwright.schema.json")
    assert any(each.is_error for each in read(tmp_path, text))


@pytest.mark.parametrize("name", keys.names(keys.CONFIG))
def test_no_key_of_the_table_is_forgotten_by_the_reader(tmp_path: Path, name: str) -> None:
    """A value that no key has is refused at its place, by both."""
    lines = [each for each in (GOOD + AVRO).splitlines() if not each.startswith(f"{name}:")]
    text = "\n".join([*lines, f"{name}: [{{'?': [{{}}]}}]"]) + "\n"
    assert told(text, "portwright.schema.json")
    found = read(tmp_path, text)
    assert any(each.is_error and each.span.line == len(lines) + 1 for each in found), found


def test_each_target_has_its_options_in_the_schema() -> None:
    known = {
        each["if"]["properties"]["target"]["const"]: set(each["then"]["properties"])
        for each in json.loads((SCHEMAS / "portwright.schema.json").read_text())["definitions"][
            "target"
        ]["allOf"]
    }
    assert known == {
        name: {"target", "out", *(o.name for o in registry.options(registry.target_class(name)))}
        for name in OURS
    }


def test_a_target_that_cannot_be_loaded_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("broken", "no.such.package:Target", registry.GROUP)
    monkeypatch.setattr(registry, "_others", lambda: iter([broken]))
    made = config_schema.document(["avro", "broken"])["definitions"]["target"]
    assert made["properties"]["target"]["anyOf"][0] == {"enum": ["avro", "broken"]}
    assert len(made["allOf"]) == 1


ACCEPTED = [
    *(cases.CASES / name / cases.CONTRACT for name in cases.good()),
    *(ROOT / "samples").glob("*/contracts/*.yaml"),
]


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.parent.name)
def test_a_contract_that_is_read_is_valid(path: Path) -> None:
    found = pipeline.read(path.read_bytes(), path.name, {})[1]
    # What is read against the standard, with a warning, an editor shows as well.
    if {each.code for each in found} & {"PW104", "PW108"}:
        assert told(path.read_text("utf-8"), "contract.schema.json")
    else:
        assert told(path.read_text("utf-8"), "contract.schema.json") == []


def edited(old: str, new: str) -> str:
    text = BEFORE.replace(old, new)
    assert text != BEFORE
    return text


@pytest.mark.parametrize(
    "text",
    [
        edited("kind: DataContract", "kind: Data"),
        edited("version:", "versoin:"),
        edited("logicalType: date", "logicalType: dat"),
        edited("required: true", "requird: true"),
        edited("required: true", "required: [1]"),
        edited("logicalType: date", "logicalType: date, logicalTypeOptions: {maxLength: 3}"),
        edited("logicalType: date", "logicalType: array, items: string"),
        edited("logicalType: date", "logicalType: map, map: {key: {logicalType: string}}"),
        edited("logicalType: date", "logicalType: string, enum: [a, b]"),
        edited("schema:", "servers: [{server: a, type: kafak}]\nschema:"),
        edited("schema:", "servers: [{server: a, type: postgres, host: h}]\nschema:"),
        edited("schema:", "tags: all\nschema:"),
        BEFORE[: BEFORE.index("schema:")],
        BEFORE[: BEFORE.index("schema:")] + "schema: []\n",
    ],
)
def test_a_contract_that_is_told_of_is_not_valid(text: str) -> None:
    assert told(text, "contract.schema.json")
    assert pipeline.read(text.encode(), "x.yaml", {})[1]


def test_what_the_standard_leaves_open_is_valid() -> None:
    for old, new in (
        ("logicalType: date", "physicalType: SOMETHING(3), logicalType: string"),
        ("logicalType: date", "logicalType: string, logicalTypeOptions: {format: iban}"),
        ("logicalType: date", "logicalType: '${TYPE}'"),
        ("schema:", "servers: [{server: a, type: Kafka, host: '${HOST}'}]\nschema:"),
        ("schema:", "customProperties: [{property: p, value: {any: [thing]}}]\nschema:"),
        ("schema:", "authoritativeDefinitions: [{url: u, type: t}]\nschema:"),
        ("schema:", "status: mine\nschema:"),
    ):
        assert told(edited(old, new), "contract.schema.json") == []


@corpus.needed
def test_contracts_of_others_are_valid_where_nothing_is_said_of_them() -> None:
    for path in corpus.FILES:
        text, _ = source.decode(path.read_bytes(), path.name)
        found = pipeline.read(path.read_bytes(), path.name, {})[1]
        if text is not None and not found:
            assert told(text, "contract.schema.json") == [], path


def test_schemas_are_written_and_named(tmp_path: Path) -> None:
    project = begun(tmp_path)
    (project / "contracts" / "deep").mkdir()
    other = project / "contracts" / "deep" / "o.odcs.yaml"
    other.write_bytes(BEFORE.replace("id: shop", "id: other").replace("\n", "\r\n").encode())
    path = project / "portwright.yaml"
    path.write_text(path.read_text().replace("*.odcs.yaml]", "**/*.odcs.yaml]"))
    contract, settings = (project / NAME).read_text(), path.read_text()
    done = portwright(project, "schema", "--write")
    assert (done.returncode, done.stderr) == (0, "")
    lines: dict[str, str] = {
        "portwright.yaml": ".portwright/schemas/portwright.schema.json",
        NAME: "../.portwright/schemas/contract.schema.json",
        "contracts/deep/o.odcs.yaml": "../../.portwright/schemas/contract.schema.json",
    }
    for file, schema in lines.items():
        text = (project / file).read_bytes().decode()
        first, end, _ = text.partition("\r\n" if "deep" in file else "\n")
        assert end and first == f"# yaml-language-server: $schema={schema}"
        assert json.loads((project / file).parent.joinpath(schema).read_text())["$schema"]
    assert (project / NAME).read_text().endswith(contract) and path.read_text().endswith(settings)
    again = portwright(project, "schema", "--write")
    assert (again.returncode, again.stdout) == (0, "up to date\n")
    assert portwright(project, "generate").returncode == 0
    assert portwright(project, "breaking").returncode == 0
    ignored: Any = portwright(project, "generate", "--check")
    assert ignored.returncode == 0


def test_a_line_of_ones_own_stays(tmp_path: Path) -> None:
    project = begun(tmp_path)
    own = "# yaml-language-server: $schema=https://example.org/mine.json\n" + BEFORE
    (project / NAME).write_text(own)
    assert portwright(project, "schema", "--write").returncode == 0
    assert (project / NAME).read_text() == own


@pytest.mark.parametrize("head", ["---\n", "%YAML 1.2\n---\n", "\n# ours\n\n"])
def test_a_contract_that_begins_otherwise(tmp_path: Path, head: str) -> None:
    project = begun(tmp_path)
    (project / NAME).write_text(head + BEFORE)
    assert portwright(project, "schema", "--write").returncode == 0
    assert (project / NAME).read_text().endswith(head + BEFORE)
    assert portwright(project, "lint").returncode == 0


def test_a_file_with_a_byte_order_mark_stays(tmp_path: Path) -> None:
    project = begun(tmp_path)
    marked = b"\xef\xbb\xbf" + BEFORE.encode()
    (project / NAME).write_bytes(marked)
    assert portwright(project, "schema", "--write").returncode == 0
    assert (project / NAME).read_bytes() == marked


def test_schemas_are_written_all_or_none(tmp_path: Path) -> None:
    project = begun(tmp_path)
    before = (project / NAME).read_bytes(), (project / "portwright.yaml").read_bytes()
    (project / ".portwright").mkdir()
    (project / ".portwright" / "schemas").write_text("a file where a folder belongs")
    done = portwright(project, "schema", "--write")
    assert done.returncode == 1 and "PW605" in done.stderr
    assert before == ((project / NAME).read_bytes(), (project / "portwright.yaml").read_bytes())


def test_what_is_begun_names_its_schemas(tmp_path: Path) -> None:
    dry = portwright(tmp_path, "init", "--dry-run", "--name", "shop")
    assert dry.returncode == 0 and len(dry.stdout.splitlines()) < 150
    assert portwright(tmp_path, "init", "--name", "shop").returncode == 0
    assert portwright(tmp_path, "new", "port", "stock").returncode == 0
    for file in ("portwright.yaml", "contracts/shop.odcs.yaml", "contracts/stock.odcs.yaml"):
        first = (tmp_path / file).read_text("utf-8").partition("\n")[0]
        path = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((tmp_path / file).parent.joinpath(path).read_text())["$schema"]
        schema = Path(path).name
        assert told((tmp_path / file).read_text("utf-8"), schema) == []
    assert portwright(tmp_path, "schema", "--write").stdout == "up to date\n"


def test_the_page_says_what_happens(tmp_path: Path) -> None:
    page = (ROOT / "docs/editors.md").read_text("utf-8")
    project = begun(tmp_path)
    for block in re.findall(r"```sh\n(.*?)```", page, re.S):
        for line in block.splitlines():
            words, _, file = line.partition(" > ")
            if words.startswith("git "):
                git(project, *words.split()[1:])
                continue
            done = portwright(project, *words.split()[1:])
            assert done.returncode == 0, done.stderr
            if file:
                assert done.stdout == (SCHEMAS / file.replace("config", "portwright")).read_text()
    [line] = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert (project / NAME).read_text().startswith(line)
    [settings] = re.findall(r"```json\n(.*?)```", page, re.S)
    for path, pattern in json.loads(settings)["yaml.schemas"].items():
        assert (project / path).exists() and list(project.glob(pattern))
