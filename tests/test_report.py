"""`portwright report`: all ports of a repository, for a terminal, a page and a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt

from support.commands import in_process

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"
CONFIG = "version: 1\ncontracts: [contracts/*.yaml]\ntargets: [{target: avro, out: gen}]\n"
WHOLE = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
name: shop
domain: sales
version: 1.2.0
status: active
team: {name: Checkout, members: [{username: mira, role: Owner}, {username: jo}]}
support: [{channel: "#shop", tool: slack}]
slaProperties:
  - {property: latency, value: 5, unit: min}
  - {property: endOfSupport, value: 2026-12-24}
roles:
  - {role: packing, customProperties: [{property: sees, value: restricted}]}
  - {role: finance, access: read}
  - {role: shop_writer, access: write}
customProperties:
  - property: portwrightAllow
    value: [{policy: contact, reason: nobody asks yet, until: 2027-01-31}]
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
      - {name: email, logicalType: string, classification: restricted}
      - {name: phone, logicalType: string}
"""
BARE = """\
apiVersion: v3.2.0
kind: DataContract
id: visits
version: 1.0.0
schema:
  - name: visits
    properties: [{name: visit_id, logicalType: string, primaryKey: true}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository on the 27th of November, 2026."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795780800")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "contracts" / "shop.yaml").write_text(WHOLE)
    (tmp_path / "contracts" / "visits.yaml").write_text(BARE)
    return tmp_path


def test_it_tells_people_what_there_is_and_what_is_missing(project: Path) -> None:
    assert in_process(project, "generate").returncode == 0
    told = in_process(project, "report")
    assert told.returncode == 0
    for line in (
        "shop 1.2.0 (active)",
        "  owner         Checkout: mira (Owner), jo",
        "  support       #shop (slack)",
        "  promises      A record arrives within 5 minutes, in 99 % of cases over 28 days",
        "  classified    orders.email is restricted: seen by packing, hidden from finance",
        "  unclassified  orders.phone looks like a phone number",
        "  ends          support ends on 2026-12-24, in 27 days",
        "  lacks         an owner, a channel of support, promises, readers",
        "2 contracts, 2 objects, 1 property classified",
        "1 contract without an owner: visits",
        "1 property with personal data by the name, and not classified",
        "1 exception from policies",
        "shop: support ends on 2026-12-24, in 27 days",
    ):
        assert line in told.stdout.splitlines(), told.stdout
    assert "contact (0 findings): nobody asks yet, ends on 2027-01-31" in told.stdout
    assert "not as generated" not in told.stdout
    far = in_process(project, "report", "--within", "7").stdout
    assert "shop: support ends" not in far and "  ends          support ends" in far


def test_what_is_not_as_generated_is_told(project: Path) -> None:
    assert in_process(project, "generate").returncode == 0
    (project / "gen" / "sales" / "shop" / "v1" / "orders.avsc").unlink()
    told = in_process(project, "report")
    assert "gen/sales/shop/v1/orders.avsc" in told.stdout and told.returncode == 0
    assert "1 file not as generated: run `portwright generate`" in told.stdout


def test_an_error_in_a_contract_is_told_beside_the_others(project: Path) -> None:
    (project / "contracts" / "visits.yaml").write_text(BARE.replace("string", "strng"))
    told = in_process(project, "report")
    assert told.returncode == 1 and "PW101" in told.stderr
    assert "shop 1.2.0 (active)" in told.stdout and "1 error in contracts" in told.stdout


def test_a_program_reads_it_as_json(project: Path) -> None:
    document = json.loads(in_process(project, "report", "--format", "json").stdout)
    assert (document["version"], document["day"], document["errors"]) == (1, "2026-11-27", 0)
    shop, visits = document["contracts"]
    assert shop["owner"]["members"] == [
        {"name": "mira", "role": "Owner"},
        {"name": "jo", "role": ""},
    ]
    assert shop["classified"] == [
        {
            "path": "orders.email",
            "classification": "restricted",
            "seenBy": ["packing"],
            "hiddenFrom": ["finance"],
        }
    ]
    assert shop["ends"] == [{"what": "support", "elements": "", "day": "2026-12-24", "days": 27}]
    assert shop["exceptions"][0]["until"] == "2027-01-31"
    assert visits["lacks"] == ["an owner", "a channel of support", "promises", "readers"]
    assert {each["what"] for each in document["drift"]} == {"is missing"}


def closed(schema: Any) -> Any:
    """The schema, which here allows no key that it does not describe."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(each) for key, each in schema.items()}
    return {**inner, "additionalProperties": False} if schema.get("type") == "object" else inner


def test_the_document_is_what_its_schema_says(project: Path) -> None:
    schema = closed(json.loads(SCHEMA.read_text()))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(in_process(project, "report", "--format", "json").stdout)
    shop, checker = document["contracts"][0], jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(document)
    # No list is empty that the schema describes the entries of.
    assert document["drift"] and all(shop[each] for each in ("ends", "exceptions", "readers"))
    assert all(shop[each] for each in ("support", "promises", "classified", "unclassified"))


def test_no_form_shows_a_value_of_a_classified_property(project: Path) -> None:
    said = "classification: restricted"
    with_example = WHOLE.replace(
        f"logicalType: string, {said}}}",
        f"logicalType: string, {said}, examples: [canary@x.example]}}",
    )
    assert with_example != WHOLE
    (project / "contracts" / "shop.yaml").write_text(with_example)
    for style in ("text", "json", "markdown"):
        told = in_process(project, "report", "--format", style)
        assert told.returncode == 0 and "email" in told.stdout
        assert "canary" not in told.stdout + told.stderr


def test_text_of_a_contract_is_no_markdown(project: Path) -> None:
    hostile = WHOLE.replace("name: Checkout", "name: '<b>[x](http://evil.example)|`*@mira*'")
    (project / "contracts" / "shop.yaml").write_text(hostile)
    text = in_process(project, "report", "--format", "markdown").stdout
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert "<a " not in page and "<b>" not in page and "<em>" not in page and "<code>" not in page
    assert page.count("<table>") == 3 and "[x](http://evil.example)|`*@" in page.replace(
        "&lt;", "<"
    )


def test_all_configs_of_a_repository(project: Path) -> None:
    second = project / "services" / "two"
    (second / "contracts").mkdir(parents=True)
    (second / "portwright.yaml").write_text(CONFIG)
    (second / "contracts" / "visits.yaml").write_text(BARE.replace("visits", "stays"))
    document = json.loads(in_process(project, "report", "--all", "--format", "json").stdout)
    configs = [each["config"] for each in document["contracts"]]
    assert configs == ["portwright.yaml", "portwright.yaml", "services/two/portwright.yaml"]
    empty = project / "empty"
    empty.mkdir()
    assert in_process(empty, "report", "--all").returncode == 2
