"""`extends`: what many repositories share, and what each has of its own."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from portwright import config
from portwright.config import Config
from portwright.diagnostics import Diagnostic
from support.commands import in_process

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.0.0
schema: [{name: visits, properties: [{name: visit_id, logicalType: string}]}]
"""
PRESET = """\
version: 1
namespace: com.acme
classifications: [open, secret]
targets:
  - {target: avro, out: gen/avro}
  - {target: ddl, dialect: oracle, out: gen/sql}
policies:
  owner: {severity: warning, roles: [owner]}
  slas: error
  contact: error
"""
FILE = "portwright.preset.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository beside a platform team's folder."""
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / FILE).write_text(PRESET)
    repository = tmp_path / "shop"
    repository.mkdir()
    (repository / "v.odcs.yaml").write_text(CONTRACT)
    return repository


def load(root: Path, text: str) -> tuple[Config | None, list[Diagnostic]]:
    (root / "portwright.yaml").write_text(f"version: 1\ncontracts: [v.odcs.yaml]\n{text}")
    return config.load(root, "portwright.yaml", {})


def good(root: Path, text: str) -> Config:
    read, found = load(root, text)
    assert read is not None and found == [], found
    return read


def targets(read: Config) -> list[str]:
    return [
        " ".join(filter(None, (t.target.name, getattr(t.target, "dialect", ""), str(t.out))))
        for t in read.outputs
    ]


@pytest.mark.parametrize("name", ["../platform", f"../platform/{FILE}", "[../platform]"])
def test_all_may_come_from_a_preset(name: str, root: Path) -> None:
    read = good(root, f"extends: {name}\n")
    assert read.namespace == "com.acme"
    assert targets(read) == ["avro gen/avro", "ddl oracle gen/sql"]
    assert {each.policy.name: str(each.severity) for each in read.policies.on} == {
        "owner": "warning",
        "slas": "error",
        "contact": "error",
    }
    assert read.policies.on[0].levels == ("open", "secret")
    assert read.others == (f"../platform/{FILE}",)
    [preset] = read.presets
    assert preset.sha256 == hashlib.sha256(PRESET.encode()).hexdigest()


def test_the_repository_has_the_last_word(root: Path) -> None:
    read = good(
        root,
        "extends: ../platform\n"
        "namespace: null\n"
        "classifications: [public, hidden]\n"
        "targets:\n"
        "  - {target: ddl, dialect: postgres, out: sql}\n"
        "  - {target: ddl, dialect: oracle, out: null}\n"
        "  - {target: avro, out: gen/avro}\n"
        "policies:\n"
        "  owner: error\n"
        "  slas: {properties: [latency]}\n"
        "  contact: null\n",
    )
    assert read.namespace is None
    assert targets(read) == ["avro gen/avro", "ddl postgres sql"]
    owner, slas = read.policies.on
    assert (str(owner.severity), owner.option("roles")) == ("error", ("owner",))
    assert (str(slas.severity), slas.option("properties")) == ("error", ("latency",))
    assert slas.levels == ("public", "hidden")


def test_presets_extend_presets_and_the_nearest_wins(root: Path) -> None:
    base = root.parent / "base"
    base.mkdir()
    (base / FILE).write_text("version: 1\nnamespace: org.base\npolicies: {contact: off}\n")
    (root.parent / "platform" / FILE).write_text(PRESET + "extends: ../base\n")
    (root / "own.yaml").write_text("version: 1\npolicies: {slas: off}\n")
    read = good(root, "extends: [../base, ../platform, own.yaml]\n")
    assert read.namespace == "com.acme"
    assert [each.policy.name for each in read.policies.on] == ["contact", "owner"]
    assert [each.file for each in read.presets] == [
        f"../base/{FILE}",
        f"../platform/{FILE}",
        "own.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("extends: []", "PW550", "`extends` names no preset"),
        ("extends: {version: '1'}", "PW550", "an entry of `extends` names no preset"),
        ("extends: [null]", "PW550", "an entry of `extends` names no preset"),
        ("extends: package:a.b", "PW550", "`package:a.b` names no package"),
        ("extends: package:a/../b", "PW550", "`package:a/../b` names no package"),
        ("extends: {preset: ../platform, sha: x}", "PW503", "unknown key `sha` in an entry"),
        ("extends: ../elsewhere", "PW551", "there is no preset ../elsewhere"),
        ("extends: package:acme_nowhere", "PW552", "the package `acme_nowhere` is not installed"),
        ("extends: package:json.py", "PW550", "`package:json.py` names no package"),
        ("extends: package:json", "PW551", "there is no preset"),
        ("extends: package:datetime", "PW552", "the package `datetime` is not installed"),
        ("extends: {preset: ../platform, version: '1'}", "PW554", "`../platform` is a file"),
        ("extends: {preset: ../platform, sha256: ab}", "PW555", f"the preset ../platform/{FILE}"),
        (
            "extends: ../platform\ntargets: [{target: dbt, out: null}]",
            "PW557",
            "there is no such target to take away",
        ),
    ],
)
def test_what_cannot_be_extended(text: str, code: str, message: str, root: Path) -> None:
    read, found = load(root, f"{text}\n")
    [told] = found
    assert read is None and told.code == code and told.message.startswith(message), told
    assert told.help and told.span.file == "portwright.yaml"


