"""A schema registry asked before anything is released, and its answer beside ours."""

from portwright.dry_run.command import ask_all

__all__ = ["ask_all"]
