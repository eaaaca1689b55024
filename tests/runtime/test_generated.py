"""The handshake of a generated package with the runtime under it."""

from __future__ import annotations

import pytest

from portwright_runtime import IncompatibleRuntime, PortwrightError, generated


def test_the_level_of_today_fits() -> None:
    generated.requires(generated.API_LEVEL)


def test_an_older_runtime_is_to_be_upgraded() -> None:
    with pytest.raises(IncompatibleRuntime) as caught:
        generated.requires(generated.API_LEVEL + 1)
    assert "was generated for runtime level 4" in str(caught.value)
    assert "offers level 3: upgrade portwright-runtime" in str(caught.value)


def test_an_older_package_is_to_be_generated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "API_LEVEL", 5)
    with pytest.raises(IncompatibleRuntime, match="offers level 5: generate the package again"):
        generated.requires(1)


def test_a_name_that_is_not_there_is_a_mismatch_too() -> None:
    with pytest.raises(IncompatibleRuntime, match="needs `Teleport`, which portwright-runtime"):
        exec("from portwright_runtime.generated import Teleport")


def test_it_is_an_import_error_and_one_of_ours() -> None:
    assert issubclass(IncompatibleRuntime, ImportError)
    assert issubclass(IncompatibleRuntime, PortwrightError)
