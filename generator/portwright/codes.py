"""Every diagnostic code and its long story, printed by `portwright explain CODE`."""

from __future__ import annotations

EXPLANATIONS: dict[str, str] = {
    # Entries in code order: a title, a blank line, the story.
    "PW001": """\
The file is not YAML

The text cannot be read as YAML 1.2. The place is where reading stopped; the cause is often just
above it: a missing quote, a tab in the indentation, a text that holds `: ` or starts with one of
`@ % & * ! | > [ {` without quotes.

    description: net: gross minus tax      # wrong
    description: "net: gross minus tax"    # right
""",
    "PW002": """\
A character that cannot stand here

The file is not UTF-8, or it holds a control character, in the file itself or as an escape such
as "\\0" in a quoted text. No database and no schema language can hold it. Save the file as UTF-8,
and remove the character.
""",
    "PW003": """\
The file is empty

There is nothing but space and comments in it. A contract starts with

    apiVersion: v3.1.0
    kind: DataContract
""",
    "PW004": """\
The file is beyond a limit

A file may be 8 MiB large, nest 100 deep and let its aliases stand for 100,000 values. No contract
comes near these limits; a file made to exhaust its reader does.
""",
    "PW005": """\
A second document in one file

`---` starts a second YAML document. Which of the two would be the contract? Keep each document in
a file of its own.
""",
    "PW006": """\
An alias that stands for nothing

`*name` repeats the value that `&name` marks further up. There is no such value, or the alias
stands inside it. Write the value out.
""",
    "PW007": """\
A key stands twice in one map

YAML allows each key once, and readers differ in which of the two they take:

    - name: order_id
      required: true
      required: false

Keep one of the two.
""",
    "PW008": """\
A key that is not text

A list or a map stands where a key belongs. The commonest cause is a template left in the file
without quotes, which YAML reads as a map in a map:

    description: {{ text }}      # wrong
    description: "{{ text }}"    # right

`<<` takes a map or a list of maps, and nothing else.
""",
    "PW009": """\
A tag is not read

Tags such as `!!set` or `!include` are another tool's. Nothing is made of them; the value is read as
if the tag were not there. Remove it.
""",
    "PW010": """\
A variable is not set

`${NAME}` in a text stands for an environment variable (ODCS 3.2). It has no value, and the
contract gives no default. There are three ways out:

    host: ${KAFKA_HOST}               # set KAFKA_HOST before you run portwright
    host: ${KAFKA_HOST:-localhost}    # give a default
    host: $${KAFKA_HOST}              # mean the characters ${KAFKA_HOST}

The `query` and `implementation` of quality rules are left as they are: what looks like a variable
there is a placeholder of theirs.
""",
    "PW100": """\
The document is not a contract that can be read

Portwright reads data contracts of the Open Data Contract Standard (ODCS) 3.0, 3.1 and 3.2:

    apiVersion: v3.1.0
    kind: DataContract

A contract of the Data Contract Specification has to be converted first, which version 1 of
datacontract-cli does: `datacontract export odcs old.yaml --output new.odcs.yaml`. A contract of
ODCS 2 has to be rewritten: `dataset` is `schema` now, `table` and `column` are `name`, `columns`
are `properties`, `uuid` is `id`.
""",
    "PW101": """\
The logical type is unknown

ODCS knows string, integer, number, boolean, date, timestamp, time, object, array, map and vector.
Everything else is said beside it:

    logicalType: number            # money
    physicalType: DECIMAL(18, 2)

    logicalType: string            # an identifier
    logicalTypeOptions: {format: uuid}
""",
    "PW102": """\
A value of another kind is needed

There is a list where a map belongs, a map where a text belongs, or the like. A list has a dash
before each entry:

    properties:
      - name: order_id
      - name: total

In a part of the contract that nothing is generated from, such as the team, this is a warning.
""",
    "PW103": """\
Something that must be said is missing

A contract needs `apiVersion`, `kind`, `id` and `version`; an object and a property need a `name`, a
server a `type`, an enum value its `value`.
""",
    "PW104": """\
A key is unknown

The standard has no such key at this place, and nothing is made of it. It may be misspelt:

    requried: true     # the property stays optional

What is your own belongs into `customProperties`.
""",
    "PW105": """\
The type of a property cannot be told

There is no `logicalType`, nothing else tells the type (`properties`, `items`, `map`, `enum`), and
the `physicalType` is missing or not known. Write a `logicalType`.
""",
    "PW106": """\
A type lacks a part

An array needs `items`, a map needs `map` with `key` and `value`, a vector needs its `dimensions`:

    logicalType: array
    items: {logicalType: string}

    logicalType: map
    map: {key: {logicalType: string}, value: {logicalType: integer}}

Without `items` the elements are taken as any JSON, with this warning, for the standard allows it.
""",
    "PW107": """\
An option has a value that it cannot have

A length is a whole number of at least 0, a bound of a number is a number, `multipleOf` is above 0.
""",
    "PW108": """\
Something is not written as the standard says

What it means is clear, and it is taken so. Other readers of the contract may refuse it:

    version: 1.0       # a number in YAML; "1.0" is text
    required: yes      # a text in YAML 1.2; true is a flag
    enum: [a, b]       # the standard has a list of `- value: a`
""",
    "PW109": """\
A decimal without digits

DECIMAL, NUMERIC and NUMBER alone mean different things to different databases. It is taken as
DECIMAL(38, 9). Write the digits, as in DECIMAL(18, 2), or `format: f64` under `logicalTypeOptions`
for a floating point number.
""",
    "PW110": """\
No foreign key is made of a relationship

A foreign key needs properties of this contract on both sides, of types that can be compared, and
its target has to be a primary key or unique:

    relationships:
      - to: customers.id

A relationship with an object of another contract (`customers.yaml#…`) is no fault, and makes no
foreign key either.
""",
    "PW111": """\
The type of a server is unknown

Which ports an object has follows from the servers: one that is not known has no say in it. Write
`custom` for a server that the standard has no type for.
""",
    "PW112": """\
Something is read and not used

It is well written as YAML, but says nothing that can be kept: a format that is not known, a bound
that is no date, a primary or unique key inside a nested object. The message says which.
""",
    "PW113": """\
An enum without values

No value would be allowed. List the values, or remove the `enum`:

    enum:
      - value: new
      - value: paid
""",
    "PW114": """\
An enum value stands twice

The second one is left out. Values are compared as text: `1` and "1" are one value.
""",
    "PW115": """\
A pattern cannot be read

Patterns are ECMAScript regular expressions by the standard, and checked by Python's. This one means
nothing there (or nothing at all), so it is not checked. Write it with what both know: `[A-Za-z]`
rather than `\\p{L}`, for example.
""",
    "PW116": """\
The contract's ODCS version is newer than portwright

It is read as the newest version known. What the newer version added is reported as unknown keys.
""",
    "PW117": """\
There is nothing to generate

The contract lists no objects. Everything is generated from them:

    schema:
      - name: orders
        properties:
          - name: order_id
            logicalType: string
""",
    "PW118": """\
An object without properties

A record without fields has no schema, no table and no type. List its `properties`, each with a
`name` and a `logicalType`. What is written directly under `schema` is an object; a column belongs
into the `properties` of one.
""",
    "PW119": """\
The digits of a decimal cannot be read

A decimal's physical type names its digits, all of them and those after the point:

    physicalType: "DECIMAL(10,2)"

In a flow map (`{…}`) a comma ends the value, so there it must stand in quotes. Without readable
digits the number would become another type, and money is too dear for that.
""",
    "PW120": """\
The physical type is not known

`physicalType` names the type of a column in some database. This text is none that any of the common
ones has, so nothing is taken from it, and it is not passed on either: what is generated follows the
`logicalType`. A type that the standard has no word for, such as GEOGRAPHY, is taken as text.
""",
    "PW121": """\
The logical and the physical type do not fit

A whole number in a column of text, or a text in a column of numbers: one of the two is wrong, or
the values are converted on the way. The logical type counts, for it is what the contract promises
to its readers; tables are made for it too. Only a `date` in a column of timestamps or times is
taken as the physical type says: that is how ODCS 3.0 wrote it, and nothing is lost.

The same goes for what is inside: the `items` of an `ARRAY<…>`, the `properties` of a `STRUCT<…>`,
`timezone` and a `TIMESTAMPTZ`, the `dimensions` of a vector. Correct one of the two, or leave the
`physicalType` out.
""",
    "PW122": """\
A quality rule that nobody can check

Its type, its metric or its dimension is none of the standard, or it lacks what such a rule needs:

    - {metric: nullValues, mustBe: 0}
    - {type: sql, query: "SELECT COUNT(*) FROM {object}", mustBeGreaterThan: 0}
    - {type: custom, engine: soda, implementation: "…"}
    - {type: text, description: Every order has a line.}

The rule is kept as it is. What is generated does not depend on it.
""",
    "PW123": """\
A server lacks a setting

Servers of each type need other settings, such as `host`, `port`, `database` and `schema` of a
postgres. What is generated can do without most of them: the database is connected by whoever runs
it. Without a `schema` (BigQuery: `dataset`), tables have no schema in their names.
""",
    "PW124": """\
An entry of a list lacks something

Nothing is generated from it, so it is only said:

    servers:        [{server: production, …}]
    slaProperties:  [{property: latency, value: 4, unit: d}]
    roles:          [{role: analyst}]
    synonyms:       [{synonym: turnover}]
    support:        [{channel: help}]
""",
    "PW125": """\
An id that cannot be referred to

Two entries of one list have the same `id` (two servers the same `server`, two custom properties
the same `property`), or the id holds a space or one of the characters `# / \\ @ ! % & ^`: then no
reference such as `schema/orders/properties/total` could name it.
""",
    "PW126": """\
A service level of nothing

Its `element` names no object and no property of this contract, or it has a `schedule` without the
`scheduler` that understands it.

    - {property: freshness, value: 1, unit: d, element: orders.created_at}
""",
    "PW127": """\
A price that is none

A price has an amount of at least zero and a currency: `priceAmount: 9.95`, `priceCurrency: USD`.
""",
    "PW128": """\
A stream that cannot be as the contract says

Custom properties of an object say what ODCS has no words for: what keys its messages, which headers
they get, and how its schema is known in a registry.

    customProperties:
      - {property: streamKey, value: customer.customer_id}
      - {property: streamHeaders, value: {tenant: "{tenant_id}"}}
      - {property: schemaSubject, value: orders-value}
      - {property: schemaCompatibility, value: FULL_TRANSITIVE}

The level may also stand among the contract's own custom properties, for all its objects.

A key is a path, a list of paths, or a text with `{path}` in it; what it names must be required and
one value. A header's text may name what may be null: the header is then left out. Classified
properties are in no header, as headers are seen by every tool on the way.
""",
    "PW129": """\
What tells the later of two records cannot

A table that is written by key keeps the later of two records of one key. Which that is, says the
custom property `latestBy` of the object: a required timestamp, date, integer or decimal among its
own properties that grows with every version of a record.

    customProperties:
      - {property: latestBy, value: updated_at}

Without it, the record that comes later is the later one.
""",
    "PW130": """\
A promise that nobody can keep an eye on

Tables carry what `slaProperties` say about time, for schedulers and alerts: how often they are
loaded (`frequency`), and how old the newest value of a timestamp may be, when it is loaded
(`latency`) and at any time (`freshness`). That needs a length of time, a schedule that cron knows,
and an element that tells when something happened:

    slaProperties:
      - {property: frequency, value: 1, unit: d, element: orders, scheduler: cron,
         schedule: "0 20 * * *"}
      - {property: latency, value: 4, unit: h, element: orders.updated_at}

Units are ms, s, min, h, d, w, mo, q and y, and their names; a month and a year are the longest that
there are. What cannot be read is left out of what is generated.
""",
    "PW131": """\
A bound on volume that is none

The custom property `volumeChange` of an object is by how many percent the rows of a load may differ
from those of the loads before it, a number above zero. A load beyond it is not published.

    customProperties:
      - {property: volumeChange, value: 50}
""",
    "PW132": """\
What a property says of a person and cannot be followed

The custom property `anonymise` of a property is what stands for its values where nobody may know
whose they are: `hash` (a keyed hash, the same for the same value), `mask`, `null`, or `keep`. The
custom property `dataSubject: true` is for the property that names the person whom the record is
about, by which their data are found when they are to be erased.

    customProperties:
      - {property: anonymise, value: hash}
      - {property: dataSubject, value: true}
""",
    "PW133": """\
An objective that is none

The custom property `objective` of a service level is in what share of cases it is kept, in percent
above 0 and below 100, and `window` is over how long a time, a day or more. Where they are missing
it is 99 percent over 28 days.

    slaProperties:
      - property: latency
        value: 5
        unit: min
        customProperties:
          - {property: objective, value: 99.5}
          - {property: window, value: 30d}
""",
    "PW134": """\
A topic that no broker makes

An object may say how its topic is made, where the platform's config is not what it needs:

    customProperties:
      - {property: partitions, value: 12}
      - {property: replicas, value: 3}
      - {property: topicConfig, value: {max.message.bytes: 2097152}}

`topicConfig` has Kafka's own settings of topics by their names, and only these.
""",
    "PW140": """\
An example is no value of its type

Examples are shown to people who read the contract and in JSON Schemas, where tools take them for
test data, so one that the contract itself does not allow misleads both. It is left out of what is
generated. A number may stand in quotes, and a list or an object may be JSON text; dates and times
are written as ISO 8601 has them, such as 2026-01-31T12:30:00Z:

    - name: status
      logicalType: string
      enum: [{value: OPEN}, {value: DONE}]
      examples: [open]      # wrong: no value is written so
      examples: [OPEN]      # right

Correct the example, or what the property allows.
""",
    "PW201": """\
Two objects of one name

An object's name is its identity: its topic, table and types follow from it. Rename one of them.
""",
    "PW202": """\
Two properties of one name

A record cannot have two fields of one name. Rename one of them.
""",
    "PW203": """\
Two types of one name

Records and enums are types of their own in generated code, and their names follow from their
place: `lines` of `orders` gives `OrderLine`. Another object or property of this contract gives the
same. Name one of the two otherwise:

    customProperties:
      - property: recordName
        value: position
""",
    "PW204": """\
Two objects have one topic

The records of both would be in one stream, and a reader of either could not read the other's. A
topic's name comes from the object's `physicalName`, or from its name. Change one of them. Consumers
put aside what they cannot handle in `<topic>.dlq`, so that is the name of no other topic, either.
""",
    "PW205": """\
A name that nothing can be called

A name may be up to 255 characters long, has at least one letter or digit, and holds no control
characters and none that turn the direction of writing. Everything else is allowed: where a target
has stricter rules, the nearest name is used, or the name is quoted.
""",
    "PW206": """\
Limits that no value can meet

The least value or length is above the greatest, or beyond what the type holds. Such a field could
never be written.
""",
    "PW207": """\
Impossible digits of a decimal

In DECIMAL(precision, scale) the first number counts all digits and the second those after the
point: DECIMAL(18, 2) holds up to 9,999,999,999,999,999.99.
""",
    "PW208": """\
An enum value that its type cannot hold

The values of an integer's enum are whole numbers in its range; those of a decimal have no more
digits than it has.
""",
    "PW209": """\
A primary key with parts

Objects, arrays, maps and vectors cannot identify a row or key an event. Use one of the parts, or an
id. An object whose properties are not listed can be compared as JSON text; as that is seldom meant,
it is a warning.
""",
    "PW210": """\
A partition key with parts

Databases partition by dates, numbers and texts; few by objects, arrays or maps.
""",
    "PW211": """\
A topic's name is not legal

Kafka allows letters, digits, `.`, `_` and `-`, at most 249 of them. The name comes from the
object's `physicalName`; without one it is made of domain, contract, object and major version.
""",
    "PW212": """\
The keys of a map have parts

Keys are texts, numbers, flags or dates: what can be compared and looked up. Use an array of
objects instead.
""",
    "PW213": """\
A contract without a name

The package, the namespace and the topics are named after the contract's `name`, its `dataProduct`,
or at last its `id`. Here that is a UUID, and `n123e4567_port` is no name to work with.

    name: checkout
""",
    "PW214": """\
A classified property keys a stream

The key of a message decides its partition. It is not encrypted, stays in compacted topics, and is
shown by most tools, so everybody who may read the topic, or only look at it, sees it. Key the
stream by something that says nothing about anybody, such as a number made for it:

    customProperties:
      - {property: streamKey, value: customer_ref}
""",
    "PW215": """\
Two objects have one subject

A registry keeps the versions of one schema under a subject, and holds each to those before it. The
schemas of two objects are no versions of each other: the second would be refused. Take one of the
`schemaSubject` away; without it the subject is the topic's name and `-value`.
""",
    "PW230": """\
A name of before that belongs to another

`previousNames` tells what a property or object was called, so that its wire number stays and what
was written under the old name is still read. A name that another one has, or had as well, tells
nothing: that data is the other's. It is not used here.

    - name: email
      customProperties: [{property: previousNames, value: [mail]}]
    - name: mail      # wrong, unless it is another thing: then `email` cannot have its data
""",
    "PW310": """\
Two properties have one name in Avro

Avro names are ASCII letters, digits and underscores. A property whose name is anything else
gets the nearest such name, and two properties of one record have met there:

    - name: gross weight     # gross_weight in Avro
    - name: gross_weight

Rename one of them. A field is never renamed silently: its name is what readers ask for.
""",
    "PW311": """\
Two types have one name in Avro

The keys of an Avro map are strings. A map with other keys becomes an array of records of its
own, named after the record and the property: `rates` of `Order` gives `OrderRatesEntry`. Another
type of the contract has that name already.

Rename the map or the property whose type has the name.
""",
    "PW312": """\
Two objects have one Avro file

Each object has a file named after it in snake_case, so `OrderLines` and `order_lines` would
both be `order_lines.avsc`. Rename one of the objects; `physicalName` can keep its table or topic
as it is.
""",
    "PW313": """\
A JSON value is text in Avro

An object without `properties` may hold any JSON value, and Avro has no type for that. It travels
as a string that holds JSON text, marked `"odcs.type": "json"`; the typed code reads and writes
the text. List the properties to give readers in every language a record.
""",
    "PW314": """\
An enum is a string in Avro

The symbols of an Avro enum are ASCII letters, digits and underscores and do not begin with a
digit. Where one value of an enum is anything else, such as

    enum:
      - value: new
      - value: in-progress

the values travel as they are, in a string marked with `odcs.values`. The typed code still
refuses other values, but readers that have only the schema do not learn the list.
Use values such as `in_progress` if they should.
""",
    "PW315": """\
A map is an array of entries in Avro

The keys of an Avro map are strings. A map whose keys are numbers, dates or anything else that is
not text travels as an array of records with the fields `key` and `value`. The typed code still
gives a mapping with distinct keys, but readers that have only the schema do not learn that keys
are distinct. Declare the keys as strings if they should.
""",
    "PW320": """\
Two objects have one JSON Schema file

Each object has a file named after it in snake_case, so `OrderLines` and `order_lines` would
both be `order_lines.schema.json`. Rename one of the objects; `physicalName` can keep its table or
topic as it is.
""",
    "PW321": """\
A JSON Schema cannot hold a decimal to its limits

A decimal travels as text in JSON, because most readers take a JSON number for a binary float. A
pattern holds the text to its precision and scale, and to `minimum: 0`, but not to other limits:

    logicalType: number
    physicalType: DECIMAL(10, 2)
    logicalTypeOptions: {maximum: 5000}

The typed code and the table still check them. Nothing needs to be done unless consumers rely on
the JSON Schema alone.
""",
    "PW322": """\
A JSON Schema cannot hold a date or time to its limits

JSON Schema checks that a text is a date or a timestamp; it cannot compare two of them. Limits
such as `minimum: "2020-01-01"` are checked by the typed code and the table, and left out of the
JSON Schema. Nothing needs to be done unless consumers rely on the JSON Schema alone.
""",
    "PW323": """\
A pattern that JSON Schema cannot have

Patterns in a JSON Schema are those of ECMA-262. What only Python knows, such as `(?i)`,
`(?P<name>...)` or `\\A`, would be refused by a validator or mean something else there. The schema
is made without the pattern; typed code still checks it. Write `^` for `\\A`, `$` for `\\Z`, sets
such as `[Aa]` for `(?i)`.
""",
    "PW324": """\
Multiples that a JSON Schema cannot check

A `number` without digits is a binary float, and 0.1 is none: 0.3 divided by 0.1 gives 2.99…, so
that validators refuse what is right. The schema is made without such a `multipleOf`; typed code
still checks it. A decimal is exact: give a `physicalType` such as DECIMAL(18, 2).
""",
    "PW330": """\
Two properties have one name in Protobuf

Fields are snake_case in Protobuf and lowerCamelCase in its JSON, and compilers refuse a message in
which two fields share either. `orderId` and `order_id` are both `order_id`; `a_1_2` and `a_12` are
both `a12` in JSON. Rename one of the properties.
""",
    "PW331": """\
Two enum values have one name in Protobuf

The values of an enum become names such as ORDER_STATUS_SHIPPED, which hold only letters, digits and
underscores and stand in the package beside the enum. `in transit` and `in-transit` are both
ORDER_STATUS_IN_TRANSIT. Rename one of the values, or make the property a string with a `pattern`.
""",
    "PW332": """\
A message that only Protobuf needs has a taken name

A list in a list, a null in a list and some maps need a message of their own in Protobuf, named
after the property: the lists in `matrix` are `MatrixItem`. Here another property of the same
record has a type, or needs a message, of that name. Rename one of the two properties.
""",
    "PW333": """\
Two objects would be one Protobuf file

A file is named after its object in snake_case: `orderLines` and `order_lines` are both
order_lines.proto. Rename one of the objects.
""",
    "PW334": """\
Numbers in free JSON are doubles in Protobuf

A property without listed properties is a google.protobuf.Value, whose numbers are 64-bit floating
point: whole numbers beyond 2^53 are rounded. List the properties of the object if such numbers
matter, or hold them as strings.
""",
    "PW335": """\
A missing list is an empty list in Protobuf

Protobuf does not tell a list or map that is missing from one that is empty: readers get an
empty one in both cases. The warning names those of an object; nothing else is lost. Say
`required: true` where an empty one can stand for none.
""",
    "PW336": """\
A map travels as a list of entries in Protobuf

Keys of a Protobuf map are strings, integers of up to 64 bits or booleans. A map with other
keys, such as dates or enums, becomes a list of messages with `key` and `value`. Nothing is lost,
but the schema alone does not say that keys are distinct.
""",
    "PW340": """\
Two names are one in the database

Two columns of a table, two fields of a nested record or two tables have names that the engine
takes for the same. DuckDB does not tell `Total` from `total`, even in quotes:

    - name: total
    - name: Total

Rename one, or give one another name in the database with `physicalName`. A column is never
renamed silently: its name is what queries ask for.
""",
    "PW341": """\
A name or value that the database cannot have

Names may hold spaces, quotes and any script, and are quoted where they must be. But PostgreSQL
keeps 63 bytes of a name and silently drops the rest, so that two long names may become one, and
it has columns of its own (`ctid`, `xmin` …) in every table. Some schemas are the engine's own
(`pg_catalog`, `information_schema`, DuckDB's `temp`) and take no tables of others. A value of an
enum with a NUL in it is text that no database stores.

Give the property or object another `physicalName`; the contract's name can stay.
""",
    "PW342": """\
The database keeps less than the contract says

The column has the nearest type the engine offers, and some values do not fit it. DuckDB's
decimals, for instance, end at 38 digits:

    physicalType: decimal(50, 10)    # DECIMAL(38, 10) in DuckDB

Values are refused rather than cut where the engine can tell, but the warning stays as long as the
contract promises more than the table holds. Oracle holds an empty text as null, and refuses it
where a value is required: `minLength: 1` says that there is none.
""",
    "PW343": """\
A rule that the database does not check

The engine has no way to hold this rule: a regular expression it would read differently
(look-ahead, `\\b`, back-references), a multiple of a binary floating point number, items that
must be distinct, or a key over a nested type. The table is made without it. Typed code still
checks the value before it is written; rows that come in by another way are not checked.

Patterns made of literals, sets, groups, repeats and anchors are checked by every engine that has
CHECKs and regular expressions.
""",
    "PW344": """\
A relationship that is no foreign key in the database

The relationship is kept in the contract and left out of the table, because

- the columns it points at are neither the primary key of the target nor unique,
- the two columns have different types,
- the target has no table port, or
- the tables refer to each other, directly or over others, so that none can be made first.

Make the target's property `unique` or give both the same type; where it is meant as
documentation only, the warning says just that.
""",
    "PW345": """\
A table without columns, or with too many

An object that has a table needs at least one property that is a column. Measures
(`semanticType: measure`) are computed from columns and are none themselves. At most it has as many
as the engine has in a table (PostgreSQL 1600, MySQL 1017 …).

List the object's properties, group many into records, or give the object no table port in
`portwright.yaml`.
""",
    "PW346": """\
A partition key that an engine cannot use whole

The table is partitioned by what the engine can partition by, clustered by what it can cluster by,
and the warning names the columns that are left: one of a type that the engine does not partition
by, one more than it takes, one that is not among the first 32 (Databricks), or, where an engine
wants every key of the table to hold the columns it is partitioned by (PostgreSQL), any column
outside of the primary key or a unique one. In Oracle it is all of them: partitions are an option
with a price of its own there.

Nothing is lost but speed. Make the column part of the primary key, or partition by another.
""",
    "PW347": """\
A server that the contract does not have

`server` of a `ddl` target names the server whose database and schema the tables are made in:

    - {target: ddl, dialect: snowflake, server: production, out: sql}

It has to be the `server` of one of the contract's `servers`. Without the option, the first server
of the dialect's engine is taken.
""",
    "PW350": """\
Two properties that are one attribute in Python

The attribute of a record is the property's name as written where that is a Python name, else
the nearest one; words of Python and names that pydantic claims get an underscore behind them.

    - name: class         # order.class_
    - name: class_        # order.class_ too

Rename one of the two. Only the Python names meet: on the wire and in tables both are as written.
""",
    "PW351": """\
Two classes of one name in the Python package

Besides a class for every record and enum, a package has a class for its port (`CheckoutPort`) and
one for the consumers of each object (`OrdersConsumer`). Here one of them has the name of another.

    schema:
      - name: checkout_ports      # its records are the class CheckoutPort

Rename the object, or say what one of its records is called with `recordName` in
customProperties.
""",
    "PW352": """\
A type whose class name is taken in Python

The class of a record or enum has the PascalCase form of its name. `None`, `True` and `False` are
words of Python, and a few names (`Annotated`, `StrEnum`, `Int64` …) are what the generated module
itself is written with.

    schema:
      - name: nones               # class None

Rename the object, or say what one of its records is called with `recordName` in
customProperties.
""",
    "PW353": """\
Two objects or types that are one name in Python

The datasets of a port (`port.orders`) and the functions of the codec (`encode_order`) have names
in snake_case, in which some names meet:

    schema:
      - name: OrderItems          # port.order_items
      - name: order_items         # port.order_items too

Rename one of the two.
""",
    "PW354": """\
Two values of an enum that are one member in Python

The member of an enum class is the value in capitals (`in-progress` is `IN_PROGRESS`) with its
signs in words (`A+` is `A_PLUS`); where nothing can be said, it is the code points (`?` is `U3F`).

    enum:
      - value: open
      - value: Open               # both are OPEN

Change one of the values. If both must stay, the property is free text rather than an enum.
""",
    "PW355": """\
A rule that the generated Python does not check

Patterns are those of ECMA-262 and are translated to Python's `re`, which has no `\\p{…}` and
reads no pattern that is not well-formed.

    logicalTypeOptions:
      pattern: '^\\p{Lu}+$'       # not checked: write the letters, '^[A-Z]+$'

The package is generated without the rule. Other targets may check it.
""",
    "PW356": """\
Lists too deep for Python

Encoding a list in a list takes a loop in a loop, and Python reads no more than 20 in one another. A
record has functions of its own, so an object with properties between the lists starts afresh.
""",
    "PW357": """\
A decimal with more digits than a load carries

Records go to a warehouse in batches of Arrow, whose decimals have up to 38 digits in every engine.
The contract promises more:

    physicalType: decimal(50, 10)    # 38 digits in a load, 10 after the point

Records hold and streams carry all of it. A load that meets a greater number is refused as a whole,
with the name of the property.
""",
    "PW358": """\
A property of which there is no example

`testing.py` of a generated package has examples of each object, for unit tests. They are what the
contract gives as `examples`, and where it gives none they are made of the type and its rules. For
this property nothing is found that surely keeps to them: mostly a pattern that is hard to meet.

    - name: surname
      logicalType: string
      logicalTypeOptions: {pattern: '^\\p{Lu}'}
      examples: [Jansen]          # what the examples then have

Without one, the examples lack the property; where it is required, there are no examples of its
object, and the functions that would give them raise a LookupError.
""",
    "PW359": """\
A name that loads have for themselves

Loads keep their ledger and what they put aside in tables beside those of the contract, and mark
staged rows by columns of their own. The names of all of them begin with `_portwright`, so no table
or column of the contract may:

    - name: _portwright_row        # give it a `physicalName`
""",
    "PW360": """\
Two objects with one Arrow file

The schema of each table is in a file named after its object in snake_case, so that `OrderItems`
and `order_items` would be one file. Rename one of the objects.
""",
    "PW361": """\
A decimal with more digits than Arrow has

A decimal of Arrow has up to 38 digits in 128 bits and up to 76 in 256. The contract promises more:

    physicalType: decimal(100, 2)    # 76 digits in Arrow, 2 after the point

The column is made with 76 digits. Writers refuse a greater number rather than cut it. If so many
digits are never used, say how many are.
""",
    "PW362": """\
Two columns of one name in Arrow

Names of columns and of fields in a struct are taken from the contract letter by letter, from
`physicalName` where there is one:

    - name: total
    - name: amount
      physicalName: total

Arrow itself allows two columns of one name, but asking for one of them by name then fails. Give
one another `physicalName`.
""",
    "PW370": """\
Two names meet in dbt

dbt names are made of the contract's in snake_case: a source, a model `stg_<contract>__<object>`
for each object, and its columns. Two of them would be the same, and dbt would refuse the project or
one would hide the other. Rename one of the two in the contract; a `physicalName` does not help, as
staging models bear the names of the contract.
""",
    "PW371": """\
A relationship that dbt does not test

A test of a relationship compares columns of two tables. This one leads to an object that has no
table, from or to a property inside another one, or from a text to a number. Everything else about
the table is tested.
""",
    "PW372": """\
A dbt name is too long for the engine

dbt makes a view for each staging model, `stg_<contract>__<object>`, with the contract's names for
its columns in snake_case, and the engine keeps fewer characters of a name than this one has. Give
the contract, the object or the property a shorter name.
""",
    "PW373": """\
A name that dbt cannot take

For its documentation dbt asks the engine's catalogue about each source, with the names of the
database, the schema and the table as texts, and escapes nothing in them. A single quote would end
the text, and what follows would be run. Give the table or its schema a `physicalName` without it.
""",
    "PW380": """\
A table's name that an outbox cannot have

The outbox is a table of the service's own database, and its name is in SQL, in triggers and in the
environment of the relay (PORTWRIGHT_OUTBOX_TABLE). It is made of letters, digits and underscores,
begins with no digit, and may have a schema before it: `events.outbox`.
""",
    "PW390": """\
A stream that jobs of Spark do not read

The jobs read Avro, by the schema that wrote each value. Spark reads Protobuf by the files of its
own compiler only, which a job would have to carry for every version. Write the stream as Avro, or
let a connector keep the table (`kafka-connect` with `wire: protobuf`).
""",
    "PW391": """\
A table that a job of Spark cannot keep

Two objects would be one file; two properties differ by case only, which Spark does not tell from
each other in an Avro record, whatever their columns are called; a decimal has more digits after
its point than Spark has; or a primary key is of a type that Spark does not compare. Rename one of
the two, or take another type.
""",
    "PW392": """\
Numbers that Spark has no type for

Spark has decimals of up to 38 digits. A record with a greater number is put aside into the table
of dead letters; all others are in the table, exactly. If no number is ever so great, say so:
`physicalType: DECIMAL(38, 0)`.
""",
    "PW393": """\
A table whose rows are not keyed as its messages are

A job brings a row up to date by the primary key. Where messages are keyed by something else
(`streamKey`), those of one row may be in several partitions, where only their times tell the
newest, and the key of a tombstone does not say which row is no more: it is put aside. Leave
`streamKey` out, or name the primary key in it.
""",
    "PW394": """\
A name that a connector cannot be told

Tables and columns are named in lists that commas and colons divide, and a worker of Kafka Connect
puts in what `${...}` names, a secret perhaps. Give the object or the property a `physicalName`
without these. Two objects that would be one file have to be told apart by their names.
""",
    "PW395": """\
Rows that a connector does not bring up to date

The sinks for Iceberg (1.12) and Snowflake append: their tables have a row for every event, and
tombstones delete none. The JDBC sink finds rows by the key of the message where that is the one
column of the primary key; BigQuery's does so by a column of its own, which it adds to the table.
Take the newest row of each key in a view, or the target `spark`, which does all of this.
""",
    "PW396": """\
A property that a connector has no column for

The JDBC sink takes numbers, texts and moments, and no lists, maps or records: they are left out
of its rows. A column for one has to allow null. The targets `spark` and `python` fill such
columns.
""",
    "PW397": """\
Values that arrive as others through Kafka Connect

Connect has moments in milliseconds, and converts the properties of a record, not what is inside
them. Converters of Avro give moments in microseconds as whole numbers, so those inside records,
lists and maps stay whole numbers, and fields there keep their names of messages; a converter of
Protobuf gives decimals as records with a text. The target `spark` reads all of these as they are.
""",
    "PW400": """\
Nothing measures a service level

The target `slo` makes rules of latency, freshness, frequency, availability, error rate,
completeness and time of availability. Of a throughput, and of levels by other names, the runtime
measures nothing that a rule could compare. The level stays in the contract; no rule is written.
""",
    "PW401": """\
A service level has no figure

A rule needs a number: a length of time for latency, freshness and frequency (`value: 4` and
`unit: h`), a share for availability, error rate and completeness (`value: 99.9` and `unit: '%'`),
a time of the day with its distance from UTC for `timeOfAvailability` (`09:00+01:00`). A zone such
as Europe/Berlin is none: Prometheus knows none of their summer times.
""",
    "PW402": """\
A latency is watched more strictly than it is promised

The runtime counts events by how long they took, up to fixed bounds from 50 ms to a day. A latency
between two of them is watched by the lower; for one below 50 ms there is no rule. Promise one of
the bounds that docs/slos.md lists.
""",
    "PW403": """\
A service level leaves no error budget

An availability of 100 % or an error rate of 0 allows no failure, ever: an alert on the budget would
begin with the first one and not end within the window. Promise what can be kept.
""",
    "PW404": """\
Nobody is called at once

An alert that calls people fires when a good part of the error budget goes within an hour or six.
Where so much may fail that even all cases at once do not burn it that fast, only the slow alert
is written. Raise the objective, or take a longer window.
""",
    "PW405": """\
Sloth has another window

Sloth takes the window of all SLOs from its command line, and knows 28 and 30 days by itself. Where
the contract or the config has another one, take the format `prometheus`, or tell Sloth of windows
of your own.
""",
    "PW406": """\
A service level is not of what it could be watched at

The availability of a table is how long it was loaded in time, for which a `frequency` or a schedule
says what in time is. A `timeOfAvailability` is of tables: a stream is always there.
""",
    "PW410": """\
An access that is no word that is known

`access` of a role is free text in the standard. Known are `read`, `write` and `readwrite` and what
else people write for them (`select`, `consumer`, `producer`, `admin`), also several with a comma:

    roles:
      - {role: finance, access: read}

A role whose access is none of these gets no rights: nobody guesses what it is to have.
""",
    "PW411": """\
A role of an object that is not there

A role is about the objects that its custom property `objects` names, by their names, tables or
topics; without it, about all of the contract.

    roles:
      - role: fulfilment
        access: read
        customProperties:
          - {property: objects, value: [orders]}

A name that is no object gives the role nothing, and so do `objects` without any name.
""",
    "PW412": """\
A role that sees what is no classification

`sees` of a role names the classifications whose values it reads as they are, with all that are
guarded less. `*` is all of them. The word is neither one that the config's `classifications` have
nor one that a property of the contract is classified with, so it shows the role nothing.
""",
    "PW413": """\
A role that is there twice

Two entries of `roles` have one name, and speak of the same objects. The role gets the rights of
both, and sees what either sees.
""",
    "PW414": """\
A value that is hidden in another way than the contract says

`anonymise: hash` needs a text with room for 64 characters, an engine that hashes, and a key:
without one, who knows an e-mail address finds its hash. Name the table that has it:

    - {target: access, dialect: postgres, key-table: sales.portwright_key, out: sql}

It is made by hand, readable by who owns the views and by nobody else, and has one row:

    CREATE TABLE sales.portwright_key (hash_key text NOT NULL);
    INSERT INTO sales.portwright_key VALUES ('…a long random text…');

Where that is missing, the value is null. `anonymise: mask` is `***` in texts, and null in others. A
classified property inside a list, a map or a record that the engine keeps as such cannot be
replaced by itself: then the whole column is hidden.
""",
    "PW415": """\
A role whose name the engine cannot have

The name is too long, or not of the engine's form: BigQuery's principals are addresses, such as
`group:finance@acme.example`, `user:mira@acme.example`, `serviceAccount:…` or an address alone,
which is that of a group. The role gets nothing there. Roles of one engine are written at its
server:

    servers:
      - server: warehouse
        type: bigquery
        roles:
          - {role: "group:finance@acme.example", access: read}
""",
    "PW416": """\
Values that no policy can hide

BigQuery hides columns by data policies, which are of a project and a region. Write the region into
the config and the project at the contract's server:

    - {target: access, dialect: bigquery, region: eu, out: sql}

A column of records can have none. A role that must not see all of an object whose values cannot be
hidden gets no right to read it.
""",
    "PW417": """\
An engine without roles

DuckDB's tables are a file: who can open it reads all of it. There are views that show what is left
without classified values, for you to hand out in a file of their own, and no GRANTs.
""",
    "PW420": """\
A system that cannot be asked for its rights

`portwright access` reads from the system who has which rights. It needs a user that may connect
and, for views, make a temporary one; with `--apply` one that may grant.

Look at the url, at the user's rights, and whether the server runs.
""",
    "PW421": """\
A step that the system does not take

A statement of the plan was run by `--apply` and refused: the role or the table is not there yet, or
the user may not grant it. The steps after it were run all the same; what is still to do is printed.
""",
    "PW425": """\
A topic whose dead letters have no topic

What consumers cannot handle goes to a topic with `.dlq` behind the name, and Kafka has no names of
more than 249 characters. Give the object a `physicalName` that leaves four of them.
""",
    "PW426": """\
A role whose name Kafka cannot have

A role is the user of its name in Kafka, and its groups of consumers begin with that name, unless it
says otherwise:

    roles:
      - role: fulfilment
        access: read
        customProperties:
          - {property: principals, value: ["User:fulfilment", "User:CN=packing"]}
          - {property: consumerGroups, value: [fulfilment]}

A principal is a kind and a name, without control characters. `*` alone is nobody: who means
everybody writes `User:*` as principal.
""",
    "PW427": """\
A role that may not read a stream

A table can hide values from a role; a message is read as a whole or not at all. A role that does
not see all classified properties of an object gets no right to read its topic or its dead letters.

Ways out: let the role see the classification (`sees`); hand out an object without these properties
beside it; have the role read the table. Where values are encrypted in messages by rules of the
registry, say so with `encrypted-fields: true` at the target.
""",
    "PW428": """\
A compacted topic that would lose records

Compaction keeps the newest message of each key. Where messages are not keyed by the primary key of
their records, it takes away others than older versions of the same record; and without a key a
broker refuses messages. Leave `compact` out of `topicConfig`, or key the stream by the primary key.
""",
    "PW429": """\
A topic that nobody can write to

Producers wait for `min.insync.replicas` replicas of what they send, and the topic has fewer. The
default is one less than it has, so that one may be away.
""",
    "PW430": """\
A principal that no KafkaUser can be

Strimzi's users are resources of Kubernetes and have names of that kind: small letters, digits, `-`
and `.`; `User:CN=` and such a name is the user of a certificate. Other principals get no rights by
this format. Name another one in the role's `principals`, or take the format `commands`.
""",
    "PW431": """\
Two principals that would be one KafkaUser

`User:packing` and `User:CN=packing` are two principals, and both would be the resource `packing`.
Let the roles name one of them.
""",
    "PW440": """\
A required value cannot become null

`anonymise: null` leaves a property out of records that are to show nobody, and this one has to be
there. Write `mask` or `hash`, or do without `required`.

    - name: email
      logicalType: string
      customProperties:
        - {property: anonymise, value: hash}
""",
    "PW441": """\
There is no hash of such a value

Of an enum, a boolean or a number of which the contract lists all values anybody finds out which
hash is whose, and the hash would be none of the values. Free JSON and vectors have none either.
Write `anonymise: mask`, which is one and the same value, or `null` where the property may be
missing.
""",
    "PW442": """\
A mask cannot tell rows apart

The property is in the primary key or unique, and `anonymise: mask` makes all its values one. A
hash keeps different values different, and the same value the same wherever it stands.

    customProperties:
      - {property: anonymise, value: hash}
""",
    "PW443": """\
No value is known that could stand for another

What stands for a value keeps to the rules of its property, as every value does. Of these rules,
mostly a pattern, no mask or no hash is known that surely keeps to them: hashes of a pattern are
made where it says which letters stand where (`^[A-Z]{2}[0-9]{8}$`), without looking ahead.

Where the contract asks for it with `anonymise`, that is an error. Elsewhere the generated
`anonymise` leaves the property out, and raises a LookupError where it is required.
""",
    "PW444": """\
Hashes of a key may meet

The property tells rows or persons apart, and its type or its rules leave room for few hashes: of a
million values, two would be one in more than one of a hundred cases. Rows with them could no
longer be told apart.

    - name: customer_id
      logicalType: integer        # of 64 bits there are enough
""",
    "PW445": """\
There is no such encrypted property

`encryptedName` of a property is the name of the one beside it that has the same values encrypted,
for those who may not see them as they are.

    - {name: iban, logicalType: string, classification: restricted, encryptedName: iban_encrypted}
    - {name: iban_encrypted, logicalType: string}

It is a notice: a table may have a column that the port does not offer, as in the standard's own
example. A property that names itself is warned of.
""",
    "PW450": """\
A person in a list or a map

`portwright-runtime erase` looks for a person in the property with `dataSubject: true`, which is one
value of a record. Inside a list or a map there may be several persons in a record, and to erase one
of them would take a part of it, or the others with it. Such rows are left, and the report of an
erasure does not count them.

Hand out a record for each person, or erase these rows by hand.
""",
    "PW451": """\
A person named by what is no text

An erasure compares texts that every format and every engine makes alike: those of strings, of uuids
and of whole numbers. A decimal, a date or an object that names a person has another text in each.
Rows are left where the person is named so. Name the person by a string, a uuid or an integer.
""",
    "PW460": """\
A channel of support whose address is no link

The pages for consumers make links of addresses that begin with `https:`, `http:` or `mailto:`, and
of addresses of e-mail. Others, such as `javascript:`, could do something in a reader's browser: the
channel's name stands without a link. Write the address of a page.
""",
    "PW470": """\
Two objects would be one channel of AsyncAPI

A channel is called as its object is, in words with `_` between: `Orders` and `orders` would both be
`orders`. Rename one of the two.
""",
    "PW471": """\
A Kafka server that AsyncAPI cannot tell

A document names its brokers by host and port, with `{name}` for what is put in later: `${BROKER}`
and `{{ broker }}` become such variables. This server has no `host`, or one with something else in
it, and is left out of the document; the rest of it is as it would be. Write
`host: broker.example.com:9092`, several with commas between.
""",
    "PW472": """\
A name that Backstage does not take

Entities of Backstage's catalogue have names of at most 63 characters. A contract is called by its
`name`, with the major version from the second on; its tables by that and the object's. A name is
never cut: two that begin alike would be one. Without a name for the contract nothing is written; a
table without one is left out.
""",
    "PW473": """\
A contract for Backstage that nobody owns

Every component and API of Backstage's catalogue has an owner. It is the contract's `team`, as a
group, else the member whose role is owner, as a user. Here is neither, so that the owner is
`group:default/unknown`, which the catalogue shows as missing. Name a `team`.
""",
    "PW474": """\
Two contracts or tables would be one entity of Backstage

All entities stand in one namespace, `default`, so that contracts of one config need names that
differ, whatever their domains; and tables of a contract names that differ in more than capitals and
hyphens. Give one of them another `name`.
""",
    "PW501": """\
There is no config

Every run reads `portwright.yaml` in the current folder, or the file given with `--config`:

    version: 1
    contracts: [contracts/*.odcs.yaml]
    targets:
      - {target: avro, out: gen/avro}
      - {target: ddl, dialect: postgres, out: gen/sql}
      - {target: python, out: src}

Paths in it are relative to its own folder. `portwright init` writes one for the repository that it
finds.
""",
    "PW502": """\
A value of the config has the wrong form

The message says what belongs there: a map, a text, the name of a port (`stream` or `table`), or a
namespace such as `com.acme`.
""",
    "PW503": """\
Unknown key in the config

The config is read strictly: a key that is not known would be a wish that is silently not
granted. The keys are `version`, `requires`, `extends`, `namespace`, `contracts`, `targets`,
`ports`, `templates`, `policies`, `classifications` and `allow`.
""",
    "PW504": """\
A list of the config is missing or empty

`contracts` and `targets` are lists with at least one entry each.
""",
    "PW505": """\
A path leads out of the project

Contracts are read and files are written below the folder of `portwright.yaml` only, so that a
run can never touch anything else. Put `portwright.yaml` in a folder above everything it names.
""",
    "PW506": """\
No contract matches

A path or glob pattern under `contracts` matches no file. Patterns are relative to the folder of
`portwright.yaml`; `**` matches any number of folders.
""",
    "PW507": """\
The ports of an unknown object

`ports` names a contract (by its id or name) and in it an object that does not exist:

    ports:
      checkout:
        orders: [stream]
""",
    "PW508": """\
The config's version

`version: 1` is the first line of every config. A higher number means that the config was written
for a newer Portwright. Nothing else is said of it then, as this one cannot know. Upgrade:

    pip install --upgrade portwright
""",
    "PW509": """\
A target cannot be made

There is no target of that name, or its options are wrong. `portwright targets` lists every target
with its options.
""",
    "PW510": """\
A contract cannot be read

The operating system refused to open or read the file; the message says why.
""",
    "PW511": """\
One contract twice

Two contract files have the same `id` and the same major version. Wire numbers, topics and tables
belong to one contract of one major version, so the two would share them. Give one a new `id`, or
raise its major version.
""",
    "PW512": """\
Two files with one path

Two targets, or two contracts, generate different files of the same path (upper and lower case are
not told apart, as some file systems do not). Give the targets folders of their own.
""",
    "PW520": """\
A target of a package cannot be used

A package has a target of this name in its entry-point group `portwright.targets`, but importing it
failed, or what it names is no target: a class with the texts `name` and `summary`, and with `check`
and `emit`, or `make`. Two packages with a target of one name are an error, too.
""",
    "PW521": """\
A target of a package raised an exception

The target is not one of Portwright's own. Its fault is told with the place that raised it, and
nothing was written. Whoever wrote the target can try it with `portwright.testing`.
""",
    "PW522": """\
A target of others gives what is neither file nor finding

`check` gives diagnostics, `emit` gives files with a relative path, a text and an owner, `make`
gives both. A text has to be Unicode: half a pair of surrogates cannot be written.
""",
    "PW523": """\
A target of others writes outside its folder

Paths are relative to the `out` of the target, with `/` and without `..`. What Portwright and git
keep for themselves (`.portwright`, `portwright.lock`, `portwright.yaml`, `.git`) is no target's to
write.
""",
    "PW524": """\
A target of others tells a finding without a code

Each finding has a code that does not change: capitals, digits and hyphens, such as `CAT-01`. Those
that begin with `PW` are Portwright's own, which `portwright explain` tells of.
""",
    "PW525": """\
The program of a target cannot be started

`command` of a target `exec` is a list of words: the program, then its arguments. No shell reads
it. A program with a `/` in its name is a path from the folder of `portwright.yaml`, any other one
is looked for on PATH:

    - {target: exec, command: [python3, tools/catalogue.py], out: docs/catalogue}
    - {target: exec, command: [./tools/catalogue], out: docs/catalogue}
""",
    "PW526": """\
The program of a target failed

It ended with another exit code than 0, or by a signal. What it wrote to its standard error is part
of the finding. To refuse a contract, a program ends with 0 and answers with a diagnostic.
""",
    "PW527": """\
The program of a target did not end in time

It and what it started were ended. `timeout` of the target is in seconds, 60 where it is left out.
""",
    "PW528": """\
The answer of a program cannot be read

A program of a target `exec` prints one JSON document of at most 64 MiB, in UTF-8, and nothing else
to its standard output:

    {"protocol": 1, "files": [{"path": "index.md", "text": "…"}], "diagnostics": []}

A file may have an `owner`: `tool` (the default) or `user`. A diagnostic has `code` and `message`,
and may have `severity` (error, warning, notice), `span` (as the model has it) and `help`.
""",
    "PW529": """\
A program speaks another version of the protocol

The answer has to have `"protocol": 1`. A program that was written for a later one needs a later
Portwright.
""",
    "PW530": """\
An input of a target is not there

`inputs` of a target `exec` are files, or glob patterns of files, below the folder of
`portwright.yaml` that its program depends on: when one changes, the next run asks the program
again.
""",
    "PW531": """\
A program wrote to its standard error

It ended well, and this is what it had to say.
""",
    "PW540": """\
A template overrides nothing

Below the folder that the config names with `templates`, a file overrides the built-in template of
the same path. There is none of this path; `portwright templates` lists them. Files that begin with
`_` are there to be included by others, and may have any name.
""",
    "PW541": """\
A template does not extend the one that it overrides

Templates override blocks, and only them, so that what Portwright prints around them can get better:

    {# view: 1 #}
    {% extends "builtin:ddl/create.sql.j2" %}
    {% block after_table %}
    GRANT SELECT ON {{ table.identifier }} TO reporting;
    {% endblock %}

What stands outside of blocks would not be printed, and is an error for that.
""",
    "PW542": """\
There is no such block

`portwright templates` lists the blocks of each template.
""",
    "PW543": """\
A template is written for another version of the view

What a template sees has a version, which it names in its first line: `{# view: 1 #}`. A Portwright
whose view has changed refuses the template, and says what has changed, rather than print what
nobody meant. Look through the template, then write the new version into it.
""",
    "PW544": """\
A template cannot be read

Its Jinja has an error; the message says what, at its line.
""",
    "PW545": """\
A template cannot be printed

It names what the view has not got, or does what templates may not: they run in a sandbox, change
nothing, and have loops of at most 100,000 steps. `portwright templates` lists what they see.
""",
    "PW546": """\
What a template gives does not fit where it is to stand

What is added to a Python module has to be Python, `imports` has to be lines of `from module import
name`, and `members` of a record has to be methods and properties.
""",
    "PW547": """\
Templates cannot be read

`templates` of the config is a folder below its own, with files in UTF-8.
""",
    "PW550": """\
`extends` names no preset

A preset is a file with a part of `portwright.yaml` that many repositories share. `extends` names
one or several, from the most general to the nearest:

    extends: ../platform                       # portwright.preset.yaml in that folder
    extends: [../platform/portwright.preset.yaml, package:acme_portwright]
    extends: [{preset: package:acme_portwright, version: "1.2.0"}]

A package is named as it is imported or as it is installed, and may be followed by a path in it.
""",
    "PW551": """\
A preset cannot be read

`extends` names a file or a folder that is not there, or that may not be read. Paths are relative to
the file that names them; in a folder, the preset is `portwright.preset.yaml`.
""",
    "PW552": """\
A preset's package is not installed

`package:acme_portwright` is a Python package beside Portwright, in the same environment. It is
looked up and not imported: only its file `portwright.preset.yaml` is read. Install it where you
install Portwright, in CI as well.
""",
    "PW553": """\
Presets extend each other

A preset extends one that extends it in turn, so that there is no order in which they apply, or one
extends the next over more than twenty files. The message has the way. Take one of them out.
""",
    "PW554": """\
A preset is not of the version that is pinned

`version` beside a `preset` is that of its package, exactly:

    extends: [{preset: package:acme_portwright, version: "1.2.0"}]

Another one is installed here. Install the one that is pinned, or read what has changed and pin the
new one. A preset that is a file has no version; `sha256` pins its content.
""",
    "PW555": """\
A preset is not the one that is pinned

`sha256` beside a `preset` is the digest of its file, and the file is another one now:

    extends: [{preset: ../platform, sha256: 5f70…}]

Look at what has changed. `portwright config` shows the digest of each preset that is read.
""",
    "PW556": """\
Not for a preset

`allow` and `ports` are of the contracts of one repository: what breaks is agreed on by those who
have the contract and those who read it. Write them into `portwright.yaml`.
""",
    "PW557": """\
There is no such target to take away

`out: null` takes away targets that a preset has:

    targets:
      - {target: ddl, dialect: oracle, out: null}

No preset has one of that target with these options. `portwright config` shows the targets and where
each comes from.
""",
    "PW560": """\
There is no such policy

`policies` names one that Portwright does not have, and no installed package has it under the entry
points `portwright.policies`. `portwright policies` lists them.

    policies:
      owner: error
      slas: {severity: warning, properties: [latency, retention]}
""",
    "PW561": """\
No severity of a policy

A policy is an `error`, which stops the run, a `warning`, which is told, or `off`.
""",
    "PW562": """\
An option of a policy will not do

`portwright policies --options` lists the options of each policy. Most take a list of texts; a
policy such as `naming` has nothing to look for without one:

    policies:
      naming: {severity: error, property: snake_case, topic: 'acme[.].+'}
""",
    "PW563": """\
The words of classifications

`classifications` lists the words that a `classification` may be, from the least guarded to the
most. Policies about classified data go by this order:

    classifications: [public, internal, confidential, restricted]
""",
    "PW564": """\
A policy of another package cannot be used

The package has an entry point `portwright.policies` of that name, and what stands there cannot be
imported, or is no function. It is not part of Portwright: tell those who wrote it.
""",
    "PW570": """\
The repository requires another Portwright

`requires` in `portwright.yaml` names the versions that the repository is generated with, so that
all who work on it, and CI, write the same files. This one is none of them. Nothing else was
looked at. Install one that is, with the command in the help; or, to move the repository to this
version, run `portwright upgrade` and commit what it and `portwright generate` write.
""",
    "PW571": """\
`requires` names no versions

It is a specifier as pip and `pyproject.toml` have it (PEP 440), with an operator before each
version:

    requires: ">=0.9,<1"
""",
    "PW572": """\
A schema is not registered

`portwright register` could not register a schema, or ask for it: the message says what is against
it. Nothing else of this subject was done; the others were, unless the registry is away.
""",
    "PW573": """\
The registry does not have a schema

`portwright register --check` asked for the schema of a stream as it was generated, and the registry
does not have it. A producer would refuse to start. Run `portwright register` where you deploy from,
before what publishes.
""",
    "PW574": """\
The manifest was written by a newer Portwright

`.portwright/manifest` says whose the generated files are. Its first line names a form that this
Portwright does not know, so it cannot tell your files from its own, and writes none. Install the
one that wrote it, or a later one.
""",
    "PW575": """\
A file is of an older form

`portwright upgrade --check` found a file that an older Portwright wrote: the lock, the manifest, a
schema for editors, or a config whose `requires` leaves this version out. Run `portwright upgrade`,
then `portwright generate`, and commit what both write.
""",
    "PW576": """\
`upgrade` does not edit what is written like this

The value of `requires` is an alias, holds a variable or has escapes, and an edit could change more
than is meant. Write the value in the help by hand. Nothing was written.
""",
    "PW590": """\
No config in a folder or below

`--all` does a command for each portwright.yaml in a folder and below. Folders that git ignores and
those that hold what was installed (.venv, node_modules) are left out: look with
`git check-ignore -v` whether yours is one of them.
""",
    "PW601": """\
A generated file was edited by hand

The file differs from what Portwright wrote, so writing it again would lose the edit. Nothing was
written. Move the change to the contract, or to `mapping.py` and `handlers.py`, which are yours;
then delete the generated file and run `portwright generate`.

While git merges two branches, files that both have as they were generated are written anew,
whatever git made of them. One that was edited on a branch is told, as is any without git to ask.
""",
    "PW602": """\
A file stands in the way

Portwright would write a file where there is one that it did not write. Nothing was written. Move
that file, or give the target another `out`. After a merge that lost `.portwright/manifest`,
restore the manifest from version control.
""",
    "PW603": """\
A stale file was edited by hand

No target generates this file any more, so it would be removed, but somebody edited it. It is kept
until you delete it.
""",
    "PW604": """\
The manifest cannot be read

`.portwright/manifest` lists every generated file with its hash, one a line:

    tool <sha256> src/checkout_port/models.py

Restore it from version control, and generate. Git's conflicts in it are read: `portwright generate`
settles them.
""",
    "PW605": """\
A file cannot be read or written

The operating system refused, or a symbolic link leads out of the project; the message says why.
What the run had already changed was put back.
""",
    "PW606": """\
The lock was written by a newer Portwright

The second line of portwright.lock names the format of the file. This Portwright does not
know that format and does not guess: a wrong guess would move wire numbers.

    portwright-lock 2

Install the Portwright your repository pins, or a later one.
""",
    "PW607": """\
A line of the lock cannot be read

portwright.lock holds one identity a line, such as

    field checkout v1 orders.lines sku 2 string id=line_sku
    value checkout v1 orders.status shipped 3
    reserved checkout v1 orders total 4

A line was edited by hand or cut off. Restore the file from version control and run
`portwright generate` again. Never delete the whole file: its numbers are in bytes that were
already sent.
""",
    "PW608": """\
A number, a name or an id stands twice in the lock

Two lines of one type hold the same wire number, name or id. This is what a merge leaves behind
when two branches each added a field to the same record:

    field checkout v1 orders coupon 7 string
    field checkout v1 orders gift_note 7 string

`portwright lock rebase --onto git:main` keeps the numbers of the branch that is named, which others
build on already, and gives what only this branch has the next free one. If both were released,
one of the two needs a new major version.
""",
    "PW609": """\
The lock holds a merge conflict

Git could not merge portwright.lock and left its markers in it. The message names the types in
which both branches have written, the help what each side has there and what of it can be kept as
it is; what cannot is a finding of its own (PW613).

    portwright lock rebase       keeps the numbers of the branch that is merged or rebased onto
    portwright generate          puts in what is still missing

By hand: keep the lines of both sides, delete the markers, and of two lines with one number delete
the one that was never released; `portwright generate` numbers it anew.
""",
    "PW610": """\
A file of yours may be out of date

`mapping.py` and `handlers.py` are begun once and belong to you. As long as nobody has edited one,
it follows the contract; once you have, what the contract changes is merged into it. Here that is
not possible: there is nothing below `.portwright/begun` to tell the change from (Portwright did not
keep it before, or the file there is lost), or the contract has changed a function that your file
does not have any more. Look through the file, or run your type checker: a new optional field is not
filled, a removed one is still named. This is said once for each change of the contract.
""",
    "PW611": """\
The lock is gone

Files were generated here before, and their wire numbers are in `portwright.lock`, which is missing.
A new lock would number by what the contract holds today, and data on the wire would be read as
something else. Restore the file from version control. Where nothing was published yet, remove
`.portwright/manifest` and the generated files, and generate anew.
""",
    "PW612": """\
A generated file would change

`portwright generate --check` found that a run would write, change or remove this file: the
contract, the config or the generator has moved on. Run `portwright generate` and commit what it
writes. With `--format text` the change is shown as a diff.
""",
    "PW613": """\
Two branches gave one number to two things, or one thing two numbers

Both added to the same type, and numbers are given out in order, so both took the next one. One of
the two was never released, and can have another:

    portwright lock rebase --onto git:main

keeps what main has, gives the other the next free number, and says what it was and is. Data that
this branch has already put on a stream is read otherwise afterwards.
""",
    "PW614": """\
The lock cannot be settled

`portwright lock rebase` has to know what the other branch has. It asks git: for the branch that is
merged, for what is rebased onto, or for the revision after `--onto`; where there is no git, the
markers of a conflict tell it. The message says what is missing. Nothing was written.
""",
    "PW615": """\
A number of this branch has changed

A note of `portwright lock rebase` for a pull request: the other branch has that number, or that
name, and was first.
""",
    "PW616": """\
A conflict in a file of yours

The contract has changed lines of `mapping.py`, `handlers.py` or another file of yours that you have
changed, too. Both are in the file, between the markers that git uses, with what was there before:

            pages=int(row["clicks"]),
    ||||||| as begun
        pages=row["pages"],

Keep what is right of both and remove the markers. All else was written. Until then nothing more is
merged into that file, and `portwright generate` exits with 1.
""",
    "PW617": """\
A file of yours cannot be merged

The contract has changed what a file of yours is about, and the change could not be merged into it:
the file is not UTF-8, or git, which merges what two have changed, cannot be run here. The file is
as it was, and all else was written. The next run merges it, once the reason is gone.
""",
    "PW618": """\
Something new in a file of yours

`portwright generate` has merged a change of the contract into a file of yours: the line is new, or
the contract says something else of a value that you fill in. See that it is what you mean.
""",
    "PW619": """\
An edited generated file stays

`portwright clean` removes what Portwright wrote and nobody has edited. This file was edited, so it
stays, and so does its line in `.portwright/manifest`. Move what you need out of it, and delete it.
""",
    "PW640": """\
A merge conflict in a config or a contract

Git has stopped at lines that two branches have changed, and both sides are in the file, between
markers that are no YAML. Keep what is right of both, remove the markers, and run again. Where the
numbers of both are in `portwright.lock`, `portwright lock rebase` settles that file.
""",
    "PW700": """\
What has changed

A note of `portwright diff` for a pull request: a change of the contract, whom it breaks or may
break, and what its author can do about it. It asks for nothing.
""",
    "PW701": """\
A change breaks somebody, and the version does not tell it

Within a major version everybody goes on reading: those with an old schema what is new, those with
a new schema what is old. The message says whom this change breaks, and why. There are two ways
out. The help has the first: a change that says the same and breaks nobody, most often a new
property beside the old one, which is deprecated and removed with the next major version. The
second is to write the version that the help names: then readers are told, and a new major version
is another contract to them.

`portwright diff` shows all changes for everybody. `--audience` asks for some only.
""",
    "PW702": """\
The version does not say what has changed

Nothing breaks anybody, but readers cannot see from `version` that the contract has moved on. What
is added, deprecated or promised otherwise is a minor version; words and order may go without.
A version below the one of before says that something was taken back, and is never meant.
""",
    "PW703": """\
There is nothing to compare with

`--against` names what the contracts were: `git:` and a revision, or the path of a file with one
contract.

    portwright breaking --against git:main
    portwright breaking --against released/orders.odcs.yaml contracts/orders.odcs.yaml

The revision must be in the repository here: nothing is fetched. A shallow clone of a CI has the
newest one only; fetch the branch that you compare with first.
""",
    "PW704": """\
The contract of before has errors

Nothing is generated from a contract with errors, so nothing was released of it, and it is not
compared. Name a revision or a file of a version that generates.
""",
    "PW705": """\
A contract is gone

The contract was there before, and no contract of now has its id, its major version or its path.
Whoever reads it gets nothing any more. Bring it back and let it go in steps: `status: deprecated`
with an `endOfSupport` among its service levels, then `status: retired`, and then the file may go.
""",
    "PW706": """\
Two major versions share a table or a topic

A new major version is a contract of its own, beside the old one, until nobody reads that. It has
the same topic or table as the old one here, so readers of the old one are handed what they cannot
read. Topics and tables carry the major version unless `physicalName` says otherwise:

    physicalName: orders_v2

`portwright bump` gives a new major version names of its own.
""",
    "PW707": """\
A new major version takes the place of one that has readers

A new major version breaks nobody as long as the old one is there. Here the contract of the old one
is gone, and so are its topics and tables with the next release. Keep it beside the new one until
its end of support:

    portwright bump --end-of-support 2027-06-30

It is fine where nobody reads the old version: write `status: retired` before you raise the version.
""",
    "PW708": """\
A wire number is another one

Protobuf knows fields and values of enums by their numbers, which `portwright.lock` keeps for ever.
This one has another number than it had, though its type is the one it was: the lock was edited, or
made anew; or the type was changed and changed back; or a branch that had released it was rebased.
What was written before is not found by new readers, and the reverse. Restore the lines of the lock
from version control.
""",
    "PW710": """\
What was released is not there any more, or was edited

`portwright release` keeps the contract of each version in `.portwright/released`, and a line of the
lock with its hash. Both are committed: they are what readers were promised. Restore the file from
version control.
""",
    "PW711": """\
A version that was released is another one now

A version says what is handed out, so it never means two things. The contract has changed since its
version was released; raise the version:

    portwright bump
""",
    "PW712": """\
`portwright bump` does not edit what is written like this

It replaces single values, such as that of `version`, and leaves all else as you wrote it. Here the
value is spread over lines, comes from a variable or an anchor, or stands in a map on one line.
Write what the help says by hand; then run it again.
""",
    "PW713": """\
There is a file already where the old major version would be kept

`portwright bump` keeps the contract of the old major version beside the new one, as
`orders.v1.odcs.yaml`. A file of that name is there, and no contract of the config. Name it in
`contracts` of portwright.yaml if it is that contract, or move it away.
""",
    "PW720": """\
Steps of a migration take data away

A column or a table that the contract has no more, or values that a new type has no room for, are
gone for good when such a step has run. `portwright migrate` writes these steps into the file as
comments, behind all others: a column that is to go may be null until then, and a column with a new
type stands beside the old one. When nobody reads the old ones any more, run it again:

    portwright migrate --allow-destructive
""",
    "PW721": """\
Steps of a migration wait for values

A property is required, and the rows that there are have no value for it, or there is no cast from
its old type to the new one. Only the owner of the data knows what to write. The column is there,
and may be null. The statement that fills it stands in the file as a comment, with `<value>` where
the value belongs, and behind it what holds the column to the contract. Write the value, and take
the comment marks away.
""",
    "PW722": """\
A migration was edited

The file of these two versions is there, somebody has edited it, and what would be written now is
something else. It is left as it is: it may have been run already. What has changed in the contract
since is a version of its own: raise `version`, and the next migration starts from there. If the
file was never run, delete it.
""",
    "PW723": """\
There is no engine to migrate

`portwright migrate` writes for the dialects of the targets `ddl` in the config, or for those that
are named:

    portwright migrate --to-dialect postgres --to-dialect duckdb
""",
    "PW724": """\
The engine could not hold the tables of before

The DDL of the old version has errors in this engine, so no tables were made from it, and there are
none to migrate. Create those of today, as `portwright generate` writes them.
""",
    "PW725": """\
A migration cannot be written

The folder or the file is in the way, or may not be written. Nothing was written. `--out` names
another folder, and `--out -` prints.
""",
    "PW726": """\
An earlier migration has steps that were left out

A migration makes the tables of one version those of the next. It takes for granted that they are as
the old version has them, so that the steps that the file before left out were run by then: a
column that was kept is still there, and one whose type was not changed still has the old one. Run
these steps first, with `--allow-destructive` or by hand, or read each step of this file beside the
table.
""",
    "PW730": """\
The registry refuses a schema

`portwright register --dry-run` asked the registry, and it would not take the schema beside those
that the subject has, at the level the subject is held to. Where nothing breaks all the same, the
message says why the registry thinks so. Ask for another level with the custom property
`schemaCompatibility`, or release the change as a new major version: it has a subject of its own.
""",
    "PW731": """\
The registry takes what breaks readers

A registry compares shapes. It takes a renamed Protobuf field, another scale of an Avro decimal and
every rule that no schema tells of, and whoever reads these is broken all the same. The message says
why it takes the change, `portwright diff` whom it breaks.
""",
    "PW732": """\
The registry holds a subject to another level

The contract asks for a level of compatibility, and the registry has another one, perhaps its own
default. `portwright register` sets it before it registers; until then it judges by its own.
""",
    "PW733": """\
The registry cannot tell

It lacks a file that the schema imports, which `portwright register` puts in first, or it cannot
read the schema for a test: Apicurio looks at no imports there, but does when it registers.
""",
    "PW740": """\
An allowance names what there is not

`change` is one of the kinds that `portwright diff --format json` shows, and `audience` one or more
of producer, stream-readers, replay, tables, sql-readers and operators.

    allow:
      - change: property-removed-optional
        path: visits.pages
        audience: [sql-readers]
        reason: nobody queries it, asked on 2026-11-02
        until: 2027-01-31
""",
    "PW741": """\
The end of an allowance is no date

`until` is the last day on which the allowance holds, by the calendar and with all its digits:

    until: 2027-01-31
""",
    "PW742": """\
An allowance lacks what it needs

Each entry of `allow` has a `change` (the kind of change that may break somebody), a `reason` (who
agreed, and why nobody is harmed) and `until` (the last day on which it holds). `contract`, `path`
and `audience` make it narrower.
""",
    "PW743": """\
A change breaks somebody, as was agreed on

An allowance in `portwright.yaml` lets this change pass without a new major version: those whom it
would break are not there, or know of it. The message has the reason and the last day.
""",
    "PW744": """\
An allowance has ended

The day `until` of this allowance is over, so it lets nothing pass any more, and the change that it
was for is an error again. Release the change as a new version, or take it back. If those concerned
agree again, write another `until`.
""",
    "PW745": """\
An allowance lets nothing pass

No change of today needs it: what it was for is released, was taken back, or is told by the
contract's version. It may also name a contract or a path that is not there. Remove it, so that it
does not let pass what nobody has agreed on.
""",
    "PW746": """\
An allowance ends soon

In two weeks or less this allowance ends, and the change that it lets pass will be an error. Release
the change before that day, or ask those concerned whether they agree to another one.
""",
    "PW750": """\
Support has ended

The contract says until when it, an object or a property is supported (`endOfSupport`, `es`, or
`endOfLife`, `el`, among `slaProperties`), and that day is over. `portwright lint` and `portwright
breaking` fail until the promise and what is handed out agree again:

    status: retired                 # nothing is handed out any more
    slaProperties:
      - {property: endOfSupport, value: 2027-06-30}    # or: it is supported for longer

`portwright generate` asks for no date, so that it writes the same on every day. The day is that of
UTC, or of SOURCE_DATE_EPOCH.
""",
    "PW751": """\
Support ends soon

In thirty days or less the contract, an object or a property is no longer supported, and `portwright
lint` and `portwright breaking` will fail. Tell those who still read it, or agree on a later day.
""",
    "PW752": """\
The end of support is no date

An `endOfSupport` or `endOfLife` needs the last day as its value. What cannot be read as a day warns
nobody:

    slaProperties:
      - {property: endOfSupport, value: 2027-01-31}
      - {property: endOfSupport, value: 2026-12-31, element: orders.coupon}
""",
    "PW800": """\
The source cannot be read

`portwright new port --from` needs a file that is there, that it may read, in UTF-8 or UTF-16, of at
most 64 MiB. A database is named by its scheme, such as `sqlite:service.db`. In the url of a server,
write `@`, `/`, `?` and `#` of a password as %40, %2F, %3F and %23.
""",
    "PW801": """\
The source is of no kind that is known

A contract can be begun from SQL (`.sql`), Avro (`.avsc`), Protobuf (`.proto`), JSON Schema
(`.json`, `.schema.json`), samples (`.json`, `.ndjson`, `.jsonl`), and from tables of PostgreSQL
(`postgresql://…`), MySQL (`mysql://…`), DuckDB (`duckdb:PATH`) and SQLite (`sqlite:PATH`).
""",
    "PW802": """\
A library is not installed

What reads SQL, Protobuf and databases is an extra, as few who generate need it:

    pip install 'portwright[import]'

JSON Schema, Avro and samples need nothing more.
""",
    "PW803": """\
The database answers with an error

The message is the database's own. Look at the url (`postgresql://user:password@host:5432/shop`), at
the rights of the user, and whether the server can be reached from here. Only its catalogue is read.
""",
    "PW804": """\
The source has no such table or record

There is nothing to begin an object from: the source has no table or record, not the one that
`--table` names, or one without columns. The help names those that there are.
""",
    "PW805": """\
The source cannot be parsed

The file is not what its ending says, or has a fault at the place. SQL is read in the dialect of
`--dialect`; without it, in the one that the script looks like.
""",
    "PW806": """\
The source says what a contract cannot

A contract has one type a property, no types that hold themselves, and few kinds of checks. What
else the source says is told here, and stands as a comment at its place in the contract, so that its
owner can say it in a description or as a `quality` rule. Nothing is left out without being told.
""",
    "PW807": """\
A name cannot be that of a property

Names have a letter or a digit, at most 255 characters and none that nobody sees. The property
is left out of the contract; rename it at its source or add it under another name.
""",
    "PW808": """\
A type is unknown

Contracts have no type for it, or it is defined elsewhere. The property is taken as text; correct
its `logicalType`, or leave it out.
""",
    "PW809": """\
The contract is there already

`portwright new port` begins contracts, and never overwrites one. Take another name, or edit
the contract; what it was begun from can be compared by beginning another one with `--dry-run`.
""",
    "PW810": """\
The contract would be refused

What was read is no contract that `portwright lint` accepts, mostly because of names that meet, so
nothing is written. Rename at the source, or begin from a part of it with `--table`.
""",
    "PW820": """\
A file of the repository cannot be read

`portwright init` reads what it would add to: `portwright.yaml`, the Makefile and
`.pre-commit-config.yaml`. Nothing was written. Look at the rights of the file.
""",
    "PW900": """\
The contract has no owner

The policy `owner` asks for a team that answers for the contract, and where it has the option
`roles`, for members with these roles:

    team:
      name: checkout
      members:
        - {username: jo@acme.example, role: owner}
""",
    "PW901": """\
Nobody is told where to ask

The policy `contact` asks for a channel of support:

    support:
      - {channel: data-checkout, tool: slack, url: https://acme.example/slack/data-checkout}
""",
    "PW902": """\
A service level is not promised

The policy `slas` asks for service levels: for any one, or for those that its option `properties`
lists. Their short names of ODCS (`ly` for latency) do as well.

    slaProperties:
      - {property: latency, value: 4, unit: h}
      - {property: retention, value: 3, unit: y}
""",
    "PW903": """\
Something has no description

The policy `descriptions` asks for one at the contract (`purpose`), at each object and at each
property, or at those that its option `of` lists.
""",
    "PW904": """\
What looks like personal data is not classified

The policy `personal-data-classified` goes by names, in a dozen languages: `email`, `geburtsdatum`,
`prenom`. Say how much the property has to be guarded, `public` among it, if the name misleads:

    - {name: email, logicalType: string, classification: confidential}

What is classified is masked in messages and logs, and kept out of headers of streams.
""",
    "PW905": """\
A classification is none of the words agreed on

The policy `classification-words` holds each `classification` to the words that `classifications` in
`portwright.yaml` or a preset lists. Upper and lower case are alike.
""",
    "PW906": """\
A classified property is in a key

Keys are copied further than values are: into indexes, the paths of partitions, every tool that
shows messages, and logs. The policy `classified-keys` asks for keys that say nothing of anybody: an
id that was made up. `streamKey` keys messages by other properties than the primary key. The option
`above` is a word of `classifications` that may still stand in keys.
""",
    "PW907": """\
A classified property is where everybody may read

A role of the contract or of one of its servers that may read the object, one of its `principals`
(`User:*`), or a tag of the contract or the object says that everybody may: `public`, `everyone` or
another of the option `everyone`. Leave the property out, hand it out in an object of a contract
that few may read, or take the role away.
""",
    "PW908": """\
A name is not written as was agreed on

The policy `naming` has a style or a pattern (ECMA-262, for the whole name) for the names of
contracts, objects, properties, topics, tables or columns:

    policies:
      naming: {severity: error, object: snake_case, topic: '(orders|billing)[.].+'}

Styles are snake_case, camelCase, PascalCase, kebab-case, SCREAMING_SNAKE_CASE and lowercase. A name
that others use already is changed with a new major version only; until then, allow it with a
reason.
""",
    "PW909": """\
Metadata is missing

The policy `metadata` lists what each contract, object or property has to say, in a key of the
standard or in a custom property:

    policies:
      metadata: {severity: error, contract: [domain, costCentre], property: [businessName]}
""",
    "PW910": """\
Support ends soon

The policy `end-of-support` tells of ends (`endOfSupport`, `endOfLife`) that are nearer than its
option `days`, 90 where nothing is said. `portwright lint` asks for the day; `portwright generate`
does not, so that it writes the same on every day.
""",
    "PW911": """\
The contract is of another version of the standard

The policy `api-versions` lists the versions of ODCS that contracts may be in: `v3.1` allows all of
v3.1.
""",
    "PW912": """\
The version does not tell major from minor

The policy `semantic-version` asks for three numbers, such as 1.4.0: readers see from the first
whether they can go on reading.
""",
    "PW913": """\
Data of persons, and nothing that says whose

The policy `data-subjects` looks for properties whose names speak of a person, and for those that
say how they are to be anonymised. Where an object has some, one of its properties is to name the
person they are of: by that the data of somebody are found when they are to be erased.

    - name: customer_id
      logicalType: integer
      customProperties:
        - {property: dataSubject, value: true}
""",
    "PW914": """\
A classified value stays in anonymous records

`anonymise: keep` at a property says that its values may stay where nobody is to be found. The
policy `kept-values` asks for another way of what is classified; its option `above` is a word of
`classifications` that may still be kept.
""",
    "PW915": """\
A role reads a stream with values that it does not see

Tables mask what a role may not see, but who reads a topic reads all of every message. The policy
`unseen-streams` asks that each role that reads a stream `sees` the classifications of all in it:

    roles:
      - role: fulfilment
        access: read
        customProperties:
          - {property: objects, value: [orders]}
          - {property: sees, value: restricted}

Where it must not, hand out a second object without these properties, or encrypt them by rules of
the registry (docs/privacy.md). The option `above` is a word of `classifications` that may be seen
by all.
""",
    "PW920": """\
An allowance of a contract cannot be read

`portwrightAllow` among the custom properties of a contract, an object or a property lists policies
that need not be followed there and in what is below, each with a reason, and an end if there is
one:

    customProperties:
      - property: portwrightAllow
        value:
          - {policy: classified-keys, reason: readers join by it, until: 2027-03-31}

`policy` is a name or a code; `until` is the last day on which the allowance holds, with all its
digits.
""",
    "PW921": """\
There is no policy to allow something of

`policy` in a `portwrightAllow` is neither the name nor the code of a policy. `portwright policies`
lists them. One of another package is known where that package is installed.
""",
    "PW922": """\
An allowance lets nothing pass

The contract follows the policy without it, here and below. Remove it, so that it does not let pass
what nobody has agreed on.
""",
    "PW923": """\
An allowance has ended

The day `until` of a `portwrightAllow` is over. Do what the policy asks for, or agree on another
day. `portwright lint` tells it, by the day in UTC or that of SOURCE_DATE_EPOCH; `portwright
generate` asks for no day, so that it writes the same on every one.
""",
    "PW924": """\
An allowance ends soon

In two weeks or less a `portwrightAllow` ends, and `portwright lint` will fail. Do what the policy
asks for, or agree on another day.
""",
    "PW925": """\
A policy of another package failed

It was asked about a contract, and raised an exception, wanted to end the run, or gave something
that is no finding: one has a code of capitals, digits and hyphens that does not begin with PW, a
message that is Unicode, and a place. It is not part of Portwright: tell those who wrote it, or
switch it off.
""",
}
