"""One comment on a pull or merge request, which later runs bring up to date instead of adding more.

`comment.py github|gitlab FILE`, with PORTWRIGHT_TOKEN and what the system sets. A comment is a
courtesy: where it cannot be made, as from a fork, that is said and the run goes on.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

_LONGEST = 60_000  # GitHub takes 65,536 characters.
_NOTHING = "\nNothing has changed.\n"
_PAGES = 30


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the host it was given for."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(NoRedirects)


@dataclass(frozen=True)
class Place:
    """Where the comments of a request are, and how its system is asked."""

    comments: str
    one: str  # the address of one comment, with `{}` for its id
    change: str  # the method that changes it
    who: str
    headers: dict[str, str]


def github(environ: dict[str, str]) -> Place | None:
    """The pull request of the event, None where it is of another kind."""
    event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    number = event.get("pull_request", {}).get("number")
    if not isinstance(number, int):
        return None
    api = environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    repository = f"{api}/repos/{quote(environ['GITHUB_REPOSITORY'])}"
    headers = {
        "Authorization": f"Bearer {environ['PORTWRIGHT_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    comments = f"{repository}/issues/{number}/comments"
    return Place(comments, f"{repository}/issues/comments/{{}}", "PATCH", f"{api}/user", headers)


def gitlab(environ: dict[str, str]) -> Place | None:
    """The merge request of the pipeline."""
    api = environ["CI_API_V4_URL"].rstrip("/")
    project = f"{api}/projects/{quote(environ['CI_PROJECT_ID'], safe='')}"
    notes = f"{project}/merge_requests/{int(environ['CI_MERGE_REQUEST_IID'])}/notes"
    headers = {"PRIVATE-TOKEN": environ["PORTWRIGHT_TOKEN"]}
    return Place(notes, f"{notes}/{{}}", "PUT", f"{api}/user", headers)


def asked(place: Place, method: str, url: str, body: object = None) -> Any:
    """What the system answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {**place.headers, "Content-Type": "application/json", "User-Agent": "portwright"}
    request = urllib.request.Request(url, data, headers, method=method)
    with _OPENER.open(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def _comments(place: Place) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        found = asked(place, "GET", f"{place.comments}?per_page=100&page={page}")
        yield from found
        if len(found) < 100:
            return


def _own(place: Place) -> str | None:
    """Whose the token is; None for one of a workflow, which stands for nobody."""
    try:
        who = asked(place, "GET", place.who)
    except urllib.error.HTTPError:
        return None
    return str(who.get("login") or who.get("username") or "") or None


def _is_ours(comment: dict[str, Any], marker: str, own: str | None) -> bool:
    """Whether an earlier run wrote it; anybody can write the marker into a comment of theirs."""
    author = comment.get("user") or comment.get("author") or {}
    if marker not in str(comment.get("body") or ""):
        return False
    if own is None:
        return author.get("type") == "Bot"
    return own in (author.get("login"), author.get("username"))


def comment(place: Place, text: str, marker: str) -> str:
    """Writes the comment, and says what was done. That nothing has changed is written only over
    what an earlier run found."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "\n\n… the rest is in the reports of this run.\n"
    text = f"{marker}\n{text}"
    own = _own(place)
    earlier = next((each for each in _comments(place) if _is_ours(each, marker, own)), None)
    if earlier is None:
        if _NOTHING in text:
            return "nothing has changed: no comment"
        asked(place, "POST", place.comments, {"body": text})
        return "commented"
    if earlier.get("body") == text:
        return "the comment is up to date"
    asked(place, place.change, place.one.format(int(earlier["id"])), {"body": text})
    return "brought the comment up to date"


def _config(environ: dict[str, str]) -> str:
    """The config as the repository names it: each of its folders may have one called so."""
    config = os.path.normpath(environ.get("PORTWRIGHT_CONFIG") or "portwright.yaml")
    top = environ.get("GITHUB_WORKSPACE") or environ.get("CI_PROJECT_DIR")
    if top:
        folder = os.path.relpath(os.path.realpath("."), os.path.realpath(top))
        config = os.path.normpath(os.path.join(folder, config))
    return config.replace(os.sep, "/")


def main(system: str, file: str) -> None:
    """Comments, or says why not."""
    try:
        marker = f"<!-- portwright {quote(_config(dict(os.environ)))} -->"  # one comment a config
        place = {"github": github, "gitlab": gitlab}[system](dict(os.environ))
        text = Path(file).read_text("utf-8")
        told = "no comment: this is no pull request"
        if place is not None:
            told = comment(place, text, marker)
    except urllib.error.HTTPError as fault:
        told = f"no comment: the server answers {fault.code}"
        if fault.code in (401, 403, 404):
            told += ", so the token may not comment, as it is with forks"
    except (OSError, http.client.HTTPException, LookupError, ValueError) as fault:
        told = f"no comment ({type(fault).__name__})"
    except (AttributeError, TypeError) as fault:  # an answer of another form
        told = f"no comment ({type(fault).__name__})"
    print(told)


if __name__ == "__main__":
    main(*sys.argv[1:])
