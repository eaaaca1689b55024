"""Roles as they are on servers: owners, everybody, the server's own, and those of two names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from portwright.cli import main
from support.granting import Connection, access, apply, drop_roles, read, steps

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
servers: [{server: main, type: postgres, host: localhost, database: test, schema: sales}]
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true}
MORE
      - {name: note, logicalType: string, classification: confidential}
      - name: kept
        logicalType: object
        classification: confidential
        customProperties: [{property: anonymise, value: keep}]
        properties: [{name: city, logicalType: string}]
      - name: masked
        logicalType: object
        customProperties: [{property: anonymise, value: mask}]
        properties: [{name: city, logicalType: string, classification: confidential}]
  - name: refunds
    properties:
      - {name: refund_id, logicalType: integer, primaryKey: true}
roles:
  - {role: owner, access: readwrite}
  - {role: public, access: read}
  - {role: PUBLIC, access: read}
  - {role: none, access: read}
  - {role: pg_monitor, access: read}
  - {role: Analyst, access: read}
  - {role: analyst, access: read, customProperties: [{property: sees, value: "*"}]}
"""
CONFIG = """
version: 1
contracts: [shop.odcs.yaml]
targets:
  - {target: ddl, dialect: postgres, out: gen}
  - {target: access, dialect: postgres, create-roles: true, out: gen}
"""
ROLES = ("owner", "PUBLIC", "Analyst", "analyst", "twofold", "other")


def generate(root: Path, more: str = "") -> None:
    """The repository's files of the contract with `more` properties."""
    (root / "portwright.yaml").write_text(CONFIG)
    (root / "shop.odcs.yaml").write_text(CONTRACT.replace("MORE\n", more))
    done = CliRunner().invoke(main, ["generate", "-c", str(root / "portwright.yaml")])
    assert done.exit_code == 0, done.output


@pytest.fixture
def shop(tmp_path: Path, postgres: Connection) -> Iterator[Path]:
    """A repository whose tables are there, with a row, and have an owner."""
    generate(tmp_path)
    try:
        postgres.execute("CREATE ROLE owner; CREATE ROLE other; CREATE ROLE twofold")
        postgres.execute((tmp_path / "gen" / "shop.postgres.sql").read_bytes())
        postgres.execute("ALTER TABLE sales.orders_v1 OWNER TO owner")
        postgres.execute(
            "INSERT INTO sales.orders_v1 VALUES"
            """ (1, 'ring twice', '{"city": "Ulm"}', '{"city": "Ulm"}')"""
        )
        yield tmp_path
    finally:
        drop_roles(postgres, ROLES)


def test_a_plan_that_is_done_is_empty_whoever_the_roles_are(
    shop: Path, postgres: Connection
) -> None:
    apply(shop, postgres)
    assert steps(shop, postgres) == []
    # The tables' owner, everybody, one of the server's own, and one that is written as everybody.
    for role in ("owner", "other", "pg_monitor", "PUBLIC"):
        assert read(postgres, role, "SELECT * FROM sales.refunds") == []
    assert read(postgres, "other", "SELECT note FROM sales.orders_masked") == [(None,)]


def test_the_file_is_taken_with_roles_that_none_makes(shop: Path, postgres: Connection) -> None:
    text = (shop / "gen" / "shop.access.postgres.sql").read_text("utf-8")
    assert "CREATE ROLE pg_monitor" not in text and "CREATE ROLE public" not in text
    assert "none" not in text
    postgres.execute(text.replace("CREATE ROLE owner;\n", "").encode())
    assert steps(shop, postgres) == []


def test_rights_of_everybody_and_of_one_called_so_are_told_apart(
    shop: Path, postgres: Connection
) -> None:
    apply(shop, postgres)
    postgres.execute('GRANT DELETE ON sales.refunds_v1 TO "PUBLIC"')
    postgres.execute("GRANT UPDATE ON sales.refunds_v1 TO PUBLIC")
    assert {each["statement"] for each in steps(shop, postgres)} == {
        'REVOKE DELETE ON sales.refunds_v1 FROM "PUBLIC"',
        "REVOKE UPDATE ON sales.refunds_v1 FROM PUBLIC",
    }


def test_rights_by_default_are_told(shop: Path, postgres: Connection) -> None:
    postgres.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO other")
    access(shop, postgres, "--apply")
    assert {each["statement"] for each in steps(shop, postgres)} == {
        "REVOKE SELECT ON sales.orders_masked FROM other",
        "REVOKE SELECT ON sales.orders_v1_masked FROM other",
    }


