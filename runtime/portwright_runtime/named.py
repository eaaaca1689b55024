"""What a command line names as `module:name`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from portwright_runtime.errors import ConfigurationError


def named(name: str) -> Any:
    """What has the name; a ConfigurationError where there is no such."""
    module, colon, attribute = name.partition(":")
    if not colon:
        raise ConfigurationError(f"{name}: name it as module:name")
    # As `python -m` does: services run it where their code is.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # it is there, and what it imports is not
        raise ConfigurationError(f"{name}: there is no module {error.name}") from None
    except AttributeError:
        raise ConfigurationError(f"{name}: there is no {attribute} in {module}") from None
