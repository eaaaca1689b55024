"""The policies there are, in the order of their codes."""

from __future__ import annotations

from portwright.policies import classified, persons, promises, texts
from portwright.policies.policy import Option, Policy


def _number(text: str) -> str | None:
    return None if text.isascii() and text.isdigit() and len(text) < 6 else "it is no number"


_ABOVE = Option(
    "above", "a word of `classifications`: it and those before pass", single=True, of_levels=True
)
_LEAST = Option(
    "least", "the word of `classifications` that is enough", single=True, of_levels=True
)
_NAMES = tuple(
    Option(kind, f"how the {kind} is named", single=True, read=texts.pattern_fault)
    for kind in texts.NAMED
)
_SAID = tuple(Option(kind, f"what each {kind} has to say") for kind in texts.KINDS)

POLICIES = (
    Policy(
        "owner",
        "PW900",
        "A team answers for the contract",
        promises.owner,
        (Option("roles", "roles that its members need to have"),),
    ),
    Policy("contact", "PW901", "There is a channel of support", promises.contact),
    Policy(
        "slas",
        "PW902",
        "Service levels are promised",
        promises.slas,
        (Option("properties", "those that have to be; one of any kind, where none is named"),),
    ),
    Policy(
        "descriptions",
        "PW903",
        "Everything is described",
        texts.descriptions,
        (Option("of", "what has to be", texts.KINDS, texts.KINDS),),
    ),
    Policy(
        "personal-data-classified",
        "PW904",
        "What looks like personal data by its name is classified",
        classified.personal_data,
        (_LEAST,),
    ),
    Policy(
        "classification-words",
        "PW905",
        "Classifications are those of `classifications`",
        classified.words,
    ),
    Policy(
        "classified-keys",
        "PW906",
        "No classified property is in a key or names partitions",
        classified.keys,
        (_ABOVE,),
        instead_of="PW214",
    ),
    Policy(
        "classified-public",
        "PW907",
        "No classified property is where everybody may read",
        classified.public,
        (_ABOVE, Option("everyone", "roles and tags that mean everybody", classified.EVERYONE)),
    ),
    Policy("naming", "PW908", "Names are written alike", texts.naming, _NAMES, needs_option=True),
    Policy(
        "metadata",
        "PW909",
        "Keys and custom properties are there",
        texts.metadata,
        _SAID,
        needs_option=True,
    ),
    Policy(
        "end-of-support",
        "PW910",
        "Nothing ends soon",
        promises.end_of_support,
        (Option("days", "how soon", ("90",), single=True, read=_number),),
        dated=True,
    ),
    Policy(
        "api-versions",
        "PW911",
        "The contract is of a version of ODCS that is wanted",
        promises.api_versions,
        (Option("allowed", "versions, such as v3.1"),),
        needs_option=True,
    ),
    Policy(
        "semantic-version",
        "PW912",
        "The version is MAJOR.MINOR.PATCH",
        promises.semantic_version,
    ),
    Policy(
        "data-subjects",
        "PW913",
        "Where there are data of persons, something names the person",
        persons.subjects,
    ),
    Policy(
        "kept-values",
        "PW914",
        "No classified value stays where nobody is to be found",
        persons.kept,
        (_ABOVE,),
    ),
    Policy(
        "unseen-streams",
        "PW915",
        "Nobody reads a stream with values that they do not see",
        persons.streams,
        (_ABOVE,),
    ),
)
BY_NAME = {each.name: each for each in POLICIES}
