"""Files of the user after a change of the contract: merged, nothing lost, and told what to do."""

from __future__ import annotations

import json
import py_compile
import random
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from portwright.merging.files import merge
from support.commands import in_process
from support.repository import commit, git
from support.tools import mypy

CONFIG = "version: 1\ncontracts: [contracts/*.odcs.yaml]\ntargets: [{target: python, out: src}]\n"
NAME = "contracts/shop.odcs.yaml"
TOTAL = '{name: total, logicalType: number, physicalType: "DECIMAL(10,2)", required: true}'
ORDER = (
    "{name: order_id, logicalType: string, primaryKey: true}",
    "{name: day, logicalType: date, required: true}",
    TOTAL,
    "{name: note, logicalType: string}",
)
COUPON = "{name: coupon, logicalType: string}"
REFUND = ("{name: refund_id, logicalType: string, primaryKey: true}",)
MAPPING, HANDLERS = "src/shop_port/mapping.py", "src/shop_port/handlers.py"
BEGUN = f".portwright/begun/{MAPPING}.txt"

# What somebody makes of the function: other names, other rows, a function of their own.
FILLED = '''\
def order(basket: Mapping[str, Any]) -> models.Order:
    """A paid basket."""
    return models.Order(
        order_id=str(basket["public_ref"]),
        day=date.fromisoformat(basket["created"]),
        total=money(
            basket["cents"],
        ),
        note=basket["card_text"],
    )


def money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
'''


def contract(*objects: tuple[str, tuple[str, ...]], version: str = "1.0.0") -> str:
    text = f"apiVersion: v3.1.0\nkind: DataContract\nid: shop\nname: shop\nversion: {version}\n"
    text += "schema:\n"
    for name, properties in objects:
        text += f"  - name: {name}\n    properties:\n"
        text += "".join(f"      - {each}\n" for each in properties)
    return text


