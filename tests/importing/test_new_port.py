"""`portwright new port`: what it writes, where, and what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from support.commands import in_process, portwright
from support.importing import begun, model_of, object_of, refused, said_of

CONFIG = "version: 1\ncontracts: [{}]\ntargets: [{{target: avro, out: gen}}]\n"
SQL = "CREATE TABLE orders (id BIGINT PRIMARY KEY, email VARCHAR(80) NOT NULL);\n"


def test_a_port_from_nothing_is_a_contract_that_is_generated_from(tmp_path: Path) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG.format("contracts/*.odcs.yaml"))
    done = portwright(tmp_path, "new", "port", "orders")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("wrote    contracts/orders.odcs.yaml\nnext\n")
    for words in (["lint"], ["generate"], ["generate", "--check"]):
        assert (in_process(tmp_path, *words).returncode, words) == (0, words)
    [made] = model_of((tmp_path / "contracts/orders.odcs.yaml").read_text("utf-8")).objects
    assert (made.name, made.primary_key) == ("orders", ("order_id",))


def test_a_contract_that_is_there_is_kept(tmp_path: Path) -> None:
    assert in_process(tmp_path, "new", "port", "orders").returncode == 0
    path = tmp_path / "contracts" / "orders.odcs.yaml"
    path.write_text("mine")
    done = in_process(tmp_path, "new", "port", "orders")
    assert done.returncode == 1 and "error[PW809]" in done.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["a b", "../x", "", "1st", "é", "x" * 101, "-x"])
def test_a_name_that_nothing_can_be_called_is_wrong_use(tmp_path: Path, name: str) -> None:
    done = in_process(tmp_path, "new", "port", "--", name)
    assert done.returncode == 2 and not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("contracts/*.odcs.yaml", "contracts/orders.odcs.yaml"),
        ("data/*.yaml", "data/orders.odcs.yaml"),
        ("**/*.odcs.yaml", "orders.odcs.yaml"),
        ("services/*/contract.yaml", "services/orders/contract.yaml"),
        ("services/**/contract.yaml", "services/orders/contract.yaml"),
    ],
)
def test_it_goes_where_the_config_looks(tmp_path: Path, pattern: str, path: str) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG.format(f'"{pattern}"'))
    done = in_process(tmp_path, "new", "port", "orders")
    assert done.returncode == 0 and "no pattern" not in done.stdout
    assert (tmp_path / path).exists()
    assert in_process(tmp_path, "generate").returncode == 0


def test_a_config_that_would_not_find_it_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG.format("shop.yaml"))
    done = in_process(tmp_path, "new", "port", "orders")
    assert "under `contracts:` add\n      - contracts/orders.odcs.yaml" in done.stdout


def test_personal_data_is_classified_in_the_words_of_a_preset(tmp_path: Path) -> None:
    preset = "version: 1\nclassifications: [open, ours, guarded]\n"
    (tmp_path / "portwright.preset.yaml").write_text(preset)
    config = "extends: ./portwright.preset.yaml\n" + CONFIG.format("contracts/*.odcs.yaml")
    (tmp_path / "portwright.yaml").write_text(config)
    (tmp_path / "shop.sql").write_text(SQL)
    assert in_process(tmp_path, "new", "port", "shop", "--from", "shop.sql").returncode == 0
    assert "classification: guarded" in (tmp_path / "contracts/shop.odcs.yaml").read_text("utf-8")


def test_a_table_becomes_questions_to_its_owner(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(SQL)
    done = in_process(tmp_path, "new", "port", "shop", "--from", "shop.sql")
    assert (done.returncode, done.stderr) == (0, "")
    assert "orders: 2 properties" in done.stdout
    assert "answer its 1 question (decide:), look at 1 guessed classification" in done.stdout
    text = (tmp_path / "contracts/shop.odcs.yaml").read_text("utf-8")
    assert said_of(text, "email")[-1].startswith("classification: confidential  # a guess")
    assert object_of(text).primary_key == ("id",)


def test_a_name_is_a_persons_where_people_are(tmp_path: Path) -> None:
    sql = "CREATE TABLE customers (name TEXT, address_id INT, tax_id INT, address TEXT);"
    (tmp_path / "x.sql").write_text(f"{sql} CREATE TABLE products (name TEXT);")
    text, _ = begun(tmp_path, "x.sql")
    found = [[each.public for each in made.record.fields] for made in model_of(text).objects]
    assert found == [[False, True, False, False], [True]]


def test_personal_data_is_classified_in_the_words_of_the_config(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text(SQL)
    for words, chosen in (
        ("[public, C1, C2]", "C2"),
        ("[public, confidential, x]", "confidential"),
    ):
        (tmp_path / "portwright.yaml").write_text(f"classifications: {words}\n")
        assert f"classification: {chosen}  # a guess" in begun(tmp_path, "x.sql")[0]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(SQL)
    begun(tmp_path, "shop.sql")
    assert [*tmp_path.iterdir()] == [tmp_path / "shop.sql"]


def test_wrong_sources_are_told_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(SQL)
    (tmp_path / "shop.xlsx").write_text("")
    (tmp_path / "empty.sql").write_text("")
    (tmp_path / "latin.sql").write_bytes(b"-- \n-- \xe9")
    (tmp_path / "broken.sql").write_text("CREATE TABLE x (\n  a INT NOT NUL,\n);")
    assert "error[PW800]: cannot read the source: No such file" in refused(tmp_path, "no.sql")
    assert "latin.sql:2:1: error[PW800]" in refused(tmp_path, "latin.sql")
    assert "error[PW801]" in refused(tmp_path, "shop.xlsx")
    assert "error[PW801]" in refused(tmp_path, "mongodb://host/db")
    assert "did you mean `orders`?" in refused(tmp_path, "shop.sql", "--table", "ordrs")
    assert "error[PW804]" in refused(tmp_path, "empty.sql")
    assert "broken.sql:2:" in refused(tmp_path, "broken.sql")
    assert "error[PW800]" in refused(tmp_path, "sqlite:no.db")
    assert "error[PW803]" in refused(tmp_path, "sqlite:shop.sql")
    assert "error[PW800]: cannot read the source: Is a directory" in refused(tmp_path, ".")
    for url in ("postgresql://me:secret@[bad/x", "mysql://me:secret@h:port/x"):
        said = refused(tmp_path, url)
        assert "error[PW80" in said and "secret" not in said


def test_options_without_a_source_are_wrong_use(tmp_path: Path) -> None:
    assert in_process(tmp_path, "new", "port", "x", "--table", "y").returncode == 2
    assert in_process(tmp_path, "new", "port", "x", "--dialect", "klingon").returncode == 2


def test_a_missing_library_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.sql").write_text(SQL)
    (tmp_path / "shop.proto").write_text("")
    for module in [each for each in sys.modules if each.startswith("portwright.importing.ddl")]:
        monkeypatch.delitem(sys.modules, module)
    for library in ("sqlglot", "proto_schema_parser", "psycopg", "pymysql", "duckdb"):
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(sys.modules, "proto_schema_parser.parser", None)
    (tmp_path / "x.duckdb").write_text("")
    for source in ("shop.sql", "shop.proto", "postgresql://h/d", "mysql://h/d", "duckdb:x.duckdb"):
        said = refused(tmp_path, source)
        assert "error[PW802]" in said and "pip install 'portwright[import]'" in said, source


def test_names_that_no_property_can_have_are_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"id": 1, "***": 2, "a\\u202e": 3}]')
    text, said = begun(tmp_path, "x.json")
    assert said.count("warning[PW807]") == 2 and text.count("# left out:") == 2
    assert [each.name for each in object_of(text).record.fields] == ["id"]


def test_types_that_would_be_called_the_same_get_names_of_their_own(tmp_path: Path) -> None:
    sql = "CREATE TABLE orders (id INT, status TEXT CHECK (status IN ('a')));"
    sql += "CREATE TABLE order_status (id INT); CREATE TABLE order_statuses (id INT);"
    (tmp_path / "x.sql").write_text(sql)
    text, said = begun(tmp_path, "x.sql")
    assert said == "" and text.count("recordName") == 2
    assert [each.name for each in model_of(text).objects][1:] == ["order_status", "order_statuses"]


def test_what_would_be_refused_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("CREATE TABLE t (x DECIMAL(2000, 3), y INT)")
    said = refused(tmp_path, "x.sql")
    assert "error[PW810]" in said and "PW207" in said


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "contracts").write_text("")
    done = in_process(tmp_path, "new", "port", "orders")
    assert done.returncode == 1 and "error[PW605]" in done.stderr
    assert [*tmp_path.iterdir()] == [tmp_path / "contracts"]


def test_the_schema_that_a_repository_has_is_named_to_editors(tmp_path: Path) -> None:
    for schema in ("portwright", "contract"):
        path = tmp_path / ".portwright" / "schemas" / f"{schema}.schema.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert in_process(tmp_path, "init", "--name", "shop").returncode == 0
    assert in_process(tmp_path, "new", "port", "orders").returncode == 0
    line = "# yaml-language-server: $schema="
    for name, path in (("portwright.yaml", ""), ("contracts/orders.odcs.yaml", "../")):
        first = (tmp_path / name).read_text("utf-8").splitlines()[0]
        schema = "contract" if path else "portwright"
        assert first == f"{line}{path}.portwright/schemas/{schema}.schema.json"
    assert in_process(tmp_path, "lint").returncode == 0
