"""How contracts stand beside each other, and the files that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from portwright.config import Config, Output
from portwright.diagnostics import Diagnostic, error
from portwright.model import Model, support
from portwright.targets import File


def among_majors(models: Iterable[Model]) -> Iterator[Model]:
    """The models, which know the major version before theirs, and which one is the current."""
    found = list(models)
    by_id: dict[str, list[Model]] = {}
    for each in sorted(found, key=lambda other: other.major):
        by_id.setdefault(each.id, []).append(each)
    for each in found:
        versions = by_id[each.id]
        earlier = [other for other in versions if other.major < each.major]
        current = max(versions, key=lambda other: (not support.is_plan(other), other.major))
        yield replace(
            each, current=current.major == each.major, earlier=earlier[-1] if earlier else None
        )


def among_others(config: Config, models: Iterable[Model]) -> tuple[list[Model], list[Diagnostic]]:
    """The models of a config as they stand beside each other, and what it says wrongly of them."""
    words = config.policies.classifications
    models = [replace(each, namespace=config.namespace, classifications=words) for each in models]
    models, misplaced = config.choose_ports(models)
    return list(among_majors(models)), misplaced


def same_identity(models: Iterable[Model]) -> Iterator[Diagnostic]:
    """An error for each contract of which there is another."""
    seen: dict[tuple[str, int], Model] = {}
    for model in models:
        other = seen.setdefault((model.id, model.major), model)
        if other is not model:
            yield error(
                "PW511",
                f"{other.source} is a contract of the same id and major version",
                model.span,
                "give one of them another `id`, or raise its major version",
            )


def same_path(placed: Mapping[File, Output]) -> Iterator[Diagnostic]:
    """An error for each file that would be written twice."""
    # Some file systems do not tell upper from lower case.
    seen: dict[str, File] = {}
    for each, output in placed.items():
        other = seen.setdefault(str(each.path).casefold(), each)
        if other is not each:
            yield error(
                "PW512",
                f"two targets or contracts generate {each.path}",
                output.span,
                "give the targets folders of their own, or the contracts names of their own",
            )