def bump(root: Path, *objects: tuple[str, tuple[str, ...]]) -> None:
    (root / NAME).write_text(contract(*objects, version="1.1.0"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / NAME).write_text(contract(("orders", ORDER)))
    assert in_process(tmp_path, "generate").returncode == 0
    return tmp_path


def fill(root: Path, text: str = FILLED) -> None:
    """What a person does to `mapping.py`."""
    path = root / MAPPING
    begun = path.read_text()
    head = begun[: begun.index("def order")]
    typing = "from typing import Any"
    head = head.replace(typing, f"from datetime import date\nfrom decimal import Decimal\n{typing}")
    path.write_text(head + text)


def settled(root: Path) -> None:
    """The next run has nothing to do or to say."""
    for words in (["generate"], ["generate", "--check"]):
        done = in_process(root, *words)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.endswith("up to date\n")


def test_what_is_new_comes_to_what_is_filled_in(project: Path) -> None:
    fill(project)
    bump(project, ("orders", (*ORDER[:3], COUPON, *ORDER[3:])), ("refunds", REFUND))
    done = in_process(project, "generate", "--check", "--format", "json")
    assert done.returncode == 1 and '"PW618"' not in done.stdout, "nothing is merged yet"
    done = in_process(project, "generate")
    assert done.returncode == 0 and f"merged   {MAPPING}\n" in done.stdout
    assert done.stderr == (
        "to do:\n"
        f'  {MAPPING}:20: new: coupon=basket["coupon"],  # str, or None\n'
        f"  {MAPPING}:25: new: def refund(row: Mapping[str, Any]) -> models.Refund:\n"
    )
    begun = (project / BEGUN).read_text()
    refund = begun[begun.index("def refund") :]
    new = '        coupon=basket["coupon"],  # str, or None\n        note='
    filled = FILLED.replace("        note=", new)
    above, below = filled.split("\n\n\n")
    expected = f"{above}\n\n\n{refund.strip()}\n\n\n{below}"
    assert (project / MAPPING).read_text().endswith(expected)
    settled(project)


def test_handlers_and_imports_follow(project: Path) -> None:
    path = project / HANDLERS
    mine = path.read_text().replace("import Event", "import (\n    Event,\n    Stream,  # mine\n)")
    mine = mine.replace(
        "        logger.info(", "        print(order, Stream)\n        logger.info("
    )
    path.write_text(mine)
    bump(project, ("orders", ORDER), ("refunds", REFUND), ("visits", REFUND))
    done = in_process(project, "generate")
    assert done.returncode == 0
    text = path.read_text()
    assert "    Event,\n    run_consumers,\n    Stream,  # mine\n)" in text
    assert "print(order, Stream)" in text
    assert text.index("class OrdersHandler") < text.index("class RefundsHandler")
    assert text.index("class VisitsHandler") < text.index("if __name__")
    assert (
        "    run_consumers(\n        OrdersHandler.open(),\n        RefundsHandler.open(),\n"
        in text
    )
    assert f"{HANDLERS}:23: new: class RefundsHandler(" in done.stderr
    settled(project)


def test_what_comes_of_it_is_python_that_type_checkers_take(project: Path) -> None:
    fill(project)
    bump(project, ("orders", (*ORDER, COUPON)), ("refunds", REFUND))
    assert in_process(project, "generate").returncode == 0
    for path in (MAPPING, HANDLERS):
        py_compile.compile(str(project / path), doraise=True)
    assert mypy("src/shop_port", cwd=project) == ""


def test_a_property_that_goes_takes_what_nobody_has_edited(project: Path) -> None:
    begun = (project / MAPPING).read_text()
    mine = begun.replace('row["day"]', 'row["created"]')
    (project / MAPPING).write_text(mine)
    bump(project, ("orders", ORDER[:3]))
    done = in_process(project, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    assert (project / MAPPING).read_text() == mine.replace(
        '        note=row["note"],  # str, or None\n', ""
    )
    settled(project)


# Not as it is in a file, lest tools take this one for unmerged.
CONFLICT = "".join(
    f"{line}\n"
    for line in (
        "<<<<<<< yours",
        '        note=basket["card_text"],',
        "||||||| as begun",
        '        note=basket["note"],  # str, or None',
        "=======",
        ">>>>>>> contract 1.1.0",
    )
)


def test_a_conflict_is_marked_as_git_does_and_told_until_it_is_resolved(project: Path) -> None:
    fill(project)
    bump(project, ("orders", ORDER[:3]))
    checked = in_process(project, "generate", "--check", "--format", "json")
    assert "PW616" in {json.loads(line)["code"] for line in checked.stdout.splitlines()}
    done = in_process(project, "generate")
    assert done.returncode == 1
    assert f"  {MAPPING}:20: error[PW616]: you and the contract have changed" in done.stderr
    text = (project / MAPPING).read_text()
    assert text.endswith(FILLED.replace('        note=basket["card_text"],\n', CONFLICT))
    assert "note" not in (project / "src/shop_port/models.py").read_text(), "all else is written"
    # Neither the next run nor the next change touches it.
    for version in ("1.1.0", "1.2.0"):
        (project / NAME).write_text(contract(("orders", (*ORDER[:3], COUPON)), version=version))
        for words in (["generate"], ["generate", "--check"]):
            done = in_process(project, *words)
            assert done.returncode == 1 and "PW616" in done.stderr
            assert (project / MAPPING).read_text() == text
    (project / MAPPING).write_text(text.replace(CONFLICT, ""))
    done = in_process(project, "generate")
    assert done.returncode == 0
    assert '        coupon=basket["coupon"],  # str, or None\n' in (project / MAPPING).read_text()
    settled(project)


def test_a_value_that_changes_is_told_and_left_as_it_is(project: Path) -> None:
    fill(project)
    before = (project / MAPPING).read_text()
    bump(project, ("orders", (*ORDER[:2], TOTAL.replace("10,2", "12,2"), *ORDER[3:])))
    done = in_process(project, "generate")
    assert (project / MAPPING).read_text() == before
    told = f'  {MAPPING}:17: changed: total=basket["total"],  # Decimal(12, 2)\n'
    assert (done.returncode, done.stderr) == (0, f"to do:\n{told}")
    settled(project)


def test_an_object_that_goes_takes_its_function_unless_somebody_filled_it(project: Path) -> None:
    bump(project, ("orders", ORDER), ("refunds", REFUND))
    assert in_process(project, "generate").returncode == 0
    path = project / MAPPING
    path.write_text(path.read_text().replace('row["day"]', 'row["created"]'))
    both = path.read_text()
    one, two = contract(("orders", ORDER)), (project / NAME).read_text()
    (project / NAME).write_text(one)
    assert in_process(project, "generate").returncode == 0
    assert path.read_text() == both[: both.index("\n\n\ndef refund")] + "\n"
    (project / NAME).write_text(two)
    assert in_process(project, "generate").returncode == 0
    assert path.read_text() == both
    path.write_text(both.replace('row["refund_id"]', '"mine"'))
    (project / NAME).write_text(one)
    done = in_process(project, "generate")
    assert done.returncode == 1 and "PW616" in done.stderr
    assert 'refund_id="mine"' in path.read_text()


def test_what_somebody_has_removed_stays_away(project: Path) -> None:
    fill(project, FILLED.replace('        note=basket["card_text"],\n', ""))
    (project / HANDLERS).unlink()
    bump(project, ("orders", (*ORDER, COUPON)), ("refunds", REFUND))
    assert in_process(project, "generate").returncode == 0
    assert not (project / HANDLERS).exists()
    text = (project / MAPPING).read_text()
    assert "note=" not in text and 'coupon=basket["coupon"]' in text
    settled(project)


def test_a_function_of_another_name_is_told(project: Path) -> None:
    fill(project, FILLED.replace("def order", "def to_order"))
    bump(project, ("orders", (*ORDER, COUPON)))
    done = in_process(project, "generate")
    assert done.returncode == 0 and f"{MAPPING}:21: new: coupon=basket" in done.stderr
    settled(project)
    # Nor is there a call that makes the record.
    before = (project / MAPPING).read_text().replace("models.Order(", "made(")
    (project / MAPPING).write_text(before)
    (project / NAME).write_text(contract(("orders", ORDER), version="1.2.0"))
    done = in_process(project, "generate")
    assert done.returncode == 0 and "PW610" in done.stderr and "`order`" in done.stderr
    assert (project / MAPPING).read_text() == before
    settled(project)


def test_an_argument_comes_first(project: Path) -> None:
    for mine, expected in (
        ("order_id=1, day=2)", 'coupon=row["coupon"], order_id=1, day=2)'),
        (
            "\n\t# mine\n\torder_id=1,\n\tday=2)",
            '\n\tcoupon=row["coupon"],  # str, or None\n\t# mine\n\torder_id=1,\n\tday=2)',
        ),
    ):
        (project / NAME).write_text(contract(("orders", ORDER)))
        assert in_process(project, "generate").returncode == 0
        text = (project / MAPPING).read_text()
        function = "def order(row: Any) -> models.Order:\n    return models.Order({}\n"
        (project / MAPPING).write_text(text[: text.index("def order")] + function.format(mine))
        bump(project, ("orders", (COUPON, *ORDER)))
        assert in_process(project, "generate").returncode == 0
        assert (project / MAPPING).read_text().endswith(function.format(expected))


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        (
            "order_id=row.id, day=row.day, total=row.total, note=row.note)",
            "order_id=row.id, day=row.day, total=row.total, note=row.note, "
            'coupon=row["coupon"])',
        ),
        (
            "\n        # who\n        order_id=row.id,\n        note=f(\n            1\n        )"
            "  # a note\n    )",
            "\n        # who\n        order_id=row.id,\n        note=f(\n            1\n        ),"
            '  # a note\n        coupon=row["coupon"],  # str, or None\n    )',
        ),
        (
            "\n\tday=row.day, total=row.total,\n\tnote='ü', order_id='é', )",
            "\n\tday=row.day, total=row.total,\n\tnote='ü', "
            "coupon=row[\"coupon\"], order_id='é', )",
        ),
    ],
)
def test_an_argument_comes_to_its_place_in_any_layout(
    project: Path, mine: str, expected: str
) -> None:
    function = "def order(row: Any) -> models.Order:\n    return models.Order({})\n"
    fill(project, function.format(mine[:-1]))
    bump(project, ("orders", (*ORDER, COUPON)))
    assert in_process(project, "generate").returncode == 0
    assert (project / MAPPING).read_text("utf-8").endswith(function.format(expected[:-1]))


