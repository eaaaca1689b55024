"""How far a load is: lines of a log, or one of a terminal."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow
import pytest

from portwright_runtime.loading import progress
from portwright_runtime.loading.watching import Watcher, added
from support.tables import Loader, order, orders_table

from .test_loader import Recording


class Clock:
    """A clock that a source of rows moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def rows(self, count: int, seconds: float) -> Iterator[Any]:
        for number in range(count):
            self.now += seconds / count
            yield order(number)


def loaded(watcher: Watcher, records: Any, **terms: Any) -> None:
    with added(watcher):
        Loader(Recording(), orders_table()).load(records, load_id="monday", **terms)


def test_a_log_has_a_line_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    loaded(progress.logged(30, clock), clock.rows(20_000, 100), expected_rows=20_000)
    # Batches of 256, 2,048 and 16,384 rows, and of the rest.
    assert caplog.messages == [
        "orders monday: 18,688 of 20,000 rows (93%), 200/s",
        "orders monday: auditing 20,000 rows",
        "orders monday: publishing 20,000 rows",
    ]


def test_a_short_load_has_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    loaded(progress.logged(30, clock), clock.rows(20_000, 29))
    assert not caplog.messages


def test_a_terminal_has_one_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    clock, terminal = Clock(), io.StringIO()
    loaded(progress.drawn(terminal, clock), clock.rows(3_000, 3), expected_rows=lambda: 3_000)
    *lines, last = terminal.getvalue().split("\r")
    assert lines == [
        "\x1b[Korders monday: 0 rows, 0/s",
        "\x1b[Korders monday: 256 rows, 1,000/s",
        "\x1b[Korders monday: 2,304 rows, 1,000/s",
        "\x1b[Korders monday: 3,000 rows, 1,000/s",
        "\x1b[Korders monday: auditing 3,000 rows",
        "\x1b[Korders monday: publishing 3,000 rows",
    ]
    assert last == "\x1b[K"
    assert "\n" not in terminal.getvalue()


def test_a_bar_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, terminal = Clock(), io.StringIO()
    monkeypatch.setenv("COLUMNS", "30")
    loaded(progress.drawn(terminal, clock), clock.rows(512, 1), expected_rows=512)
    _, second, *_ = terminal.getvalue().split("\r")
    assert second == "\x1b[K[##########..........] orders"


@pytest.mark.parametrize(
    ("records", "terms", "total"),
    [
        ([order(1)], {}, 1),
        (iter([order(1)]), {}, None),
        (iter([order(1)]), {"expected_rows": 1}, 1),
        (iter([order(1)]), {"expected_rows": lambda: 1}, None),
        (pyarrow.table({"order_id": ["a"], "total": [1]}), {}, 1),
    ],
)
def test_the_number_of_rows_is_known_where_it_can_be(
    records: Any, terms: Any, total: int | None
) -> None:
    found: list[int | None] = []
    loaded(noting(lambda loading: found.append(loading.total)), records, **terms)
    assert {*found} == {total}


def test_what_would_be_read_for_its_length_is_not_asked_for_it() -> None:
    class Query:
        def __len__(self) -> int:
            raise AssertionError("read")

        def __iter__(self) -> Iterator[Any]:
            yield order(1)

    loaded(noting(lambda loading: None), Query())


def test_a_load_that_fails_leaves_the_terminal_clean() -> None:
    terminal = io.StringIO()
    with pytest.raises(Exception, match="total"):
        loaded(progress.drawn(terminal, Clock()), [order(1), order(2, -1)])
    assert terminal.getvalue().endswith("\x1b[K")


def noting(note: Callable[[Any], None]) -> Watcher:
    from contextlib import contextmanager

    @contextmanager
    def watch(loading: Any) -> Iterator[None]:
        loading.listeners.append(note)
        yield

    return watch
