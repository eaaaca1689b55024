"""The site has every page, its links lead somewhere, and its reference leaves nothing out."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import portwright_runtime
from portwright.cli import main
from portwright.codes import EXPLANATIONS
from portwright.config import reading as config_reading
from portwright.targets import registry
from portwright_runtime.cli import COMMANDS
from website import __main__ as building
from website import (
    commands,
    config,
    example,
    gathering,
    links,
    nav,
    reading,
    recordings,
    stories,
    variables,
)

ROOT = Path(__file__).parents[1]
MAKER = "https://www.textualize.io"
PARSER = MarkdownIt("commonmark").enable("table")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, as the builder of the site takes them."""
    folder = tmp_path_factory.mktemp("pages")
    gathering.gather(folder)
    return folder


def text(pages: Path, name: str) -> str:
    return reading.as_on_a_forge((pages / name).read_text("utf-8"))


def tokens(text: str) -> Iterator[Token]:
    for each in PARSER.parse(text):
        yield each
        yield from each.children or ()


def anchors(text: str) -> set[str]:
    """What forges call the headings of a page."""
    found = Counter[str]()
    result = set()
    for opened, heading in pairwise(PARSER.parse(text)):
        if opened.type == "heading_open":
            words = "".join(each.content for each in heading.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
            result.add(f"{slug}_{found[slug]}" if found[slug] else slug)
            found[slug] += 1
    return result


def test_every_page_is_in_the_navigation(pages: Path) -> None:
    written = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/*.md")}
    project = {place for place in gathering.PLACES.values()}
    named = list(nav.pages())
    assert written | project | set(gathering.MADE) <= set(named)
    assert len(named) == len(set(named))
    assert [name for name in named if not (pages / name).exists()] == []
    shown = re.findall(r'= "([^"]+)"', nav.as_toml(pages))
    assert shown == [name for name in named if (pages / name).exists()]


def test_decisions_are_listed(pages: Path) -> None:
    listed = re.findall(r"\]\(([^)]+)\)", text(pages, "adr/index.md"))
    assert listed == [path.name for path in sorted((ROOT / "docs/adr").glob("*.md"))]


def test_a_page_that_nobody_writes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"index\.md"):
        nav.as_toml(tmp_path)


def test_every_link_and_anchor_leads_somewhere(pages: Path) -> None:
    known = {
        path.relative_to(pages).as_posix(): anchors(path.read_text("utf-8"))
        for path in pages.rglob("*.md")
    }
    followed = 0
    for name in known:
        for each in tokens(text(pages, name)):
            to = str(each.attrGet("href") or each.attrGet("src") or "")
            if not to or ":" in to:
                continue
            path, _, anchor = unquote(to).partition("#")
            there = normpath(f"{Path(name).parent.as_posix()}/{path}") if path else name
            assert (pages / there).exists(), f"{name}: {to}"
            assert not anchor or anchor in known[there], f"{name}: {to}"
            followed += 1
    assert followed > 50


def test_files_beside_the_documents_are_pages_of_the_site() -> None:
    linked: list[str] = []
    said = "[a](../tests/test_cli.py), [b](../README.md#try-it), [c](types.md) and `[d](e.md)`"
    seen = gathering.outside_code(
        said, lambda prose: gathering._relinked(prose, "docs/design.md", linked)
    )
    assert seen == (
        "[a](source/tests/test_cli.py.md), [b](project/readme.md#try-it), [c](types.md)"
        " and `[d](e.md)`"
    )
    assert linked == ["tests/test_cli.py", "README.md", "docs/types.md"]
    with pytest.raises(gathering.Missing, match="no-such"):
        gathering._relinked("[a](no-such.md)", "docs/design.md", linked)


def test_every_command_and_option_is_in_the_reference(pages: Path) -> None:
    page = text(pages, "reference/commands.md")
    known = list(commands.walk(main, "portwright"))
    assert re.findall(r"(?m)^## (.+)$", page) == [path for path, _ in known]
    sections = page.split("\n## ")[1:]
    for (path, command), section in zip(known, sections, strict=True):
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert all(f"`{name}`" in section for name in option.opts), (path, option.name)
    listed = text(pages, "reference/runtime-commands.md")
    assert re.findall(r"(?m)^## portwright-runtime (.+)$", listed) == [*COMMANDS]


def test_every_target_and_option_is_in_the_reference(pages: Path) -> None:
    page = text(pages, "reference/targets.md")
    assert re.findall(r"(?m)^## (.+)$", page) == [*registry.BUILT_IN]
    for name in registry.BUILT_IN:
        section = page.split(f"\n## {name}\n")[1].partition("\n## ")[0]
        for option in registry.options(registry.target_class(name)):
            assert f"| `{option.name}` |" in section
            assert all(f"`{choice}`" in section for choice in option.choices)


def test_every_code_is_in_the_reference_below_its_room(pages: Path) -> None:
    page = text(pages, "reference/codes.md")
    assert sorted(re.findall(r"(?m)^### (PW\d+)$", page)) == sorted(EXPLANATIONS)
    rooms = re.findall(r"(?m)^## (.+)$", page)
    assert len(rooms) == len(set(rooms)) and set(rooms) <= set(stories.ROOMS.values())
    plain = re.sub(r"\[(`PW\d+`)\]\([^)]*\)", r"\1", page)
    for story in EXPLANATIONS.values():
        title, _, rest = story.strip().partition("\n\n")
        assert f"\n\n**{title}**\n\n{rest}\n" in plain


def test_codes_in_pages_lead_to_their_stories() -> None:
    said = "See `PW101`.\n\n    `PW101`\n\n```\n`PW101`\n```\n\n`PW999`, [`PW101`](a.md)\n"
    assert gathering.with_codes(said, "a/b.md") == said.replace(
        "See `PW101`", "See [`PW101`](../reference/codes.md#pw101)"
    )


def test_every_key_of_the_config_is_in_the_reference(pages: Path, tmp_path: Path) -> None:
    page = text(pages, "reference/config.md")
    shown = re.findall(r"(?m)^\| `([^`]+)` \|", page)
    assert shown == [each.name for keys in config.tables().values() for each in keys]
    (tmp_path / "portwright.yaml").write_text("version: 1\nzzzzzzzzzz: 1\n")
    _, found = config_reading.load(tmp_path, "portwright.yaml", {})
    [told] = [each.help for each in found if each.code == "PW503"]
    assert told == f"known: {', '.join(each.name for each in config.tables()['CONFIG'])}"


def test_every_variable_is_in_the_reference() -> None:
    known = {**variables.GENERATOR, **variables.RUNTIME}
    prefixes = tuple(name.removesuffix("…") for name in known if name.endswith("…"))
    code = {
        name
        for folder in ("generator", "runtime", "templates")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".j2")
        for name in re.findall(
            r"\b(PORTWRIGHT_[A-Z_]+|SOURCE_DATE_EPOCH|NO_COLOR|FORCE_COLOR|CLICOLOR[A-Z_]*)\b",
            path.read_text("utf-8"),
        )
    }
    assert {name for name in code if name not in known and not name.startswith(prefixes)} == set()
    assert {name for name in known if not name.endswith("…")} <= code


def test_the_api_has_all_that_the_runtime_exports(pages: Path) -> None:
    page = text(pages, "reference/api.md")
    shown = re.findall(r"(?m)^#{3,4} (.+)$", page)
    assert {name for name in portwright_runtime.__all__ if name != "__version__"} <= set(shown)
    assert {"Port.open", "Dataset.publish", "Dataset.load", "Consumer.run"} <= set(shown)
    assert " at 0x" not in page and "*args, **kwargs" not in page
    assert "LoadMode = Literal[" in page and "Retry(attempts: int = 5" in page


def test_pages_that_a_forge_reads_otherwise_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: A\n---\n# A\n\n- b\n- `c|d`\n")
    (tmp_path / "a.html").write_text("<ul></ul><article><h1>A</h1><ul><li>b</li></ul></article>")
    [told] = reading.differences(tmp_path, tmp_path)
    assert told.startswith("a.md: reads differently on a forge") and "'li': 1" in told
    html = "<article><h1>A</h1><ul><li>b</li><li><code>c|d</code></li></ul></article>"
    (tmp_path / "a.html").write_text(html)
    assert not list(reading.differences(tmp_path, tmp_path))


def test_the_builder_is_told_the_navigation_and_no_other_host(pages: Path) -> None:
    settings = tomllib.loads(building.settings(pages))["project"]
    assert [*settings["nav"][0]] == [*nav.NAV][:1] and settings["theme"]["font"] is False
    assert all((pages / name).exists() for name in settings["extra_css"])
    assert (pages / "assets/iframe-worker.js").exists()


def test_the_landing_page_shows_what_is_made(pages: Path) -> None:
    page = text(pages, "index.md")
    for piece in ("CREATE TABLE", '"default": null', "class Visit(", "class VisitsPort("):
        assert piece in page
    with pytest.raises(ValueError, match="no line that begins with 'nowhere'"):
        example.excerpt(ROOT / "LICENSE", "nowhere")
    with pytest.raises(ValueError, match="no line that begins with 'nowhere' after"):
        example.excerpt(ROOT / "LICENSE", "", "nowhere")


def test_commands_of_the_landing_page_are_there(pages: Path) -> None:
    known = {path: command for path, command in commands.walk(main, "portwright")}
    page = text(pages, "index.md")
    typed = re.findall(r"(?m)(?:^|`)(portwright [a-z]+)( port)?([^`#\n]*)", page)
    assert len(typed) >= 4
    for path, more, words in typed:
        options = {name for each in known[path + more].params for name in each.opts}
        assert set(re.findall(r"--[a-z-]+", words)) <= options


def test_the_program_of_the_landing_page_publishes() -> None:
    with example.generated() as folder:
        words = [sys.executable, "publish.py"]
        subprocess.run(words, cwd=folder, env={"PYTHONPATH": "src"}, check=True)
        assert (folder / ".portwright/local/stream.db").exists()


def test_guarantees_name_tests_that_there_are() -> None:
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./([^)]+)\)", page)
    assert len(named) > 25 and page.count("](../tests/") >= len(named)
    for test, path in named:
        assert re.search(rf"(?m)^(async )?def {test}\(", (ROOT / path).read_text("utf-8")), test
    rows = [line for line in page.splitlines() if re.match(r"\| (?!promise)[A-Z]", line)]
    assert all("](../tests/" in row for row in rows)


@pytest.mark.parametrize("session", recordings.SESSIONS, ids=lambda session: session.name)
def test_recordings_show_what_is_printed(session: recordings.Session) -> None:
    drawn = (recordings.FOLDER / f"{session.name}.svg").read_text("utf-8")
    assert drawn == recordings.svg(session), "`make recordings` draws it anew: look at it"
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "").replace(MAKER, "")
    assert len(drawn) < 20_000


def test_every_recording_has_a_session() -> None:
    drawn = {path.stem for path in recordings.FOLDER.iterdir()}
    assert drawn == {session.name for session in recordings.SESSIONS}


def test_faults_of_a_built_site_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1> <a href="b.html#there">b</a> <a href="#nowhere">c</a>'
        '<a href="gone.html">d</a> <a href="https://example.org">e</a>'
        '<img src="gone.svg"> <script src="https://example.org/a.js"></script>'
    )
    (tmp_path / "b.html").write_text('<h2 id="there">B</h2> <a href="a.html">a</a>')
    assert list(links.faults(tmp_path)) == [
        "a.html: is made of https://example.org/a.js",
        "a.html: there is no anchor #nowhere",
        "a.html: there is no gone.html",
        "a.html: there is no gone.svg",
    ]


def test_pictures_of_documents_say_what_is_to_be_seen() -> None:
    alts = {each.name: f"A terminal: {each.alt}." for each in recordings.SESSIONS}
    pictures = [
        found
        for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]
        for found in re.findall(
            r"!\[([^]]*)\]\([^)]*recordings/([\w-]+)\.svg\)", path.read_text("utf-8")
        )
    ]
    assert len(pictures) >= 3
    assert all(alt == alts[name] for alt, name in pictures)
