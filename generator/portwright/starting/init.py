"""Init: a repository of a service made one that ports are generated in. What is there is kept."""

from __future__ import annotations

import shlex
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import click

from portwright import output
from portwright.diagnostics import Span, error
from portwright.editors import store
from portwright.paths import CONFIG, find
from portwright.plan import Write, read
from portwright.reporting import report
from portwright.starting import blank, detecting, makefile, placing, precommit, settings
from portwright.starting.detecting import Facts
from portwright.targets import registry

_OTHER_RUNNERS = ("justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml", "noxfile.py")


@dataclass(slots=True)
class _Plan:
    """What would be written, and what is for people to do."""

    root: Path
    facts: Facts
    before: dict[PurePosixPath, bytes | None] = field(default_factory=dict)
    after: dict[PurePosixPath, bytes] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def write(self, path: str, text: str, before: bytes | None = None) -> None:
        self.before[PurePosixPath(path)] = before
        self.after[PurePosixPath(path)] = text.encode("utf-8", "surrogateescape")


def run(root: Path, ask: bool, name: str | None, dry_run: bool) -> int:
    """Writes what is missing below the folder; the exit code."""
    facts = detecting.facts(root)
    facts = replace(facts, name=name or facts.name)
    if ask and not (root / CONFIG).exists():
        facts = _asked(facts)
    plan = _Plan(root, facts)
    with output.exclusive(root):
        try:
            _config(plan)
            _makefile(plan)
            _hook(plan)
        except OSError as fault:
            reason = f"cannot read: {fault.strerror or fault}"
            place = Span(str(fault.filename or root))
            report([error("PW820", reason, place, "look at its rights")], "text", Path())
            return 1
        if dry_run:
            for path, data in plan.after.items():
                if path.parent == store.FOLDER:
                    click.echo(f"{path}: what `portwright schema` prints")
                    continue
                change = Write(path, plan.before[path], data)
                click.echo("".join(change.diff()), nl=False)
            _tell_by_hand(plan)
            return 0
        faults = output.put_all(root, plan.after)
    report(faults, "text", root)
    if faults:
        return 1
    _tell(plan)
    return 0


def _asked(facts: Facts) -> Facts:
    """The facts with what only a person knows."""
    from portwright.starting.commands import NAME
    from portwright.targets.ddl import DIALECTS

    def legal(text: str) -> str:
        if not NAME.fullmatch(text):
            raise click.BadParameter("write letters, digits, `-` and `_`, a letter first")
        return text

    if not facts.contracts:
        chosen = click.prompt("What is the first contract called", facts.name, value_proc=legal)
        facts = replace(facts, name=chosen)
    if not facts.databases:
        known = click.Choice([*sorted(DIALECTS), "none"])
        database = click.prompt("Tables for which database", "none", type=known)
        facts = replace(facts, databases=() if database == "none" else (database,))
    return facts


def _config(plan: _Plan) -> None:
    """The config, and a first contract where it finds none."""
    root, facts = plan.root, plan.facts
    looked = placing.patterns(root / CONFIG)
    if looked is None:
        if (root / CONFIG).exists():
            (root / CONFIG).read_bytes()  # which says why it cannot be read
        plan.write(CONFIG, store.line(store.CONFIG, CONFIG) + settings.text(facts))
        for schema, text in store.schemas(registry.names()).items():
            before = read(root, schema)
            if before != text.encode():
                plan.write(str(schema), text, before)
        looked = tuple(settings.patterns(facts))
    if not looked:
        plan.told.append(f"{CONFIG}: it has no `contracts:` that can be read; `portwright lint`")
    elif not find(looked, root):
        path = placing.path_of(facts.name, looked)
        text = blank.contract(facts.name, str(uuid.uuid4()))
        if read(root, store.CONTRACT) is not None or store.CONTRACT in plan.after:
            text = store.line(store.CONTRACT, str(path)) + text
        plan.write(str(path), text)


def _makefile(plan: _Plan) -> None:
    """The goals, in the Makefile that make would take."""
    root, runner = plan.root, plan.facts.runner
    name = next((each for each in makefile.NAMES if (root / each).is_file()), None)
    if name is None:
        other = next((each for each in _OTHER_RUNNERS if (root / each).is_file()), None)
        if other is None and not (root / "Makefile").exists():
            plan.write("Makefile", makefile.edited("", root, runner).text or "")
        elif other is not None:
            plan.told.append(f"{other}: add `portwright generate`, and for CI `generate --check`")
        return
    data = (root / name).read_bytes()
    is_link = (root / name).is_symlink()
    edit = makefile.edited(data.decode("utf-8", "surrogateescape"), root, runner, is_link)
    plan.told += [f"{name}: {each}" for each in edit.told]
    if edit.text is not None:
        plan.write(name, edit.text, data)


def _hook(plan: _Plan) -> None:
    """The hook, where the repository has hooks of pre-commit."""
    root, repository = plan.root, plan.facts.repository
    top = repository or root.resolve()
    path = top / precommit.NAME
    if not path.is_file():
        return
    data = path.read_bytes()
    text = data.decode("utf-8", "surrogateescape")
    below = root.resolve().relative_to(top).as_posix()
    if precommit.has_hook(text, below):
        return
    lines = precommit.hook(below, plan.facts.runner)
    edited = precommit.edited(text, lines) if below == "." and not path.is_symlink() else None
    if edited is None:
        shown = "\n".join(f"      {each}" for each in lines)
        plan.told.append(f"{path.name} of the repository: under `repos:` add\n{shown}")
    else:
        plan.write(precommit.NAME, edited, data)


def _tell(plan: _Plan) -> None:
    """Says what was found and written, and what comes next."""
    facts = plan.facts
    found = [*facts.languages, *facts.databases]
    if found:
        click.echo(f"found    {', '.join(found)}")
    for path in plan.after:
        word = "wrote" if plan.before[path] is None else "updated"
        click.echo(f"{word:<8} {plan.root / path}")
    if not plan.after:
        click.echo("nothing to do: all of it is there")
    _tell_by_hand(plan)
    if facts.services:
        some = ", ".join(facts.services[:5])
        click.echo(f"note     there are services below ({some}): init is for one of them")
    if plan.after:
        click.echo("next")
        if plan.root != Path():
            click.echo(f"  cd {shlex.quote(str(plan.root))}")
        contract = next((each for each in plan.after if str(each).endswith(".odcs.yaml")), None)
        if contract is not None:
            click.echo(f"  edit {contract}, or begin one from what you have:")
            click.echo("    portwright new port NAME --from sqlite:service.db --table orders")
        click.echo("  portwright generate")


def _tell_by_hand(plan: _Plan) -> None:
    for each in plan.told:
        click.echo(f"by hand  {each}")
