"""The page about changes: how many answers are right, and which are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.breaking import Times

PAGE = Path(__file__).parents[1] / "docs" / "changes-beside-peers.md"

INTRODUCTION = """\
# What is said of changes, beside datacontract-cli and buf

{count} changes of a contract, each alone: thirty as people make them, and those of [the
matrix](changes.md). A number says how many answers are right, of how many that were asked for.
`python -m bench changes` asks all tools, and writes this page.

A tool is asked what it says that it answers. `datacontract breaking` tells, by its perspective
`consumer`, what leads to unexpected data; an `error` is a yes. Its perspective `producer` asks
whether old data passes new tests, which is no question of ours, and is left out. `buf breaking` is
asked of changes that Protobuf files show, as Portwright writes and numbers them, so that a contract
that is only reordered does not fail for its numbers; `WIRE_JSON` does not claim to see what breaks
code. What only custom properties of Portwright say is not asked at all.

What is right of the first three questions was written by hand, from the rules of formats and
engines. Portwright's own tests hold it to that, so that its share there is no news. The second is
also of places, people and promises, which datacontract-cli does not claim to judge. The last nobody
answers by rules: both versions are generated, and two libraries of Avro, one of Protobuf and one of
JSON Schema read with the old one what was written by the new. A warning is a yes there, as a
library may fail where others do not.
"""


@dataclass(frozen=True)
class Answer:
    """What is right of a change, and what each tool says."""

    change: str
    right: bool
    said: Mapping[str, bool]


@dataclass(frozen=True)
class Question:
    """What is asked, and the answers."""

    text: str
    answers: list[Answer]


def page(count: int, questions: list[Question], versions: Mapping[str, str], times: Times) -> str:
    """The document; `count` is that of the changes."""
    tools = list(dict.fromkeys(tool for q in questions for each in q.answers for tool in each.said))
    heads = [f"{tool} {versions.get(tool, '')}".rstrip() for tool in tools]
    lines = [INTRODUCTION.format(count=count)]
    lines += [_line(["question", "asked", *heads]), "|" + "---|" * (len(heads) + 2)]
    for question in questions:
        shares = [_share(question, tool) for tool in tools]
        lines.append(_line([question.text, str(len(question.answers)), *shares]))
    for question in questions:
        lines += ["", f"## {question.text[0].upper()}{question.text[1:]}", ""]
        lines += _wrong(question, tools) or ["All answers are right."]
    seconds = (f"{each:.2f} s with {tool}" for tool, each in times.seconds.items())
    lines += ["", "## How long it takes", ""]
    lines.append(
        f"`breaking` on the largest contract that others wrote, {times.lines:,} lines of which"
        f" {times.changed} have changed, takes {', '.join(seconds)}: CPU, with the start of Python."
    )
    return "\n".join(lines) + "\n"


def _share(question: Question, tool: str) -> str:
    asked = [each for each in question.answers if tool in each.said]
    return str(sum(each.said[tool] == each.right for each in asked)) if asked else ""


def _wrong(question: Question, tools: list[str]) -> list[str]:
    """A table of the changes of which a tool says something else than what is right."""
    asked = [tool for tool in tools if any(tool in each.said for each in question.answers)]
    rows = [
        _line([each.change, _word(each.right), *(_word(each.said[tool]) for tool in asked)])
        for each in question.answers
        if any(each.said[tool] != each.right for tool in asked)
    ]
    if not rows:
        return []
    return [_line(["change", "right", *asked]), "|" + "---|" * (len(asked) + 2), *rows]


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
