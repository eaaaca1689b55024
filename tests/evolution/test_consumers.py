"""What the matrix says of generated consumers is what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portwright.model import String
from portwright_runtime import ContractViolation
from support import packages, travel
from support.models import a_model, an_object, field


def package(longest: int, folder: Path) -> Callable[[str], Any]:
    """The package of things whose text has at most so many characters."""
    model = a_model(an_object("things", "thing", field("x", String(max_length=longest))))
    return packages.load(packages.write(travel.numbered(model), folder))


def test_a_looser_rule_breaks_consumers_of_before(tmp_path: Path) -> None:
    new = package(9, tmp_path / "new")
    data = new("codec").encode_thing(new("models").Thing(x="longer"))
    old = package(3, tmp_path / "old")
    with pytest.raises(ContractViolation):
        old("codec").decode_thing(data)
    fits = new("codec").encode_thing(new("models").Thing(x="fit"))
    assert old("codec").decode_thing(fits).x == "fit"
