"""Every change for every engine: its steps are SQL that readers of the engine understand, and what
an engine can do decides how a change is made."""

from __future__ import annotations
