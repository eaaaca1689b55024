"""Errors say where and what in one line, and survive the way between processes."""

from __future__ import annotations

import pickle

import pytest

from portwright_runtime import (
    ContractViolation,
    DeliveryError,
    HandlerError,
    PortwrightError,
    StreamError,
    UndecodableEvent,
)

ERRORS = {
    ContractViolation(
        "checkout 1.2.0", "orders", "lines.0.quantity", "must be ≥ 1"
    ): "checkout 1.2.0, orders: lines.0.quantity: must be ≥ 1",
    ContractViolation("checkout 1.2.0", "orders", "", "expected Order, got int"): (
        "checkout 1.2.0, orders: expected Order, got int"
    ),
    DeliveryError("3 not delivered (x)", ("a", "b", "c")): ("3 not delivered (x): event a, b, c"),
    DeliveryError("lost", tuple("abcdefghijklm")): (
        "lost: event a, b, c, d, e, f, g, h, i, j and 3 more"
    ),
    HandlerError("H raised ValueError", "t", 1, 17, "e-1"): (
        "t, partition 1, offset 17, event e-1: H raised ValueError"
    ),
    UndecodableEvent("no value", "t", 0, 0, "e"): "t, partition 0, offset 0, event e: no value",
    StreamError("the disk is full"): "the disk is full",
}


@pytest.mark.parametrize(("error", "text"), ERRORS.items())
def test_text_and_pickle(error: PortwrightError, text: str) -> None:
    assert str(error) == text
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), vars(copy)) == (text, vars(error))
