"""Keys and partitions agree with every other producer of the same records."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest

from portwright_runtime.keys import key_text
from portwright_runtime.murmur2 import murmur2, partition_of


class Colour(StrEnum):
    RED = "dark red"


# From the tests of Kafka's Java client: its results are signed.
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_hash_is_that_of_kafkas_java_client(data: bytes, expected: int) -> None:
    assert murmur2(data) == expected % 2**32


def test_a_negative_hash_is_masked_and_not_negated() -> None:
    assert partition_of(b"21", 4) == (-973932308 & 0x7FFFFFFF) % 4 == 0
    assert partition_of(b"foobar", 7) == (-790332482 & 0x7FFFFFFF) % 7


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("A-1",), "A-1"),
        ((-17,), "-17"),
        ((True,), "true"),
        ((UUID("0f8FAD5B-d9cb-469f-a165-70867728950e"),), "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ((date(2026, 11, 22),), "2026-11-22"),
        ((time(8, 30),), "08:30:00"),
        ((datetime(2026, 11, 22, 9, tzinfo=UTC),), "2026-11-22T09:00:00Z"),
        (
            (datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=2))),),
            "2026-11-22T09:00:00Z",
        ),
        ((datetime(2026, 11, 22, 9),), "2026-11-22T09:00:00"),
        ((Decimal("1.50"),), "1.5"),
        ((Decimal("100"),), "100"),
        ((Decimal("1E+2"),), "100"),
        ((Decimal("-0.00"),), "0"),
        (
            (Decimal("12345678901234567890123456789012345.678"),),
            "12345678901234567890123456789012345.678",
        ),
        ((Colour.RED,), "dark red"),
        ((b"\x00\xff",), "AP8="),
        (("é", 1, 2), '["é","1","2"]'),
        (("a,b", 'c"d'), '["a,b","c\\"d"]'),
        (({"b": [1, None], "a": "é"},), '{"a":"é","b":[1,null]}'),
    ],
)
def test_key_is_the_text_of_the_primary_key(values: tuple[object, ...], text: str) -> None:
    assert key_text(values) == text


def test_what_has_no_text_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="a set cannot be in a primary key") as caught:
        key_text(({"secret"},))
    assert "secret" not in str(caught.value)
