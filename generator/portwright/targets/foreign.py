"""What targets of others give, held to the form that files have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath, PurePosixPath

from portwright.others import Fault, kind, shown
from portwright.paths import is_inside
from portwright.targets import File, Owner

# What no target writes: the state of the tool, and of git.
_STATE = (".portwright", ".git", "portwright.lock", "portwright.yaml")
_HERE = PurePosixPath()


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
        raise Fault("PW522", f"gives {kind(given)} where a file is to be")
    if not isinstance(given.path, PurePath | str):
        raise Fault("PW522", f"gives a file whose path is {kind(given.path)}")
    path = PurePosixPath(given.path)
    if not is_inside(str(path)):
        help = "paths are relative to the target's `out`, with `/` and without `..`"
        raise Fault("PW523", f"makes the file {shown(path)}, which is not in its folder", help)
    if (out / path).parts[0] in _STATE:
        raise Fault("PW523", f"makes the file {shown(path)}, which is no target's to write")
    if not isinstance(given.text, str) or not _is_unicode(given.text):
        raise Fault("PW522", f"makes the file {shown(path)} of what is no Unicode text")
    if given.owner not in list(Owner):
        raise Fault("PW522", f"makes the file {shown(path)} for {shown(given.owner)}")
    return File(path, given.text, Owner(given.owner))


def _is_unicode(text: str) -> bool:
    """Whether it can be written: half a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
