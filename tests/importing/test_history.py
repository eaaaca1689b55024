"""Contracts begun from SQL that has grown: what is dropped, renamed and changed later on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from portwright.model import Date, Integer, String, Uuid
from support.importing import begun, object_of, refused, said_of

GROWN = """\
CREATE TABLE shop.t (a INT NOT NULL, b TEXT, c INT REFERENCES t (a), CONSTRAINT a UNIQUE (a, c));
COMMENT ON COLUMN t.a IS 'Its number.';
CREATE TABLE s (x INT REFERENCES t (a), a INT);
ALTER TABLE t ADD COLUMN d TEXT NOT NULL;
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
ALTER TABLE t RENAME COLUMN a TO z;
ALTER TABLE t DROP COLUMN c, ALTER COLUMN d TYPE DATE, ALTER COLUMN d DROP NOT NULL;
ALTER TABLE t ALTER COLUMN b DROP NOT NULL;
ALTER TABLE t RENAME TO u;
CREATE TABLE IF NOT EXISTS u (never INT);
CREATE TABLE gone (x INT);
DROP TABLE IF EXISTS gone, nowhere CASCADE;
ALTER TABLE ONLY u ADD PRIMARY KEY (z);
"""
PARTS = """\
CREATE TABLE logs (day DATE, text TEXT) PARTITION BY RANGE (day);
CREATE TABLE public.logs_1 (day DATE, text TEXT);
ALTER TABLE ONLY logs ATTACH PARTITION public.logs_1 FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE TABLE logs_2 PARTITION OF logs DEFAULT;
"""


def test_a_table_is_what_it_is_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "shop.postgres.sql").write_text(GROWN)
    text, said = begun(tmp_path, "shop.postgres.sql")
    assert said == "" and text.count("  - name: ") == text.count("- name: ")
    made = object_of(text, "u")
    assert made.primary_key == ("z",)
    fields = {each.name: each for each in made.record.fields}
    assert [*fields] == ["z", "b", "d"] and fields["z"].description == "Its number."
    assert isinstance(fields["d"].type, Date) and not fields["d"].required
    assert not fields["b"].required
    assert "relationships: [{to: u.z}]" in said_of(text, "x")
    assert [each.name for each in object_of(text, "s").record.fields] == ["x", "a"]
    assert "gone" not in text and "never" not in text


def test_columns_that_mysql_defines_anew_keep_their_keys(tmp_path: Path) -> None:
    script = "CREATE TABLE t (a INT PRIMARY KEY, b INT);\nALTER TABLE t MODIFY a BIGINT;\n"
    change = "ALTER TABLE t CHANGE b c VARCHAR(5) NOT NULL;\n"
    (tmp_path / "shop.mysql.sql").write_text(script + change)
    made = object_of(begun(tmp_path, "shop.mysql.sql")[0])
    assert made.primary_key == ("a",)
    assert [(each.name, each.type, each.required) for each in made.record.fields] == [
        ("a", Integer(), True),
        ("c", String(max_length=5), True),
    ]


def test_a_table_that_is_renamed_there_and_back_is_one(tmp_path: Path) -> None:
    moves = "ALTER TABLE t RENAME TO u;\nALTER TABLE u RENAME TO t;\n"
    made = "CREATE TABLE t (a INT);\nCREATE TABLE s (b INT);\n"
    (tmp_path / "shop.sql").write_text(f"{made}{moves}ALTER TABLE t RENAME COLUMN a TO c;\n")
    assert [each.name for each in object_of(begun(tmp_path, "shop.sql")[0], "t").record.fields] == [
        "c"
    ]
    (tmp_path / "gone.sql").write_text(f"{made}{moves}DROP TABLE t;\n")
    assert object_of(begun(tmp_path, "gone.sql")[0]).name == "s"


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "plain"])
def test_columns_are_dropped_and_renamed_without_the_word_column(
    tmp_path: Path, dialect: str
) -> None:
    moves = "ALTER TABLE t RENAME a TO c;\nALTER TABLE t DROP b;\n"
    name = f"shop.{dialect}.sql"
    (tmp_path / name).write_text(f"CREATE TABLE t (a INT, b INT, x INT);\n{moves}")
    made = object_of(begun(tmp_path, name)[0])
    told = begun(tmp_path, name)[1]
    assert (made.name, told) == ("t", "")
    assert [each.name for each in made.record.fields] == ["c", "x"]


def test_constraints_that_are_dropped_hold_no_more(tmp_path: Path) -> None:
    made = "CREATE TABLE t (a INT PRIMARY KEY, b INT, CONSTRAINT q UNIQUE (b));\n"
    added = "ALTER TABLE t ADD CONSTRAINT r UNIQUE (a, b);\n"
    dropped = "".join(f"ALTER TABLE t DROP CONSTRAINT {name};\n" for name in ("q", "r", "t_pkey"))
    last = "ALTER TABLE t RENAME CONSTRAINT x TO y;\n"
    (tmp_path / "shop.postgres.sql").write_text(f"{made}{added}{dropped}{last}")
    text, said = begun(tmp_path, "shop.postgres.sql")
    assert said == "" and object_of(text).primary_key == () and "duplicateValues" not in text
    assert not any(each.unique for each in object_of(text).record.fields)
    (tmp_path / "shop.mysql.sql").write_text(f"{made}ALTER TABLE t DROP PRIMARY KEY;\n")
    key = object_of(begun(tmp_path, "shop.mysql.sql")[0])
    assert key.primary_key == () and key.record.fields[1].unique


def test_a_change_that_is_not_understood_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.mysql.sql").write_text("CREATE TABLE t (a INT);\nRENAME TABLE t TO u;\n")
    assert "shop.mysql.sql:2:1: warning[PW805]" in begun(tmp_path, "shop.mysql.sql")[1]


def test_partitions_are_no_tables_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "shop.postgres.sql").write_text(PARTS)
    text, said = begun(tmp_path, "shop.postgres.sql")
    assert said == "" and object_of(text).name == "logs"


def test_the_words_of_sqlite_behind_a_table_and_its_keys_are_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute(
            "CREATE TABLE t (a TEXT NOT NULL ON CONFLICT FAIL, b ANY, c LONG VARCHAR,"
            " PRIMARY KEY (a DESC, c ASC) ON CONFLICT REPLACE) WITHOUT ROWID"
        )
        database.execute("CREATE TABLE strict (a INTEGER PRIMARY KEY DESC, b ANY) STRICT")
        database.execute("CREATE TABLE bare (a, b, PRIMARY KEY (b))")
        database.execute("CREATE VIRTUAL TABLE found USING fts5(text)")
    database.close()
    text, said = begun(tmp_path, "sqlite:shop.db")
    assert object_of(text, "t").primary_key == ("a", "c")
    assert object_of(text, "strict").primary_key == ("a",)
    assert object_of(text, "bare").primary_key == ("b",)
    assert "the table `found` does not list its columns" in said and "found_data" not in text
    assert "source has no table" in refused(tmp_path, "sqlite:shop.db", "--table", "found")


def test_what_sql_server_says_behind_a_default_hides_no_table(tmp_path: Path) -> None:
    columns = (
        "a uniqueidentifier ROWGUIDCOL DEFAULT newid(), b int IDENTITY(1,1) NOT FOR REPLICATION"
    )
    (tmp_path / "shop.tsql.sql").write_text(f"CREATE TABLE t ({columns}, c text SPARSE NULL)")
    fields = object_of(begun(tmp_path, "shop.tsql.sql")[0]).record.fields
    assert [each.name for each in fields] == ["a", "b", "c"] and fields[0].type == Uuid()
    (tmp_path / "shop.tsql.sql").write_text("CREATE TABLE t (a int ? DEFAULT 1 NOT FOR x)")
    assert "error[PW805]" in refused(tmp_path, "shop.tsql.sql")


@pytest.mark.parametrize("password", ["p@ss", "p/ss", "p?ss", "p#ss", "1/ss"])
@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_url_that_ends_in_its_password_shows_no_part_of_it(
    tmp_path: Path, scheme: str, password: str
) -> None:
    said = refused(tmp_path, f"{scheme}://u:{password}@localhost:1/shop")
    assert "error[PW800]" in said and "%40" in said and "ss@" not in said and "u:" not in said


def test_a_database_that_is_named_as_a_file_is_told_of(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE t (a INT)")
    database.close()
    for source in ("shop.db", "duckdb:shop.db"):
        assert "write `--from sqlite:shop.db`" in refused(tmp_path, source)


def test_a_database_in_the_home_of_a_person_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE t (a INT)")
    database.close()
    assert object_of(begun(tmp_path, "sqlite:~/shop.db")[0]).name == "t"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file here that never ends")
def test_a_source_without_an_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.json").symlink_to("/dev/zero")
    assert "larger than 64 MiB" in refused(tmp_path, "shop.json")


def test_names_that_meet_have_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text("CREATE TABLE t (a INT);\nCREATE TABLE t (b INT);\n")
    said = refused(tmp_path, "shop.sql")
    assert "error[PW810]" in said and "--table" in said


def test_a_table_is_found_by_its_schema(tmp_path: Path) -> None:
    columns = {"a.t": "x", "b.t": "y", "t": "z", '"my t"': "w", '"o.t"': "v", "u": "q"}
    script = "".join(f"CREATE TABLE {name} ({column} INT);\n" for name, column in columns.items())
    (tmp_path / "shop.sql").write_text(script)
    asked = {"a.t": "x", "b.t": "y", "my t": "w", '"o.t"': "v", "db.B.t": "y", "public.u": "q"}
    for table, column in asked.items():
        made = object_of(begun(tmp_path, "shop.sql", "--table", table)[0])
        assert [each.name for each in made.record.fields] == [column], table
    (tmp_path / "two.sql").write_text("CREATE TABLE a.t (x INT);\nCREATE TABLE b.t (y INT);\n")
    said = refused(tmp_path, "two.sql", "--table", "c.t")
    assert "the source has no `c.t`" in said and "b_t" in said
    text = begun(tmp_path, "shop.sql")[0]
    assert [each.name for each in object_of(text, "t_2").record.fields] == ["z"]


def test_only_tables_without_a_schema_are_read_unless_named(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        database.execute("CREATE SCHEMA b; CREATE TABLE b.t (y INT); CREATE TABLE t (x INT)")
        database.execute('CREATE TABLE "o.t" (z INT)')
    text = begun(tmp_path, "duckdb:shop.duckdb")[0]
    assert [each.name for each in object_of(text, "t").record.fields] == ["x"] and "b_t" not in text
    for table, column in (("b.t", "y"), ("o.t", "z")):
        made = object_of(begun(tmp_path, "duckdb:shop.duckdb", "--table", table)[0])
        assert [each.name for each in made.record.fields] == [column]
