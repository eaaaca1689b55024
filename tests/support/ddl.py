"""Files of the target `ddl`: that of a model, and those of contracts that others wrote."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.model import Model
from portwright.targets.ddl import Ddl
from support import corpus


def file(model: Model, dialect: str) -> str:
    """The text of the model's file; an AssertionError where the engine cannot hold its tables."""
    target = Ddl(dialect)
    assert not [each for each in target.check(model) if each.is_error]
    (found,) = target.emit(model)
    return found.text


def of_corpus(dialect: str) -> Iterator[str]:
    """The file of each contract of the corpus whose tables the engine can hold."""
    target = Ddl(dialect)
    for _, model in corpus.models():
        if not any(each.is_error for each in target.check(model)):
            for found in target.emit(model):
                yield found.text
