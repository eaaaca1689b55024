"""The tables of any drawn model are taken by the engines at hand, or an error says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portwright.targets.ddl import Ddl
from support import drawn_models, snowflake, sql_reader, travel, tsql

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.mariadb import Server as MariaDb


def taken(data: st.DataObject, dialect: str, run: Callable[[str], object]) -> None:
    """Draws a model and runs its tables."""
    model = data.draw(drawn_models.models(digits=76))
    target = Ddl(dialect)
    assume(not any(each.is_error for each in target.check(model)))
    [file] = target.emit(model)
    run(file.text)


@travel.FEW
@given(data=st.data())
def test_clickhouse(clickhouse_server: ClickHouse, data: st.DataObject) -> None:
    clickhouse_server.empty()
    taken(data, "clickhouse", clickhouse_server.execute)


@travel.FEW
@given(data=st.data())
def test_mariadb(mariadb_server: MariaDb, data: st.DataObject) -> None:
    mariadb_server.empty()
    taken(data, "mysql", mariadb_server.execute)


@travel.FEW
@given(data=st.data())
def test_fakesnow(data: st.DataObject) -> None:
    with snowflake.account() as account:
        taken(data, "snowflake", account.run)


@travel.FEW
@given(data=st.data())
def test_grammar_of_sql_server(data: st.DataObject) -> None:
    taken(data, "sqlserver", tsql.parse)


@pytest.mark.parametrize("dialect", ["redshift", "oracle"])
@travel.FEW
@given(data=st.data())
def test_sqlglot(dialect: str, data: st.DataObject) -> None:
    taken(data, dialect, lambda text: sql_reader.catalogue(text, dialect))
