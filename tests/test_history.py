"""The history of a contract: what its page tells of versions that were released before."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import in_process

CONFIG = "version: 1\ncontracts: [shop.yaml]\ntargets: [{target: docs, out: site}]\n"
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: %s
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, primaryKey: true}
      - {name: note, logicalType: string, description: '${WORD:-none}'}
%s"""
MORE = "      - {name: %s, logicalType: string}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two releases of a contract, and a third version."""
    monkeypatch.setenv("PORTWRIGHT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    for version, more in (("1.0.0", ""), ("1.1.0", MORE % "a"), ("1.10.0", MORE * 2 % ("a", "b"))):
        (tmp_path / "shop.yaml").write_text(CONTRACT % (version, more))
        done(tmp_path, "generate")
        if version != "1.10.0":
            done(tmp_path, "release")
    return tmp_path


def done(root: Path, *words: str, **environ: str) -> str:
    made = in_process(root, *words, **environ)
    assert made.returncode == 0, made.stderr
    return made.stderr


def versions(root: Path) -> str:
    text = (root / "site" / "contracts" / "shop.html").read_text("utf-8")
    return text.partition('<section id="versions">')[2]


def test_versions_are_told_the_newest_first(project: Path) -> None:
    told = versions(project)
    places = [told.index(f"<h3>{each}") for each in ("1.10.0", "1.1.0", "1.0.0")]
    assert places == sorted(places)
    newest, middle = told[places[0] : places[1]], told[places[1] : places[2]]
    assert "since 1.1.0" in newest and "<code>orders.b</code>: an optional property" in newest
    assert "<code>orders.a</code>" in middle and "<code>orders.b</code>" not in middle
    assert "<strong>Readers of the stream</strong>: " in newest
    assert "The first version that was released." in told


def test_a_release_changes_no_page(project: Path) -> None:
    before = versions(project)
    done(project, "release")
    done(project, "generate", "--check")
    assert versions(project) == before


def test_a_variable_of_today_is_none_that_changed(project: Path) -> None:
    before = versions(project)
    done(project, "generate", WORD="another")
    assert versions(project) == before


def test_a_copy_that_is_gone_is_told_and_left_out(project: Path) -> None:
    [copy] = (project / ".portwright/released").glob("*1.1.0-*.yaml")
    text = copy.read_bytes()
    copy.unlink()
    assert "warning[PW710]" in done(project, "generate")
    assert "since 1.0.0" in versions(project) and "<h3>1.1.0" not in versions(project)
    copy.write_bytes(text)
    done(project, "generate")
    assert "<h3>1.1.0" in versions(project)


def test_a_first_version_has_no_history(tmp_path: Path) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "shop.yaml").write_text(CONTRACT % ("1.0.0", ""))
    done(tmp_path, "generate")
    assert "<h3>" not in versions(tmp_path)
