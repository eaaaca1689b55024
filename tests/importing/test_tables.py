"""Contracts begun from tables: SQL of many dialects, and databases."""

from __future__ import annotations

import contextlib
import sqlite3
from decimal import Decimal as Number
from pathlib import Path

import duckdb
import psycopg
import pytest

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Relationship,
    String,
    Timestamp,
    Type,
    Uuid,
)
from support.importing import begun, model_of, object_of, refused, said_of
from support.mariadb import Server as MariaDb

DUMP = """\
-- PostgreSQL database dump
\\restrict x
SET search_path = public;
CREATE TYPE public.mood AS ENUM ('happy', 'so-so');
CREATE TABLE public.customers (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    mood public.mood,
    born date CHECK ((born >= '1900-01-01'::date)),
    balance numeric(12,2) DEFAULT 0.00 NOT NULL,
    kind text CHECK (kind = ANY (ARRAY['a'::text, 'b'::text])),
    code text CHECK (((char_length(code) >= 2) AND (char_length(code) <= 5))),
    tags text[] CHECK ((cardinality(tags) <= 5)),
    place point,
    deleted_at timestamp with time zone,
    CONSTRAINT odd CHECK (((id % (2)::bigint) = 0)),
    CONSTRAINT own CHECK ((length(email) > length(code)))
);
ALTER TABLE public.customers OWNER TO shop;
COMMENT ON TABLE public.customers IS 'Who buys.';
COMMENT ON COLUMN public.customers.email IS 'Where we write to.';
COPY public.customers (id, email) FROM stdin;
1\tit's
\\.
ALTER TABLE ONLY public.customers ALTER COLUMN id SET DEFAULT nextval('x'::regclass);
ALTER TABLE ONLY public.customers ADD CONSTRAINT pk PRIMARY KEY (id);
ALTER TABLE ONLY public.customers ADD CONSTRAINT u UNIQUE (email);
CREATE UNIQUE INDEX two ON public.customers USING btree (kind, code);
CREATE UNIQUE INDEX low ON public.customers USING btree (lower(code));
CREATE TABLE public.orders (
    customer_id bigint NOT NULL,
    nr smallint NOT NULL,
    shop integer,
    PRIMARY KEY (nr, customer_id),
    FOREIGN KEY (customer_id) REFERENCES public.customers(id),
    FOREIGN KEY (shop) REFERENCES public.shops(id)
);
CREATE VIEW v AS SELECT 1;
"""


def types_of(text: str, name: str | None = None) -> dict[str, Type]:
    return {each.name: each.type for each in object_of(text, name).record.fields}


