"""The commands that generate and that check, as the command line has them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from portwright.options import all_option, config_option, format_option, jobs_option, today
from portwright.reporting import allowed_told, checked, report, say
from portwright.run import build


@click.command()
@config_option
@format_option
@click.option("--check", is_flag=True, help="Write nothing; print what would change and exit 1.")
@click.option(
    "--diff", is_flag=True, help="Write nothing; print the diff alone, as a patch, and exit 1."
)
@click.option("--watch", is_flag=True, help="Stay, and generate whenever an input changes.")
@all_option
@jobs_option
def generate(
    config: Path,
    style: str,
    check: bool,
    diff: bool,
    watch: bool,
    below: Path | None,
    jobs: int | None,
) -> None:
    """Write everything the config asks for.

    Unchanged files are not touched; if anything is wrong, no file is. What the contracts have
    changed is merged into files that are yours. Exit 1 if there is an error, a conflict to
    resolve, or with --check and --diff something that would change. With --all, that is so for
    each config.
    """
    from portwright.generating import once

    if diff and style != "text":
        raise click.UsageError("--diff prints a patch, and --format is for findings: use --check")
    if diff and below is not None:
        raise click.UsageError("--diff prints a patch of one config: use --check with --all")
    if watch and (check or diff or below or style != "text"):
        raise click.UsageError("--watch writes and prints text: it takes no other option of these")
    if watch:
        from portwright.generating import watching

        watching.watch(config, jobs)
        return
    mode = once.Mode.DIFF if diff else once.Mode.CHECK if check else once.Mode.WRITE
    sys.exit(_each(partial(once.run, style=style, mode=mode), config, style, below, jobs))


def _each(
    work: Callable[[Path, int | None], int],
    config: Path,
    style: str,
    below: Path | None,
    jobs: int | None,
) -> int:
    """The exit code of work for a config, or for all below a folder where one is given."""
    if below is None:
        return work(config, jobs)
    from portwright import monorepo

    return monorepo.run(below, style, jobs, work)


@click.command()
@config_option
@format_option
@all_option
@jobs_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint(
    config: Path, style: str, below: Path | None, jobs: int | None, files: tuple[Path, ...]
) -> None:
    """Check contracts without writing.

    They are those of the config, or the FILES named. The targets of the config are asked too;
    FILES need none to be read.
    """
    if files and below is None:
        sys.exit(_lint_files(style, config, files))
    sys.exit(_each(partial(_lint, style), config, style, below, jobs))


def _lint(style: str, config: Path, jobs: int | None) -> int:
    from portwright import pipeline

    run = build(config.parent, config.name, style, may_fail=True, jobs=jobs)
    over = pipeline.on(today(os.environ), run.build.models, run.config)
    over += (each.notice for each in run.build.allowed)
    report(over, style, config.parent)
    if run.build.failed or any(each.is_error for each in over):
        return 1
    say(f"{len(run.build.models)} contract(s), no errors{allowed_told(over)}", style)
    return 0


def _lint_files(style: str, config: Path, files: tuple[Path, ...]) -> int:
    from portwright import config as configs
    from portwright import pipeline

    day = today(os.environ)
    there = config.exists()
    settings, wrong = configs.load(config.parent, config.name, os.environ) if there else (None, [])
    report(wrong, style, config.parent)
    checked(map(str, files), Path())
    found = pipeline.lint(files, settings, os.environ, day)
    report(found, style, Path())
    if any(each.is_error for each in (*wrong, *found)):
        return 1
    note = "" if settings else "; there is no config, so no target was asked"
    say(f"{len(files)} contract(s), no errors{allowed_told(found)}{note}", style)
    return 0
