"""`models.py` of a package: frozen pydantic models, printed by datamodel-code-generator.

The records go to it as a JSON Schema document made for this one purpose: what refers to
what, under the Python names. Which annotation a field gets is decided here and handed
to our templates of its classes; it orders the classes, imports and formats.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic, warning
from portwright.model import (
    Array,
    Enum,
    Field,
    Map,
    Model,
    Nullable,
    Record,
    String,
    Type,
    walk,
)
from portwright.targets import File, avro_types
from portwright.targets.python import blocks, naming
from portwright.targets.python.annotations import (
    MODULES,
    SECOND_NAMES,
    TYPES,
    Annotation,
    Annotations,
)
from portwright.targets.python.formatting import WIDTH, fitted, import_order
from portwright.targets.python.patterns import python_pattern
from portwright.targets.python.text import docstring, literal

_RECORD = "portwright_runtime.record.Record"
_HELP = "records that break the rule will be taken for valid: write it another way"
_UNKNOWN = "Read for a value that only another version of the contract has. Never published."
_DOCSTRING = '"""The records of the contract. Each is valid: what breaks a rule is not made."""'


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a class or a member of an enum: its statement, and a docstring below it."""

    declaration: str
    docstring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """What the templates print of a class; `lines` by attribute or member, `title` a literal.

    `uses` are the names its annotations need, `definition` is its place in the document, `members`
    are lines that a template of the repository adds.
    """

    name: str
    title: str
    docstring: tuple[str, ...]
    lines: Mapping[str, Line]
    uses: frozenset[str]
    definition: Mapping[str, object]
    members: tuple[str, ...] = ()


def files(model: Model) -> Iterator[File]:
    """`<package>/models.py`."""
    yield File(PurePosixPath(naming.package(model), "models.py"), text(model))


def check(model: Model) -> Iterator[Diagnostic]:
    """Warnings for rules of the contract that the models cannot check."""
    for path, field in walk.fields(model):
        for type_ in walk.own_types(field.type):
            pattern = type_.pattern if isinstance(type_, String) else None
            if pattern is not None and python_pattern(pattern) is None:
                message = f"`{'.'.join(path)}`: Python does not check the pattern `{pattern}`"
                yield warning("PW355", message, field.span, _HELP)


def text(model: Model) -> str:
    """The module, as black would have it."""
    annotations = Annotations(names.type_names(model))
    classes = list(_classes(model, annotations))
    base = SECOND_NAMES["Record"] if annotations.local("Record") != "Record" else _RECORD
    imports = {_source(name, annotations) for each in classes for name in each.uses}
    header = "\n".join((render.header(model, "# "), _DOCSTRING))
    printed = _printed(classes, base, sorted({*imports, *blocks.imports(model)}), header)
    documented = [each.docstring for each in classes]
    documented += [line.docstring for each in classes for line in each.lines.values()]
    text = _counted(printed.rstrip("\n") + "\n", imports)
    return fitted(text, chain.from_iterable(documented))


def _counted(text: str, imports: Iterable[str]) -> str:
    """`text` with imported names in the order of isort and ruff: `Int8` before `Int16`."""
    sized = sorted(path.removeprefix(f"{TYPES}.") for path in imports if path.startswith(TYPES))
    by_size = sorted(sized, key=import_order)
    for joint in (", ", ",\n    "):
        text = text.replace(joint.join(sized), joint.join(by_size), 1)
    return text


# ---------------------------------------------------------------------- views


def _classes(model: Model, annotations: Annotations) -> Iterator[Class]:
    for type_, _ in walk.named_types(model):
        match type_:
            case Record():
                yield _record(model, type_, annotations)
            case Enum():
                yield _enum(type_, annotations)


def _record(model: Model, record: Record, annotations: Annotations) -> Class:
    title = render.one_line(f"{model.name} {model.version}, {'.'.join(record.path)}")
    known = {naming.attribute(each): annotations.field(each) for each in record.fields}
    return Class(
        name=annotations.classes[record.path],
        title=literal(title),
        docstring=_told(record.description),
        lines={
            name: _field(name, annotation, field)
            for (name, annotation), field in zip(known.items(), record.fields, strict=True)
        },
        uses=frozenset().union(*(each.uses for each in known.values())),
        definition=_object(record, annotations),
        members=blocks.members(model, record, annotations.classes[record.path]),
    )


def _field(name: str, annotation: Annotation, field: Field) -> Line:
    default = "" if field.required else " = None"
    return Line(f"{name}: {annotation.text}{default}", _told(field.description))


def _enum(enum: Enum, annotations: Annotations) -> Class:
    lines = {
        naming.member(each.value): Line(
            f"{naming.member(each.value)} = {literal(each.value)}", _told(each.meaning)
        )
        for each in enum.values
    }
    if avro_types.unknown(enum) is None:
        name = avro_types.UNKNOWN
        lines[name] = Line(f'{name} = "{name}"', tuple(docstring(_UNKNOWN, 4)))
    return Class(
        name=annotations.classes[enum.path],
        title="",
        docstring=(),
        lines=lines,
        uses=frozenset(),
        definition={"type": "string", "enum": [*lines]},
    )


def _told(description: str | None) -> tuple[str, ...]:
    """The docstring of what the contract tells, if it tells something."""
    return tuple(docstring(description, 4)) if description and description.strip() else ()


def _source(name: str, annotations: Annotations) -> str:
    """The dotted path that a name is imported from."""
    if annotations.local(name) != name:
        return SECOND_NAMES[name]
    return f"{MODULES[name]}.{name}"


# ------------------------------------------------------------------- document


def _object(record: Record, annotations: Annotations) -> dict[str, object]:
    properties = {naming.attribute(each): _schema(each.type, annotations) for each in record.fields}
    return {"type": "object", "properties": properties, "required": [*properties]}


def _key(name: str) -> str:
    """What datamodel-code-generator takes for the name of a class. It renames classes that are
    called like one of its imports, and no import is called like this."""
    return f"{name}Type"


def _schema(type_: Type, annotations: Annotations) -> dict[str, object]:
    """What a type refers to; of all else the generator only needs to know that it is there."""
    match type_:
        case Record(path=path) | Enum(path=path):
            return {"$ref": f"#/$defs/{_key(annotations.classes[path])}"}
        case Array(element=inner) | Nullable(inner):
            return _schema(inner, annotations)
        case Map(value=value):
            return _schema(value, annotations)
        case _:
            return {"type": "string"}


def _printed(classes: Iterable[Class], base: str, imports: list[str], header: str) -> str:
    """The module that datamodel-code-generator makes of the classes with our templates."""
    # Imported here: it takes longer than all the rest of a run.
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import Formatter, PythonVersion

    definitions = {_key(each.name): each.definition for each in classes}
    views: dict[str, dict[str, object]] = {
        f"#/$defs/{_key(each.name)}": {"view": each} for each in classes
    }
    printed = generate(
        json.dumps({"$defs": definitions}),
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
        # It looks for settings from there upwards; those of a service are for its own code.
        settings_path=Path(Path.cwd().anchor),
    )
    if not isinstance(printed, str):
        raise TypeError(f"datamodel-code-generator printed {type(printed).__name__}")
    return printed
