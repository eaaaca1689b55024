"""`portwright-runtime consume`: runs consumers, until it is stopped."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from portwright_runtime.consumer import Consumer, run_consumers
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.named import named


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "consumers",
        nargs="+",
        metavar="module:name",
        help="a class of a consumer, or a function that gives one",
    )
    parser.add_argument("--until-idle", action="store_true", help="end when all is handled")
    parser.add_argument("--metrics-port", type=int, help="for /metrics, /livez and /readyz")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when stopped or done; the error that ended a consumer is raised."""
    with ExitStack() as stack:
        known: list[Consumer] = []
        if arguments.metrics_port is not None:
            from portwright_runtime.serving import serving

            # Before the consumers: they record with what they find set up.
            ready = serving(
                arguments.metrics_port, lambda: bool(known) and all(each.ready for each in known)
            )
            stack.enter_context(ready)
        opened = [stack.enter_context(_opened(name)) for name in arguments.consumers]
        known += opened
        handled = run_consumers(*opened, until_idle=arguments.until_idle)
    print(f"{handled} handled", file=sys.stderr)
    return 0


def _opened(name: str) -> Consumer:
    """The consumer of a class, or of a function."""
    found = named(name)
    is_class = isinstance(found, type) and issubclass(found, Consumer)
    if missing := sorted(getattr(found, "__abstractmethods__", ())):
        raise ConfigurationError(f"{name}: it does not handle everything: {', '.join(missing)}")
    made = found.open() if is_class else found() if callable(found) else found
    if not isinstance(made, Consumer):
        raise ConfigurationError(f"{name}: it is no consumer, and gives none")
    return made
