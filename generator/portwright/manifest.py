"""The manifest (`.portwright/manifest`): one line a file, sorted by path: whose it is, the
fingerprint of what was written, the path. It makes stale files removable and edits visible.

It is written last. Until then `.portwright/pending` holds its text, so that after a run that
was killed half way the next one knows which files are ours, whatever the contract says by then.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portwright.diagnostics import Diagnostic, Span, error
from portwright.paths import is_inside
from portwright.targets import Owner

# What begins the manifest of a form after this one, which begins with a line of a file.
_FORM = re.compile(r"portwright-manifest ([0-9]{1,9})\s*")
_CONFLICT = re.compile(
    r"^<{7} [^\n]*\n((?:\w[^\n]*\n)*)"
    r"(\|{7}[^\n]*\n(?:\w[^\n]*\n)*)?"
    r"={7}\n((?:\w[^\n]*\n)*)"
    r">{7} [^\n]*\n?",
    re.M,
)
STATE = PurePosixPath(".portwright")
MANIFEST = STATE / "manifest"
PENDING = STATE / "pending"
# What files of the user were begun as: what is new is told from that.
BEGUN = STATE / "begun"


def base_of(path: PurePosixPath) -> PurePosixPath:
    """Where the text is kept that a file of the user was begun as; no formatter of Python takes it
    for code."""
    return BEGUN / f"{path}.txt"


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(data: bytes) -> str:
    """The digest of a generated text, which no line ending is part of: what git checks out on
    Windows, and what an editor ends with a newline, is not edited."""
    return digest(data.replace(b"\r\n", b"\n").rstrip(b"\n"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest."""

    owner: Owner
    sha256: str
    path: PurePosixPath


Manifest = Mapping[PurePosixPath, Entry]


def read_manifest(root: Path) -> tuple[Manifest, list[Diagnostic]]:
    """The manifest below `root`, empty if there is none, and what is wrong with its lines."""
    entries: dict[PurePosixPath, Entry] = {}
    found: list[Diagnostic] = []
    try:
        text = (root / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as fault:
        return entries, [unreadable(MANIFEST, fault)]
    if form := _FORM.match(text):
        return entries, [_newer(form[1])]
    for number, line in _rows(text):
        entry = _entry(line)
        if entry is None:
            found.append(
                error(
                    "PW604",
                    "this line of the manifest cannot be read",
                    Span(str(MANIFEST), number, 1, max(1, len(line))),
                    "restore the file from version control, and run `portwright generate`",
                )
            )
        elif entry.path not in entries or _is_as_written(root, entry):
            entries[entry.path] = entry
    return entries | {each.path: each for each in _arrived(root)}, found


def listed(text: str) -> Manifest:
    """What a manifest lists, as far as it can be read."""
    found = (_entry(line) for _, line in _rows(text))
    return {each.path: each for each in found if each is not None}


def manifest_text(entries: Iterable[Entry]) -> str:
    ordered = sorted(entries, key=lambda entry: str(entry.path))
    return "".join(f"{entry.owner} {entry.sha256} {entry.path}\n" for entry in ordered)


def pending(root: Path) -> list[Entry]:
    """What the manifest of a run that was killed would have held; lines cut short are left out."""
    text = ""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = (root / PENDING).read_text("utf-8")
    return [entry for line in text.splitlines() if (entry := _entry(line))]


def has_conflict(root: Path) -> bool:
    """Whether git left a conflict in the manifest, whose sides are both read."""
    try:
        return _CONFLICT.search((root / MANIFEST).read_text("utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; of a conflict of git those of both sides, without markers."""
    for number, line in enumerate(_CONFLICT.sub(_sides, text).splitlines(), 1):
        if line:
            yield number, line


def _sides(conflict: re.Match[str]) -> str:
    ours, base, theirs = conflict.groups("")
    return "\n" + ours + "\n" * (base.count("\n") + 1) + theirs + "\n"


def _newer(form: str) -> Diagnostic:
    message = f"the manifest has form {form}, which this Portwright does not know"
    way_out = "install the one that wrote it, or a later one: `pip install --upgrade portwright`"
    return error("PW574", message, Span(str(MANIFEST)), way_out)


def unreadable(path: PurePosixPath, fault: Exception) -> Diagnostic:
    reason = getattr(fault, "strerror", None) or str(fault)
    help = "look at the rights, the links and the room on the disk, and run again"
    return error("PW605", f"cannot read or write: {reason}", Span(str(path)), help)


def _entry(line: str) -> Entry | None:
    owner, _, rest = line.partition(" ")
    sha256, _, path = rest.partition(" ")
    if owner not in list(Owner) or len(sha256) != 64 or not is_inside(path):
        return None
    return Entry(Owner(owner), sha256, PurePosixPath(path))


def _arrived(root: Path) -> Iterator[Entry]:
    """Those of a killed run that had reached their place."""
    return (entry for entry in pending(root) if _is_as_written(root, entry))


def _is_as_written(root: Path, entry: Entry) -> bool:
    try:
        return fingerprint((root / entry.path).read_bytes()) == entry.sha256
    except OSError:
        return False
