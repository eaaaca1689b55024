"""The module that writes: all or nothing, nothing of the user's lost, unchanged files untouched."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from portwright import output
from portwright.manifest import read_manifest
from portwright.plan import Write, compare
from portwright.targets import File, Owner


def file(path: str, text: str = "text\n", owner: Owner = Owner.TOOL) -> File:
    return File(PurePosixPath(path), text, owner)


def generate(root: Path, *files: File) -> list[str]:
    """The codes of what a run finds; it writes if none of them is an error."""
    manifest, found = read_manifest(root)
    plan = compare(root, files, manifest)
    found += plan.diagnostics
    if not any(each.is_error for each in found):
        found += output.apply(plan)
    return [each.code for each in found]


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and ".portwright" not in path.parts
    }


def test_writes_files_and_a_sorted_manifest(tmp_path: Path) -> None:
    assert generate(tmp_path, file("b/two.txt"), file("a.txt", "one\n")) == []
    assert tree(tmp_path) == {"a.txt": "one\n", "b/two.txt": "text\n"}
    lines = (tmp_path / ".portwright/manifest").read_text().splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == ["a.txt", "b/two.txt"]


def test_an_unchanged_file_keeps_its_time(tmp_path: Path) -> None:
    generate(tmp_path, file("a.txt"), file("b.txt"))
    os.utime(tmp_path / "a.txt", ns=(1, 1))
    os.utime(tmp_path / ".portwright/manifest", ns=(1, 1))
    assert generate(tmp_path, file("a.txt"), file("b.txt")) == []
    assert (tmp_path / "a.txt").stat().st_mtime_ns == 1
    assert (tmp_path / ".portwright/manifest").stat().st_mtime_ns == 1


def test_a_stale_file_goes_with_its_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/mine.txt").write_text("mine")
    generate(tmp_path, file("old/deep/a.txt"), file("kept/b.txt"), file("c.txt"))
    assert generate(tmp_path, file("c.txt")) == []
    assert tree(tmp_path) == {"c.txt": "text\n", "kept/mine.txt": "mine"}
    assert not (tmp_path / "old").exists()


def test_a_stale_file_edited_by_hand_is_kept_and_said_each_time(tmp_path: Path) -> None:
    generate(tmp_path, file("a.txt"), file("b.txt"))
    (tmp_path / "a.txt").write_text("edited")
    for _ in range(2):
        assert generate(tmp_path, file("b.txt")) == ["PW603"]
        assert tree(tmp_path) == {"a.txt": "edited", "b.txt": "text\n"}


def test_a_generated_file_edited_by_hand_stops_the_run(tmp_path: Path) -> None:
    generate(tmp_path, file("a.txt"), file("b.txt"))
    (tmp_path / "a.txt").write_text("edited")
    assert generate(tmp_path, file("a.txt"), file("b.txt", "new\n")) == ["PW601"]
    assert tree(tmp_path) == {"a.txt": "edited", "b.txt": "text\n"}


@pytest.mark.parametrize("edit", [(b"\n", b"\r\n"), (b"two\n", b"two"), (b"two\n", b"two\n\n")])
def test_line_endings_are_no_edit(tmp_path: Path, edit: tuple[bytes, bytes]) -> None:
    generate(tmp_path, file("a.txt", "one\ntwo\n"))
    changed = (tmp_path / "a.txt").read_bytes().replace(*edit)
    (tmp_path / "a.txt").write_bytes(changed)
    assert generate(tmp_path, file("a.txt", "one\ntwo\n")) == []
    assert (tmp_path / "a.txt").read_bytes() == changed
    assert generate(tmp_path, file("a.txt", "one\nthree\n")) == []
    assert (tmp_path / "a.txt").read_bytes() == b"one\nthree\n"


def test_a_file_of_someone_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    assert generate(tmp_path, file("a.txt"), file("b.txt")) == ["PW602"]
    assert tree(tmp_path) == {"a.txt": "mine"}


def test_a_lost_manifest_adopts_what_is_right(tmp_path: Path) -> None:
    generate(tmp_path, file("a.txt"))
    (tmp_path / ".portwright/manifest").unlink()
    assert generate(tmp_path, file("a.txt")) == []
    assert generate(tmp_path) == []
    assert tree(tmp_path) == {}


def test_a_file_of_the_user_is_scaffolded_once(tmp_path: Path) -> None:
    mine = file("mapping.py", "scaffold\n", Owner.USER)
    assert generate(tmp_path, mine) == []
    (tmp_path / "mapping.py").write_text("mine")
    assert generate(tmp_path, mine) == []
    assert tree(tmp_path) == {"mapping.py": "mine"}
    (tmp_path / "mapping.py").unlink()
    assert generate(tmp_path, mine) == []
    assert tree(tmp_path) == {}, "what the user deleted stays deleted"


def test_a_file_of_the_user_follows_until_somebody_edits_it(tmp_path: Path) -> None:
    generate(tmp_path, file("mapping.py", "one\n", Owner.USER))
    assert generate(tmp_path, file("mapping.py", "two\n", Owner.USER)) == []
    assert tree(tmp_path) == {"mapping.py": "two\n"}
    (tmp_path / "mapping.py").write_text("mine")
    assert generate(tmp_path, file("mapping.py", "two\n", Owner.USER)) == []
    (tmp_path / ".portwright/begun/mapping.py.txt").unlink()
    assert generate(tmp_path, file("mapping.py", "three\n", Owner.USER)) == ["PW610"]
    assert generate(tmp_path, file("mapping.py", "three\n", Owner.USER)) == []
    assert tree(tmp_path) == {"mapping.py": "mine"}
    assert generate(tmp_path, file("mapping.py", "four\n", Owner.USER)) == []
    assert tree(tmp_path) == {
        "mapping.py": "<<<<<<< yours\nmine\n||||||| as begun\nthree\n=======\nfour\n>>>>>>> new"
    }


def test_an_edit_during_the_run_is_not_lost(tmp_path: Path) -> None:
    generate(tmp_path, file("a.py", "x = 1\n", Owner.USER), file("b.txt"))
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    manifest, _ = read_manifest(tmp_path)
    plan = compare(tmp_path, [file("a.py", "x = 3\n", Owner.USER), file("b.txt", "2\n")], manifest)
    (tmp_path / "a.py").write_text("x = 1\ny = 2\nz = 3\n")
    [fault] = output.apply(plan)
    assert fault.code == "PW605" and "edited during the run" in fault.message
    assert tree(tmp_path) == {"a.py": "x = 1\ny = 2\nz = 3\n", "b.txt": "text\n"}
    assert generate(tmp_path, file("a.py", "x = 3\n", Owner.USER), file("b.txt", "2\n")) == []
    assert tree(tmp_path) == {"a.py": "x = 3\ny = 2\nz = 3\n", "b.txt": "2\n"}


def test_a_file_the_user_had_before_is_theirs(tmp_path: Path) -> None:
    (tmp_path / "mapping.py").write_text("mine")
    assert generate(tmp_path, file("mapping.py", "scaffold\n", Owner.USER)) == []
    assert generate(tmp_path) == ["PW603"]
    assert tree(tmp_path) == {"mapping.py": "mine"}


def test_a_begun_file_that_nobody_edited_goes_with_its_package(tmp_path: Path) -> None:
    generate(tmp_path, file("port/mapping.py", "scaffold\n", Owner.USER))
    assert generate(tmp_path) == []
    assert not (tmp_path / "port").exists()


def test_a_link_out_of_the_root_is_not_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / "gen").symlink_to(outside)
    assert generate(root, file("gen/a.txt")) == ["PW605"]
    assert tree(outside) == {}


def test_a_fault_in_the_middle_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path, file("a.txt"), file("b.txt"), file("stale.txt"))
    before = tree(tmp_path)
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if target.name == "new.txt":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    codes = generate(tmp_path, file("a.txt", "2\n"), file("b.txt", "2\n"), file("n/new.txt"))
    assert codes == ["PW605"]
    assert tree(tmp_path) == before
    assert not (tmp_path / "n").exists()


def test_what_there_is_no_room_to_put_back_is_not_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = file("a.py", "x = 1\n", Owner.USER)
    generate(tmp_path, mine, file("b.txt"))
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    replace, write = os.replace, Path.write_bytes

    def full(source: Path, target: Path) -> None:
        if target.name == "b.txt":
            monkeypatch.setattr(Path, "write_bytes", no_room)
            raise OSError(28, "No space left on device")
        replace(source, target)

    def no_room(path: Path, data: bytes) -> None:
        write(path, data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    wanted = [file("a.py", "x = 3\n", Owner.USER), file("b.txt", "2\n")]
    assert generate(tmp_path, *wanted) == ["PW605"]
    monkeypatch.undo()
    assert tree(tmp_path) == {"a.py": "x = 3\ny = 2\n", "b.txt": "text\n"}
    assert generate(tmp_path, *wanted) == []
    assert tree(tmp_path) == {"a.py": "x = 3\ny = 2\n", "b.txt": "2\n"}


def test_rights_and_links_stay(tmp_path: Path) -> None:
    before = [file("a.py", "x = 1\n", Owner.USER), file("b.sh"), file("c.txt")]
    generate(tmp_path, *before)
    (tmp_path / "mine").mkdir()
    (tmp_path / "a.py").rename(tmp_path / "mine/a.py")
    (tmp_path / "a.py").symlink_to("mine/a.py")
    (tmp_path / "mine/a.py").write_text("x = 1\ny = 2\n")
    for each in ("mine/a.py", "b.sh"):
        (tmp_path / each).chmod(0o750)
    assert generate(tmp_path, file("a.py", "x = 3\n", Owner.USER), file("b.sh", "2\n")) == []
    assert (tmp_path / "a.py").is_symlink() and (tmp_path / "b.sh").read_text() == "2\n"
    assert (tmp_path / "mine/a.py").read_text() == "x = 3\ny = 2\n"
    assert [(tmp_path / each).stat().st_mode & 0o777 for each in ("mine/a.py", "b.sh")] == [
        0o750,
        0o750,
    ]


def test_a_run_killed_before_the_manifest_is_repaired(tmp_path: Path) -> None:
    generate(tmp_path, file("a.txt"), file("b.txt"))
    manifest = (tmp_path / ".portwright/manifest").read_bytes()
    generate(tmp_path, file("a.txt", "2\n"), file("b.txt", "2\n"))
    (tmp_path / ".portwright/manifest").write_bytes(manifest)
    (tmp_path / "b.txt").write_text("text\n")
    assert generate(tmp_path, file("a.txt", "2\n"), file("b.txt", "2\n")) == []
    assert tree(tmp_path) == {"a.txt": "2\n", "b.txt": "2\n"}


@pytest.mark.parametrize("steps", range(4))
@pytest.mark.parametrize("then", ["one more run", "a change", "a step back"])
def test_a_run_killed_anywhere_leaves_nothing_to_settle_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, then: str
) -> None:
    before = [file("a.txt"), file("stale/b.txt")]
    wanted = [file("a.txt", "2\n"), file("n/new.txt", "2\n")]
    generate(tmp_path, *before)
    replace, left = os.replace, iter(range(steps))
    names = ("open", "unlink", "mkdir", "replace", "rmdir")

    def killed(source: Path, target: Path) -> None:
        if next(left, None) is None:
            # No step that tidies up comes after a kill.
            for name in names:
                monkeypatch.setattr(Path, name, missing)
            raise KeyboardInterrupt
        replace(source, target)

    def missing(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "replace", killed)
    if steps < 3:
        with pytest.raises(KeyboardInterrupt):
            generate(tmp_path, *wanted)
    else:
        generate(tmp_path, *wanted)
    monkeypatch.undo()
    after = {
        "one more run": wanted,
        "a change": [file("a.txt", "3\n"), file("other.txt")],
        "a step back": before,
    }[then]
    assert generate(tmp_path, *after) == []
    assert tree(tmp_path) == {str(each.path): each.text for each in after}
    assert [path.name for path in (tmp_path / ".portwright").iterdir()] == ["manifest"]
    assert (tmp_path / "n").exists() == (then == "one more run")


def test_a_ring_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")
    assert generate(tmp_path, file("a.txt")) == ["PW605"]


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "tool abc a.txt",
        f"tool {'0' * 64} ../outside.txt",
        f"tool {'0' * 64} /etc/passwd",
        f"other {'0' * 64} a.txt",
    ],
)
def test_a_broken_manifest_is_an_error_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / ".portwright").mkdir()
    good = f"tool {'0' * 64} a.txt"
    (tmp_path / ".portwright/manifest").write_text(f"{good}\n{line}\n")
    _, found = read_manifest(tmp_path)
    assert [(each.code, each.span.line) for each in found] == [("PW604", 2)]


def test_a_folder_where_a_file_belongs_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    assert generate(tmp_path, file("a.txt"), file("b.txt")) == ["PW605"]
    (tmp_path / "file").write_text("")
    assert generate(tmp_path, file("file/a.txt")) == ["PW605"]
    assert tree(tmp_path) == {"file": ""}


def test_a_diff_names_both_sides() -> None:
    write = Write(PurePosixPath("a.txt"), b"one\ntwo\n", b"one\n2")
    assert "".join(write.diff()) == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n\\ No newline at end of file\n"
    )
    assert next(iter(Write(PurePosixPath("n"), None, b"x\n").diff())) == "--- /dev/null\n"
