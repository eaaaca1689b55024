"""Rights on a real PostgreSQL: each role reads exactly what the contract says, and a plan that is
done is empty."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
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
      - {name: note, logicalType: string, classification: confidential}
      - {name: phone, logicalType: string, classification: restricted,
         customProperties: [{property: anonymise, value: mask}]}
      - {name: tier, logicalType: string, classification: restricted,
         customProperties: [{property: anonymise, value: keep}]}
      - name: customer
        logicalType: object
        properties:
          - {name: name, logicalType: string}
          - {name: "e'mail\\"}", logicalType: string, classification: restricted,
             customProperties: [{property: anonymise, value: hash}]}
  - name: refunds
    properties:
      - {name: refund_id, logicalType: integer, primaryKey: true}
roles:
  - {role: writer, access: write, description: "The service; DROP TABLE sales.orders_v1; --"}
  - role: packer
    access: read
    customProperties:
      - {property: objects, value: [orders]}
      - {property: sees, value: restricted}
  - {role: analyst, access: read}
  - role: auditor
    access: read
    customProperties: [{property: sees, value: confidential}]
  - {role: "o\\"dd'; DROP ROLE packer; --", access: read, description: "x\\n*/; DROP ROLE writer;"}
"""
CONFIG = """
version: 1
contracts: [shop.odcs.yaml]
targets:
  - {target: ddl, dialect: postgres, out: gen}
  - {target: access, dialect: postgres, key-table: hidden.key, create-roles: true, out: gen}
"""
ODD = "o\"dd'; DROP ROLE packer; --"
ROLES = ("writer", "packer", "analyst", "auditor", ODD)
ROW = """INSERT INTO sales.orders_v1 VALUES
    (1, 'ring twice', '0123', 'gold', '{"name": "Mira", "e''mail\\"}": "m@x.example"}'),
    (2, NULL, NULL, NULL, '{"name": "Ned"}'), (3, NULL, NULL, NULL, NULL),
    (4, NULL, NULL, NULL, '{"name": "Zoe", "e''mail\\"}": null}')"""


@pytest.fixture
def shop(tmp_path: Path, postgres: Connection) -> Iterator[Path]:
    """A repository whose tables are there, with a row, and whose roles are not."""
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT)
    done = CliRunner().invoke(main, ["generate", "-c", str(tmp_path / "portwright.yaml")])
    assert done.exit_code == 0, done.output
    postgres.execute((tmp_path / "gen" / "shop.postgres.sql").read_bytes())
    postgres.execute("CREATE SCHEMA hidden; CREATE TABLE hidden.key (hash_key text)")
    postgres.execute("INSERT INTO hidden.key VALUES ('secret')")
    postgres.execute(ROW.encode())
    yield tmp_path
    drop_roles(postgres, ROLES)


RELATIONS = (
    "orders_v1 orders refunds_v1 refunds orders_masked orders_v1_masked"
    " orders_masked__restricted orders_v1_masked__restricted"
).split()
READ = {
    "writer": {"orders_v1", "refunds_v1"},
    "packer": {"orders_v1", "orders"},
    "analyst": {"orders_masked", "orders_v1_masked", "refunds_v1", "refunds"},
    "auditor": {
        "orders_masked__restricted",
        "orders_v1_masked__restricted",
        "refunds_v1",
        "refunds",
    },
    ODD: {"orders_masked", "orders_v1_masked", "refunds_v1", "refunds"},
}