@pytest.mark.parametrize(
    ("arguments", "row"),
    [
        ("self, basket", "basket"),
        ("self, session, basket", "basket"),
        ("cls, session, row", "row"),
        ("basket, /, *, session", "basket"),
        ("session, *, basket", "basket"),
        ("self", "row"),
    ],
)
def test_the_row_is_known_among_arguments(project: Path, arguments: str, row: str) -> None:
    own = f"        return models.Order(order_id={row}['ref'], day=1, total=1, note=None)\n"
    fill(project, f"class Orders:\n    def order({arguments}):\n{own}")
    bump(project, ("orders", (*ORDER, COUPON)))
    assert in_process(project, "generate").returncode == 0
    added = f'note=None, coupon={row}["coupon"])'
    assert (project / MAPPING).read_text().endswith(own.replace("note=None)", added))


def test_a_name_like_a_comment_is_no_comment(project: Path) -> None:
    own = "def order(row): return models.Order(order_id=1, day=2, total=3, note=None)\n"
    fill(project, own)
    bump(project, ("orders", (*ORDER, COUPON.replace("coupon", "'a  # b'"))))
    assert in_process(project, "generate").returncode == 0
    after = own.replace("note=None", 'note=None, a_b=row["a  # b"]')
    assert (project / MAPPING).read_text().endswith(after)


