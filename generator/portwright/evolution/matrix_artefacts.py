"""What changes do to the generated schemas and Python types, one row a kind.

A kind that is not here, or a format that a row leaves out, changes no more than words there.
"""

from __future__ import annotations

from collections.abc import Mapping

from portwright.evolution.artefacts import Artefact, Outcome, Reading
from portwright.evolution.kinds import Kind

Row = Mapping[Artefact, Reading]

_READS, _SOME, _REFUSES, _MISREADS = Outcome
_SKIPPED = "readers skip what they do not know, and take what is not there for null"
_IN_LISTS = "and in lists some libraries read nothing but the same type"
_RENUMBERED = "the field has a new number: under the old one nothing is found"


def _row(
    avro: Reading | None = None,
    protobuf: Reading | None = None,
    json: Reading | None = None,
    python: Reading | None = None,
) -> Row:
    cells = zip(Artefact, (avro, protobuf, json, python), strict=True)
    return {artefact: cell for artefact, cell in cells if cell is not None}


def _reads(why: str) -> Reading:
    return Reading(_READS, _READS, why)


def _misreads(why: str) -> Reading:
    return Reading(_MISREADS, _MISREADS, why)


def _refuses(why: str) -> Reading:
    return Reading(_REFUSES, _REFUSES, why)


