"""The base class of generated records, and the gate that every record passes on its way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from portwright_runtime import refusals
from portwright_runtime.errors import ContractViolation
from portwright_runtime.privacy import HIDDEN, hidden_attributes


def _discreet(method: Callable[..., Any], makes: bool = True) -> Callable[..., Any]:
    """`method` of a record or its class, with ValidationErrors that hold nothing of any value.

    Those of pydantic have the value, and in their path the keys of maps and of JSON. Where it
    `makes` a record, who counts refused ones is told.
    """

    @wraps(method)
    def discreet(self: Any, /, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except ValidationError as error:
            type_ = self if isinstance(self, type) else type(self)
            refusal = _concealed(error, type_)
            if makes:
                refusals.told(type_)
        # Tracebacks may be shown with the variables of their frames.
        del arguments, named
        # Not where it was caught: there it would have the caught one as its context.
        raise refusal

    return discreet


def _unchecked(method: Callable[..., Any]) -> Callable[..., Any]:
    """`method`, whose result is a record that nobody validated, and is marked so."""

    @wraps(method)
    def marking(*arguments: Any, **named: Any) -> Any:
        record = method(*arguments, **named)
        _mark(record)
        return record

    return marking


class _Unchecked(set[str]):
    """The fields that were set in a record, where nobody validated it.

    A mark of its own would have to be looked for in every record, and is missing from most.
    """


def _mark(record: BaseModel) -> None:
    fields = _Unchecked(record.__pydantic_fields_set__)
    object.__setattr__(record, "__pydantic_fields_set__", fields)


class Record(BaseModel):
    """One record of a contract: immutable, with exactly the contract's fields.

    Fields are given by keyword, under their Python names or as the contract writes them.
    A record that came about without validation (`model_construct`, `model_copy`, a pickle) is
    marked, and validated on its way out; one inside another is validated again when the outer
    one is.
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

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The fields as they are shown: what is classified is `***`, null or not."""
        hidden = hidden_attributes(type(self))
        for name, value in super().__repr_args__():
            yield name, HIDDEN if name in hidden else value

    if not TYPE_CHECKING:  # what these are to type checkers, the base class says
        __init__ = _discreet(BaseModel.__init__)
        __setattr__ = _discreet(BaseModel.__setattr__, makes=False)
        model_validate = classmethod(_discreet(BaseModel.model_validate.__func__))
        model_validate_json = classmethod(_discreet(BaseModel.model_validate_json.__func__))
        model_validate_strings = classmethod(_discreet(BaseModel.model_validate_strings.__func__))
        model_construct = classmethod(_unchecked(BaseModel.model_construct.__func__))
        model_copy = _unchecked(BaseModel.model_copy)
        copy = _unchecked(BaseModel.copy)
        __copy__ = _unchecked(BaseModel.__copy__)
        __deepcopy__ = _unchecked(BaseModel.__deepcopy__)

        def __setstate__(self, state: Any) -> None:
            super().__setstate__(state)
            _mark(self)


# Under a second name for packages whose contract has a type called `Record`.
Record_ = Record

R = TypeVar("R", bound=Record)


def is_checked(record: Record) -> bool:
    """Whether somebody validated the record."""
    return type(record.__pydantic_fields_set__) is not _Unchecked


def checked(type_: type[R], record: object, contract: str, object: str) -> R:
    """`record`, validated if it never was; ContractViolation if it breaks the contract."""
    if type(record) is type_ and is_checked(record):
        return record
    return validated(type_, record, contract, object)


def validated(type_: type[R], record: object, contract: str, object: str) -> R:
    """`record`, checked again however it was made; ContractViolation if it breaks the contract."""
    if not isinstance(record, type_):
        raise ContractViolation(
            contract, object, "", f"expected {type_.__name__}, got {type(record).__name__}"
        )
    return made(type_, record, contract, object)


def made(type_: type[R], source: object, contract: str, object: str) -> R:
    """The record that `source` gives; ContractViolation if it breaks the contract."""
    try:
        record: R = type_.__pydantic_validator__.validate_python(source)
    except ValidationError as error:
        refusal = violation(error, type_, contract, object)
    else:
        return record
    del source  # a traceback may be shown with it
    raise refusal  # without the caught one as its context


def violation(
    error: ValidationError, type_: type[Record], contract: str, object: str
) -> ContractViolation:
    """The first finding of `error` about a record, by path and rule, without the value."""
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    path = ".".join(map(str, _path(type_, findings[0]["loc"])))
    return ContractViolation(contract, object, path, f"{findings[0]['msg']}{more}")


def _concealed(error: ValidationError, type_: type[Record]) -> ValidationError:
    """`error` without anything of the value that it is about."""
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    details = [
        InitErrorDetails(
            type=PydanticCustomError(each["type"], each["msg"]),
            loc=tuple(_path(type_, each["loc"])),
            input=None,
        )
        for each in findings
    ]
    return ValidationError.from_exception_data(error.title, details, hide_input=True)


def _path(type_: Any, location: tuple[int | str, ...]) -> Iterator[int | str]:
    """The steps of `location` as the contract names them; a map's key is data, and shown as `*`."""
    for step in location:
        type_ = _bare(type_)
        if isinstance(type_, type) and issubclass(type_, Record):
            written, type_ = _field(type_, str(step))
            yield written
        elif get_origin(type_) is tuple:
            yield step
            type_ = get_args(type_)[0]
        elif get_origin(type_) is Mapping:
            yield "*"
            type_ = get_args(type_)[1]
        else:
            return


def type_at(type_: Any, path: str) -> Any:
    """The type of what stands at a path of the contract's names (`customer.customer_id`); Any where
    there is no such."""
    for name in path.split("."):
        type_ = _bare(type_)
        if not (isinstance(type_, type) and issubclass(type_, Record)):
            return Any
        found = next(
            (each for at, each in type_.model_fields.items() if name in (at, each.alias)), None
        )
        if found is None:
            return Any
        type_ = found.rebuild_annotation()
    return type_


def _bare(type_: Any) -> Any:
    """`type_` without its metadata and without None."""
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if get_origin(type_) in (Union, UnionType):
        inner = [each for each in get_args(type_) if each is not NoneType]
        return _bare(inner[0]) if len(inner) == 1 else None
    return type_


def _field(record: type[Record], name: str) -> tuple[str, Any]:
    """The contract's name and the annotation of the field called `name` there or in Python."""
    for attribute, field in record.model_fields.items():
        if name in (attribute, field.alias):
            return field.alias or attribute, field.annotation
    return name, None
