"""What changes of properties mean: whether they are there, their names, their types."""

from __future__ import annotations

from collections.abc import Mapping

from portwright.evolution.effects import OK, Row, breaks, fine, risky, row
from portwright.evolution.kinds import Kind
from portwright.model import Port

_BESIDE = (
    "add the new one beside the old, deprecate the old, and remove it with a new major version"
)
_MESSAGES = Port.STREAM
_MAJOR = "release it as a new major version"

ROWS: Mapping[Kind, Row] = {
    Kind.PROPERTY_ADDED_OPTIONAL: row(
        "an optional property is new",
        "raise the minor version",
        producer=fine("it is null until your code fills it"),
        stream=fine("readers skip what their schema does not have"),
        replay=fine("it is null in old data"),
        tables=fine("ADD COLUMN, before the next load"),
        sql=fine("only `SELECT *` sees another column"),
    ),
    Kind.PROPERTY_ADDED_REQUIRED: row(
        "a required property is new",
        "add it as optional, fill old data, and require it with a new major version",
        producer=breaks("your code has to set it"),
        stream=fine("readers skip what their schema does not have"),
        replay=breaks("old data does not have it, and there is no default"),
        tables=risky("rows that are there need a value first"),
        sql=fine("only `SELECT *` sees another column"),
    ),
    Kind.PROPERTY_REMOVED_OPTIONAL: row(
        "an optional property is gone",
        "deprecate it, and remove it with a new major version",
        producer=breaks("code that sets it is refused"),
        stream=risky("it is null for old readers, whatever they did with it"),
        tables=risky("keep the column, nullable, until nobody reads it"),
        sql=breaks("queries that name the column fail"),
    ),
    Kind.PROPERTY_REMOVED_REQUIRED: row(
        "a required property is gone",
        "deprecate it, and remove it with a new major version",
        producer=breaks("code that sets it is refused"),
        stream=breaks("old readers need it, and cannot read the message"),
        tables=risky("keep the column, nullable, until nobody reads it"),
        sql=breaks("queries that name the column fail"),
    ),
    Kind.PROPERTY_RENAMED: row(
        "a property has another name",
        _BESIDE,
        producer=breaks("code that sets it uses the old name"),
        stream=breaks("old readers find neither the old name nor an alias of the new one"),
        replay=risky("Avro's aliases are optional for readers, and JSON has none", _MESSAGES),
        tables=risky("RENAME COLUMN, or a view with both names"),
        sql=breaks("queries that name the column fail"),
    ),
    Kind.NAME_REUSED: row(
        "a property has the name that another one had",
        "give it a name that was never used",
        producer=breaks("code that sets the name means the other property"),
        stream=breaks("old readers take it for the other property, and say nothing"),
        replay=breaks("new readers take the other property for it, and say nothing"),
        tables=breaks("a new column: the rows hold the other property"),
        sql=breaks("queries take it for the other property, and say nothing"),
    ),
    Kind.COLUMN_RENAMED: row(
        "a column has another name",
        "give the column its old name back, or show both in a view until a new major version",
        tables=risky("RENAME COLUMN, or a view with both names"),
        sql=breaks("queries that name the column fail"),
    ),
    Kind.MADE_OPTIONAL: row(
        "a required property is optional now",
        "add an optional property beside it, or release it as a new major version",
        producer=fine("code that sets it goes on"),
        stream=breaks("old readers cannot read a null"),
        replay=risky("Protobuf does not write 0, false or empty: old ones are null", _MESSAGES),
        tables=fine("DROP NOT NULL; a new table where the engine cannot"),
        sql=risky("joins, sums and code behind the query meet nulls"),
    ),
    Kind.MADE_REQUIRED: row(
        "an optional property is required now",
        "fill old data first, and release it as a new major version",
        producer=breaks("records without it are refused"),
        stream=risky("Protobuf does not write 0, false or empty: old readers see null"),
        replay=breaks("old data may be null there"),
        tables=risky("SET NOT NULL fails while a row is null"),
    ),
    Kind.ELEMENT_MADE_NULLABLE: row(
        "what is in a list or map may be null now",
        "leave nulls out, or release it as a new major version",
        producer=risky("types in code now say that it may be null"),
        stream=breaks("old readers cannot read a null"),
        replay=risky("Avro reads old data; in Protobuf the field gets a new number", _MESSAGES),
        tables=risky("a nested type is altered by few engines"),
        sql=risky("unnested values may be null"),
    ),
    Kind.ELEMENT_MADE_NOT_NULL: row(
        "what is in a list or map is never null now",
        _MAJOR,
        producer=breaks("records with a null there are refused"),
        stream=risky("Avro reads it as before; in Protobuf the field gets a new number"),
        replay=breaks("old data may have a null there"),
        tables=risky("a nested type is altered by few engines"),
    ),
    Kind.INTEGER_WIDENED: row(
        "an integer may be larger",
        _BESIDE,
        producer=fine("what fits goes on to fit"),
        stream=breaks("old readers refuse what is beyond their type, or cut it"),
        replay=risky("the old values fit; in lists some Avro libraries refuse them", _MESSAGES),
        tables=risky("widened in place by most engines, some write the table anew"),
        sql=risky("casts and variables of the old size overflow"),
    ),
    Kind.INTEGER_NARROWED: row(
        "an integer must be smaller",
        _BESIDE,
        producer=breaks("values beyond the new type are refused"),
        stream=risky("what is smaller fits; in lists some Avro libraries refuse it"),
        replay=breaks("old values may be beyond the new type"),
        tables=breaks("a new column: no engine narrows one safely"),
        sql=risky("the column has another type, and sums overflow earlier"),
    ),
    Kind.FLOAT_WIDENED: row(
        "a float has twice the bits",
        _BESIDE,
        producer=fine("what fits goes on to fit"),
        stream=breaks("Avro reads no float from a double"),
        replay=risky("Avro reads old data; in Protobuf the field gets a new number", _MESSAGES),
        tables=risky("widened in place by some engines"),
        sql=risky("values have more digits, and compare otherwise"),
    ),
    Kind.FLOAT_NARROWED: row(
        "a float has half the bits",
        _BESIDE,
        producer=breaks("values are rounded or refused"),
        stream=risky("Avro reads it as before; in Protobuf the field gets a new number"),
        replay=breaks("Avro reads no float from a double"),
        tables=breaks("a new column: no engine narrows one safely"),
        sql=breaks("values lose digits"),
    ),
    Kind.PRECISION_RAISED: row(
        "a decimal has more digits",
        _BESIDE,
        producer=fine("what fits goes on to fit"),
        stream=breaks("old readers refuse numbers with more digits, or do not check"),
        replay=risky("by Avro's rules decimals match only with the same precision", _MESSAGES),
        tables=risky("raised in place by most engines, some write the table anew"),
        sql=risky("casts and variables of the old size overflow"),
    ),
    Kind.PRECISION_LOWERED: row(
        "a decimal has fewer digits",
        _BESIDE,
        producer=breaks("numbers with more digits are refused"),
        stream=risky("by Avro's rules decimals match only with the same precision"),
        replay=breaks("old numbers may have more digits"),
        tables=breaks("a new column: no engine narrows one safely"),
        sql=risky("the column has another type"),
    ),
    Kind.SCALE_CHANGED: row(
        "a decimal has another number of digits after the point",
        _BESIDE,
        producer=risky("numbers are refused that were good, or have other digits"),
        stream=breaks("readers in some languages shift the point, and say nothing"),
        replay=breaks("readers in some languages shift the point, and say nothing"),
        tables=breaks("a new column: values would be rounded, or no longer fit"),
        sql=breaks("values compare otherwise, and nothing says so"),
    ),
    Kind.ZONE_CHANGED: row(
        "a timestamp has lost or gained its zone",
        _BESIDE,
        producer=risky("times without a zone are refused, or those with one"),
        stream=breaks("an instant is read as a wall clock, or the reverse, and nothing says so"),
        replay=breaks("an instant is read as a wall clock, or the reverse, and nothing says so"),
        tables=breaks("a new column: converting moves the times"),
        sql=breaks("times are moved, and nothing says so"),
    ),
    Kind.TYPE_CHANGED: row(
        "a property has another type",
        _BESIDE,
        producer=breaks("code sets values of the old type"),
        stream=breaks("old readers cannot read the new type"),
        replay=breaks("new readers cannot read the old type"),
        tables=breaks("a new column"),
        sql=breaks("queries expect the old type"),
    ),
    Kind.TYPE_RENAMED: row(
        "a type has another name",
        "give it its old name back: `recordName` among the custom properties",
        producer=breaks("code names the old class"),
        stream=breaks("old readers do not know the new name, and aliases are only in new schemas"),
        replay=risky("Avro's aliases are optional for readers", _MESSAGES),
        tables=OK,
    ),
}
