"""OpenSLO v1 as its specification has it (openslo.com, README of the repository): the shape of each
kind of document as a JSON Schema, and what documents say of each other. It asks for nothing but
Python; `make slo-tools` builds the project's own validator, which says the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

_Json = dict[str, Any]


def _object(required: _Json, **optional: object) -> _Json:
    """An object that has these keys, may have those, and no other."""
    properties = {**required, **optional}
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }


def _texts(*values: str) -> _Json:
    return {"enum": [*values]}


_TEXT: Final[_Json] = {"type": "string", "minLength": 1}
_DESCRIPTION: Final[_Json] = {"type": "string", "maxLength": 1050}
# Notes (General Schema): RFC 1123.
_NAME: Final[_Json] = {"type": "string", "pattern": r"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z"}
_KEY = r"\A[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?\Z"
_LABELS: Final[_Json] = {"type": "object", "propertyNames": {"pattern": _KEY}}
# The project's own library (go-sdk) asks for 63 characters, too, where the text says nothing.
_SHOWN: Final[_Json] = {**_TEXT, "maxLength": 63}
_METADATA: Final = _object(
    {"name": _NAME}, displayName=_SHOWN, labels=_LABELS, annotations={"type": "object"}
)
# Custom Data Types, duration-shorthand.
_DURATION: Final[_Json] = {"type": "string", "pattern": r"\A[1-9][0-9]*[mhdwMQY]\Z"}
_OPERATOR: Final = _texts("lte", "gte", "lt", "gt")

# SLI, Notes (SLI), Ratio Metric.
_SOURCE: Final = _object(
    {"metricSource": _object({"type": _TEXT, "spec": _object({"query": _TEXT})})}
)
_RATIO: Final[_Json] = {
    **_object({"counter": {"type": "boolean"}, "total": _SOURCE}, good=_SOURCE, bad=_SOURCE),
    "oneOf": [{"required": ["good"]}, {"required": ["bad"]}],
}
_SLI: Final[_Json] = {
    **_object({}, description=_DESCRIPTION, thresholdMetric=_SOURCE, ratioMetric=_RATIO),
    "oneOf": [{"required": ["thresholdMetric"]}, {"required": ["ratioMetric"]}],
}
# Objectives, Notes (Objectives).
_OBJECTIVE: Final = _object(
    {"target": {"type": "number", "minimum": 0, "exclusiveMaximum": 1}},
    displayName=_TEXT,
    op=_OPERATOR,
    value={"type": "number"},
    timeSliceTarget={"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    timeSliceWindow={"anyOf": [{"type": "number"}, _DURATION]},
)
_IN_SLICES: Final[_Json] = {"required": ["timeSliceTarget", "timeSliceWindow"]}
# SLO, Notes (SLO).
_SLO: Final[_Json] = {
    **_object(
        {
            "service": _NAME,
            "indicator": _object({"metadata": _METADATA, "spec": _SLI}),
            "budgetingMethod": _texts("Occurrences", "Timeslices", "RatioTimeslices"),
            "objectives": {"type": "array", "items": _OBJECTIVE, "minItems": 1},
        },
        description=_DESCRIPTION,
        timeWindow={
            "type": "array",
            "items": _object({"duration": _DURATION, "isRolling": {"const": True}}),
            "minItems": 1,
            "maxItems": 1,
        },
        alertPolicies={"type": "array", "items": _object({"alertPolicyRef": _NAME})},
    ),
    "if": {"properties": {"budgetingMethod": {"const": "Timeslices"}}},
    "then": {"properties": {"objectives": {"items": _IN_SLICES}}},
}
# AlertCondition, Notes (AlertCondition).
_CONDITION: Final = _object(
    {
        "severity": _TEXT,
        "condition": _object(
            {
                "kind": {"const": "burnrate"},
                "op": _OPERATOR,
                "threshold": {"type": "number"},
                "lookbackWindow": _DURATION,
                "alertAfter": _DURATION,
            }
        ),
    },
    description=_DESCRIPTION,
)
# AlertPolicy, Notes (AlertPolicy): a condition written inline has no `apiVersion`.
_INLINE: Final = _object(
    {"kind": {"const": "AlertCondition"}, "metadata": _METADATA, "spec": _CONDITION}
)
_POLICY: Final = _object(
    {
        "conditions": {"type": "array", "items": _INLINE, "minItems": 1, "maxItems": 1},
        "notificationTargets": {
            "type": "array",
            "items": _object({"targetRef": _NAME}),
            "minItems": 1,
        },
    },
    description=_DESCRIPTION,
    alertWhenBreaching={"type": "boolean"},
    alertWhenResolved={"type": "boolean"},
    alertWhenNoData={"type": "boolean"},
)
_SPECS: Final[dict[str, _Json]] = {
    "Service": _object({}, description=_DESCRIPTION),
    "AlertNotificationTarget": _object({"target": _TEXT}, description=_DESCRIPTION),
    "AlertPolicy": _POLICY,
    "SLO": _SLO,
}


def faults(text: str) -> list[str]:
    """What is wrong with a file of OpenSLO."""
    documents = list(yaml.safe_load_all(text))
    found = [fault for at, each in enumerate(documents) for fault in _of_shape(at, each)]
    return found or [*_of_names(documents), *_of_references(documents)]


def _of_shape(at: int, document: object) -> Iterator[str]:
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in _SPECS:
        yield f"{at}: no kind of document: {kind}"
        return
    whole = {"apiVersion": {"const": "openslo/v1"}, "kind": {"const": kind}, "metadata": _METADATA}
    schema = _object({**whole, "spec": _SPECS[kind]})
    for error in Draft202012Validator(schema).iter_errors(document):
        yield f"{at}/{error.json_path}: {error.message}"


def _of_names(documents: list[_Json]) -> Iterator[str]:
    """General Schema: a name is that of one document of its kind."""
    taken: set[tuple[str, str]] = set()
    for each in documents:
        key = (each["kind"], each["metadata"]["name"])
        if key in taken:
            yield f"two documents are {key}"
        taken.add(key)


def _of_references(documents: list[_Json]) -> Iterator[str]:
    known = {(each["kind"], each["metadata"]["name"]) for each in documents}
    for each in documents:
        for reference in _references(each):
            if reference not in known:
                yield f"{each['metadata']['name']}: there is no {reference}"


def _references(document: _Json) -> Iterator[tuple[str, str]]:
    spec = document["spec"]
    if "service" in spec:
        yield "Service", spec["service"]
    for policy in spec.get("alertPolicies", []):
        yield "AlertPolicy", policy["alertPolicyRef"]
    for target in spec.get("notificationTargets", []):
        yield "AlertNotificationTarget", target["targetRef"]
