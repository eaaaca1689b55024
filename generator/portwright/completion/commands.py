"""`portwright completion`, as the command line has it."""

from __future__ import annotations

import click

from portwright.completion import PROGRAM

_VARIABLE = "_PORTWRIGHT_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands.

    It completes options and what they take, too. For bash and zsh write
    `eval "$(portwright completion bash)"` into ~/.bashrc or ~/.zshrc; for fish, put the script into
    ~/.config/fish/completions/portwright.fish.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, PROGRAM, _VARIABLE).source())
