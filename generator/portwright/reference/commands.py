"""The commands that tell about Portwright itself, as the command line has them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from portwright import completion

if TYPE_CHECKING:
    from portwright.targets.options import Option


@dataclass(frozen=True, slots=True)
class _Listed:
    """A target as it is listed; `fault` is why it cannot be used."""

    target: str
    summary: str | None = None
    options: tuple[Option, ...] = ()
    fault: str | None = None

    @property
    def document(self) -> dict[str, object]:
        """All of it as plain data; how the class calls an option is its own affair."""
        options = [asdict(each) for each in self.options]
        shown = [{key: each[key] for key in each if key != "field"} for each in options]
        return {**asdict(self), "options": shown}


@click.command()
@click.option("--types", is_flag=True, help="Print what becomes of each logical type.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@click.argument("names", nargs=-1, shell_complete=completion.targets)
def targets(types: bool, style: str, names: tuple[str, ...]) -> None:
    """List what can be generated, with the options of each target.

    With NAMES, those only: of targets, or with --types also of dialects.
    """
    from portwright.targets import registry

    if types:
        _types(names, style)
        return
    told = []
    for name in names or registry.names():
        try:
            cls = registry.target_class(name)
        except registry.TargetError as fault:
            if names:
                raise click.BadParameter(f"{fault}: {fault.help}") from None
            told.append(_Listed(name, fault=str(fault)))
        else:
            told.append(_Listed(name, str(cls.summary), tuple(registry.options(cls))))
    if style == "json":
        click.echo(json.dumps([each.document for each in told], indent=2))
        return
    for each in told:
        click.echo(f"{each.target:<12} {f'({each.fault})' if each.fault else each.summary}")
        for option in each.options:
            need = "required" if option.required else "optional"
            need += f", {option.default} by default" if option.default else ""
            choices = f": {', '.join(option.choices)}" if option.choices else ""
            click.echo(f"{'':<12} {option.name} ({need}){choices}")


def _types(names: tuple[str, ...], style: str) -> None:
    """Prints the table of types."""
    from portwright import type_table

    for name in names:
        if not type_table.targets([name]):
            known = sorted({word for key in type_table.targets() for word in key.split()})
            raise click.BadParameter(f"no types are known of {name}, but of {', '.join(known)}")
    if style == "json":
        click.echo(json.dumps(type_table.as_json(names), indent=2))
    else:
        click.echo(type_table.as_text(names))


@click.command()
@click.argument("code", shell_complete=completion.codes)
def explain(code: str) -> None:
    """Tell the long story of a diagnostic CODE, such as PW101."""
    from portwright.codes import EXPLANATIONS

    story = EXPLANATIONS.get(code.upper())
    if story is None:
        way_out = "write the one that a finding has in brackets, such as PW101"
        raise click.BadParameter(f"there is no code {code}: {way_out}")
    click.echo(f"{code.upper()}: {story.strip()}")
