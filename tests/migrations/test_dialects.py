"""Every change for every engine: its steps are SQL that readers of the engine understand, and what
an engine can do decides how a change is made."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from portwright.migrations import Effort, Held, Plan, plan
from portwright.migrations.in_place import UNKNOWN
from portwright.model import Model
from portwright.targets.ddl import DIALECTS, Ddl
from portwright.targets.ddl.alterations import Alteration
from support import tsql
from support.models import a_model
from support.table_changes import CHANGES, TABLES, bumped

# Engines that do not run here, and what they are called by those who read their SQL.
READERS = {each: each for each in DIALECTS} | {"sqlserver": "tsql", "fabric": "fabric"}
for here in ("postgres", "duckdb", "mysql", "clickhouse"):
    del READERS[here]

MODELS: list[tuple[Model, Model]] = [
    *((old, bumped(new)) for old, new in CHANGES.values()),
    *((a_model(*old), bumped(a_model(*new))) for old, new in TABLES.values()),
]


def plans(dialect: str) -> list[Plan]:
    """The migrations of all changes that the engine can hold, in one go and in two."""
    return [
        plan(old, new, DIALECTS[dialect], destructive=each)
        for old, new in MODELS
        if not any(one.is_error for model in (old, new) for one in Ddl(dialect).check(model))
        for each in (False, True)
    ]


@pytest.mark.parametrize("dialect", READERS)
@pytest.mark.filterwarnings("ignore")
def test_statements_are_read(dialect: str) -> None:
    steps = [step for each in plans(dialect) for step in each.steps]
    written = dict.fromkeys(text for step in steps for text in (*step.statements, *step.rows))
    assert len(written) > 50
    left = [each for each in written if not reads(each.replace(UNKNOWN, "NULL"), dialect)]
    # What sqlglot does not know, sqlfluff has to.
    grammar = "tsql" if dialect in ("sqlserver", "fabric") else dialect
    tsql.parse("".join(f"{each};\n" for each in left), grammar)


def reads(text: str, dialect: str) -> bool:
    """Whether sqlglot understands the whole statement."""
    try:
        found = sqlglot.parse_one(text, dialect=READERS[dialect])
    except ParseError:
        return False
    return not isinstance(found, exp.Command)


# What each change costs, with a letter an engine in the order of the dialects.
LETTERS = {
    ".": Effort.NOTHING,
    "p": Effort.IN_PLACE,
    "r": Effort.REWRITE,
    "e": Effort.EXPAND,
    "T": Effort.NEW_TABLE,
}
EFFORTS = {
    "column added": "pppppppppppp",
    "required column added": "eeeeeeeeeeee",
    "column removed": "pTpppppppppp",
    "column renamed": "pTpppppppppp",
    "made optional": "ppppprrpTpTp",
    "made required": "ppTpTrrpTpTp",
    "integer widened": "rr.pprrrTpTp",
    "key widened": "rTpTTTrrTpTp",
    "precision raised": "prppprrrTpTp",
    "scale raised": "rrTeTrrrTeTe",
    "length raised": "pTpp.pppTppp",
    "text becomes integer": "rTTeTrrrTeTe",
    "rule added": "pT...ppp.p.p",
    "unique added": "pT....pp.ppp",
    "primary key changed": "pTpp.Trp.pTp",
    "partition removed": "T.TppT...pp.",
    "comments changed": "pppppppp.ppp",
    "table renamed": "pTppppppppTp",
    "field added": ".rTeTr...e..",
}


@pytest.mark.parametrize("name", EFFORTS)
def test_what_a_change_costs(name: str) -> None:
    old, new = CHANGES[name]
    found = [plan(old, bumped(new), each).effort for each in DIALECTS.values()]
    assert found == [LETTERS[each] for each in EFFORTS[name]]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_changes_where_nothing_has(dialect: str) -> None:
    for old, _ in MODELS:
        assert plan(old, bumped(old), DIALECTS[dialect]).effort is Effort.NOTHING


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_taken_away_unasked(dialect: str) -> None:
    taking = (Alteration.DROP_COLUMN, Alteration.DROP_TABLE)
    for each in plans(dialect):
        for step in each.steps:
            assert step.held or step.kind not in taking
            aside = step.kind is Alteration.MOVE_ASIDE
            dropped = any(text.startswith("DROP TABLE") for text in step.statements)
            assert not dropped or step.held or (aside and "CREATE TABLE" in step.statements[0])


def told(name: str, dialect: str) -> list[tuple[str, ...]]:
    """The statements of the steps, held ones with a letter before them."""
    old, new = CHANGES[name]
    letters = {None: "", Held.DESTRUCTIVE: "D", Held.VALUES: "V"}
    return [
        (letters[each.held], *each.statements)
        for each in plan(old, bumped(new), DIALECTS[dialect]).steps
    ]


def test_a_column_stands_beside_the_old_one() -> None:
    assert told("scale raised", "snowflake") == [
        ("", "ALTER TABLE things ADD COLUMN x__new NUMBER(14, 4)"),
        ("", "UPDATE things SET x__new = CAST(x AS NUMBER(14, 4))"),
        ("D", "ALTER TABLE things DROP COLUMN x"),
        ("D", "ALTER TABLE things RENAME COLUMN x__new TO x"),
        ("D", "ALTER TABLE things ALTER COLUMN x SET NOT NULL"),
    ]


def test_a_table_takes_the_place_of_the_old_one() -> None:
    aside, create, copy, drop = told("made required", "trino")
    assert aside == ("", "ALTER TABLE things RENAME TO things__before_1_3_0")
    assert create[1].startswith("CREATE TABLE IF NOT EXISTS things (")
    assert copy[1] == "INSERT INTO things (id, x)\nSELECT id, x\nFROM things__before_1_3_0"
    assert drop == ("D", "DROP TABLE things__before_1_3_0")


def test_mysql_says_all_of_a_column_at_once() -> None:
    old, new = CHANGES["all of a column"]
    steps = plan(old, bumped(new), DIALECTS["mysql"]).steps
    modified = [text for each in steps for text in each.statements if "MODIFY" in text]
    assert modified == ["ALTER TABLE things MODIFY COLUMN y BIGINT COMMENT 'b'"]


def test_rows_in_the_way_are_told() -> None:
    def rows(name: str, dialect: str) -> list[str]:
        old, new = CHANGES[name]
        return [
            row for each in plan(old, bumped(new), DIALECTS[dialect]).steps for row in each.rows
        ]

    assert "SELECT * FROM things WHERE x IS NULL" in rows("made required", "snowflake")
    assert rows("length lowered", "redshift")[0].endswith(" WHERE LEN(x) > 2")
    assert "SELECT * FROM things WHERE x < -32768 OR x > 32767" in rows(
        "integer narrowed", "postgres"
    )
    row = rows("text becomes integer", "snowflake")[0]
    assert row.endswith("WHERE x IS NOT NULL AND TRY_CAST(x AS NUMBER(10, 0)) IS NULL")
    [row] = rows("unique added", "oracle")
    assert row == "SELECT x, COUNT(*) FROM things GROUP BY x HAVING COUNT(*) > 1"
