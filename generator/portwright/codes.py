"""Every diagnostic code and its long story, printed by `portwright explain CODE`."""

from __future__ import annotations

EXPLANATIONS: dict[str, str] = {
    # Entries in code order: a title, a blank line, the story.
    "PW606": """\
The lock was written by a newer Portwright

The second line of portwright.lock names the format of the file. This Portwright does not
know that format and does not guess: a wrong guess would move wire numbers.

    portwright-lock 2

Install the Portwright your repository pins, or a later one.
""",
    "PW607": """\
A line of the lock cannot be read

portwright.lock holds one identity a line, such as

    field checkout v1 orders.lines sku 2 string id=line_sku
    value checkout v1 orders.status shipped 3
    reserved checkout v1 orders total 4

A line was edited by hand or cut off. Restore the file from version control and run
`portwright generate` again. Never delete the whole file: its numbers are in bytes that were
already sent.
""",
    "PW608": """\
A number, a name or an id stands twice in the lock

Two lines of one type hold the same wire number, name or id. This is what a merge leaves behind
when two branches each added a field to the same record:

    field checkout v1 orders coupon 7 string
    field checkout v1 orders gift_note 7 string

Delete the line whose field was not released yet and run `portwright generate`: it gets the
next free number. If both were released, one of the two needs a new major version.
""",
    "PW609": """\
The lock holds a merge conflict

Git could not merge portwright.lock and left its markers in it. Keep the lines of both sides,
delete the lines that begin with <<<<<<<, =======, and >>>>>>>, and run `portwright generate`;
it puts the lines in order. If it then reports PW608, two branches took the same number.
""",
}
