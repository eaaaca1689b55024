"""`privacy.py` of a package: what becomes of records, value by value."""

from __future__ import annotations

import copy
import json
import pprint
import re
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from portwright_runtime.anonymising import KEY
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.privacy import Classified, classified, redacted
from support import packages
from support.reading import HEAD, read

SECRET = "a key of tests, not of anybody"
OTHER = b"another key of tests, not of anybody"

CONTRACT = f"""{HEAD}schema:
  - name: persons
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
        customProperties: [{{property: dataSubject, value: true}}]
      - name: home
        logicalType: object
        properties:
          - {{name: city, logicalType: string, classification: internal}}
          - {{name: country, logicalType: string}}
      - name: places
        logicalType: map
        map:
          key: {{logicalType: string}}
          value:
            logicalType: object
            properties: [{{name: city, logicalType: string, classification: internal}}]
{{}}  - name: orders
    properties:
      - {{name: person, logicalType: integer, required: true, relationships: [{{to: persons.id}}]}}
      - {{name: at, logicalType: string, classification: internal}}
"""
# A property of each kind, its value, and the pattern that the text of its hash has.
HASHED: list[tuple[str, Any, str]] = [
    ("logicalType: string", "Ada", "[0-9a-f]{64}"),
    ("logicalType: string, logicalTypeOptions: {maxLength: 20}", "Ada", "[0-9a-f]{20}"),
    ("logicalType: string, logicalTypeOptions: {minLength: 80}", "a" * 80, "[0-9a-f]{80}"),
    (
        "logicalType: string, logicalTypeOptions: {format: email}",
        "a@b.c",
        "[0-9a-f]{32}@example.org",
    ),
    ("logicalType: string, logicalTypeOptions: {format: uuid}", UUID(int=7), ".{14}8.*"),
    ("logicalType: string, logicalTypeOptions: {format: ipv4}", "1.2.3.4", r"10(\.1\d\d){3}"),
    (
        "logicalType: string, logicalTypeOptions: {pattern: '^[A-Z]{2}-[0-9]{6}$'}",
        "AB-123456",
        "[A-Z]{2}-[0-9]{6}",
    ),
    ("logicalType: integer", 7, "[0-9]{1,19}"),
    (
        "logicalType: integer, logicalTypeOptions: {minimum: 100, maximum: 900, multipleOf: 100}",
        100,
        "[1-9]00",
    ),
    ("logicalType: number, physicalType: 'DECIMAL(8,3)'", Decimal("1.5"), r"\d{1,5}\.\d{3}"),
    ("logicalType: number", 1.5, r"[0-9.e+]+"),
    ("logicalType: date", date(1815, 12, 10), r"(19|20)\d\d-\d\d-\d\d"),
    ("logicalType: timestamp", datetime(1815, 12, 10, tzinfo=UTC), r"(19|20)\d\d.*\+00:00"),
    ("logicalType: time", datetime(1, 1, 1, 4, 5).time(), r"\d\d:\d\d:\d\d.*"),
    (
        "logicalType: string, physicalType: bytes, logicalTypeOptions: {format: binary}",
        b"Ada",
        "b'.*'",
    ),
]
Port = Callable[[str], Any]


def port(tmp_path: Path, more: str = "") -> Port:
    model, found = read(CONTRACT.replace("{}", more))
    assert model is not None and not [each for each in found if each.is_error], found
    return packages.load(packages.write(model, tmp_path))


@pytest.mark.parametrize(("rest", "value", "form"), HASHED, ids=[each[0] for each in HASHED])
def test_hashes_are_values_of_the_type(tmp_path: Path, rest: str, value: Any, form: str) -> None:
    custom = "customProperties: [{property: anonymise, value: hash}]"
    module = port(tmp_path, f"      - {{name: value, {rest}, {custom}}}\n")
    person, anonymise = module("models").Person, module("privacy").anonymise
    made = anonymise(person(id=1, value=value), key=SECRET)
    assert re.fullmatch(form, str(made.value)), made.value
    assert made.value != value or "multipleOf" in rest
    assert anonymise(person(id=2, value=value), key=SECRET.encode()).value == made.value
    if "multipleOf" not in rest:
        assert anonymise(person(id=1, value=value), key=OTHER).value != made.value
    assert person.model_validate(made.model_dump()) == made
    assert anonymise(person(id=1), key=SECRET).value is None


def test_the_page_tells_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")
    [contract] = re.findall(r"```yaml\n(.*?)```", page, re.S)
    model, found = read(contract)
    assert model is not None and found == []
    monkeypatch.syspath_prepend(packages.write(model, tmp_path).parent)
    known: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    for block in blocks:
        exec(block, known)
    assert len(blocks) == 2


