"""What a first contract gets wrong, and the way out that is told."""

from __future__ import annotations

import pytest

from portwright.diagnostics import as_github, as_text
from portwright.model import Decimal
from support.reading import contract_of, read

SLIPS = [
    ("{name: a, logicalType: number, physicalType: DECIMAL(10.2)}", "PW119", "in quotes"),
    ("{name: a, logicalType: number, physicalType: DECIMAL(10,2)}", "PW119", "in quotes"),
    ("{name: a, logicalType: number, physicalType: DECIMAL(10,2)}", "PW104", "in quotes"),
    ("{name: a, logicalType: object, physicalType: STRUCT<a INT, b INT>}", "PW104", "in quotes"),
    ("{name: a, logicalType: string, dataType: text}", "PW104", "`logicalType`"),
    ("{name: a, type: decimal, precision: 9, scale: 2}", "PW104", "physicalType: DECIMAL("),
    ("{name: a, logicalType: string, logicalTypeOptions: {format: guid}}", "PW112", "`uuid`"),
    ("{name: a, logicalType: enum}", "PW101", "under `enum:`"),
    ("{name: a, logicalType: 'decimal(10,2)'}", "PW101", "physicalType"),
    ("{name: a, logicalType: string, minLength: 3}", "PW104", "`logicalTypeOptions`"),
    ("{name: a, logicalType: array, items: string}", "PW102", "items: {logicalType: string}"),
]


@pytest.mark.parametrize(("text", "code", "way_out"), SLIPS)
def test_a_first_slip_is_told_the_way_out(text: str, code: str, way_out: str) -> None:
    found = [each for each in read(contract_of(f"- {text}"))[1] if each.code == code]
    assert found and way_out in (found[0].help or "")


def test_a_format_of_the_authors_own_is_no_slip() -> None:
    text = "{name: a, logicalType: string, logicalTypeOptions: {format: iban}}"
    assert read(contract_of(f"- {text}"))[1] == []


def test_a_contract_named_by_its_uuid_alone() -> None:
    uuid = "7f1c2d9e-0000-4000-8000-000000000001"
    text = contract_of("- {name: a, logicalType: string}").replace("id: shop", f"id: {uuid}")
    assert [each.code for each in read(text)[1]] == ["PW213"]
    assert read(f"name: shop\n{text}")[1] == []


def test_a_name_written_twice_is_said_beside_a_type_at_fault() -> None:
    text = contract_of("- {name: a, logicalType: strng}\n- {name: a, logicalType: date}")
    assert [each.code for each in read(text)[1]] == ["PW101", "PW202"]


@pytest.mark.parametrize("written", ["NUMBER(*,2)", "number( * , 2 )", "DECIMAL(38, 2)"])
def test_digits_as_databases_write_them_are_no_slip(written: str) -> None:
    model, found = read(
        contract_of(f"- {{name: a, logicalType: number, physicalType: '{written}'}}")
    )
    assert found == [] and model is not None
    assert model.objects[0].record.fields[0].type == Decimal(38, 2)


def test_a_message_does_not_quote_a_megabyte() -> None:
    text = contract_of(f"- {{name: a, logicalType: string, physicalType: {'x' * 1_000_000}}}")
    (found,) = read(text)[1]
    assert len(found.message) > 1_000_000
    for shown in (as_text(found, text), as_github(found)):
        assert len(shown) < 2000
        assert "is not known, and says nothing" in shown