@pytest.mark.parametrize("beside", [False, True])
def test_a_new_major_version_begins_as_what_its_owner_had(project: Path, beside: bool) -> None:
    fill(project)
    before = (project / MAPPING).read_text()
    second = "contracts/shop-2.odcs.yaml" if beside else NAME
    (project / second).write_text(contract(("orders", (*ORDER[:3], COUPON)), version="2.0.0"))
    done = in_process(project, "generate")
    assert done.returncode == 1 and ("PW603" in done.stderr) is not beside
    assert (project / MAPPING).read_text() == before
    path = project / "src/shop_v2_port/mapping.py"
    coupon = '        coupon=basket["coupon"],  # str, or None\n'
    conflict = CONFLICT.replace("1.1.0", "2.0.0")
    mine = '        note=basket["card_text"],\n'
    text = path.read_text()
    assert text.endswith(FILLED.replace(mine, conflict + coupon)) or text.endswith(
        FILLED.replace(mine, conflict.replace("=======\n", f"=======\n{coupon}"))
    )
    assert "shop_v2_port" in (project / "src/shop_v2_port/handlers.py").read_text()
    path.unlink()
    assert in_process(project, "generate").returncode == 0, "what is deleted stays away"
    assert not path.exists()


def test_line_ends_and_a_mark_of_the_users_stay(project: Path) -> None:
    fill(project)
    path = project / MAPPING
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").rstrip())
    handlers = project / HANDLERS
    handlers.write_bytes(handlers.read_bytes().replace(b"\n", b"\r\n"))
    bump(project, ("orders", (*ORDER[1:], COUPON)), ("refunds", REFUND))
    assert in_process(project, "generate").returncode == 1
    for data in (path.read_bytes(), handlers.read_bytes()):
        assert data.count(b"\n") == data.count(b"\r\n") > 10
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert b"<<<<<<< yours\r\n" in path.read_bytes()


