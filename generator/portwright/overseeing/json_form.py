"""The report as JSON: what docs/report.md says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from portwright.overseeing.gathering import Drift, Entry, LetOff, Report
from portwright.oversight import Overview

# It rises with a change that readers notice.
VERSION = 1
Document = Mapping[str, object]


def shown(report: Report) -> str:
    """The whole document, in ASCII, so that it is the same in every encoding of a pipe."""
    document = {
        "version": VERSION,
        "day": str(report.day),
        "contracts": [_entry(each) for each in report.entries],
        "drift": [_drift(each) for each in report.drift],
        "errors": report.errors,
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(entry: Entry) -> Document:
    known = entry.known
    return {
        "config": entry.config,
        "source": known.source,
        "id": known.id,
        "name": known.name,
        "version": known.version,
        "status": known.status,
        "domain": known.domain,
        "owner": {
            "name": known.owner,
            "members": [{"name": name, "role": role} for name, role in known.members],
        },
        **_promised(known),
        **_read(known),
        "ends": [
            {"what": end.word, "elements": end.elements, "day": end.day, "days": days}
            for end, days in entry.ends
        ],
        "exceptions": [_exception(each) for each in entry.allowed],
        "lacks": list(known.lacks),
    }


def _promised(known: Overview) -> Document:
    return {
        "support": [
            {"channel": each.channel, "tool": each.tool, "url": each.url} for each in known.support
        ],
        "objects": [
            {"name": each.name, "ports": list(each.ports), "deprecated": each.deprecated}
            for each in known.objects
        ],
        "promises": [
            {
                "promise": each.said,
                "figure": each.figure,
                "objects": list(each.objects),
                "kept": each.kept,
                "description": each.description,
            }
            for each in known.promises
        ],
    }


def _read(known: Overview) -> Document:
    return {
        "readers": [
            {
                "role": each.role,
                "may": each.may,
                "objects": list(each.objects),
                "server": each.server,
                "sees": list(each.sees),
                "hidden": list(each.hidden),
            }
            for each in known.readers
        ],
        "classified": [
            {
                "path": each.path,
                "classification": each.classification,
                "seenBy": list(each.seen_by),
                "hiddenFrom": list(each.hidden_from),
            }
            for each in known.guarded
        ],
        "unclassified": [{"path": each.path, "guess": each.guess} for each in known.unclassified],
    }


def _exception(of: LetOff) -> Document:
    return {
        "policy": of.allowance.policy,
        "path": list(of.allowance.path),
        "reason": of.allowance.reason,
        "until": str(of.allowance.until) if of.allowance.until else None,
        "days": of.days,
        "findings": of.findings,
    }


def _drift(of: Drift) -> Document:
    return {"config": of.config, "file": of.file, "what": of.what}