def test_each_role_reads_what_the_contract_says(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    for role in ROLES:
        readable = {
            each
            for each in RELATIONS
            if read(postgres, role, f"SELECT * FROM sales.{each}") is not None
        }
        assert readable == READ[role], role
        may_write = read(postgres, role, "DELETE FROM sales.orders_v1 RETURNING 1") is not None
        assert may_write == (role == "writer")
        assert read(postgres, role, "SELECT * FROM hidden.key") is None


def test_values_are_masked_as_the_contract_says(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    columns = "order_id, note, phone, tier, customer"
    text = f"SELECT {columns} FROM sales.{{}} ORDER BY order_id"
    seen = read(postgres, "analyst", text.format("orders_masked"))
    assert seen is not None
    digest = hashlib.sha256(b"secretm@x.examplesecret").hexdigest()
    email = "e'mail\"}"
    assert seen[0] == (1, None, "***", "gold", {"name": "Mira", email: digest})
    assert [each[4] for each in seen[1:]] == [{"name": "Ned"}, None, {"name": "Zoe", email: None}]
    audited = read(postgres, "auditor", text.format("orders_masked__restricted"))
    assert audited is not None and audited[0][1] == "ring twice"
    assert audited[0][4] == {"name": "Mira", email: digest}
    packed = read(postgres, "packer", text.format("orders"))
    assert packed is not None and packed[0][4][email] == "m@x.example"


def test_the_file_does_what_the_plan_does(shop: Path, postgres: Connection) -> None:
    text = (shop / "gen" / "shop.access.postgres.sql").read_bytes()
    postgres.execute(text)
    assert steps(shop, postgres) == []
    with pytest.raises(psycopg.errors.DuplicateObject):
        postgres.execute(text)  # the roles are there; a plan knows that


def test_a_right_too_many_is_told_and_stays(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute("GRANT SELECT ON sales.orders_v1 TO analyst")
    postgres.execute("GRANT UPDATE (note) ON sales.orders_v1 TO packer")
    postgres.execute("GRANT SELECT ON sales.refunds_v1 TO public")
    found = steps(shop, postgres)
    assert {each["kind"] for each in found} == {"extra"}
    statements = {each["statement"] for each in found}
    assert statements == {
        "REVOKE SELECT ON sales.orders_v1 FROM analyst",
        "REVOKE UPDATE (note) ON sales.orders_v1 FROM packer",
        "REVOKE SELECT ON sales.refunds_v1 FROM PUBLIC",
    }
    assert access(shop, postgres, "--apply").exit_code == 1
    assert read(postgres, "analyst", "SELECT * FROM sales.orders_v1") is not None
    told = access(shop, postgres, "--format", "script")
    assert told.exit_code == 1
    assert all(line.startswith("--") for line in told.stdout.splitlines())
    for each in statements:
        assert each in told.stdout
    postgres.execute(access(shop, postgres, "--revoke").stdout.encode())
    assert access(shop, postgres).exit_code == 0


def test_what_is_missing_is_to_be_added(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute("REVOKE INSERT ON sales.orders_v1 FROM writer")
    postgres.execute("REVOKE USAGE ON SCHEMA sales FROM analyst")
    done = access(shop, postgres)
    assert done.exit_code == 1
    assert "add     GRANT USAGE ON SCHEMA sales TO analyst" in done.stdout
    assert "2 to add" in done.stdout
    postgres.execute(access(shop, postgres, "--format", "script").stdout.encode())
    assert access(shop, postgres).exit_code == 0


def test_a_view_that_shows_something_else_is_told(shop: Path, postgres: Connection) -> None:
    apply(shop, postgres)
    postgres.execute(
        "CREATE OR REPLACE VIEW sales.orders_masked WITH (security_barrier) AS"
        " SELECT order_id, note, phone, tier, customer FROM sales.orders_v1"
    )
    postgres.execute("ALTER VIEW sales.orders_v1_masked RESET (security_barrier)")
    found = steps(shop, postgres)
    assert [each["kind"] for each in found] == ["change", "change"]
    assert access(shop, postgres, "--apply").exit_code == 1
    for each in found:
        postgres.execute(each["statement"].encode())
    assert access(shop, postgres).exit_code == 0


def test_what_the_system_does_not_take_is_told(shop: Path, postgres: Connection) -> None:
    postgres.execute("DROP TABLE sales.refunds_v1 CASCADE")
    done = access(shop, postgres, "--apply")
    assert done.exit_code == 1
    assert "PW421" in done.stderr and "refunds_v1" in done.stderr
    assert read(postgres, "packer", "SELECT * FROM sales.orders") is not None


@pytest.mark.parametrize(
    "words, code",
    [
        (["--url", "postgresql://localhost:1/none"], 1),
        (["--url", "oracle://x"], 2),
        (["--url", "postgresql://me:pa/ss@h/x"], 2),
        (["--apply", "--revoke", "--url", "postgresql:///x"], 2),
    ],
)
def test_a_system_that_is_none(tmp_path: Path, words: list[str], code: int) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT)
    done = CliRunner().invoke(main, ["access", "-c", str(tmp_path / "portwright.yaml"), *words])
    assert done.exit_code == code, done.output
    assert ("PW420" in done.stderr) == (code == 1)
    assert "pa/ss" not in done.output


SAMPLE = Path(__file__).parents[2] / "samples" / "checkout"


def test_the_page_tells_what_is_printed(tmp_path: Path, postgres: Connection) -> None:
    page = (SAMPLE.parents[1] / "docs" / "access.md").read_text("utf-8")
    (shown,) = re.findall(r"```\n(change .*?)```", page, re.S)
    shutil.copytree(SAMPLE / "contracts", tmp_path / "contracts")
    config = CONFIG.replace("shop.odcs.yaml", "contracts/*.odcs.yaml")
    (tmp_path / "portwright.yaml").write_text(config.replace(", key-table: hidden.key", ""))
    done = CliRunner().invoke(main, ["generate", "-c", str(tmp_path / "portwright.yaml")])
    assert done.exit_code == 0, done.output
    postgres.execute((tmp_path / "gen" / "checkout.postgres.sql").read_bytes())
    names = ("checkout_writer", "fulfilment", "finance", "intern")
    try:
        apply(tmp_path, postgres)
        postgres.execute("CREATE ROLE intern; GRANT SELECT ON orders_v1 TO intern")
        postgres.execute("REVOKE SELECT ON refunds_v1 FROM finance")
        postgres.execute("ALTER VIEW orders_masked RESET (security_barrier)")
        said = access(tmp_path, postgres).stdout
        assert said == shown
    finally:
        drop_roles(postgres, names)