def test_a_file_that_is_not_utf_8_waits(project: Path) -> None:
    fill(project, FILLED.replace("A paid basket", "Ein Körbchen"))
    path = project / MAPPING
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("latin-1"))
    bump(project, ("orders", (*ORDER, COUPON)))
    for words in (["generate"], ["generate"], ["generate", "--check"]):
        done = in_process(project, *words)
        assert done.returncode == 1
        assert f"{MAPPING}:13" in done.stderr and "PW617" in done.stderr
    assert path.read_bytes() == text.encode("latin-1")
    path.write_text(text, "utf-8")
    assert in_process(project, "generate").returncode == 0
    assert "coupon" in path.read_text("utf-8")
    settled(project)


def test_without_git_what_needs_it_waits(project: Path) -> None:
    fill(project)
    bump(project, ("orders", ORDER[:3]))
    before = (project / MAPPING).read_text()
    done = in_process(project, "generate", PATH=str(project))
    assert done.returncode == 1 and "PW617" in done.stderr and "install git" in done.stderr
    assert (project / MAPPING).read_text() == before
    assert in_process(project, "generate").returncode == 1
    assert CONFLICT in (project / MAPPING).read_text()


def test_a_repository_from_before_is_told_once_and_merged_from_then_on(project: Path) -> None:
    fill(project)
    before = (project / MAPPING).read_text()
    (project / BEGUN).unlink()
    assert in_process(project, "generate").returncode == 0
    assert (project / BEGUN).exists(), "nothing has changed since it was begun"
    (project / BEGUN).unlink()
    bump(project, ("orders", (*ORDER, COUPON)))
    done = in_process(project, "generate")
    assert done.returncode == 0 and "PW610" in done.stderr
    assert (project / MAPPING).read_text() == before
    settled(project)
    (project / NAME).write_text(contract(("orders", (*ORDER, COUPON)), ("refunds", REFUND)))
    assert in_process(project, "generate").returncode == 0
    assert "def refund" in (project / MAPPING).read_text()


def test_what_files_were_begun_as_is_committed_and_goes_with_them(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    commit(project)
    listed = subprocess.run(["git", "ls-files"], cwd=project, capture_output=True, text=True).stdout
    assert BEGUN in listed and ".portwright/stamp" not in listed
    (project / "portwright.yaml").write_text(CONFIG.replace("python, out: src", "avro, out: gen"))
    assert in_process(project, "generate").returncode == 0
    assert not (project / ".portwright/begun").exists() and not (project / "src").exists()


def test_nothing_of_anybody_is_lost() -> None:
    """Whatever is edited, each line that the user wrote is there, and what compiled compiles."""
    begun = "\n\n\n".join(
        f"def f{number}(row: dict) -> T{number}:\n    return T{number}(\n"
        + "".join(f'        k{each}=row["k{each}"],  # str\n' for each in range(4))
        + "    )"
        for number in range(3)
    )
    theirs = (
        begun.replace('        k1=row["k1"],  # str\n', '        new=row["new"],  # str\n', 1)
        .replace("# str", "# int", 5)
        .replace("def f1", "def added(row: dict) -> T1:\n    return T1(\n    )\n\n\ndef f1")
    )
    draw = random.Random(7)
    for _ in range(25):
        lines = begun.split("\n")
        for number in range(draw.randrange(1, 9)):
            at = draw.randrange(len(lines))
            mine = f'        mine{number}=row["mine{number}"],'
            if draw.random() < 0.6 and lines[at].startswith("        "):
                lines[at] = lines[at].replace("row[", f"mine{number}(row)[")
            else:
                lines.insert(at, mine)
        ours = "\n".join(lines) + "\n"
        done = merge(PurePosixPath("a.py"), begun + "\n", ours.encode(), theirs, "new")
        after = done.data.decode()
        for line in set(lines) - set(begun.split("\n")):
            assert after.count(line) >= lines.count(line), after
        assert bool(done.conflicts) == ("<<<<<<< yours" in after)
