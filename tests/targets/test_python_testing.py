"""The test kit of a package: its examples are valid, its wrong documents wrong where they say."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portwright.model import (
    Array,
    Bounds,
    Date,
    Decimal,
    Float,
    Integer,
    Model,
    String,
    Timestamp,
    Vector,
    VectorElement,
)
from portwright.targets.python import Python, testing
from support import drawn_models, models, packages, travel
from support.models import a_model, an_object, enum, field


def held(package: Any, name: str, word: str) -> int:
    """How many examples there are of an object; each must be as it says."""
    kit = package("testing")
    found = getattr(kit, f"{name}_examples")()
    class_ = type(found[0])
    codec = package("codec")
    for each in found:
        assert class_.model_validate_json(each.model_dump_json()) == each
        read = getattr(codec, f"decode_{word}")(getattr(codec, f"encode_{word}")(each))
        assert read == each
    for path, document in getattr(kit, f"wrong_{name}_examples")():
        with pytest.raises(ValidationError) as caught:
            class_.model_validate_json(json.dumps(document))
        assert any(path == each["loc"][0] for each in caught.value.errors())
    return len(found)


RULES = a_model(
    an_object(
        "things",
        "thing",
        field("iban", String(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,8}$")),
        field("code", String(min_length=3, max_length=5, pattern=r"^(ab|c\d)+$")),
        field("mail", String(format="email", max_length=30)),
        field(
            "even",
            Integer(bounds=Bounds(multiple_of=Number(2), minimum=Number(7), maximum=Number(9))),
        ),
        field("share", Float(bounds=Bounds(exclusive_minimum=Number(0), maximum=Number(1)))),
        field("cents", Decimal(4, 2, Bounds(exclusive_maximum=Number(1)))),
        field("day", Date(Bounds(minimum="2030-01-01"))),
        field("at", Timestamp(True, Bounds(exclusive_maximum="2000-01-01T00:00:00Z"))),
        field("tags", Array(String(pattern="^[a-z]$"), min_items=3, unique_items=True)),
        field("state", enum("things", "state", values=("A", "B", "C"))),
        field("axis", Vector(3, VectorElement.FLOAT32), False),
    )
)


def test_every_rule_is_kept(tmp_path: Path) -> None:
    assert not list(testing.check(RULES))
    package = packages.load(packages.write(RULES, tmp_path))
    assert held(package, "things", "thing") == 3  # the least, the most, and one state more


@pytest.mark.parametrize("made", [models.all_types_model, models.nested_model])
def test_models_with_everything(made: Any, tmp_path: Path) -> None:
    model: Model = made()
    package = packages.load(packages.write(model, tmp_path))
    for each in model.objects:
        assert held(package, each.name, each.record.name) >= 1


@travel.FEW
@given(data=st.data())
def test_any_model(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    with travel.package(model) as package:
        if not list(testing.check(model)):
            held(package, "things", "thing")


def test_what_has_no_example_says_so(tmp_path: Path) -> None:
    pattern = String(pattern="^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z]).{9}$")
    model = a_model(an_object("things", "thing", field("secret", pattern)))
    (found,) = testing.check(model)
    assert (found.code, found.is_error) == ("PW358", False)
    assert "`secret`" in found.message
    package = packages.load(packages.write(model, tmp_path))
    with pytest.raises(LookupError, match="no example of `secret`"):
        package("testing").things_examples()
    model = a_model(an_object("things", "thing", field("n", Integer()), field("s", pattern, False)))
    assert not list(testing.check(model))


def test_a_port_in_memory_and_its_consumer(tmp_path: Path) -> None:
    package = packages.load(packages.write(models.nested_model(), tmp_path))
    kit = package("testing")
    port = kit.in_memory()
    stream = port._outlets.sender.stream
    for each in kit.orders_examples():
        port.orders.publish(each)
    assert len(stream.messages) == len(kit.orders_examples())


def test_tools_are_content(tmp_path: Path) -> None:
    folder = packages.write(RULES, tmp_path, Python())
    for command in (
        ("black", "--check", "--config=/dev/null"),
        ("ruff", "check", "--isolated", "--no-cache"),
        ("mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}/cache"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command, folder], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
