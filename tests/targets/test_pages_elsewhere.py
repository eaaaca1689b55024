"""The targets `eventcatalog`, `markdown` and `mermaid`, as those who show their files read them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from portwright import config, pipeline
from portwright.render import inline_json
from support import cases, pages

TARGETS = ("eventcatalog", "markdown", "mermaid")
SAMPLE = Path(__file__).parents[2] / "samples" / "checkout" / "contracts"
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ATTACK = (
    "</script><img src=x onerror=alert(1)> {globalThis.x = 1} [a](javascript:alert(2)) | --> }}%%"
    " %%{init: {}}%% ``` <b>b</b> \"q\" 'r' \\ `c` ![i](http://evil.example) @me #1 ~~s~~ *e* _u_"
)
LINES = "import x from 'fs'\nexport const y = 1\n\n# head\n\n---\n\n- item\n\n    code"


def built(root: Path) -> Path:
    """The folder with what the targets make of the contracts in it."""
    listed = inline_json([{"target": each, "out": each} for each in TARGETS])
    config_ = f"version: 1\ncontracts: ['*.odcs.yaml']\ntargets: {listed}\n"
    (root / "portwright.yaml").write_text(config_)
    read, found = config.load(root, "portwright.yaml", {})
    assert read is not None, found
    build = pipeline.build(read, root, {})
    assert not build.failed, build.diagnostics
    for each in build.files:
        (root / each.path).parent.mkdir(parents=True, exist_ok=True)
        (root / each.path).write_text(each.text, "utf-8")
    return root


def hostile() -> str:
    """A contract whose texts are all mark-up, and whose names are words of grammars."""
    words = ("PK", "class", "erDiagram", "__proto__", "a b", "é", "1st", ATTACK)
    properties = [
        {
            "name": each,
            "logicalType": "string",
            "physicalName": f"c{place}",
            "description": f"{LINES}\n{ATTACK}",
            "examples": [ATTACK],
        }
        for place, each in enumerate(words)
    ]
    names = ("PK", "style", "__proto__", "title", ATTACK[:60])
    schema = [
        {"name": each, "physicalName": f"t{n}", "description": LINES, "properties": properties}
        for n, each in enumerate(names)
    ]
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "h", "version": "1.0.0"}
    about = {"purpose": LINES, "usage": ATTACK, "limitations": ATTACK}
    people = {"team": {"name": ATTACK}, "support": [{"channel": ATTACK, "url": ATTACK}]}
    document = {**head, "status": "active", "name": f"h {ATTACK[:30]}", "domain": ATTACK[:40]}
    return json.dumps({**document, "description": about, **people, "schema": schema})


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the sample and of the hostile contract."""
    sample, other = tmp_path_factory.mktemp("sample"), tmp_path_factory.mktemp("hostile")
    for each in SAMPLE.glob("*.odcs.yaml"):
        shutil.copy(each, sample)
    (other / "h.odcs.yaml").write_text(hostile())
    return {"sample": built(sample), "hostile": built(other)}


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_those_who_show_them_take_what_is_written(roots: dict[str, Path], name: str) -> None:
    assert {each.name for each in roots[name].iterdir()} >= set(TARGETS)
    assert pages.faults(roots[name]) == []


def test_the_readers_find_fault_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.mmd").write_text("erDiagram\n  a {\n    string PK\n  }\n")
    (tmp_path / "eventcatalog" / "events" / "a").mkdir(parents=True)
    wrong = "---\nid: a\nversion: one\n---\n\nimport x from 'fs'\n"
    (tmp_path / "eventcatalog" / "events" / "a" / "index.mdx").write_text(wrong)
    assert {each.partition(":")[0] for each in pages.faults(tmp_path)} == {
        "linter",
        "mdx",
        "mermaid",
        "sdk",
    }


def test_text_of_a_contract_is_shown_in_markdown_and_means_nothing(roots: dict[str, Path]) -> None:
    for path in sorted((roots["hostile"] / "markdown").glob("*.md")):
        shown = PARSER.render(path.read_text("utf-8"))
        rest = re.sub(r"\A<!-- [^>]* -->", "", shown)
        found = set(re.findall(r"</?([a-z0-9]+)", rest))
        assert found <= set("h1 h2 ul li p table thead tbody tr th td strong code a".split())
        assert set(re.findall(r'href="([^"]*)"', rest)) <= {
            each.name for each in path.parent.glob("*.md")
        }


def test_every_row_of_a_table_has_the_cells_of_its_head(roots: dict[str, Path]) -> None:
    for path in sorted((roots["hostile"] / "markdown").glob("*.md")):
        for table in re.findall(r"<table>.*?</table>", PARSER.render(path.read_text()), re.S):
            rows = [each.count("<t") for each in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
            assert len(rows) > 1 and len(set(rows)) == 1


def test_a_case_with_relationships_is_read() -> None:
    assert pages.faults(cases.CASES / "several-objects" / "expected") == []
