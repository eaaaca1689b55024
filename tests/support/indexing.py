"""What a target makes of several models together, as a run has it."""

from __future__ import annotations

import json

from portwright.model import Model
from portwright.targets import Indexed, Made


def indexed(target: Indexed, *models: Model) -> Made:
    """The files of all models, of entries that were kept as JSON in between."""
    return target.index([json.loads(json.dumps(target.entry(each))) for each in models])