def test_a_dump_of_postgresql_is_carried_whole(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(DUMP)
    text, said = begun(tmp_path, "dump.sql")
    customers, orders = model_of(text).objects
    found = types_of(text, "customers")
    assert found["email"] == String(max_length=254) and found["tags"] == Array(
        String(), max_items=5
    )
    assert isinstance(mood := found["mood"], Enum) and isinstance(kind := found["kind"], Enum)
    assert [each.value for each in mood.values] == ["happy", "so-so"]
    assert [each.value for each in kind.values] == ["a", "b"]
    assert found["born"] == Date(Bounds(minimum="1900-01-01"))
    assert found["balance"] == Decimal(12, 2)
    assert found["code"] == String(2, 5)
    assert found["id"] == Integer(64, bounds=Bounds(multiple_of=Number(2)))
    assert found["deleted_at"] == Timestamp() and found["place"] == String()
    by_name = {each.name: each for each in customers.record.fields}
    assert customers.description == "Who buys." and customers.primary_key == ("id",)
    assert by_name["email"].description == "Where we write to." and by_name["email"].unique
    assert {name for name, each in by_name.items() if each.required} == {"id", "email", "balance"}
    [rule] = customers.quality
    assert rule.metric == "duplicateValues"
    assert orders.primary_key == ("nr", "customer_id")
    [reference] = orders.relationships
    assert isinstance(reference, Relationship)
    assert (reference.columns, reference.target) == (("customer_id",), "customers")
    assert "# decide: it refers to shops.id" in "\n".join(said_of(text, "shop"))
    assert "# default in the database: 0.00" in said_of(text, "balance")
    assert any("a soft delete" in each for each in said_of(text, "deleted_at"))
    assert "dump.sql:17:16: warning[PW806]: `customers.email`: a check of its own" in said
    assert "dump.sql:14:5: warning[PW808]: `customers.place`" in said
    assert said.count("warning") == 3


MYSQL = """\
CREATE TABLE `t` (
  `id` int unsigned NOT NULL AUTO_INCREMENT COMMENT 'Its number',
  `on_sale` tinyint(1) NOT NULL DEFAULT '1',
  `size` enum('S','it''s') DEFAULT NULL,
  `colours` set('red','blue'),
  `at` timestamp NULL, `seen` datetime(6), `y` year, `price` decimal(8,2) unsigned,
  PRIMARY KEY (`id`), UNIQUE KEY `u` (`size`), KEY `k` (`at`),
  CONSTRAINT `c` CHECK ((`price` between 1 and 99))
) ENGINE=InnoDB COMMENT='All of them';
"""


def test_types_of_mysql(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text(MYSQL)
    text, said = begun(tmp_path, "x.sql")
    found = types_of(text)
    assert said == ""
    assert (found["id"], found["on_sale"]) == (Integer(32, signed=False), Boolean())
    assert isinstance(size := found["size"], Enum) and size.values[1].value == "it's"
    assert isinstance(found["colours"], Array)
    assert (found["at"], found["seen"]) == (Timestamp(), Timestamp(zoned=False))
    assert found["price"] == Decimal(8, 2, Bounds(minimum=Number(1), maximum=Number(99)))
    made = object_of(text)
    assert (made.description, made.record.fields[0].description) == ("All of them", "Its number")
    assert made.record.fields[2].unique


@pytest.mark.parametrize(
    ("dialect", "written", "type_"),
    [
        ("sqlserver", "UNIQUEIDENTIFIER", Uuid()),
        ("sqlserver", "TINYINT", Integer(8, signed=False)),
        ("sqlserver", "NVARCHAR(MAX)", String()),
        ("snowflake", "NUMBER(10,0)", Integer()),
        ("snowflake", "TIMESTAMP_NTZ", Timestamp(zoned=False)),
        ("snowflake", "VARIANT", Json()),
        ("bigquery", "TIMESTAMP", Timestamp()),
        ("bigquery", "DATETIME", Timestamp(zoned=False)),
        ("bigquery", "INT64", Integer()),
        ("oracle", "VARCHAR2(20)", String(max_length=20)),
        ("oracle", "NUMBER(12,2)", Decimal(12, 2)),
        ("clickhouse", "Nullable(UInt8)", Integer(8, signed=False)),
        ("clickhouse", "LowCardinality(Nullable(String))", String()),
        ("databricks", "TIMESTAMP", Timestamp()),
        ("trino", "REAL", Float(32)),
        ("redshift", "SUPER", Json()),
        ("postgres", "bytea", Bytes()),
        ("postgres", "timestamp(3)", Timestamp(zoned=False)),
        ("sqlite", "INTEGER", Integer()),
        ("duckdb", "UHUGEINT", Integer(128, signed=False)),
    ],
)
def test_types_of_each_dialect(tmp_path: Path, dialect: str, written: str, type_: Type) -> None:
    (tmp_path / "x.sql").write_text(f"CREATE TABLE t (id INT NOT NULL, v {written})")
    text, _ = begun(tmp_path, "x.sql", "--dialect", dialect)
    assert types_of(text)["v"] == type_
    assert not object_of(text).record.fields[1].required


def test_two_tables_of_one_name_and_a_table_without_columns(tmp_path: Path) -> None:
    sql = "CREATE TABLE a.t (x INT); CREATE TABLE b.t (x INT); CREATE TABLE c AS SELECT 1 AS x;"
    (tmp_path / "x.sql").write_text(sql)
    text, said = begun(tmp_path, "x.sql")
    assert [each.name for each in model_of(text).objects] == ["t", "b_t"]
    assert "`c` does not list its columns" in said


def test_statements_that_no_dialect_reads_do_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("FROBNICATE ALL THE (THINGS;\nCREATE TABLE t (x INT);")
    text, said = begun(tmp_path, "x.sql")
    assert said == "" and object_of(text).name == "t"


def test_text_of_a_script_stays_text(tmp_path: Path) -> None:
    hostile = "a: b # c\n- {x: ${HOME}} $${A} 'q' \"d\" \\ \u2028 no"
    quoted = hostile.replace("'", "''")
    sql = f"CREATE TABLE t (x INT, no TEXT CHECK (no IN ('no', '1.0', '{quoted}')));"
    sql += f"COMMENT ON COLUMN t.x IS '{quoted}'; COMMENT ON TABLE t IS '~';"
    (tmp_path / "x.postgres.sql").write_text(sql, "utf-8")
    text, _ = begun(tmp_path, "x.postgres.sql")
    made = object_of(text)
    first, second = made.record.fields
    assert (made.description, first.description, second.name) == ("~", hostile, "no")
    assert isinstance(second.type, Enum)
    assert [each.value for each in second.type.values] == ["no", "1.0", hostile]


SQLITE = """
CREATE TABLE customers (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, anything, "weird name" REAL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers(id),
  total DECIMAL(10,2) NOT NULL CHECK (total >= 0));
CREATE UNIQUE INDEX u ON orders (customer, total);
"""


def test_tables_of_sqlite(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "my shop.db")) as database:
        database.executescript(SQLITE)
    text, said = begun(tmp_path, "sqlite:my shop.db")
    assert said == ""
    found = types_of(text, "customers")
    assert (found["id"], found["weird name"], found["anything"]) == (Integer(), Float(), String())
    orders = object_of(text, "orders")
    assert orders.primary_key == ("id",) and len(orders.quality) == 1
    assert [each.target for each in orders.relationships] == ["customers"]
    chosen, _ = begun(tmp_path, "sqlite:///my shop.db", "--table", "main.Orders")
    assert object_of(chosen).name == "orders"
    assert "did you mean `orders`?" in refused(tmp_path, "sqlite:my shop.db", "--table", "ordres")


def test_tables_of_duckdb(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as database:
        database.execute("CREATE TYPE mood AS ENUM ('x', 'y''s')")
        database.execute("CREATE SCHEMA s")
        database.execute(
            "CREATE TABLE s.t (id UUID PRIMARY KEY, m mood, r STRUCT(a INT, b VARCHAR[]) NOT NULL,"
            " n UTINYINT CHECK (n < 9))"
        )
        database.execute("COMMENT ON TABLE s.t IS 'it''s'")
        database.execute("COMMENT ON COLUMN s.t.n IS 'how many'")
    text, said = begun(tmp_path, "duckdb:x.duckdb", "--table", "s.t")
    assert said == ""
    made = object_of(text)
    found = types_of(text)
    assert (made.primary_key, made.description) == (("id",), "it's")
    assert isinstance(mood := found["m"], Enum) and mood.values[1].value == "y's"
    assert found["n"] == Integer(8, signed=False, bounds=Bounds(exclusive_maximum=Number(9)))
    assert [each.required for each in made.record.fields] == [True, False, True, False]
    assert made.record.fields[3].description == "how many"


def test_tables_of_postgresql(
    postgres_server: str, postgres: psycopg.Connection, tmp_path: Path
) -> None:
    sql = DUMP[DUMP.index("CREATE TYPE") : DUMP.index("ALTER TABLE public")]
    postgres.execute(sql)
    postgres.execute("ALTER TABLE customers ADD PRIMARY KEY (id)")
    postgres.execute("CREATE DOMAIN short AS varchar(7)")
    postgres.execute(
        "CREATE TABLE orders (nr int GENERATED ALWAYS AS IDENTITY, d short, price numeric(9,2),"
        " twice numeric GENERATED ALWAYS AS (price * 2) STORED, customer bigint NOT NULL"
        " REFERENCES customers (id), UNIQUE (nr), PRIMARY KEY (customer, nr));"
        "COMMENT ON COLUMN orders.d IS 'it''s'"
    )
    at = psycopg.conninfo.conninfo_to_dict(f"{postgres_server} dbname=test")
    url = f"postgresql://{at.get('user', '')}@/test?host={at['host']}&port={at.get('port', 5432)}"
    text, _ = begun(tmp_path, url)
    assert types_of(text, "customers")["code"] == String(2, 5)
    assert isinstance(types_of(text, "customers")["kind"], Enum)
    orders = object_of(text, "orders")
    assert orders.primary_key == ("customer", "nr")
    assert orders.record.fields[1].type == String(max_length=7)
    assert orders.record.fields[1].description == "it's"
    assert [each.target for each in orders.relationships] == ["customers"]
    assert any("computed in the database" in each for each in said_of(text, "twice"))
    assert str(at["host"]) not in text
    assert "error[PW804]" in refused(tmp_path, url, "--table", "nothing")


SSMS = """\
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Customers](
\t[Id] [int] IDENTITY(1,1) NOT NULL,
\t[Email] [nvarchar](256) NULL,
\t[Balance] [decimal](18, 2) NOT NULL,
\t[Active] [bit] NOT NULL,
 CONSTRAINT [PK_Customers] PRIMARY KEY CLUSTERED
(
\t[Id] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
ALTER TABLE [dbo].[Customers] ADD  CONSTRAINT [DF_a]  DEFAULT ((1)) FOR [Active]
GO
ALTER TABLE [dbo].[Customers]  WITH CHECK ADD  CONSTRAINT [CK] CHECK  (([Balance]>=(0)))
GO
"""


def test_a_script_of_sql_server_is_carried_whole(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text(SSMS)
    text, said = begun(tmp_path, "x.sql")
    assert said == ""
    assert types_of(text) == {
        "Id": Integer(32),
        "Email": String(max_length=256),
        "Balance": Decimal(18, 2, Bounds(minimum=Number(0))),
        "Active": Boolean(),
    }
    assert object_of(text).primary_key == ("Id",)


def test_a_slash_ends_a_statement_of_oracle(tmp_path: Path) -> None:
    sql = "CREATE SEQUENCE s\n/\nCREATE TABLE t (id NUMBER(9))\n/\nCREATE TABLE u (x DATE)\n/\n"
    (tmp_path / "x.oracle.sql").write_text(sql)
    text, said = begun(tmp_path, "x.oracle.sql")
    assert said == "" and [each.name for each in model_of(text).objects] == ["t", "u"]


def test_a_table_that_cannot_be_read_is_told_and_others_are_begun(tmp_path: Path) -> None:
    sql = (
        "CREATE TABLE a (x INT);\nCREATE TABLE b (x INT NOT NUL, (;\nALTER TABLE a ADD UNIQUE ((x;"
    )
    (tmp_path / "x.sql").write_text(sql)
    text, said = begun(tmp_path, "x.sql")
    assert object_of(text).name == "a" and said.count("warning[PW805]") == 2


def test_tables_of_mysql(mariadb: MariaDb, tmp_path: Path) -> None:
    mariadb.execute(MYSQL)
    mariadb.execute(
        "CREATE TABLE `o``x` (id INT PRIMARY KEY, j JSON, t INT UNSIGNED,"
        " FOREIGN KEY (t) REFERENCES t (id))"
    )
    url = f"mysql://root@localhost/test?unix_socket={mariadb.socket}"
    text, _ = begun(tmp_path, url)
    assert {each.name for each in model_of(text).objects} == {"t", "o_x"}
    made = object_of(text, "t")
    assert (made.description, made.record.fields[0].description) == ("All of them", "Its number")
    assert types_of(text, "t")["on_sale"] == Boolean()
    assert [each.target for each in object_of(text, "o_x").relationships] == ["t"]
    assert "did you mean" in refused(tmp_path, url, "--table", "ox")
