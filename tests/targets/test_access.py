"""The target `access`: what each engine is told of roles, and what it says of that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from portwright.model import (
    Anonymise,
    Array,
    Boolean,
    Date,
    Field,
    Integer,
    Model,
    Record,
    Role,
    Server,
    String,
)
from portwright.targets import registry
from portwright.targets.access import FORMS, Access
from portwright.targets.ddl import DIALECTS, Ddl
from support import access, corpus, models

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.mariadb import Server as MariaDb

DRIVERS = Role("driver", "read")


def classified(name: str = "secret", **facts: Any) -> Field:
    given = {"classification": "restricted", "required": False, **facts}
    return replace(models.field(name, given.pop("type", String())), **given)


def a_model(*fields: Field, roles: tuple[Role, ...] = (DRIVERS,), **facts: Any) -> Model:
    object_ = models.an_object("trips", "trips", models.field("id", Integer()), *fields)
    return replace(models.a_model(object_), roles=roles, **facts)


def text(model: Model, dialect: str = "postgres", **options: Any) -> str:
    target = Access(dialect, **options)
    return "".join(each.text for each in target.emit(model))


def codes(model: Model, dialect: str = "postgres", **options: Any) -> list[str]:
    return [each.code for each in Access(dialect, **options).check(model)]


def test_every_dialect_has_its_forms() -> None:
    assert set(FORMS) == set(DIALECTS)


@pytest.mark.parametrize("dialect", FORMS)
def test_nobody_gets_a_file_for_nothing(dialect: str) -> None:
    assert text(a_model(roles=()), dialect) == ""
    assert text(a_model(roles=(Role("x", "nonsense"),)), dialect) == ""
    assert codes(a_model(roles=()), dialect) == []


@pytest.mark.parametrize("dialect", sorted(FORMS.keys() - {"duckdb", "bigquery"}))
def test_who_may_not_see_all_reads_no_table_that_shows_it(dialect: str) -> None:
    said = text(a_model(classified()), dialect)
    grants = [each for each in said.splitlines() if each.startswith("GRANT") and "trips" in each]
    hides = "SET MASK" in said or "MASKING POLICY" in said
    assert grants and (hides or all("trips_masked" in each for each in grants)), said


def test_bigquery_grants_nothing_that_it_cannot_hide() -> None:
    server = Server("w", "bigquery", settings=(("dataset", "d"), ("project", "acme")))
    model = a_model(classified(), roles=(Role("a@x.example", "read"),), servers=(server,))
    assert text(model, "bigquery") == ""
    assert codes(model, "bigquery") == ["PW416"]
    said = text(model, "bigquery", region="eu")
    assert '`roles/bigquery.dataViewer` ON TABLE acme.d.trips TO "group:a@x.example"' in said
    assert "`region-eu`.mask_d__trips__secret" in said
    assert codes(replace(model, roles=(DRIVERS,)), "bigquery", region="eu") == ["PW415"]


def test_a_role_of_a_server_has_rights_there_only() -> None:
    mine = Server("a", "postgres", roles=(Role("ours", "read"),))
    other = Server("b", "snowflake", roles=(Role("elsewhere", "read"),))
    model = a_model(roles=(), servers=(mine, other))
    assert "ours" in text(model) and "elsewhere" not in text(model)
    assert "elsewhere" in text(model, "snowflake") and "ours" not in text(model, "snowflake")
    assert [each.code for each in Access("postgres", server="c").check(model)] == ["PW347"]


def test_findings_about_roles() -> None:
    span = models.a_model().span
    roles = (
        Role("a", "sometimes", span=span),
        Role("b", "read", objects=("trips", "tripps"), span=span),
        Role("c", "read", sees=("secrets",), span=span),
        Role("d", "read", span=span),
        Role("d", "write", span=span),
        Role("e", "read", objects=("trips",), span=span),
        Role("e" * 64, "read", span=span),
    )
    found = codes(a_model(roles=roles))
    assert found == ["PW410", "PW411", "PW412", "PW413", "PW415"]


def test_a_role_twice_is_one_with_the_rights_of_both() -> None:
    roles = (Role("a", "read"), Role("a", "write"), Role("b", "read", objects=("nothing",)))
    said = text(a_model(classified(), roles=roles))
    assert said.count("GRANT SELECT, INSERT, UPDATE, DELETE ON trips TO a;") == 1
    assert "masked" not in said and " b;" not in said


@pytest.mark.parametrize(
    "field, shown",
    [
        (classified(), "CAST(NULL AS text)"),
        (classified(anonymise=Anonymise.MASK), "'***'"),
        (classified(anonymise=Anonymise.MASK, type=String(max_length=2)), "CAST(NULL AS varchar"),
        (classified(anonymise=Anonymise.MASK, type=Boolean()), "CAST(NULL AS boolean)"),
        (classified(anonymise=Anonymise.HASH, type=Integer()), "CAST(NULL AS bigint)"),
        (classified(anonymise=Anonymise.HASH), "sha256("),
    ],
)
def test_what_stands_for_a_value(field: Field, shown: str) -> None:
    assert shown in text(a_model(field), key_table="k.keys")


def test_what_is_in_a_value_that_is_seen_is_hidden_by_itself() -> None:
    inner = classified("inner")
    outer = classified(
        "outer", classification="internal", type=Record("outer", ("trips", "outer"), (inner,))
    )
    model = a_model(outer, roles=(DRIVERS, Role("guest", "read", sees=("internal",))))
    said = text(model)
    assert 'CAST(NULL AS jsonb) AS "outer"' in said
    assert "THEN \"outer\" END, ARRAY['inner'], 'null'::jsonb, false) AS \"outer\"" in said
    assert "GRANT SELECT ON trips_masked TO driver;" in said
    assert "GRANT SELECT ON trips_masked__restricted TO guest;" in said
    assert "'guest'" not in text(model, "snowflake")


def test_what_is_kept_is_no_secret() -> None:
    said = text(a_model(classified(anonymise=Anonymise.KEEP)))
    assert "masked" not in said and "GRANT SELECT ON trips TO driver;" in said


def test_a_hash_without_a_key_is_none() -> None:
    model = a_model(classified(anonymise=Anonymise.HASH))
    assert "sha256" not in text(model)
    assert codes(model) == ["PW414"]
    assert codes(model, key_table="sales.keys") == []


@pytest.mark.parametrize("option", ["key-table", "region"])
def test_options_are_names(option: str) -> None:
    with pytest.raises(registry.TargetError, match=option):
        registry.make("access", {"dialect": "postgres", option: "a; DROP TABLE x"})


def test_views_of_duckdb_show_what_they_may() -> None:
    model = a_model(classified(anonymise=Anonymise.HASH), classified("phone"))
    assert codes(model, "duckdb", key_table="keys") == ["PW417"]
    (tables,) = Ddl("duckdb").emit(model)
    with duckdb.connect() as connection:
        connection.execute(tables.text)
        connection.execute("CREATE TABLE keys AS SELECT 'key' AS hash_key")
        connection.execute(text(model, "duckdb", key_table="keys"))
        connection.execute("INSERT INTO trips VALUES (1, 'x', '0123'), (2, NULL, NULL)")
        rows = connection.execute("FROM trips_masked ORDER BY id").fetchall()
    assert [(row[0], row[2]) for row in rows] == [(1, None), (2, None)]
    assert len(rows[0][1]) == 64 and rows[1][1] is None


HIDDEN = (
    classified("email", anonymise=Anonymise.HASH),
    classified("phone", anonymise=Anonymise.MASK),
    classified("born", type=Date()),
)
DIGEST = hashlib.sha256(b"keym@x.examplekey").hexdigest()


def test_views_of_mysql_show_what_they_may(mariadb: MariaDb) -> None:
    inner = (classified("street", anonymise=Anonymise.HASH), models.field("city", String()))
    address = models.field("address", Record("address", ("trips", "address"), inner))
    model = a_model(*HIDDEN, address)
    (tables,) = Ddl("mysql").emit(model)
    mariadb.execute(tables.text)
    mariadb.execute("CREATE TABLE secrets (hash_key text); INSERT INTO secrets VALUES ('key')")
    mariadb.execute(access.views(text(model, "mysql", key_table="secrets")))
    row = """1, 'm@x.example', '0123', '2000-01-01', '{"street": "m@x.example", "city": "Delft"}'"""
    mariadb.execute(f"INSERT INTO trips VALUES ({row})")
    ((*found, shown),) = mariadb.execute("SELECT * FROM trips_masked")
    assert found == [1, DIGEST, "***", None]
    assert json.loads(shown) == {"street": DIGEST, "city": "Delft"}


def test_views_of_clickhouse_show_what_they_may(clickhouse: ClickHouse) -> None:
    tags = classified("tags", type=Array(String()))
    model = a_model(*HIDDEN, tags)
    (tables,) = Ddl("clickhouse").emit(model)
    clickhouse.execute(tables.text)
    clickhouse.execute("CREATE TABLE secrets (hash_key String) ENGINE = Memory")
    clickhouse.execute("INSERT INTO secrets VALUES ('key')")
    clickhouse.execute(access.views(text(model, "clickhouse", key_table="secrets")))
    row = "1, 'm@x.example', '0123', '2000-01-01', ['a']"
    clickhouse.execute(f"INSERT INTO trips VALUES ({row}), (2, NULL, NULL, NULL, [])")
    found = clickhouse.execute("SELECT * FROM trips_masked ORDER BY id")
    assert [each[1:] for each in found] == [(DIGEST, "***", None, []), (None, "***", None, [])]


@corpus.needed
def test_contracts_of_others_are_granted_without_errors() -> None:
    granted = 0
    for _, model in corpus.models():
        for dialect in FORMS:
            target = Access(dialect)
            assert not any(each.is_error for each in target.check(model))
            granted += len(list(target.emit(model)))
    assert granted > 50


@pytest.mark.parametrize(
    "dialect, role, granted, is_made",
    [
        ("postgres", "public", "TO PUBLIC", False),
        ("postgres", "PUBLIC", 'TO "PUBLIC"', True),
        ("postgres", "pg_monitor", "TO pg_monitor", False),
        ("postgres", "none", None, False),
        ("sqlserver", "Public", "TO [Public]", False),
        ("sqlserver", "DBO", None, False),
        ("snowflake", "SYSADMIN", "TO ROLE SYSADMIN", False),
        ("oracle", "public", "TO PUBLIC", False),
        ("snowflake", "packer", "TO ROLE packer", True),
    ],
)
def test_roles_of_the_engine_are_not_made(
    dialect: str, role: str, granted: str | None, is_made: bool
) -> None:
    model = a_model(roles=(Role(role, "read"),))
    made = text(model, dialect, create_roles=True)
    assert ("CREATE ROLE" in made) == is_made
    assert made == "" if granted is None else granted in made
    assert ("PW415" in codes(model, dialect)) == (granted is None)


def test_what_is_in_a_value_is_anonymised_as_the_value_is() -> None:
    inner = Record("car", ("trips", "car"), (classified("plate"),))
    for way, shown in (
        (Anonymise.KEEP, "GRANT SELECT ON trips TO driver"),
        (Anonymise.MASK, "to_jsonb(CAST('***' AS text))"),
    ):
        car = classified("car", type=inner, classification=None, anonymise=way)
        assert shown in text(a_model(car))
        assert ("trips_masked" in text(a_model(car))) == (way is Anonymise.MASK)


@pytest.mark.parametrize(
    "dialect, found",
    [("snowflake", ["PW413"]), ("oracle", ["PW413"]), ("postgres", []), ("mysql", [])],
)
def test_two_roles_that_are_one_in_the_engine(dialect: str, found: list[str]) -> None:
    roles = (Role("Analyst", "read"), Role("analyst", "read", sees=("*",)))
    assert codes(a_model(roles=roles), dialect) == found