@pytest.mark.parametrize(
    ("preset", "code", "line"),
    [
        (PRESET.replace("version: 1", "version: 2"), "PW508", 1),
        (PRESET.replace("version: 1\n", ""), "PW508", 1),
        ("- a\n", "PW502", 1),
        ("a: [\n", "PW001", 2),
        ("", "PW003", 1),
        (PRESET + "allow: []\n", "PW556", 11),
        (PRESET + "ports: {a: {b: [table]}}\n", "PW556", 11),
        (PRESET + "polices: {}\n", "PW503", 11),
        (PRESET.replace("oracle", "orcale"), "PW509", 6),
        (PRESET.replace("contact: error", "contact: eror"), "PW561", 10),
        (PRESET + "extends: nothing\n", "PW551", 11),
        (PRESET + "extends: portwright.preset.yaml\n", "PW553", 11),
        (PRESET + "extends: ../shop/portwright.yaml\n", "PW553", 11),
    ],
)
def test_findings_in_a_preset_name_its_place(preset: str, code: str, line: int, root: Path) -> None:
    (root.parent / "platform" / FILE).write_text(preset)
    read, found = load(root, "extends: ../platform\ntargets: [{target: avro, out: g}]\n")
    assert read is None
    assert [(each.code, each.span.file, each.span.line) for each in found] == [
        (code, f"../platform/{FILE}", line)
    ]


def test_a_finding_shows_the_line_of_the_preset(root: Path) -> None:
    (root.parent / "platform" / FILE).write_text(PRESET.replace("owner:", "ownr:"))
    load(root, "extends: ../platform\n")
    done = in_process(root, "generate")
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"../platform/{FILE}:8:3: error[PW560]: there is no policy `ownr`\n"
        "  8 |   ownr: {severity: warning, roles: [owner]}\n"
    )


def test_a_circle_of_presets_is_told_with_its_way(root: Path) -> None:
    base = root.parent / "base"
    base.mkdir()
    (base / FILE).write_text("version: 1\nextends: ../platform\n")
    (root.parent / "platform" / FILE).write_text(PRESET + "extends: ../base\n")
    _, [told] = load(root, "extends: ../platform\n")
    assert told.message.endswith(
        f"portwright.yaml → ../platform/{FILE} → ../base/{FILE} → ../platform/{FILE}"
    )


def test_presets_are_read_once_and_not_without_end(root: Path) -> None:
    for at in range(15):
        both = (
            f"extends: [{at + 1}.yaml, ./{at + 1}.yaml]\n" if at < 14 else "namespace: com.last\n"
        )
        (root / f"{at}.yaml").write_text(f"version: 1\n{both}")
    read = good(root, "extends: 0.yaml\ntargets: [{target: avro, out: g}]\n")
    assert read.namespace == "com.last" and len(read.presets) == 15
    for at in range(500):
        (root / f"{at}.yaml").write_text(f"version: 1\nextends: {at + 1}.yaml\n")
    _, [told] = load(root, "extends: 0.yaml\n")
    assert told.code == "PW553"
    assert told.message == "presets extend each other over more than 20 files"