def test_a_member_of_two_reads_what_both_may(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute('GRANT "Analyst", analyst TO twofold')
    for view, note in (("orders", "ring twice"), ("orders_masked", None)):
        assert read(postgres, "twofold", f"SELECT note FROM sales.{view}") == [(note,)]
    assert read(postgres, "Analyst", "SELECT note FROM sales.orders") is None
    assert steps(shop, postgres) == []


def test_what_is_in_something_kept_or_masked_is_so_too(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    seen = read(postgres, "Analyst", "SELECT kept, masked FROM sales.orders_masked")
    assert seen == [({"city": "Ulm"}, {"city": "***"})]


def test_a_view_that_asks_its_readers_rights_is_told(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute("ALTER VIEW sales.orders_masked SET (security_invoker = on)")
    [found] = steps(shop, postgres)
    assert found["kind"] == "change"
    postgres.execute(found["statement"].encode())
    postgres.execute("ALTER VIEW sales.orders_masked SET (security_barrier = on)")
    assert steps(shop, postgres) == []


def test_nobody_is_granted_a_view_that_shows_too_much(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute('REVOKE SELECT ON sales.orders_masked FROM PUBLIC, "Analyst"')
    postgres.execute(
        "CREATE OR REPLACE VIEW sales.orders_masked WITH (security_barrier) AS"
        " SELECT order_id, note, kept, masked FROM sales.orders_v1"
    )
    assert access(shop, postgres, "--apply").exit_code == 1
    assert read(postgres, "Analyst", "SELECT note FROM sales.orders_masked") is None
    postgres.execute(access(shop, postgres, "--format", "script").stdout.encode())
    assert steps(shop, postgres) == []
    assert read(postgres, "Analyst", "SELECT note FROM sales.orders_masked") == [(None,)]


def test_a_view_with_other_columns_keeps_its_rights(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    generate(shop, "      - {name: amount, logicalType: integer}\n")
    postgres.execute("ALTER TABLE sales.orders_v1 ADD COLUMN amount bigint")
    found = steps(shop, postgres)
    assert [each["kind"] for each in found] == ["change", "change"]
    postgres.execute(access(shop, postgres, "--format", "script").stdout.encode())
    assert steps(shop, postgres) == []


def test_row_security_binds_no_reader_of_a_masked_view(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute("GRANT SELECT ON sales.orders_v1 TO other")
    postgres.execute("ALTER TABLE sales.orders_v1 ENABLE ROW LEVEL SECURITY")
    assert read(postgres, "other", "SELECT note FROM sales.orders_v1") == []
    assert read(postgres, "Analyst", "SELECT note FROM sales.orders_masked") == [(None,)]


def test_what_is_not_taken_in_the_middle_keeps_nothing_else_back(
    shop: Path, postgres: Connection
) -> None:
    postgres.execute("CREATE TABLE sales.orders_masked (order_id bigint)")
    done = access(shop, postgres, "--apply")
    assert done.exit_code == 1 and "orders_masked" in done.stdout
    left = steps(shop, postgres)
    assert [each["kind"] for each in left] == ["change"]
    assert read(postgres, "Analyst", "SELECT * FROM sales.orders_masked") is None
    postgres.execute("DROP TABLE sales.orders_masked")
    apply(shop, postgres)


MAJOR = """
  - name: orders
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true}
      - {name: note, logicalType: string, classification: CLASS}
"""


def test_a_right_of_an_older_major_on_the_name_without_one_is_told(
    shop: Path, postgres: Connection
) -> None:
    head = CONTRACT.partition("schema:\n")[0]
    roles = "roles: [{role: other, access: read}]\n"
    config = CONFIG.replace("create-roles: true, ", "").replace("shop.odcs", "v*.odcs")
    (shop / "portwright.yaml").write_text(config)

    def write(major: int, word: str) -> None:
        text = head.replace("1.0.0", f"{major}.0.0").replace("sales}", "later}")
        text += "schema:" + MAJOR.replace("CLASS", word) + roles
        (shop / f"v{major}.odcs.yaml").write_text(text)
        done = CliRunner().invoke(main, ["generate", "-c", str(shop / "portwright.yaml")])
        assert done.exit_code == 0, done.output

    write(1, "public")
    postgres.execute((shop / "gen" / "shop.postgres.sql").read_bytes())
    apply(shop, postgres)
    write(2, "restricted")
    for each in sorted((shop / "gen").glob("*v*.postgres.sql")):
        if "access" not in each.name:
            postgres.execute(each.read_bytes())
    postgres.execute("INSERT INTO later.orders_v2 VALUES (1, 'ring twice')")
    access(shop, postgres, "--apply")
    assert [each["statement"] for each in steps(shop, postgres)] == [
        "REVOKE SELECT ON later.orders FROM other"
    ]
    assert read(postgres, "other", "SELECT note FROM later.orders") == [("ring twice",)]
    assert read(postgres, "other", "SELECT note FROM later.orders_masked") == [(None,)]
    assert read(postgres, "other", "SELECT note FROM later.orders_v2") is None
