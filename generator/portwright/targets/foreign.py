"""What targets of others give, held to the form that files and findings have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath, PurePosixPath

from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.paths import is_inside
from portwright.targets import File, Owner

# Capitals, digits and hyphens; those that begin with PW are ours.
_CODE = re.compile(r"(?!PW)[A-Z][A-Z0-9-]{1,30}")
# What no target writes: the state of the tool, and of git.
_STATE = (".portwright", ".git", "portwright.lock", "portwright.yaml")
_HERE = PurePosixPath()
BUG = "it is a fault of the target: tell those who wrote it"


class Fault(Exception):
    """What is wrong, as the rest of a sentence that begins with what has given it."""

    def __init__(self, code: str, message: str, help: str = BUG) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def files(given: Iterable[object], out: PurePosixPath = _HERE) -> Iterator[File]:
    """The files that are given, for a folder `out` below the config's; Fault where one is none."""
    seen: dict[str, PurePosixPath] = {}
    folders: dict[str, PurePosixPath] = {}
    for each in given:
        file = _file(each, out)
        path = file.path
        # Some file systems do not tell upper from lower case.
        other = seen.setdefault(str(path).casefold(), path)
        if other is not path:
            raise Fault("PW512", f"makes the files `{other}` and `{path}`, which have one path")
        folders |= {str(folder).casefold(): path for folder in path.parents[:-1]}
        yield file
    for key in seen.keys() & folders.keys():
        message = f"makes the files `{seen[key]}` and `{folders[key]}`, of which one is a folder"
        raise Fault("PW512", message)


def _file(given: object, out: PurePosixPath) -> File:
    if not isinstance(given, File):
        raise Fault("PW522", f"gives {_called(given)} where a file is to be")
    if not isinstance(given.path, PurePath | str):
        raise Fault("PW522", f"gives a file whose path is {_called(given.path)}")
    path = PurePosixPath(given.path)
    if not is_inside(str(path)):
        help = "paths are relative to the target's `out`, with `/` and without `..`"
        raise Fault("PW523", f"makes the file {_shown(path)}, which is not in its folder", help)
    if (out / path).parts[0] in _STATE:
        raise Fault("PW523", f"makes the file {_shown(path)}, which is no target's to write")
    if not isinstance(given.text, str) or not _is_unicode(given.text):
        raise Fault("PW522", f"makes the file {_shown(path)} of what is no Unicode text")
    if given.owner not in list(Owner):
        raise Fault("PW522", f"makes the file {_shown(path)} for {_shown(given.owner)}")
    return File(path, given.text, Owner(given.owner))


def findings(given: Iterable[object]) -> Iterator[Diagnostic]:
    """The findings that are given; Fault where one is none."""
    for each in given:
        if not isinstance(each, Diagnostic):
            raise Fault("PW522", f"gives {_called(each)} where a finding is to be")
        if not isinstance(each.code, str) or not _CODE.fullmatch(each.code):
            help = "codes are capitals, digits and hyphens such as CAT-01; those with PW are ours"
            raise Fault("PW524", f"tells a finding with the code {_shown(each.code)}", help)
        if not isinstance(each.message, str) or not isinstance(each.help, str | None):
            raise Fault("PW522", f"tells a finding {each.code} whose message or help is no text")
        if each.severity not in list(Severity) or not _is_place(each.span):
            raise Fault("PW522", f"tells a finding {each.code} with another severity or place")
        yield Diagnostic(each.code, Severity(each.severity), each.message, each.span, each.help)


def _is_place(span: object) -> bool:
    return (
        isinstance(span, Span)
        and isinstance(span.file, str)
        and all(
            isinstance(each, int) and each >= 1 for each in (span.line, span.column, span.width)
        )
    )


def _is_unicode(text: str) -> bool:
    """Whether it can be written: half a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _called(value: object) -> str:
    return f"`{type(value).__name__}`"


def _shown(value: object) -> str:
    return f"`{str(value)[:80]}`"
