"""The reference of codes: every story, by the room of the code."""

from __future__ import annotations

from portwright.codes import EXPLANATIONS

# What a code begins with, the longest first; CONTRIBUTING.md has the same.
ROOMS = {
    "PW0": "YAML",
    "PW1": "Reading the contract",
    "PW2": "Checks of the contract",
    "PW31": "Target avro",
    "PW32": "Target json-schema",
    "PW33": "Target protobuf",
    "PW34": "Target ddl",
    "PW35": "Target python",
    "PW36": "Target arrow",
    "PW37": "Target dbt",
    "PW38": "Target outbox",
    "PW39": "Targets spark and kafka-connect",
    "PW3": "Targets",
    "PW40": "Target slo",
    "PW41": "Target access",
    "PW425": "Target kafka-access",
    "PW426": "Target kafka-access",
    "PW427": "Target kafka-access",
    "PW428": "Target kafka-access",
    "PW429": "Target kafka-access",
    "PW42": "Rights in live systems and in Kafka",
    "PW43": "Rights in live systems and in Kafka",
    "PW44": "Privacy",
    "PW45": "Erasing a person",
    "PW46": "Target docs",
    "PW47": "Targets asyncapi and backstage",
    "PW52": "Targets of others",
    "PW53": "Targets of others",
    "PW54": "Targets of others",
    "PW55": "Presets",
    "PW56": "Presets",
    "PW57": "Versions of config and lock",
    "PW58": "Versions of config and lock",
    "PW5": "Config and command line",
    "PW6": "Files and the lock",
    "PW72": "Migrations",
    "PW7": "Changes",
    "PW8": "Starting from what is there",
    "PW9": "Policies",
}
_TITLE = """\
# Codes

Every finding has a code that never changes its meaning. `portwright explain CODE` prints what
stands here.
"""


def room(code: str) -> str:
    """What a code is about."""
    fitting = [prefix for prefix in ROOMS if code.startswith(prefix)]
    return ROOMS[max(fitting, key=len)] if fitting else "Others"


def page() -> str:
    """The page of all codes."""
    lines = [_TITLE]
    for name in dict.fromkeys(map(room, sorted(EXPLANATIONS))):
        lines.append(f"## {name}\n")
        lines += [_story(code) for code in sorted(EXPLANATIONS) if room(code) == name]
    return "\n".join(lines)


def _story(code: str) -> str:
    title, _, story = EXPLANATIONS[code].strip().partition("\n\n")
    return f"### {code}\n\n**{title}**\n\n{story}\n"