ROWS: Mapping[Kind, Row] = {
    Kind.PROPERTY_ADDED_OPTIONAL: _row(
        avro=_reads(_SKIPPED),
        protobuf=_reads(_SKIPPED),
        json=_reads("records are open, and the property is not required"),
        python=_reads("it is None until code sets it"),
    ),
    Kind.PROPERTY_ADDED_REQUIRED: _row(
        avro=Reading(_READS, _REFUSES, "the field has no default, and old data does not have it"),
        protobuf=Reading(_READS, _MISREADS, "it is read from old data as empty, 0 or false"),
        json=Reading(_READS, _REFUSES, "old data does not have what is required"),
        python=Reading(_READS, _REFUSES, "code that makes records has to set it"),
    ),
    Kind.PROPERTY_REMOVED_OPTIONAL: _row(
        avro=_reads(_SKIPPED),
        protobuf=_reads(_SKIPPED),
        json=_reads("records are open, and the property was not required"),
        python=_refuses("code that sets it or asks for it finds no such attribute"),
    ),
    Kind.PROPERTY_REMOVED_REQUIRED: _row(
        avro=Reading(_REFUSES, _READS, "the field had no default, and new data does not have it"),
        protobuf=Reading(_MISREADS, _READS, "old readers find it empty, 0 or false"),
        json=Reading(_REFUSES, _READS, "new data does not have what was required"),
        python=_refuses("code that sets it or asks for it finds no such attribute"),
    ),
    Kind.PROPERTY_RENAMED: _row(
        avro=_misreads(
            "the alias is in the new schema only, and not every library reads by it: an optional"
            " field is null, a required one refused"
        ),
        protobuf=_reads("the number is the same; generated code has the new name"),
        json=_misreads("under the other name nothing is found: null, or refused where required"),
        python=_refuses("code that sets it or asks for it finds no such attribute"),
    ),
    Kind.NAME_REUSED: _row(
        avro=_misreads("one property is read as the other"),
        protobuf=_reads("both have numbers of their own; in generated code names are swapped"),
        json=_misreads("one property is read as the other"),
        python=_misreads("code sets and reads the one for the other"),
    ),
    Kind.MADE_OPTIONAL: _row(
        avro=Reading(_SOME, _READS, "old readers refuse null, and some libraries any union"),
        protobuf=_misreads(
            "old readers take null for empty, 0 or false; new readers take these for null, as they"
            " were not written"
        ),
        json=Reading(_SOME, _READS, "old readers refuse null"),
        python=Reading(_SOME, _READS, "code that asks for it has to expect None"),
    ),
    Kind.MADE_REQUIRED: _row(
        avro=Reading(_READS, _SOME, "new readers refuse null, and some libraries any union"),
        protobuf=_misreads(
            "new readers take null for empty, 0 or false; old readers take these for null, as they"
            " are not written"
        ),
        json=Reading(_READS, _SOME, "new readers refuse null"),
        python=Reading(_READS, _SOME, "code that leaves it out is refused"),
    ),
    Kind.ELEMENT_MADE_NULLABLE: _row(
        avro=Reading(_SOME, _SOME, "null is refused, and unions in lists are by some libraries"),
        protobuf=_misreads(_RENUMBERED),
        json=Reading(_SOME, _READS, "old readers refuse null"),
        python=Reading(_SOME, _READS, "code that walks through it has to expect None"),
    ),
    Kind.ELEMENT_MADE_NOT_NULL: _row(
        avro=Reading(_SOME, _SOME, "null is refused, and unions in lists are by some libraries"),
        protobuf=_misreads(_RENUMBERED),
        json=Reading(_READS, _SOME, "new readers refuse null"),
        python=Reading(_READS, _SOME, "code that sets None there is refused"),
    ),
    Kind.INTEGER_WIDENED: _row(
        avro=Reading(_REFUSES, _SOME, f"an `int` is not read from a `long`, {_IN_LISTS}"),
        protobuf=Reading(_MISREADS, _READS, "old readers cut what is beyond their type"),
        json=Reading(_SOME, _READS, "old readers refuse what is beyond the limits of their type"),
        python=_reads("an int has no size; the limits are wider"),
    ),
    Kind.INTEGER_NARROWED: _row(
        avro=Reading(_SOME, _REFUSES, f"an `int` is not read from a `long`, {_IN_LISTS}"),
        protobuf=Reading(_READS, _MISREADS, "new readers cut what is beyond their type"),
        json=Reading(_READS, _SOME, "new readers refuse what is beyond the limits of their type"),
        python=Reading(_READS, _SOME, "what is beyond the limits is refused"),
    ),
    Kind.FLOAT_WIDENED: _row(
        avro=Reading(_REFUSES, _SOME, f"a `float` is not read from a `double`, {_IN_LISTS}"),
        protobuf=_misreads(_RENUMBERED),
        python=_reads("a float has no size"),
    ),
    Kind.FLOAT_NARROWED: _row(
        avro=Reading(_SOME, _REFUSES, f"a `float` is not read from a `double`, {_IN_LISTS}"),
        protobuf=_misreads(_RENUMBERED),
        python=Reading(_READS, _MISREADS, "what code sets is rounded"),
    ),
    Kind.PRECISION_RAISED: _row(
        avro=Reading(_SOME, _SOME, "by Avro's rules decimals match only with the same precision"),
        json=Reading(_SOME, _READS, "old readers refuse more digits"),
        python=_reads("a Decimal has no size; the limits are wider"),
    ),
    Kind.PRECISION_LOWERED: _row(
        avro=Reading(_SOME, _SOME, "by Avro's rules decimals match only with the same precision"),
        json=Reading(_READS, _SOME, "new readers refuse more digits"),
        python=Reading(_READS, _SOME, "more digits are refused"),
    ),
    Kind.SCALE_CHANGED: _row(
        avro=_misreads("readers in some languages shift the point"),
        json=Reading(_SOME, _SOME, "digits that one of them does not have are refused"),
        python=Reading(_READS, _SOME, "digits beyond the scale are refused"),
    ),
    Kind.ZONE_CHANGED: _row(
        avro=_misreads("an instant is read as a wall clock, or the reverse"),
        protobuf=_misreads(_RENUMBERED),
        json=_refuses("the one has an offset, and the other has none"),
        python=_refuses("times with a zone and without one are not compared"),
    ),
    Kind.TYPE_CHANGED: _row(
        avro=_refuses("the types do not match"),
        protobuf=_misreads(f"{_RENUMBERED}, or the value has another form"),
        json=_refuses("the types do not match"),
        python=_refuses("the types do not match"),
    ),
    Kind.TYPE_RENAMED: _row(
        avro=Reading(_REFUSES, _SOME, "the alias is in the new schema only, and not all read it"),
        protobuf=_reads("the bytes hold no names; generated code has the new one"),
        json=_reads("values hold no names of types"),
        python=_refuses("code names a class that is not there"),
    ),
    Kind.VALUE_ADDED: _row(
        avro=Reading(
            _SOME, _READS, "old readers see UNKNOWN, or refuse it: not all read a default"
        ),
        protobuf=Reading(_SOME, _READS, "old readers see a number without a name"),
        json=Reading(_SOME, _READS, "old readers refuse the new value"),
        python=Reading(_SOME, _READS, "a `match` over the old members misses one"),
    ),
    Kind.VALUE_REMOVED: _row(
        avro=Reading(
            _READS, _SOME, "new readers see UNKNOWN, or refuse it: not all read a default"
        ),
        protobuf=Reading(_READS, _SOME, "new readers see a number without a name"),
        json=Reading(_READS, _SOME, "new readers refuse the old value"),
        python=Reading(_READS, _SOME, "code that sets the member does not find it"),
    ),
    Kind.ENUM_SPELLING_CHANGED: _row(avro=_refuses("an enum in Avro is text now, or the reverse")),
    Kind.RULE_TIGHTENED: _row(
        json=Reading(_READS, _SOME, "new readers refuse what breaks the rule"),
        python=Reading(_READS, _SOME, "records that break the rule are not made"),
    ),
    Kind.RULE_LOOSENED: _row(
        json=Reading(_SOME, _READS, "old readers refuse what breaks their rule"),
        python=_reads("more is allowed"),
    ),
    Kind.RULE_CHANGED: _row(
        json=_refuses("each refuses what breaks its own rule, which may be everything"),
        python=Reading(_READS, _REFUSES, "records that break the rule are not made"),
    ),
    Kind.CLASSIFICATION_RAISED: _row(python=_reads("it is no longer printed with its record")),
    Kind.CLASSIFICATION_LOWERED: _row(python=_reads("it may be printed with its record")),
    Kind.ORDER_CHANGED: _row(avro=_reads("fields and symbols are found by name")),
    Kind.OBJECT_ADDED: _row(python=_reads("there is one class more")),
    Kind.OBJECT_REMOVED: _row(
        avro=_refuses("there is no schema any more"),
        protobuf=_refuses("there is no message any more"),
        json=_refuses("there is no schema any more"),
        python=_refuses("there is no class any more"),
    ),
    Kind.OBJECT_RENAMED: _row(
        avro=Reading(_REFUSES, _SOME, "the alias is in the new schema only, and not all read it"),
        protobuf=_reads("the bytes hold no names; generated code has the new one"),
        json=_reads("values hold no names of types"),
        python=_refuses("code names a class that is not there"),
    ),
    Kind.CONTRACT_RENAMED: _row(
        avro=Reading(_SOME, _SOME, "some libraries compare the whole name of a type"),
        protobuf=_reads("the bytes hold no names; generated code is in another package"),
        json=_reads("values hold no names of types"),
        python=_refuses("code imports a package that is not there"),
    ),
    Kind.CONTRACT_ID_CHANGED: _row(
        protobuf=_misreads("numbers start anew: the lock knows another contract"),
    ),
}
