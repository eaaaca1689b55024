"""Messages of a document: the headers, key and value of a record's message."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from portwright import names
from portwright.model import Expression, Model, Object
from portwright.targets import avro_schema
from portwright.targets.asyncapi.channels import some, tags

# Which of its releases Avro's format has here (AsyncAPI 3.0, Multi Format Schema Object).
_AVRO: Final = "application/vnd.apache.avro;version=1.9.0"
_BINDING: Final = "0.5.0"
_TIME: Final = {
    "type": "string",
    "format": "date-time",
    "description": "When it happened, in UTC (CloudEvents, time).",
}
_SCHEMA: Final = "Names the writer's schema by its fingerprint (CloudEvents, dataschema)."
_GUID: Final = (
    "A one byte and the GUID of the schema in the registry, in 17 bytes, where the producer does"
    " not write the schema's number before the value (Confluent's wire format)."
)


def message(model: Model, object_: Object, wire: str) -> dict[str, object]:
    """The message of an object's records."""
    record = names.type_names(model)[object_.record.path]
    description = (object_.description or "").strip()
    return {
        "name": f"{names.namespace(model)}.{record}",
        "title": object_.business_name or record,
        "summary": f"A record of {object_.name}.",
        **some("description", description),
        "contentType": f"application/{wire}",
        "headers": _headers(model, object_, record, wire),
        "payload": _payload(model, object_, record, wire),
        **tags(*object_.tags, *(("deprecated",) if object_.deprecated else ())),
        "bindings": {"kafka": _binding(object_)},
        "x-schema-subject": object_.schema_subject,
        "x-schema-compatibility": str(object_.compatibility),
    }


def _payload(model: Model, object_: Object, record: str, wire: str) -> dict[str, object]:
    """The schema of a value: Avro's own, else what its JSON would look like. AsyncAPI's parser
    of Protobuf knows no imports but Google's own, and Confluent's tags are one."""
    if wire == "avro":
        return {"schemaFormat": _AVRO, "schema": avro_schema.schema(model, object_)}
    return {"$ref": f"#/components/schemas/{record}"}


def _headers(model: Model, object_: Object, record: str, wire: str) -> dict[str, object]:
    """CloudEvents in binary mode (Kafka Protocol Binding 1.0.2), what the contract adds, and what
    names the schema."""
    always = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "The same for an event that is sent again."},
        "ce_source": {"type": "string", "const": f"/{quote(model.name, safe='')}"},
        "ce_type": {"type": "string", "const": f"{names.namespace(model)}.{record}"},
        "ce_time": dict(_TIME),
        "ce_dataschema": {"type": "string", "description": _SCHEMA},
        "content-type": {"type": "string", "const": f"application/{wire}"},
    }
    key = object_.key
    subject = {"ce_subject": {"type": "string", "description": "The message's key."}}
    return {
        "type": "object",
        "required": list(always),
        "properties": {
            **always,
            **(subject if key and key.public else {}),
            **{word: _text(made, word) for word, made in object_.stream_headers},
            "traceparent": {"type": "string", "description": "W3C Trace Context."},
            "__value_schema_id": {"type": "string", "description": _GUID},
        },
    }


def _binding(object_: Object) -> dict[str, object]:
    key = object_.key
    return {
        **({"key": _text(key, "key")} if key else {}),
        # The usual form; `__value_schema_id` among the headers tells of the other.
        "schemaIdLocation": "payload",
        "schemaIdPayloadEncoding": "confluent",
        **({} if object_.subject else {"schemaLookupStrategy": "TopicNameStrategy"}),
        "bindingVersion": _BINDING,
    }


def _text(made: Expression, what: str) -> dict[str, object]:
    """A text that is made of a record's values."""
    paths = made.paths
    if made.template is not None:
        told = made.template.format(*("{" + each + "}" for each in paths))
        return {"type": "string", "description": f"The {what} is `{told}`."}
    if len(paths) == 1:
        return {"type": "string", "description": f"The text of `{paths[0]}`."}
    named = ", ".join(f"`{each}`" for each in paths)
    return {"type": "string", "description": f"A JSON array of the texts of {named}."}
