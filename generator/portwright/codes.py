"""Every diagnostic code and its long story, printed by `portwright explain CODE`."""

from __future__ import annotations

EXPLANATIONS: dict[str, str] = {
    # Entries in code order: a title, a blank line, the story.
}
