"""The base class of generated records, and the gate that every record passes on its way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from portwright_runtime.errors import ContractViolation


class Record(BaseModel):
    """One record of a contract: immutable, with exactly the contract's fields.

    Fields are given by keyword, under their Python names or as the contract writes them.
    A record inside another is validated again when the outer one is, so what
    `model_construct` and `model_copy(update=…)` let through goes no further.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        revalidate_instances="always",
        # Messages are logged; what a field holds is nobody's business there.
        hide_input_in_errors=True,
        # Look-around and back-references of ECMA-262 patterns, which the default engine lacks.
        regex_engine="python-re",
        # A contract may well say `model_year`; real clashes are renamed by the generator.
        protected_namespaces=(),
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


# Under a second name for packages whose contract has a type called `Record`.
Record_ = Record

R = TypeVar("R", bound=Record)


def validated(type_: type[R], record: object, contract: str, object: str) -> R:
    """`record`, checked again however it was made; ContractViolation if it breaks the contract."""
    if not isinstance(record, type_):
        raise ContractViolation(
            contract, object, "", f"expected {type_.__name__}, got {type(record).__name__}"
        )
    try:
        checked: R = type_.__pydantic_validator__.validate_python(record)
    except ValidationError as error:
        raise violation(error, record, contract, object) from None
    return checked


def violation(
    error: ValidationError, record: object, contract: str, object: str
) -> ContractViolation:
    """The first finding of `error` about `record`, by path and rule, without the value."""
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    path = ".".join(_path(record, findings[0]["loc"]))
    return ContractViolation(contract, object, path, f"{findings[0]['msg']}{more}")


def _path(value: object, location: tuple[int | str, ...]) -> Iterator[str]:
    """The steps of `location` inside `value`; the key of a map is data and shown as `*`."""
    for step in location:
        if isinstance(value, Mapping):
            yield "*"
            value = value.get(step)
        else:
            yield str(step)
            value = _inside(value, step)


def _inside(value: object, step: int | str) -> object:
    if isinstance(value, Record):
        names = {field.alias or name: name for name, field in type(value).model_fields.items()}
        return value.__dict__.get(names.get(str(step), str(step)))
    if isinstance(value, tuple | list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