def test_a_preset_that_changes_is_seen(root: Path) -> None:
    load(root, "extends: ../platform\ntargets: [{target: ddl, dialect: oracle, out: null}]\n")
    preset = root.parent / "platform" / FILE
    preset.write_text("".join(PRESET.partition("policies")[:1]))
    assert in_process(root, "generate").returncode == 0
    assert "up to date" in in_process(root, "generate").stdout
    preset.write_text(preset.read_text().replace("com.acme", "com.example"))
    assert in_process(root, "generate", "--check").returncode == 1


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages with one that has a preset, and fails when it is imported."""
    site = tmp_path / "site"
    (site / "acme_platform" / "strict").mkdir(parents=True)
    (site / "acme_platform" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (site / "acme_platform" / FILE).write_text(PRESET)
    (site / "acme_platform" / "strict" / "all.yaml").write_text(PRESET + "extends: ../" + FILE)
    information = site / "acme_platform-1.2.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-platform\nVersion: 1.2.0\n"
    )
    (information / "RECORD").write_text(
        "acme_platform/__init__.py,,\nacme_platform-1.2.0.dist-info/METADATA,,\n"
    )
    monkeypatch.syspath_prepend(str(site))
    return site


@pytest.mark.parametrize(
    "name",
    ["package:acme_platform", "package:acme-platform", "package:acme_platform/strict/all.yaml"],
)
def test_a_package_is_read_and_not_imported(name: str, root: Path, package: Path) -> None:
    read = good(root, f"extends: {{preset: '{name}', version: 1.2.0}}\n")
    assert read.namespace == "com.acme"
    assert "acme_platform" not in sys.modules
    assert str(package / "acme_platform" / FILE) in read.others
    assert str(package / "acme_platform-1.2.0.dist-info" / "METADATA") in read.others
    assert read.presets[0].version == "1.2.0"


def test_another_version_than_the_pinned_one(root: Path, package: Path) -> None:
    _, [told] = load(root, "extends: [{preset: 'package:acme-platform', version: '1.3.0'}]\n")
    assert (told.code, told.span.line) == ("PW554", 3)
    assert told.message == "`package:acme-platform` is pinned to 1.3.0, and 1.2.0 is installed"
    assert told.help == "`pip install acme-platform==1.3.0`, or write `version: 1.2.0`"
    good(root, "extends: package:acme-platform\n")


def test_a_distribution_called_otherwise_is_found(root: Path, package: Path) -> None:
    information = package / "acme_platform-1.2.0.dist-info"
    other = package / "standards-7.dist-info"
    information.rename(other)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: standards\nVersion: 7\n")
    (other / "RECORD").write_text("acme_platform/__init__.py,,\nstandards-7.dist-info/METADATA,,\n")
    read = good(root, "extends: {preset: package:acme_platform, version: '7'}\n")
    assert str(other / "METADATA") in read.others
    _, [told] = load(root, "extends: {preset: package:acme_platform, version: '8'}\n")
    assert told.help == "`pip install standards==8`, or write `version: 7`"
    shutil.rmtree(other)
    _, [told] = load(root, "extends: {preset: package:acme_platform, version: '8'}\n")
    assert told.message == "`package:acme_platform` is pinned to 8, and no version is installed"
    assert told.help == "`pip install acme_platform==8`"


def test_a_finding_in_a_package_names_its_file(root: Path, package: Path) -> None:
    file = package / "acme_platform" / FILE
    file.write_text(PRESET.replace("com.acme", "Com Acme"))
    _, [told] = load(root, "extends: package:acme-platform\n")
    assert (told.code, told.span.file, told.span.line) == ("PW502", str(file), 2)


def test_a_preset_pinned_by_its_content(root: Path) -> None:
    sha256 = hashlib.sha256(PRESET.encode()).hexdigest()
    text = f"extends: {{preset: ../platform, sha256: {sha256}}}\n"
    good(root, text)
    (root.parent / "platform" / FILE).write_bytes(PRESET.replace("\n", "\r\n").encode())
    good(root, text)
    (root.parent / "platform" / FILE).write_text(PRESET + "\n")
    _, [told] = load(root, text)
    assert told.code == "PW555" and told.help is not None
    assert hashlib.sha256((PRESET + "\n").encode()).hexdigest() in told.help
