"""The comment for a pull request, as a reader of Markdown with GitHub's tables takes it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portwright.comparing import markdown
from portwright.diagnostics import Span, warning
from portwright.evolution.allowances import Allowance
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience
from portwright.evolution.kinds import Kind
from portwright.markdown_text import code, plain
from support.changes import ONLY_TABLE, OPTIONAL, contract, model
from support.commands import in_process as portwright
from support.repository import AFTER, BEFORE, CONFIG, NAME, begun, commit

PARSER = MarkdownIt("commonmark").enable("table")
HOSTILE = (
    "|", "`", "``", "\\", "\\|", "`|`", "<b>", "</details>", "<!--", "-->", "@bob", "#12", "a@b.c",
    "http://evil.example", "www.evil.example", "[x](http://evil)", "![x](y)", "*a*", "_a_", "~~a~~",
    "&amp;", "&#64;bob", "a\nb", "\r\n\r\n# h", "\x1b[31m", "\u202e", " a ", "- a", "1. a", "|\\`<",
)  # fmt: skip


def rows(text: str) -> list[list[list[str]]]:
    """The cells of all tables, in HTML."""
    tables = re.findall(r"<table>.*?</table>", PARSER.render(text), re.S)
    lines = [re.findall(r"<tr>(.*?)</tr>", each, re.S) for each in tables]
    return [[re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in each] for each in lines]


def seen(html: str) -> str:
    """What of HTML is read."""
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return begun(tmp_path)


def test_a_comment_has_a_summary_a_table_and_details(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    (project / "contracts/new.odcs.yaml").write_text(contract("id: new\nname: new\n"))
    done = portwright(project, "diff", "--format", "markdown")
    assert (done.returncode, done.stderr) == (0, "")
    summary, changes = rows(done.stdout)
    assert [[seen(cell) for cell in row] for row in summary] == [
        ["contract", "version", "needs", "verdict"],
        [
            f"shop{NAME}",
            "1.0.0 → 1.0.0",
            "2.0.0 (major)",
            "❌ breaks producer, sql-readers, and the version does not tell it",
        ],
        ["newcontracts/new.odcs.yaml", "1.0.0", "", "✅ it is new"],
    ]
    assert [[seen(cell) for cell in row] for row in changes] == [
        ["change", *Audience],
        [
            "orders.x: an optional property is gone (string)",
            "❌ breaking",
            "⚠️ risky",
            "✅ ok",
            "⚠️ risky",
            "❌ breaking",
            "✅ ok",
        ],
    ]
    html = PARSER.render(done.stdout)
    assert html.count("<details>") == html.count("</details>") == 1
    assert "<li>sql-readers: breaking, queries that name the column fail</li>" in html
    assert "<li>next: deprecate it, and remove it with a new major version</li>" in html
    assert done.stdout.endswith("\n<!-- portwright diff -->\n")
    assert portwright(project, "diff", "--format", "markdown").stdout == done.stdout


def test_audiences_that_are_not_asked_are_not_shown(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    words = ("diff", "--format", "markdown", "--audience", "operators")
    [summary, changes] = rows(portwright(project, *words).stdout)
    assert seen(summary[1][3]) == "⚠️ the version does not tell it"
    assert [len(row) for row in changes] == [2, 2]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (("version: 1.0.0", "version: 1.1.0"), "❌ breaks producer, sql-readers"),
        (("version: 1.0.0", "version: 2.0.0"), "✅ a new major version breaks nobody"),
    ],
)
def test_verdicts(project: Path, change: tuple[str, str], verdict: str) -> None:
    named = "physicalName: orders"
    (project / NAME).write_text(contract(of_object=named, properties=OPTIONAL))
    commit(project)
    (project / NAME).write_text(contract(of_object=named).replace(*change))
    done = portwright(project, "diff", "--format", "markdown")
    assert seen(rows(done.stdout)[0][1][3]).startswith(verdict)
    assert ("the table orders of the old one" in seen(PARSER.render(done.stdout))) == (
        "2.0.0" in change[1]
    )


def test_gone_contracts_and_nothing_at_all(project: Path) -> None:
    told = portwright(project, "diff", "--format", "markdown").stdout
    assert "Nothing has changed." in told and told.endswith(markdown.MARKER)
    (project / "contracts/b.odcs.yaml").write_text(contract("id: b\nname: b\nstatus: retired\n"))
    commit(project)
    (project / "contracts/b.odcs.yaml").unlink()
    (project / NAME).rename(project / "contracts/c.odcs.yaml")
    (project / "contracts/c.odcs.yaml").write_text(contract("id: c\nname: c\n"))
    commit(project)
    (project / "contracts/c.odcs.yaml").write_text(contract("id: d\nname: d\n"))
    (project / "contracts/c.odcs.yaml").rename(project / "contracts/d.odcs.yaml")
    [summary] = rows(portwright(project, "diff", "--format", "markdown").stdout)
    assert [seen(row[3]) for row in summary[1:]] == [
        "✅ it is new",
        "❌ it is gone, and not retired",
    ]


def test_what_is_allowed_is_shown_with_its_reason(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    allow = "{change: property-removed-optional, until: 2099-01-31, reason: 'ask @bob, #12'}"
    other = "{change: made-optional, until: 2099-01-31, reason: x}"
    (project / "portwright.yaml").write_text(CONFIG + f"allow: [{allow}, {other}]\n")
    done = portwright(project, "diff", "--format", "markdown")
    assert [seen(cell) for cell in rows(done.stdout)[1][1]].count("🤝 allowed") == 2
    html = PARSER.render(done.stdout)
    assert "until 2099-01-31: ask @\u200bbob, #\u200b12</li>" in html
    assert "⚠️ this allowance of `made-optional` lets nothing pass" in seen(html)


def test_what_could_not_be_compared_is_told(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace("logicalType: date", "logicalType: dat"))
    commit(project)
    (project / NAME).write_text(BEFORE)
    done = portwright(project, "diff", "--format", "markdown")
    shown = seen(PARSER.render(done.stdout))
    assert "⚠️ the contract of before has errors, and is not compared: unknown" in shown


def agreed(reason: str) -> Allowance:
    return Allowance(Kind.OBJECT_REMOVED, reason, date(2027, 1, 31), Span("portwright.yaml"))


def check(text: str) -> None:
    """No text of a contract became anything but text."""
    html = PARSER.render(text)
    tags = set(re.findall(r"</?([a-zA-Z0-9]+|!--)", html))
    ours = "h2 h3 p code br table thead tbody tr th td ul li details summary em strong !--"
    assert tags <= set(ours.split()), tags
    outside = seen(re.sub(r"<code>.*?</code>", "", html, flags=re.S))
    assert not re.search(r"@\w|#\d", outside), outside
    # What GitHub makes a link of, it finds in the Markdown.
    assert not re.search(r"://|www\.", re.sub(r"`[^`]*`", "", text))
    for table in rows(text):
        assert len({len(row) for row in table}) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, tmp_path: Path) -> None:
    before = model(BEFORE)
    old = replace(before, purpose=text, objects=(replace(before.objects[0], name=text),))
    new = replace(before, name=text, version=text, source=text, purpose="x")
    found = Comparison(old, new, allowances=(agreed(text),))
    told = [warning("PW745", text, new.span)]
    comment = markdown.Comment(text, tmp_path, [found], [new], [old], told, None)
    written = markdown.document(comment)
    check(written)
    assert "🤝 allowed" in written and "(`purpose`: " in written


@given(st.text())
def test_any_text_is_read_as_it_is_written(text: str) -> None:
    for written in (code(text), plain(text)):
        table = f"| a | b |\n|---|---|\n| {written} | x |\n"
        [[_, cells]] = rows(table)
        assert len(cells) == 2
    assert "\n" not in code(text) + plain(text)
    short = "".join(each for each in text if each.isprintable())[:40]
    [[_, cells]] = rows(f"| a | b |\n|---|---|\n| {code(short)} | {plain(short)} |\n")
    assert seen(cells[0]) == short
    assert seen(cells[1]).replace("\u200b", "").strip(" ") == short.strip(" ")


def many(count: int) -> Comparison:
    lines = "".join(f"{{name: p{n}, logicalType: string}}\n" for n in range(count))
    return Comparison(model(contract(properties=lines)), model(contract()))


@pytest.mark.parametrize("limit", [900, 1200, 2000, 5000, 20_000, markdown.LIMIT])
def test_a_comment_is_bounded_and_says_what_it_left_out(limit: int, tmp_path: Path) -> None:
    found = [many(150)] * 3
    text = markdown.document(markdown.Comment("x", tmp_path, found, [], [], [], None), limit)
    assert len(text) <= limit and text.endswith(markdown.MARKER)
    check(text)
    html = PARSER.render(text)
    assert html.count("<details>") == html.count("</details>")
    shown = sum(len(table) - 1 for table in rows(text)[1:])
    explained = html.count("<li>next: ")
    left = {what: int(n) for n, what in re.findall(r"(\d+) (changes|explanations)", html)}
    assert shown + left.get("changes", 0) == 450
    assert explained + left.get("explanations", 0) == 450
    assert "portwright diff</code> shows all" in html


def test_what_fits_leaves_nothing_out(tmp_path: Path) -> None:
    found = [Comparison(model(BEFORE), model(contract(ONLY_TABLE, properties=OPTIONAL)))]
    text = markdown.document(markdown.Comment("x", tmp_path, found, [], [], [], None))
    assert "Left out" not in text


def test_migrations_have_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "migration_lines", lambda *_: ["- postgres: `a`", "- duckdb: b"])
    found = [Comparison(model(BEFORE), model(AFTER))]
    text = markdown.document(markdown.Comment("x", tmp_path, found, [], [], [], None))
    assert "<strong>Migration</strong></p>\n<ul>\n<li>postgres: <code>a" in PARSER.render(text)
