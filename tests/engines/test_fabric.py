"""The DDL for the warehouse of Microsoft Fabric, as two parsers read it."""

from __future__ import annotations

from portwright.targets.ddl import DIALECTS, Ddl, columns
from support import models, shop, sql_reader, tsql

DIALECT = DIALECTS["fabric"]

# Where it differs from SQL Server.
OWN_TYPES = {
    "u8": "SMALLINT",
    "note": "VARCHAR(MAX)",
    "code": "VARCHAR(20)",
    "email": "VARCHAR(MAX)",
    "instant": "DATETIME2(6)",
    "status": "VARCHAR(1020)",
    "priority": "VARCHAR(1020)",
}
# https://learn.microsoft.com/fabric/data-warehouse/data-types
ALLOWED = {
    *("BIT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "REAL", "FLOAT", "DATE", "TIME"),
    *("DATETIME2", "VARCHAR", "VARBINARY", "UNIQUEIDENTIFIER"),
}


def test_every_type_is_read_back() -> None:
    model = models.all_types_model()
    (object_,) = model.objects
    (file,) = Ddl("fabric").emit(model)
    tsql.parse(file.text)
    found = tsql.tables(file.text, "fabric")["dbo.samples"].columns
    for field, column in zip(object_.record.fields, columns(object_, DIALECT), strict=True):
        assert column.type.split("(")[0] in ALLOWED
        own = OWN_TYPES.get(field.name.removeprefix("maybe_"))
        assert own is None or column.type == own
        read = found[field.column]
        assert (read.type, read.required) == (
            sql_reader.sql_type(column.type, "fabric"),
            field.required,
        )


def test_a_table_is_its_columns() -> None:
    (file,) = Ddl("fabric").emit(shop.model())
    tsql.parse(file.text)
    found = tsql.tables(file.text, "fabric")
    orders = shop.model().object("orders")
    assert list(found["shop.orders"].columns) == [each.column for each in orders.record.fields]
    for word in ("CONSTRAINT", "INDEX", "COLLATE", "sp_addextendedproperty"):
        assert word not in file.text
