"""The DDL for MySQL, executed by MariaDB and read back from its catalogue.

MariaDB says LONGTEXT where MySQL says JSON, and holds it to JSON by a CHECK of its own.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Any

import pymysql
import pytest
from hypothesis import given, settings

from portwright.model import Bounds, Float, Integer, Model, Relationship, String
from portwright.targets.ddl import DIALECTS, Ddl, checks, literal, qualified, quote
from support import corpus, ddl, drawn_models, models, patterns, shop, sql_reader, tsql

if TYPE_CHECKING:
    from support.mariadb import Server

DIALECT = DIALECTS["mysql"]

ALL_TYPES = {
    "flag": "tinyint(1)",
    "i8": "tinyint(4)",
    "u8": "tinyint(3) unsigned",
    "i16": "smallint(6)",
    "u16": "smallint(5) unsigned",
    "i32": "int(11)",
    "u32": "int(10) unsigned",
    "i64": "bigint(20)",
    "u64": "bigint(20) unsigned",
    "i128": "decimal(39,0)",
    "u128": "decimal(39,0)",
    "quantity": "int(11)",
    "f32": "float",
    "f64": "double",
    "ratio": "double",
    "amount": "decimal(12,2)",
    "fee": "decimal(4,4)",
    "huge": "decimal(38,0)",
    "note": "longtext",
    "code": "varchar(5)",
    "email": "longtext",
    "key": "char(36)",
    "raw": "longblob",
    "hash": "longblob",
    "day": "date",
    "clock": "time(6)",
    "instant": "datetime(6)",
    "wall": "datetime(6)",
    "status": "varchar(255)",
    "priority": "varchar(255)",
}


def create(server: Server, model: Model) -> None:
    """Runs the file of the model twice: it may be run again."""
    text = ddl.file(model, "mysql")
    for _ in range(2):
        server.execute(text)


def insert(server: Server, name: str, row: shop.Row) -> None:
    table = qualified(shop.model(), shop.model().object(name), DIALECT)
    columns = ", ".join(quote(column, DIALECT).replace("%", "%%") for column in row)
    holes = ", ".join(["%s"] * len(row))
    values = map(written, row.values())
    server.execute(f"INSERT INTO {table} ({columns}) VALUES ({holes})", *values)


def written(value: Any) -> Any:
    """A value as the driver takes it."""
    match value:
        case list() | dict():
            return json.dumps(value)
        case dt.datetime():
            return value.replace(tzinfo=None)
        case _:
            return value if value is None or isinstance(value, bytes) else str(value)


@pytest.fixture
def shopped(mariadb: Server) -> Server:
    create(mariadb, shop.model())
    insert(mariadb, "customers", shop.CUSTOMER)
    return mariadb


def columns(server: Server, table: str) -> list[tuple[Any, ...]]:
    """Name, type, nullability and comment of every column, from the catalogue."""
    return server.execute(
        "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'YES', COLUMN_COMMENT"
        " FROM information_schema.COLUMNS WHERE TABLE_NAME = %s ORDER BY ORDINAL_POSITION",
        table,
    )


def test_every_type_is_in_the_catalogue(mariadb: Server) -> None:
    model = models.all_types_model()
    create(mariadb, model)
    fields = model.object("samples").record.fields
    assert columns(mariadb, "samples") == [
        (
            each.column,
            ALL_TYPES.get(each.name.removeprefix("maybe_"), "longtext"),
            int(not each.required),
            "",
        )
        for each in fields
    ]


def test_names_keys_and_comments_come_back(shopped: Server) -> None:
    model = shop.model()
    names = [name for name, *_ in columns(shopped, "orders")]
    assert names == [each.column for each in model.object("orders").record.fields]
    keys = shopped.execute(
        "SELECT CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME"
        " FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = 'shop'"
        " ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"
    )
    assert keys == [
        ("PRIMARY", "id", None, None),
        ("uq_customers__email", "email", None, None),
        ("fk_orders__customer_id", "customer_id", "customers", "id"),
        ("fk_orders__of_order__of_region", "of order", "orders", "order"),
        ("fk_orders__of_order__of_region", "of region", "orders", "Region"),
        ("PRIMARY", "order", None, None),
        ("PRIMARY", "Region", None, None),
    ]
    assert columns(shopped, "customers")[0] == ("id", "bigint(20)", 0, shop.QUOTED)
    tables = shopped.execute(
        "SELECT TABLE_NAME, ENGINE, TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA = 'shop' ORDER BY TABLE_NAME"
    )
    comment = model.object("customers").description
    assert tables == [
        ("customers", "InnoDB", "utf8mb4_bin", comment),
        ("orders", "InnoDB", "utf8mb4_bin", ""),
    ]


def test_a_good_row_goes_in_and_comes_back(shopped: Server) -> None:
    insert(shopped, "orders", shop.ORDER)
    (row,) = shopped.execute("SELECT * FROM shop.orders")
    found = dict(zip(shop.ORDER, row, strict=True))
    for name in ("tags", "address", "lines"):
        found[name] = json.loads(found[name])
    assert found == {
        **shop.ORDER,
        "order": str(shop.ORDER["order"]),
        "clock": dt.timedelta(hours=18, minutes=30),
        "at": shop.ORDER["at"].replace(tzinfo=None),
    }
    for name in ("orders", "customers"):
        assert broken(shopped, shop.model(), name) == []


def broken(server: Server, model: Model, name: str) -> list[tuple[str, str]]:
    """Path and name of every rule that a row of the table breaks."""
    object_ = model.object(name)
    table = qualified(model, object_, DIALECT)
    return [
        (each.path, each.name)
        for each in checks(object_, DIALECT)
        if server.execute(f"SELECT 1 FROM {table} WHERE NOT ({each.predicate})")
    ]


def test_a_row_of_nulls_is_no_worse_than_required(shopped: Server) -> None:
    insert(shopped, "orders", {key: shop.ORDER[key] for key in ("Region", "order")})


@pytest.mark.parametrize(
    ("name", "good", "change", "path", "rule"),
    [
        *(("orders", shop.ORDER, *bad) for bad in shop.BAD_ORDERS),
        *(("customers", shop.CUSTOMER, *bad) for bad in shop.BAD_CUSTOMERS),
        ("orders", shop.ORDER, {"status": "NEW"}, "status", "enum"),
        ("orders", shop.ORDER, {"status": "new "}, "status", "enum"),
    ],
)
def test_a_bad_row_is_refused(
    shopped: Server, name: str, good: shop.Row, change: shop.Row, path: str, rule: str
) -> None:
    key = {"id": 8} if name == "customers" else {}
    with pytest.raises(pymysql.OperationalError, match=rf"`ck_{name}__{path}__{rule}` failed"):
        insert(shopped, name, {**good, **key, **change})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("customers", {"id": 8, "email": f"a@{'b' * 26}.org"}),
        ("orders", {"small": 256}),
        ("orders", {"tags": "[1"}),
        ("orders", {"Region": None}),
        ("orders", {"Region": "x" * 256}),
        ("orders", {"customer_id": 8}),
        ("orders", {"of region": "US", "of order": shop.ORDER["order"]}),
        ("customers", {"id": 9}),
        ("customers", {"email": "b@example.org"}),
    ],
)
def test_types_and_keys_are_kept(shopped: Server, name: str, change: shop.Row) -> None:
    good = shop.ORDER if name == "orders" else shop.CUSTOMER
    with pytest.raises((pymysql.DataError, pymysql.OperationalError, pymysql.IntegrityError)):
        insert(shopped, name, {**good, **change})


def test_keys_tell_letters_apart(shopped: Server) -> None:
    for region in ("EU", "eu", "Eü"):
        insert(shopped, "orders", {**shop.ORDER, "Region": region})


def test_a_key_of_many_texts_has_no_room(mariadb: Server) -> None:
    names = ("a", "b", "c", "d")
    wide = [models.field(name, String()) for name in names]
    model = models.a_model(models.an_object("t", "t", *wide, primary_key=names))
    said = [each.code for each in Ddl("mysql").check(model)]
    assert said == ["PW342"] * 4 + ["PW343"]
    create(mariadb, model)
    narrow = [models.field(name, String(max_length=191)) for name in names]
    model = models.a_model(models.an_object("u", "u", *narrow, primary_key=names))
    assert list(Ddl("mysql").check(model)) == []
    create(mariadb, model)
    assert mariadb.execute(
        "SELECT TABLE_NAME, COUNT(*) FROM information_schema.KEY_COLUMN_USAGE"
        " WHERE TABLE_SCHEMA = 'test' GROUP BY TABLE_NAME"
    ) == [("u", 4)]


def test_short_texts_too_many_for_a_row_are_long_ones(mariadb: Server) -> None:
    for many, type_ in ((40, "varchar(255)"), (90, "longtext")):
        wide = [models.field(f"c{n}", String(max_length=255), False) for n in range(many)]
        key = models.field("id", String(max_length=255))
        table = models.an_object("t", "t", key, *wide, primary_key=("id",))
        create(mariadb, models.a_model(table))
        found = {name: each for name, each, *_ in columns(mariadb, "t")}
        assert (found["id"], found["c0"]) == ("varchar(255)", type_)
        for length in (255, 256):
            if length == 256:
                with pytest.raises((pymysql.DataError, pymysql.OperationalError)):
                    mariadb.execute("INSERT INTO t (id, c0) VALUES ('a', REPEAT('x', 256))")
            else:
                mariadb.execute("INSERT INTO t (id, c0) VALUES ('a', REPEAT('x', 255))")
        mariadb.empty()


def test_every_key_word_is_a_column_and_a_table(mariadb: Server) -> None:
    found = mariadb.execute("SELECT LOWER(WORD) FROM information_schema.KEYWORDS")
    plain = DIALECT.identifiers.plain
    reserved = DIALECT.identifiers.reserved
    words = sorted({word for (word,) in found if plain.fullmatch(word)} | reserved)
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    wide = models.an_object("wide", "wide", *fields)
    tables = [
        models.an_object(word, word, models.field(word, bounded), primary_key=(word,))
        for word in words
    ]
    create(mariadb, models.a_model(wide, *tables))
    assert [name for name, *_ in columns(mariadb, "wide")] == words


def test_hostile_text_is_only_text(mariadb: Server) -> None:
    texts = [text for text in models.HOSTILE if "\0" not in text]
    names = [" ".join(text.split()).replace("😀", "x") for text in texts]
    fields = [models.field(text, String(), False, description=text) for text in names]
    values = models.enum("t", "e", values=tuple(texts))
    model = models.a_model(
        models.an_object(
            "../../etc",
            "x",
            *fields,
            models.field("e", values, description=models.HOSTILE[5]),
            models.field("after", String(), description="😀 " + "x" * 2000),
            schema='a"b`c\\',
            description=models.HOSTILE[-1],
        ),
        name='evil"; DROP TABLE x; --',
        source="a\nb.yaml",
    )
    create(mariadb, model)
    found = columns(mariadb, "../../etc")
    assert [name for name, *_ in found] == [*names, "e", "after"]
    assert [comment for *_, comment in found[: len(names)]] == names
    assert found[-1][-1] == "\ufffd " + "x" * 1021 + "…"
    table = qualified(model, model.object("../../etc"), DIALECT)
    for text in texts:
        mariadb.execute(f"INSERT INTO {table} (e, after) VALUES ({literal(text, DIALECT)}, '')")
    assert mariadb.execute(f"SELECT e FROM {table}") == [(text,) for text in texts]
    assert broken(mariadb, model, "../../etc") == []


@pytest.mark.parametrize("name", ["😀", "a ", "x" * 65])
def test_names_that_it_cannot_have(mariadb: Server, name: str) -> None:
    model = models.a_model(models.an_object("t", "t", models.field(name, String())))
    assert "PW341" in [each.code for each in Ddl("mysql").check(model)]
    (file,) = Ddl("mysql").emit(model)
    with pytest.raises(pymysql.MySQLError):
        mariadb.execute(file.text)


@pytest.mark.parametrize("pattern", patterns.PORTABLE)
def test_patterns_mean_what_they_mean_in_ecma(mariadb: Server, pattern: str) -> None:
    mariadb.execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin")
    asked = ", ".join(patterns.predicates(pattern, DIALECT))
    (row,) = mariadb.execute(f"SELECT {asked}")
    assert list(map(bool, row)) == patterns.expected(pattern)


def test_it_is_the_language_of_mysql() -> None:
    (file,) = Ddl("mysql").emit(shop.model())
    assert len(sql_reader.statements(file.text, "mysql")) == 3
    tsql.parse(file.text, "mysql")  # whose grammar is not that of MariaDB


@settings(max_examples=20)
@given(drawn_models.models())
def test_any_model_is_a_table_whose_rules_can_be_asked(
    mariadb_server: Server, model: Model
) -> None:
    create(mariadb_server, model)
    (object_,) = model.objects
    assert broken(mariadb_server, model, object_.name) == []
    mariadb_server.empty()


@corpus.needed
def test_the_tables_of_the_corpus(mariadb: Server) -> None:
    for text in ddl.of_corpus("mysql"):
        sql_reader.statements(text, "mysql")
        for _ in range(2):
            mariadb.execute(text)
        mariadb.empty()


def said(model: Model) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in Ddl("mysql").check(model)]


def test_a_text_too_long_for_a_key_refers_to_nothing(mariadb: Server) -> None:
    code = models.field("code", models.enum("kinds", "code", values=("a", "b")))
    kinds = models.an_object("kinds", "kind", code, primary_key=("code",))
    note = models.field("note", String(max_length=4000))
    to_kinds = Relationship(("note",), "kinds", ("code",), models.SPAN)
    notes = models.an_object("notes", "note", note, relationships=(to_kinds,))
    model = models.a_model(kinds, notes)
    create(mariadb, model)
    assert said(model) == [
        ("PW344", "MySQL gets no foreign key to `kinds`: `note` cannot be in a key")
    ]


def test_a_table_of_no_known_database_is_referred_to_by_its_neighbours_only(
    mariadb: Server,
) -> None:
    number = models.field("id", Integer())
    to_a = Relationship(("id",), "a", ("id",), models.SPAN)
    a = models.an_object("a", "a", number, primary_key=("id",))
    b = models.an_object("b", "b", number, relationships=(to_a,))
    c = models.an_object("c", "c", number, relationships=(to_a,), qualifier=("other",))
    model = models.a_model(a, b, c)
    create(mariadb, model)
    assert said(model) == [("PW344", "MySQL gets no foreign key to `a`: `a` is in another schema")]
    mariadb.empty()
    create(mariadb, models.a_model(replace(a, qualifier=("third",)), b, c))
    keys = mariadb.execute(
        "SELECT TABLE_SCHEMA, TABLE_NAME, REFERENCED_TABLE_SCHEMA"
        " FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME = 'a' ORDER BY 1"
    )
    assert keys == [("other", "c", "third"), ("test", "b", "third")]


def test_bounds_of_floats_may_have_any_exponent(mariadb: Server) -> None:
    bounds = Bounds(minimum=Number("1e-40"), maximum=Number("1.5e300"))
    value = models.field("value", Float(64, bounds))
    create(mariadb, models.a_model(models.an_object("t", "t", value)))
    for good in ("1e-40", "1.5e300"):
        mariadb.execute(f"INSERT INTO t VALUES ({good})")
    for bad in ("9e-41", "1.6e300"):
        with pytest.raises(pymysql.OperationalError, match="value__m"):
            mariadb.execute(f"INSERT INTO t VALUES ({bad})")


@pytest.mark.parametrize("many", [150, 200])
def test_a_row_has_room_for_many_texts(mariadb: Server, many: int) -> None:
    kinds = [
        models.field(f"kind{n}", models.enum("t", f"kind{n}", values=("a", "b")), n == 0)
        for n in range(many)
    ]
    texts = [models.field(f"text{n}", String(max_length=9), False) for n in range(many)]
    for fields in (kinds, texts):
        first = fields[0].name
        create(mariadb, models.a_model(models.an_object(first, first, *fields)))
    with pytest.raises(pymysql.OperationalError, match="kind0__enum"):
        mariadb.execute("INSERT INTO kind0 (kind0) VALUES ('c')")


def test_a_key_has_no_more_columns_than_the_engine_allows(mariadb: Server) -> None:
    fields = [models.field(f"c{n}", Integer()) for n in range(17)]
    key = tuple(each.name for each in fields)
    fits = models.an_object("fits", "f", *fields, primary_key=key[1:])
    wide = models.an_object("wide", "w", *fields, primary_key=key)
    create(mariadb, models.a_model(fits, wide))
    ((code, message),) = said(models.a_model(fits, wide))
    assert code == "PW343" and "no key of more than 16 columns: `c0`, `c1`" in message


def test_names_that_differ_in_case_are_one_in_any_script(mariadb: Server) -> None:
    for one, other in (("İd", "id"), ("é", "É"), ("ж", "Ж")):
        fields = [models.field(each, Integer(), False) for each in (one, other)]
        model = models.a_model(models.an_object("t", "t", *fields))
        assert [code for code, _ in said(model)] == ["PW340"]
        with pytest.raises(pymysql.OperationalError, match="Duplicate column"):
            mariadb.execute(f"CREATE TABLE t (`{one}` INT, `{other}` INT)")
