"""Who is told: the labels that alerts are routed by, and what whoever gets one reads."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portwright.model import Model, Object, Port, SlaProperty
from portwright.oversight.lengths import span
from portwright.promises import Kind, promises
from portwright.render import one_line
from portwright.targets.slo.terms import Terms

_TIMES = {
    Kind.TIME_TO_DETECT: "detected",
    Kind.TIME_TO_NOTIFY: "told to consumers",
    Kind.TIME_TO_REPAIR: "repaired",
}


def labels(model: Model, terms: Terms, object_: Object | None, port: Port | None) -> dict[str, str]:
    """What an alert is routed and grouped by: the same for all alerts of an object's port. What the
    contract says goes before the labels of the config."""
    facts = {
        "contract": model.id,
        "contract_name": model.name,
        "major": str(model.major),
        "domain": model.domain,
        "team": model.owner,
        "object": object_.name if object_ else None,
        "port": port.value if port else None,
    }
    return {**dict(terms.labels), **{key: one_line(each) for key, each in facts.items() if each}}


def texts(model: Model, object_: Object | None, sla: SlaProperty | None) -> dict[str, str]:
    """Where to ask, what was promised, and how soon who has to do what."""
    facts = {
        "promise": one_line(sla.description) if sla and sla.description else None,
        "support": "; ".join(support(model)),
        "runbook": runbook(model, object_),
    }
    return {key: each for key, each in facts.items() if each}


def support(model: Model) -> Iterator[str]:
    """Each channel on a line: its tool, name and address."""
    for each in model.support:
        told_ = " ".join(filter(None, (each.tool, each.channel, each.url)))
        yield one_line(f"{told_} ({each.scope})" if each.scope else told_)


def runbook(model: Model, object_: Object | None) -> str | None:
    """What the contract says of how soon something is done."""
    found = [
        f"{word} within {span(seconds)}"
        for kind, word in _TIMES.items()
        if (seconds := soon(model, object_, kind)) is not None
    ]
    return f"A fault is {', '.join(found)}." if found else None


def soon(model: Model, object_: Object | None, kind: Kind) -> Decimal | None:
    """The seconds that a level of this kind gives, of the object or the first that has one."""
    return next(
        (
            each.seconds
            for each in promises(model)
            if each.kind is kind
            and each.seconds is not None
            and (object_ is None or each.object.name == object_.name)
        ),
        None,
    )
