"""`portwright release` and `portwright bump`: what was handed out is kept, and what follows from
it for the next version is written."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from portwright.lock import Lock, parse
from portwright.released import Release, releases
from support.changes import OPTIONAL, contract
from support.commands import in_process as portwright
from support.repository import NAME, commit, git

CONFIG = """\
version: 1
contracts: [contracts/*.odcs.yaml]
targets: [{target: ddl, dialect: duckdb, out: gen}]
"""
RELEASED = ".portwright/released"
MORE = contract("version: 1.1.0\n", properties=f"{OPTIONAL}\n{{name: y, logicalType: date}}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a contract that is released."""
    return released(tmp_path, contract(properties=OPTIONAL))


def released(root: Path, text: str) -> Path:
    (root / "contracts").mkdir()
    (root / "portwright.yaml").write_text(CONFIG)
    write(root, text)
    assert release(root).returncode == 0
    return root


def write(root: Path, text: str, name: str = NAME) -> None:
    (root / name).write_text(text)


def release(root: Path) -> subprocess.CompletedProcess[str]:
    assert portwright(root, "generate").returncode == 0
    return portwright(root, "release")


def test_what_is_released_is_what_contracts_are_compared_with(project: Path) -> None:
    lock = (project / "portwright.lock").read_text()
    [line] = [each for each in lock.splitlines() if each.startswith("release")]
    assert line.startswith("release shop v1 1.0.0 ")
    [copy] = (project / RELEASED).glob("*.yaml")
    assert copy.read_text() == (project / NAME).read_text()
    write(project, contract())
    assert "against lock" in portwright(project, "diff").stdout
    done = portwright(project, "breaking")
    assert done.returncode == 1 and "error[PW701]: `orders.x`: an optional" in done.stderr
    # Neither generating nor releasing the same again touches it.
    write(project, contract(properties=OPTIONAL) + "# a remark\n")
    assert release(project).stdout == "0 contract(s) released\n"
    assert (project / "portwright.lock").read_text() == lock


def test_git_keeps_what_is_released(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", "-A")
    shown = subprocess.run(
        ["git", "ls-files", ".portwright"], cwd=project, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert ".portwright/manifest" in shown and any(each.startswith(RELEASED) for each in shown)
    assert ".portwright/stamp" not in shown


def test_plans_are_not_released(project: Path) -> None:
    write(project, contract("id: plan\nname: plan\nstatus: draft\n"), "contracts/plan.odcs.yaml")
    assert release(project).stdout == "0 contract(s) released\n"


def test_a_release_that_breaks_somebody_is_refused(project: Path) -> None:
    before = (project / "portwright.lock").read_text()
    write(project, contract("version: 1.1.0\n"))
    done = release(project)
    assert done.returncode == 1 and "error[PW701]" in done.stderr
    assert "release shop v1 1.1.0" not in (project / "portwright.lock").read_text()
    assert before.count("release") == 1 and len(list((project / RELEASED).glob("*.yaml"))) == 1


def test_a_version_means_one_thing(project: Path) -> None:
    words = contract(properties=OPTIONAL.replace("}", ", description: More.}"))
    write(project, words)
    done = release(project)
    assert done.returncode == 1
    assert "error[PW711]: version 1.0.0 was released, and the contract is another" in done.stderr
    assert portwright(project, "bump").stdout == f"{NAME}: 1.0.0 → 1.0.1\n"
    assert "released shop 1.0.1\n" in release(project).stdout


def test_what_is_not_generated_yet_is_not_released(project: Path) -> None:
    write(project, MORE)
    done = portwright(project, "release")
    assert done.returncode == 1 and "not up to date" in done.stderr


@pytest.mark.parametrize("what", ["edited", "gone"])
def test_what_was_released_is_not_edited(project: Path, what: str) -> None:
    [copy] = (project / RELEASED).glob("*.yaml")
    if what == "gone":
        copy.unlink()
    else:
        copy.write_text(copy.read_text().replace("1.0.0", "1.0.1"))
    for command in ("diff", "breaking", "bump", "release"):
        done = portwright(project, command)
        assert done.returncode == 2 and "error[PW710]" in done.stderr, command
    copy.write_bytes(contract(properties=OPTIONAL).replace("\n", "\r\n").encode())
    assert portwright(project, "breaking").returncode == 0


def test_all_releases_of_a_major_version_have_readers(project: Path) -> None:
    """A property may not come back as something else, also if the last release had none."""
    write(project, MORE)
    assert "released shop 1.1.0" in release(project).stdout
    without = contract("version: 1.2.0\n", properties=OPTIONAL)
    lock = (project / "portwright.lock").read_text()
    write(project, without)
    assert portwright(project, "generate").returncode == 0
    # As a team would that takes the break upon itself.
    write(project, without.replace("1.2.0", "2.0.0"))
    done = release(project)
    assert done.returncode == 0 and "released shop 2.0.0" in done.stdout
    again = contract("version: 2.1.0\n", properties=f"{OPTIONAL}\n{{name: y, logicalType: string}}")
    write(project, again)
    assert portwright(project, "breaking").returncode == 1  # 1.1.0 is gone, and its readers
    write(project, MORE, "contracts/old.odcs.yaml")
    assert portwright(project, "breaking").returncode == 0  # another major version may
    assert lock in (project / "portwright.lock").read_text().replace("release shop v2", "")


def test_a_property_does_not_come_back_as_another(project: Path) -> None:
    def comes_back(type_: str) -> str:
        return contract(
            "version: 1.2.0\n", properties=f"{OPTIONAL}\n{{name: y, logicalType: {type_}}}"
        )

    write(project, MORE)
    release(project)
    # The second release, made by hand as if it had left `y` out.
    released = {path: path.read_text() for path in (project / RELEASED).glob("*.yaml")}
    last = contract("version: 1.1.1\n", properties=OPTIONAL)
    lock, _ = parse((project / "portwright.lock").read_text(), "portwright.lock")
    assert [each.version for each in releases(lock)] == ["1.0.0", "1.1.0"] and len(released) == 2
    made = Release("shop", 1, "1.1.1", sha256(last.encode()).hexdigest()[:32])
    (project / made.path).write_text(last)
    (project / "portwright.lock").write_text(Lock.of([*lock.entries, made.entry]).text())
    write(project, comes_back("string"))
    done = portwright(project, "breaking")
    assert done.returncode == 1
    assert "`orders.y`: a property has another type (date → string)" in done.stderr
    write(project, comes_back("date"))
    assert portwright(project, "breaking").returncode == 0


def test_a_version_is_raised_as_far_as_it_has_to_be(project: Path) -> None:
    assert portwright(project, "bump").stdout.startswith("nothing has changed")
    write(project, MORE.replace("1.1.0", "1.0.0  # ours"))
    assert portwright(project, "bump").stdout == f"{NAME}: 1.0.0 → 1.1.0\n"
    assert "version: 1.1.0  # ours\n" in (project / NAME).read_text()
    assert portwright(project, "bump").stdout.startswith("nothing has changed")
    assert portwright(project, "bump", "--to", "patch").stdout.startswith("nothing has changed")
    assert portwright(project, "breaking").returncode == 0
    done = portwright(project, "bump", "--to", "major", "--end-of-support", "2030-01-31")
    assert f"{NAME}: 1.0.0 → 2.0.0" in done.stdout


def test_an_old_major_version_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    named = contract(of_object="physicalName: web.orders", properties=OPTIONAL)
    project = released(tmp_path, named)
    write(project, contract(of_object="physicalName: web.orders"))
    done = portwright(project, "bump", "--end-of-support", "2030-01-31")
    beside = "contracts/shop.v1.odcs.yaml"
    assert done.stdout == f"{NAME}: 1.0.0 → 2.0.0\n{beside}: 1.1.0, until 2030-01-31\n"
    assert "physicalName: web.orders_v2\n" in (project / NAME).read_text()
    old = (project / beside).read_text()
    assert "version: 1.1.0\nstatus: deprecated\n" in old and "name: x" in old
    assert "  - {property: endOfSupport, value: 2030-01-31}\n" in old
    for command in ("generate", "breaking", "bump", "release"):
        assert portwright(project, command).returncode == 0, command
    assert (
        "CREATE TABLE IF NOT EXISTS web.orders (" in (project / "gen/shop.duckdb.sql").read_text()
    )
    new = (project / "gen/shop_v2.duckdb.sql").read_text()
    assert "CREATE TABLE IF NOT EXISTS web.orders_v2 (" in new
    assert "VIEW" not in new  # the name is still that of the old table


def test_the_config_learns_of_the_old_one(project: Path) -> None:
    (project / "portwright.yaml").write_text(CONFIG.replace("contracts/*.odcs.yaml", NAME))
    write(project, contract())
    assert portwright(project, "bump").returncode == 0
    config = (project / "portwright.yaml").read_text()
    assert f"contracts: [contracts/shop.v1.odcs.yaml, {NAME}]" in config
    block = CONFIG.replace(" [contracts/*.odcs.yaml]", f"\n  # all\n  - {NAME}")
    (project / "portwright.yaml").write_text(block)
    (project / "contracts/shop.v1.odcs.yaml").unlink()
    assert portwright(project, "bump").returncode == 0
    config = (project / "portwright.yaml").read_text()
    assert f"  # all\n  - contracts/shop.v1.odcs.yaml\n  - {NAME}\n" in config


def test_what_stands_in_the_way_is_told(project: Path) -> None:
    write(project, contract())
    write(project, "x", "contracts/shop.v1.odcs.yaml")
    (project / "portwright.yaml").write_text(CONFIG.replace("contracts/*.odcs.yaml", NAME))
    done = portwright(project, "bump")
    assert done.returncode == 1 and "error[PW713]" in done.stderr
    assert (project / NAME).read_text() == contract()
    (project / "contracts/shop.v1.odcs.yaml").unlink()
    write(project, contract().replace("version: 1.0.0", "version: ${V}"))
    done = portwright(project, "bump", V="1.0.0")
    assert done.returncode == 1 and "error[PW712]" in done.stderr
    assert "write `2.0.0` in the place of" in done.stderr


def test_of_two_branches_that_released_one_version_the_first_has_it(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    commit(project)
    for branch in ("a", "b"):
        git(project, "checkout", "-q", "-b", branch, "main")
        new = contract(
            "version: 1.1.0\n", properties=f"{OPTIONAL}\n{{name: {branch}, logicalType: date}}"
        )
        write(project, new)
        assert "released shop 1.1.0\n" in release(project).stdout
        commit(project)
    git(project, "checkout", "-q", "main")
    git(project, "merge", "-q", "a")
    git(project, "checkout", "-q", "b")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "merge", "main")
    done = portwright(project, "lock", "rebase")
    assert done.returncode == 0
    assert "version 1.1.0: released on both branches, git:a's stays" in done.stdout
    lock, wrong = parse((project / "portwright.lock").read_text(), "portwright.lock")
    assert not wrong and [each.version for each in releases(lock)] == ["1.0.0", "1.1.0"]
    git(project, "checkout", "-q", "--theirs", ".portwright/released")
    write(project, new.replace("1.1.0", "1.2.0").replace("name: b", "name: a"))
    assert portwright(project, "breaking").returncode == 0


def test_a_wire_number_stays_what_it_was(project: Path) -> None:
    lock = (project / "portwright.lock").read_text()
    moved = lock.replace("orders x 3 string", "orders x 4 string")
    assert moved != lock
    (project / "portwright.lock").write_text(moved)
    assert portwright(project, "generate").returncode == 0
    for command in ("breaking", "release"):
        done = portwright(project, command)
        assert done.returncode == 1
        assert "error[PW708]: `orders.x` had the wire number 3, and has 4" in done.stderr


def test_a_type_that_is_changed_and_changed_back_has_another_number(project: Path) -> None:
    for type_ in ("integer", "string"):
        write(project, contract(properties=OPTIONAL.replace("string", type_)))
        assert portwright(project, "generate").returncode == 0
    done = portwright(project, "breaking")
    assert done.returncode == 1 and "error[PW708]: `orders.x` had the wire number 3" in done.stderr


def test_numbers_are_compared_with_git_too(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    commit(project)
    lock = (project / "portwright.lock").read_text()
    (project / "portwright.lock").write_text(lock.replace("orders x 3 string", "orders x 4 string"))
    done = portwright(project, "breaking", "--against", "git:main")
    assert done.returncode == 1 and "error[PW708]" in done.stderr


def test_a_lock_with_a_conflict_is_no_reason_to_compare_with_something_else(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    commit(project)
    lock = (project / "portwright.lock").read_text()
    (project / "portwright.lock").write_text(lock + "<<<<<<< HEAD\n=======\n>>>>>>> x\n")
    done = portwright(project, "breaking")
    assert done.returncode == 2 and "error[PW609]" in done.stderr
    (project / "portwright.lock").unlink()
    done = portwright(project, "breaking")
    assert done.returncode == 2 and "error[PW611]" in done.stderr


def test_what_was_released_counts_beside_git_too(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    without = contract("version: 1.1.0\n")
    write(project, without)
    commit(project)
    write(project, contract("version: 1.2.0\n", properties=OPTIONAL.replace("string", "date")))
    done = portwright(project, "breaking", "--against", "git:main")
    assert done.returncode == 1 and "a property has another type (string → date)" in done.stderr


def test_contracts_that_the_config_of_before_had_are_not_lost(tmp_path: Path) -> None:
    project = released(tmp_path, contract(properties=OPTIONAL))
    other = contract("id: other\nname: other\n")
    write(project, other, "contracts/other.odcs.yaml")
    listed = CONFIG.replace("[contracts/*.odcs.yaml]", f"[{NAME}, contracts/other.odcs.yaml]")
    (project / "portwright.yaml").write_text(listed)
    git(project, "init", "-q", "-b", "main")
    commit(project)
    (project / "contracts/other.odcs.yaml").unlink()
    (project / "portwright.yaml").write_text(CONFIG.replace("contracts/*.odcs.yaml", NAME))
    done = portwright(project, "breaking", "--against", "git:main")
    assert (
        done.returncode == 1 and "error[PW705]: the contract `other` 1.0.0 is gone" in done.stderr
    )


def test_a_version_0_promises_nothing(tmp_path: Path) -> None:
    project = released(tmp_path, contract("version: 0.3.0\n", properties=OPTIONAL))
    write(project, contract("version: 1.0.0\n"))
    for command in ("generate", "release", "breaking"):
        assert portwright(project, command).returncode == 0, command


def test_a_major_version_that_is_dropped_is_told_of(project: Path) -> None:
    write(project, contract("version: 2.0.0\n"))
    done = portwright(project, "breaking")
    assert done.returncode == 0
    assert (
        "warning[PW707]: version 1.0.0 is not handed out any more, and has readers" in done.stderr
    )
