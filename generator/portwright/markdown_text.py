"""Text of others in Markdown of GitHub: it is shown, and means nothing."""

from __future__ import annotations

from portwright.diagnostics import printable

# A code span means nothing but itself, but for these: one ends it, the others a cell of a table.
_HARMLESS = frozenset(" ,;%'()")
_IN_CODE = frozenset("`|\\")


def brief(text: str, longest: int = 60) -> str:
    """The text on one line, without its middle if it is longer."""
    text = printable(text)
    return text if len(text) <= longest else f"{text[: longest // 2]} … {text[-longest // 2 :]}"


def code(text: str, longest: int = 60) -> str:
    """The text on one line as code, in which GitHub looks for no mention, number or address."""
    shown = brief(text, longest)
    if shown and shown == shown.strip() and not _IN_CODE & set(shown):
        return f"`{shown}`"
    return f"<code>{_written_out(shown)}</code>"


def plain(text: str, longest: int = 1000) -> str:
    """The text on one line, without a mark-up, a link or a mention."""
    shown = brief(text, longest)
    # What is a name or a number to GitHub after a sign is none after a space of no width.
    return "".join(
        f"{_written_out(each)}&#8203;" if each in "@#" else _written_out(each) for each in shown
    )


def _written_out(text: str) -> str:
    """All but letters, digits and what is never mark-up as entities, which begin nothing."""
    return "".join(
        each if each.isalnum() or each in _HARMLESS else f"&#{ord(each)};" for each in text
    )
