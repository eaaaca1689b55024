"""Lineage of loads, where the process has OpenLineage set up: by `OPENLINEAGE_URL`, by a file
`openlineage.yml`, or what else its client reads. Else nothing is sent, and nothing imported.

What fails here fails no load: it is a warning.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portwright_runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from portwright_runtime.loading.openlineage import RunEvents
    from portwright_runtime.loading.watching import Loading

logger = logging.getLogger(__name__)

_VARIABLES: Final = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG")
_TRANSPORT: Final = "OPENLINEAGE__TRANSPORT"
_FILE: Final = "openlineage.yml"


@contextmanager
def emitted(loading: Loading) -> Iterator[None]:
    """Sends an event when the load begins, and one when it has ended."""
    events: list[RunEvents] = []
    if _is_set_up():
        _tried(lambda: events.append(_events(loading)))
    for each in events:
        _tried(each.began)
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        for each in events:
            _tried(partial(each.ended, error))
            _tried(each.close)


def _is_set_up() -> bool:
    """Whether the client of OpenLineage would find where to send events."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true":
        return False
    if any(os.environ.get(each) for each in _VARIABLES):
        return True
    if any(each.startswith(_TRANSPORT) for each in os.environ):
        return True
    return any(os.path.isfile(each / _FILE) for each in (Path(), _home()))


def _home() -> Path:
    return Path(os.path.expanduser("~/.openlineage"))


def _events(loading: Loading) -> RunEvents:
    try:
        from portwright_runtime.loading.openlineage import RunEvents
    except ModuleNotFoundError as error:
        missing = "pip install 'portwright-runtime[lineage]'"
        raise ConfigurationError(f"OpenLineage needs a package more: {missing}") from error
    return RunEvents(loading)


def _tried(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception as error:
        said = str(error).strip().split("\n", 1)[0]
        logger.warning("lineage is not told: %s: %s", type(error).__name__, said)
