"""What needs no new major version breaks nothing in Protobuf, says `buf breaking`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evolution.test_matrix import CONTRACTS, OBJECTS, PROPERTIES, SERVICE_LEVELS, service_level
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Bump
from portwright.model import Model
from support import drawn_models
from support.buf import Folders
from support.changes import contract, model
from support.edited_models import edited

CHAINS = 25
STEPS = 3
Pair = tuple[str, Model, Model]


def compatible(pairs: Iterable[Pair]) -> Iterable[Pair]:
    """Those that need no new major version."""
    for what, old, new in pairs:
        needed = Comparison(old, new).needed
        if needed is None or needed < Bump.MAJOR:
            yield what, old, new


def cases() -> Iterable[Pair]:
    """Every change of the matrix that changes alone."""
    for name, *_, before, after, _, _ in PROPERTIES:
        yield name, *(model(contract(properties=each)) for each in (before, after))
    for name, _, before, after, *_ in OBJECTS:
        yield name, *(model(contract(of_object=each)) for each in (before, after))
    for name, _, before, after, *_ in CONTRACTS:
        yield name, *(model(contract(top=each)) for each in (before, after))
    for name, level, before, after, _ in SERVICE_LEVELS:
        texts = (service_level(level, each) for each in (before, after))
        yield name, *(model(contract(top=each)) for each in texts)


def test_compatible_changes_of_the_matrix(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    for what, old, new in compatible(cases()):
        folders.add(what, (old, new))
    assert len(folders.names) > 40
    assert folders.breaking() == []


def test_buf_sees_what_is_not_compatible(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    texts = (contract(properties="{name: x, logicalType: date}"), contract())
    folders.add("gone", map(model, texts))
    assert [(what, rule) for what, rule, _ in folders.breaking()] == [("gone", "FIELD_NO_DELETE")]


def test_compatible_chains_of_any_model(tmp_path: Path) -> None:
    folders = Folders(tmp_path)

    @settings(
        max_examples=CHAINS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        chain = [data.draw(drawn_models.models())]
        for _ in range(STEPS):
            tries = (data.draw(edited(chain[-1], most=2)) for _ in range(8))
            chain += [new for *_, new in compatible(("", chain[-1], each) for each in tries)][:1]
        if len(chain) > 1:
            folders.add(f"chain {len(folders.names)}", chain)

    draw()
    assert len(folders.names) > CHAINS // 2
    assert folders.breaking() == []