def test_what_was_joined_can_still_be_joined(tmp_path: Path) -> None:
    module = port(tmp_path)
    models, anonymise = module("models"), module("privacy").anonymise
    person = anonymise(models.Person(id=7, home={"city": "Ulm", "country": "DE"}), key=SECRET)
    order = anonymise(models.Order(person=7, at="Ulm"), key=SECRET)
    assert person.id == order.person != 7
    assert (person.home.city, person.home.country, order.at) == ("***", "DE", "***")


def test_there_is_no_key_but_one_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = port(tmp_path)
    person, anonymise = module("models").Person(id=7), module("privacy").anonymise
    monkeypatch.delenv(KEY, raising=False)
    with pytest.raises(ConfigurationError, match=KEY):
        anonymise(person)
    monkeypatch.setenv(KEY, "too short")
    with pytest.raises(ConfigurationError) as caught:
        anonymise(person)
    assert "short" not in str(caught.value)
    monkeypatch.setenv(KEY, SECRET)
    assert anonymise(person) == anonymise(person, key=SECRET)


def test_only_valid_records_of_the_contract_are_taken(tmp_path: Path) -> None:
    module = port(tmp_path)
    models, anonymise = module("models"), module("privacy").anonymise
    with pytest.raises(ContractViolation):
        anonymise(models.Person.model_construct(id="seven"), key=SECRET)
    with pytest.raises(TypeError, match="PersonHome is no record of an object"):
        anonymise(models.PersonHome(city="Ulm"), key=SECRET)


def test_what_cannot_be_anonymised_is_said(tmp_path: Path) -> None:
    pattern = "logicalTypeOptions: {pattern: '^(.).\\1$'}, classification: internal"
    module = port(
        tmp_path, f"      - {{name: code, logicalType: string, required: true, {pattern}}}\n"
    )
    with pytest.raises(LookupError, match=r"persons\.code"):
        module("privacy").anonymise(module("models").Person(id=1, code="cxc"), key=SECRET)
    module = port(
        tmp_path / "optional", f"      - {{name: code, logicalType: string, {pattern}}}\n"
    )
    made = module("privacy").anonymise(module("models").Person(id=1, code="cxc"), key=SECRET)
    assert made.code is None


def test_a_record_tells_what_of_it_is_classified(tmp_path: Path) -> None:
    person = port(tmp_path)("models").Person
    word = Classified("internal")
    assert classified(person) == {"home.city": word, "places.city": word}
    record = person(id=1, home={"city": "Ulm", "country": "DE"}, places={"city": {"city": "Ulm"}})
    shown = {
        "id": 1,
        "home": {"city": "***", "country": "DE"},
        "places": {"city": {"city": "***"}},
    }
    assert redacted(record) == shown
    for text in (repr(record), str(record), f"{record}", repr([record])):
        assert "Ulm" not in text and "city=***" in text and "'DE'" in text


def test_a_traceback_with_variables_shows_no_value(tmp_path: Path) -> None:
    pattern = "logicalTypeOptions: {pattern: '^(.).\\1$'}, classification: internal"
    module = port(
        tmp_path, f"      - {{name: code, logicalType: string, required: true, {pattern}}}\n"
    )
    person, anonymise = module("models").Person, module("privacy").anonymise
    valid = person(id=1, code="cxc")
    broken = person.model_construct(id="seven", code="cxc")
    for call in (
        lambda: person(id=1, code="cxc", home=7),
        lambda: person.model_validate({"id": 1, "code": "cxc", "home": 7}),
        lambda: anonymise(valid, key=SECRET),
        lambda: anonymise(broken, key=SECRET),
    ):
        with pytest.raises((ValueError, LookupError, ContractViolation)) as caught:
            call()
        assert caught.value.__context__ is None
        frames = [each.frame for each in caught.traceback]
        ours = [each for each in frames if "portwright_runtime" in str(each.code.path)]
        assert ours
        for frame in ours:
            assert "cxc" not in repr(frame.f_locals)
            assert SECRET not in repr(frame.f_locals)


def test_tools_that_show_records_show_no_classified_value(tmp_path: Path) -> None:
    person = port(tmp_path)("models").Person
    record = person(id=1, home={"city": "Ulm", "country": "DE"})
    shown = [
        pprint.pformat([record] * 9),
        json.dumps({"of": record}, default=str),
        repr(list(record.__rich_repr__())),
        repr(copy.copy(record)),
        repr(record.model_copy(update={"id": 2})),
        repr(ValueError(record)),
        "".join(_with_variables(record)),
    ]
    other = person(id=1, home={"city": "Bonn", "country": "DE"})
    with pytest.raises(AssertionError) as failed:
        assert record == other, [record, other]
    shown.append(str(failed.value))
    assert not [each for each in shown if "Ulm" in each or "Bonn" in each]
    # These are for the data itself.
    for whole in (record.model_dump_json(), repr(record.model_dump()), repr(dict(record.home))):
        assert "Ulm" in whole


def _with_variables(record: object) -> Iterator[str]:
    try:
        raise ValueError(record)
    except ValueError as error:
        yield from traceback.TracebackException.from_exception(error, capture_locals=True).format()
