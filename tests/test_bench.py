"""What the measures stand on: contracts multiplied, and the pages about peers."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from bench import changes_page, contracts, peers
from bench.breaking import Times
from bench.changes_page import Answer, Question
from bench.engines import Engine
from portwright import pipeline

SHOP = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
"""


def test_a_copy_is_a_contract_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "shop.yaml"
    source.write_text(SHOP)
    contracts.write([source], 2, tmp_path)
    found = []
    for path in sorted((tmp_path / "contracts").iterdir()):
        model, diagnostics = pipeline.load(path, path.name, {})
        assert model is not None and diagnostics == []
        found.append(model)
    assert [each.id for each in found] == ["c0000", "c0001"]
    assert [each.name for each in found] == ["c0000", "c0001"]


def test_a_page_counts_what_is_accepted_and_says_why_not() -> None:
    engine = Engine("avro", "fastavro reads it", "avro/*.avsc", lambda: nullcontext(print))
    found = [
        peers.Verdict("Ours", "a/b: c.yaml", engine, None),
        peers.Verdict("Ours", "a/b: d.yaml", engine, None),
        peers.Verdict("Theirs", "a/b: c.yaml", engine, "no name"),
        peers.Verdict("Theirs", "a/b: d.yaml", engine, None),
    ]
    text = peers.page(found, {"Ours": "1.0", "Theirs": "2.0"})
    assert "| target | accepted | Ours 1.0 | Theirs 2.0 |" in text
    assert "| avro | fastavro reads it | 2 | 1 |" in text
    assert "| all of them |  | 2 | 1 |" in text
    assert "| 1 | a/b: c.yaml | 1 | 0 |" in text
    assert "## What Ours does not pass\n\nNothing.\n" in text
    assert "| avro | fastavro reads it | 1 | `no name` |" in text


def test_a_tool_that_fails_or_writes_nothing_is_not_accepted(tmp_path: Path) -> None:
    def refuse(files: list[Path]) -> None:
        raise ValueError(f"{files[0]} is `odd`\nand more")

    engine = Engine("avro", "it", "avro/*.avsc", lambda: nullcontext(refuse))
    for number in range(3):
        (tmp_path / str(number) / "avro").mkdir(parents=True)
    (tmp_path / "1" / "avro" / "x.avsc.failed").write_text("KeyError: 'x'")
    (tmp_path / "2" / "avro" / "x.avsc").write_text("{}")
    names = ["none", "failed", "refused"]
    reasons = [each.reason for each in peers.verdicts([engine], "It", tmp_path, names)]
    assert reasons == [
        "the tool writes nothing",
        "the tool fails: KeyError: 'x'",
        "avro/x.avsc is 'odd'",
    ]


def test_a_page_of_changes_counts_what_is_right_and_shows_what_is_not() -> None:
    asked = [
        Answer("one is gone", True, {"Ours": True, "Theirs": False}),
        Answer("one is new", False, {"Ours": False, "Theirs": False}),
    ]
    seen = [Answer("one is gone", True, {"Ours": True, "Other": True})]
    found = [Question("does it break?", asked), Question("is it seen?", seen)]
    text = changes_page.page(2, found, {"Ours": "1.0"}, Times(1500, 2, {"Ours": 0.25}))
    assert "2 changes of a contract" in text
    assert "| question | asked | Ours 1.0 | Theirs | Other |" in text
    assert "| does it break? | 2 | 2 | 1 |  |" in text
    assert "| is it seen? | 1 | 1 |  | 1 |" in text
    assert "## Does it break?\n\n| change | right | Ours | Theirs |" in text
    assert "| one is gone | yes | yes | no |" in text and "one is new" not in text
    assert "## Is it seen?\n\nAll answers are right.\n" in text
    assert "1,500 lines of which 2 have changed, takes 0.25 s with Ours" in text
