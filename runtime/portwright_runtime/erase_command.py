"""`portwright-runtime erase`: takes a person out of all that a port has handed out.

Exit 0: done, 3: somebody wrote of the person meanwhile, so that it is to be run again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, Final

from portwright_runtime.both import BothPorts
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.named import named
from portwright_runtime.port import Port
from portwright_runtime.relay_command import DATABASE_VARIABLE
from portwright_runtime.signals import ended_by_signals

_AGAIN: Final = 3


def add(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("port", metavar="module:Port", help="the port's class")
    parser.add_argument(
        "--subject",
        required=True,
        metavar="NAME",
        help="the person, as `dataSubject` of the contract names one; `-` reads a line, so that no"
        " list of processes shows it",
    )
    parser.add_argument(
        "--object", action="append", default=[], help="look only at this one; may be repeated"
    )
    parser.add_argument("--warehouse", help="its url; else PORTWRIGHT_WAREHOUSE")
    parser.add_argument("--stream", help="its url; else PORTWRIGHT_STREAM")
    parser.add_argument("--outbox", help=f"the url of its database; else {DATABASE_VARIABLE}")
    parser.add_argument("--dry-run", action="store_true", help="only tell what there is")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the report, which has nothing of the person."""
    found = named(arguments.port)
    if not (isinstance(found, type) and issubclass(found, Port | BothPorts)):
        raise ConfigurationError(f"{arguments.port}: it is no port that a package has (…Port)")
    class_: Any = found  # `open` of both versions is generated
    person = arguments.subject
    if person == "-":
        person = sys.stdin.readline().rstrip("\r\n")
    outbox = arguments.outbox or os.environ.get(DATABASE_VARIABLE)
    with ended_by_signals(), class_.open(arguments.stream, arguments.warehouse) as port:
        report = port.erase(
            person, objects=arguments.object, outbox=outbox, dry_run=arguments.dry_run
        )
    if arguments.json:
        print(json.dumps(report.document(), indent=2))
    else:
        print(*report.lines(), sep="\n")
    return _AGAIN if report.again else 0
