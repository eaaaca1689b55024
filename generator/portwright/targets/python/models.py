"""`models.py` of a package: frozen pydantic models, printed by datamodel-code-generator.

The records go to it as a JSON Schema document made for this one purpose: what refers to
what, under the Python names. Which annotation a field gets is decided here and handed
to our templates of its classes; it orders the classes, imports and formats.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from portwright import names, render
from portwright.diagnostics import Diagnostic, warning
from portwright.model import (
    Array,
    Date,
    Enum,
    Field,
    Map,
    Model,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    children,
    fields,
)
from portwright.targets import File
from portwright.targets.python import naming
from portwright.targets.python.annotations import MODULES, SECOND_NAMES, Annotations, unreadable
from portwright.targets.python.formatting import WIDTH, fitted
from portwright.targets.python.patterns import python_pattern
from portwright.targets.python.text import docstring, literal

_HELP = "records that break the rule will be taken for valid: write it another way"
_DOCSTRING = '"""The records of the contract. Each is valid: what breaks a rule is not made."""'


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a class or a member of an enum: its statement, and a docstring below it."""

    declaration: str
    docstring: tuple[str, ...]


def files(model: Model) -> Iterator[File]:
    """`<package>/models.py`."""
    yield File(PurePosixPath(naming.package(model), "models.py"), text(model))


def check(model: Model) -> Iterator[Diagnostic]:
    """Warnings for rules of the contract that the models cannot check."""
    for object_ in model.objects:
        for path, field in fields(object_.record):
            for rule in _unchecked(field.type):
                where = ".".join((object_.name, *path))
                yield warning(
                    "PW355", f"`{where}`: Python does not check {rule}", field.span, _HELP
                )


def _unchecked(type_: Type) -> Iterator[str]:
    match type_:
        case String(pattern=str(pattern)) if python_pattern(pattern) is None:
            yield f"the pattern `{pattern}`"
        case Date(bounds) | Time(bounds) | Timestamp(bounds=bounds):
            for limit in unreadable(type_, bounds):
                yield f"the limit `{limit}`, which is no value of the type"
        case Record():
            return  # its fields speak for themselves
        case _:
            for child in children(type_):
                yield from _unchecked(child)


def text(model: Model) -> str:
    """The module, as black would have it."""
    annotations = Annotations(names.type_names(model))
    views: dict[str, dict[str, Any]] = {}
    definitions: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for type_ in naming.types(model):
        match type_:
            case Record(path=path):
                view, definition = _record(model, type_, annotations), _object(type_, annotations)
                for each in type_.fields:
                    used |= annotations.field(each).uses
            case Enum(path=path):
                view, definition = {"members": _members(type_)}, _enumeration(type_)
            case _:
                continue
        key = _key(path, annotations)
        views[f"#/$defs/{key}"] = {"name": annotations.classes[path], **view}
        definitions[key] = definition
    header = "\n".join((render.header(model, "# "), _DOCSTRING))
    imports = sorted(_source(name, annotations) for name in used)
    return _printed({"$defs": definitions}, views, imports, _base(annotations), header)


def _key(path: tuple[str, ...], annotations: Annotations) -> str:
    """What datamodel-code-generator takes for the name of a class. It renames classes that are
    called like one of its imports, and no import is called like this."""
    return f"{annotations.classes[path]}Type"


# ---------------------------------------------------------------------- views


def _record(model: Model, record: Record, annotations: Annotations) -> dict[str, Any]:
    title = render.one_line(f"{model.name} {model.version}, {'.'.join(record.path)}")
    told = record.description
    if len(record.path) == 1:
        told = model.object(record.path[0]).description or told
    return {
        "title": literal(title),
        "docstring": docstring(told, 4) if told and told.strip() else [],
        "attributes": {
            naming.attribute(each): _attribute(each, annotations) for each in record.fields
        },
    }


def _attribute(field: Field, annotations: Annotations) -> Line:
    default = "" if field.required else " = None"
    told = (field.description or "").strip()
    return Line(
        f"{naming.attribute(field)}: {annotations.field(field).text}{default}",
        tuple(docstring(told, 4)) if told else (),
    )


def _members(enum: Enum) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"{naming.member(each.value)} = {literal(each.value)}",
            (
                tuple(docstring(told, 4))
                if (told := (each.description or each.label or "").strip())
                else ()
            ),
        )
        for each in enum.values
    )


def _base(annotations: Annotations) -> str:
    record = "portwright_runtime.record.Record"
    return SECOND_NAMES["Record"] if annotations.local("Record") != "Record" else record


def _source(name: str, annotations: Annotations) -> str:
    """The dotted path that a name is imported from."""
    if annotations.local(name) != name:
        return SECOND_NAMES[name]
    return f"{MODULES[name]}.{name}"


# ------------------------------------------------------------------- document


def _object(record: Record, annotations: Annotations) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            naming.attribute(each): _schema(each.type, annotations) for each in record.fields
        },
        "required": [naming.attribute(each) for each in record.fields],
    }


def _enumeration(enum: Enum) -> dict[str, Any]:
    return {"type": "string", "enum": [naming.member(each.value) for each in enum.values]}


def _schema(type_: Type, annotations: Annotations) -> dict[str, Any]:
    """What a type refers to; of all else the generator only needs to know that it is there."""
    match type_:
        case Record(path=path) | Enum(path=path):
            return {"$ref": f"#/$defs/{_key(path, annotations)}"}
        case Array(element=inner) | Nullable(inner):
            return _schema(inner, annotations)
        case Map(value=value):
            return _schema(value, annotations)
        case _:
            return {"type": "string"}


def _printed(
    document: dict[str, Any],
    views: dict[str, dict[str, Any]],
    imports: list[str],
    base: str,
    header: str,
) -> str:
    # Imported here: it takes longer than all the rest of a run.
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import Formatter, PythonVersion

    printed = generate(
        json.dumps(document),
        input_filename="contract",
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        base_class=base,
        custom_template_dir=render.template_root() / "python" / "models",
        extra_template_data=defaultdict(dict, views),
        additional_imports=imports,
        custom_file_header=header,
        skip_root_model=True,
        disable_timestamp=True,
        formatters=[Formatter.BUILTIN],
        builtin_format_line_length=WIDTH,
        use_double_quotes=True,
    )
    if not isinstance(printed, str):
        raise TypeError(f"datamodel-code-generator printed {type(printed).__name__}")
    return fitted(printed.rstrip("\n") + "\n")
