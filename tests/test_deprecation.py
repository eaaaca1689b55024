"""What is deprecated says so, and until when, in everything that is generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright import config, pipeline
from portwright.model.deprecation import marked
from support import cases
from support.changes import contract, held, model

UNTIL = "DEPRECATED, supported until 2027-01-31."
SOONER = "DEPRECATED, supported until 2026-12-31."
ENDS = """\
slaProperties:
  - {property: endOfSupport, value: 2027-01-31}
  - {property: endOfSupport, value: 2026-12-31, element: orders.x}
"""
LINES = (
    "{name: lines, logicalType: array, items: {logicalType: object, properties: "
    "[{name: sku, logicalType: string, deprecated: true}]}}"
)
DEPRECATED = contract(
    ENDS,
    "deprecated: true\ndescription: All orders.",
    held("string", ", deprecated: true, description: Who.") + "\n" + LINES,
)
COMMENTED = "postgres duckdb trino clickhouse mysql sqlserver snowflake redshift oracle".split()
# How often the description of the object, of its property and of one in a record is told.
TOLD = {
    **dict.fromkeys(("avro", "json-schema", "protobuf", "arrow"), (1, 1, 1)),
    **dict.fromkeys((f"sql/shop.{each}.sql" for each in ("bigquery", "databricks")), (1, 1, 1)),
    **dict.fromkeys((f"sql/shop.{each}.sql" for each in COMMENTED), (1, 1, 0)),
    "python/shop_port/models.py": (1, 1, 1),
    "python/shop_port/port.py": (1, 0, 0),
    "dbt/models/staging/shop/_shop__sources.yml": (1, 1, 0),
}
SIGNS = {
    "avro": '"odcs.deprecated": true',
    "json-schema": '"deprecated": true',
    "protobuf": "deprecated = true",
    "arrow": '"odcs.deprecated"',
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that is generated of the contract, by path."""
    root = tmp_path_factory.mktemp("deprecated")
    (root / "portwright.yaml").write_text(cases.CONFIG)
    (root / cases.CONTRACT).write_text(DEPRECATED)
    settings, _ = config.load(root, "portwright.yaml", {})
    assert settings is not None
    return {str(each.path): each.text for each in pipeline.build(settings, root, {}).files}


@pytest.mark.parametrize("place", TOLD)
def test_every_target_tells_it(files: dict[str, str], place: str) -> None:
    text = "\n".join(text for path, text in files.items() if path.startswith(place))
    object_, property_, inner = TOLD[place]
    assert text.count(f"{UNTIL} All orders.") == object_
    assert text.count(f"{SOONER} Who.") == property_
    assert text.count(UNTIL) - object_ == inner
    assert text.count(SIGNS.get(place, UNTIL)) == (3 if place in SIGNS else object_ + inner)


def test_what_is_not_deprecated_is_not_touched() -> None:
    found = model(contract(ENDS, "description: All orders.", held("string")))
    assert marked(found) is found


@pytest.mark.parametrize(("status", "deprecated"), [("deprecated", True), ("Retired", True)])
def test_all_objects_of_a_deprecated_contract_are(status: str, deprecated: bool) -> None:
    found = marked(model(contract(f"status: {status}\ndescription: {{purpose: All.}}\n" + ENDS)))
    [object_] = found.objects
    assert object_.deprecated is deprecated
    assert (found.purpose, object_.description) == (f"{UNTIL} All.", UNTIL)
    assert [each.description for each in object_.record.fields] == [None, None]


def test_without_a_day_none_is_told() -> None:
    found = marked(model(contract("", "deprecated: true\ndescription: All orders.")))
    assert found.objects[0].description == "DEPRECATED. All orders."


@pytest.mark.parametrize(
    "type_",
    [
        "logicalType: array, items: {{{}}}",
        "logicalType: map, map: {{key: {{logicalType: string}}, value: {{{}}}}}",
        "logicalType: array, items: {{logicalType: array, items: {{{}}}}}",
        "{}",
    ],
)
def test_properties_of_records_lists_and_maps_are_found(type_: str) -> None:
    record = "logicalType: object, properties: [{name: sku, logicalType: string, deprecated: true}]"
    found = model(contract(ENDS, "", f"{{name: lines, {type_.format(record)}}}"))
    assert str(found).count("deprecated=True") == 1
    assert str(marked(found)).count(UNTIL) == 1


def test_what_is_compared_and_registered_is_the_contract(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(DEPRECATED)
    (tmp_path / "portwright.yaml").write_text(cases.CONFIG.replace("contract.odcs", "a"))
    settings, _ = config.load(tmp_path, "portwright.yaml", {})
    assert settings is not None
    built = pipeline.build(settings, tmp_path, {})
    assert built.models and built.models[0].objects[0].description == "All orders."


def test_a_package_tells_the_last_day_of_support(files: dict[str, str]) -> None:
    for module in ("topics", "tables"):
        assert 'supported_until="2027-01-31",' in files[f"python/shop_port/{module}.py"]
