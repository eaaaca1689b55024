"""The cache: what comes out is the same with it, without it, and whatever lies in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright import config, parallel, pipeline, policies, stamp
from portwright.cache import Files, documents, identity, where
from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.manifest import digest
from portwright.model.policies import PolicyAllowance
from portwright.pieces import asking
from portwright.targets import File, Owner, registry
from support import plugins
from support.commands import in_process

TARGETS = (
    "{target: avro, out: avro}, {target: protobuf, out: proto},"
    " {target: ddl, dialect: duckdb, out: sql}, {target: docs, out: docs}"
)
PLACES = ("a", "b", "c")

# What a contract of the drawn repository may be: good, of another version or status, and wrong in
# YAML, in reading, in a check, for a policy, or for one target.
PROPERTIES = (
    "[{name: id, logicalType: integer, primaryKey: true, physicalType: bigint}]",
    "[{name: id, logicalType: string}, {name: at, logicalType: timestamp}]",
    "[{name: at, logicalType: timestamp}, {name: id, logicalType: string}]",
    "[{name: of, logicalType: string, description: '${WORD:-none}'}]",
    "[{name: e_mail, logicalType: string, primaryKey: true, classification: restricted}]",
    "[{name: x, logicalType: integr}]",
    "[{name: x, logicalType: string, logicalTypeOptions: {pattern: 'a(?=b)'}}]",
    "[{name: x, logicalType: string}, {name: X, logicalType: string}]",
    "[",
)
ALLOWANCE = "customProperties: [{{property: portwrightAllow, value: [{}]}}]\n"
contracts = st.builds(
    "apiVersion: v3.1.0\nkind: DataContract\nid: {}\nversion: {}.0.0\nstatus: {}\n{}"
    "schema: [{{name: {}, properties: {}}}]\n".format,
    st.sampled_from(["one", "two"]),
    st.integers(1, 2),
    st.sampled_from(["active", "draft"]),
    st.sampled_from(
        [
            "",
            "",
            ALLOWANCE.format("{policy: owner, reason: it is new, until: 2030-01-01}"),
            ALLOWANCE.format("{policy: naming, reason: long known}, {policy: oner, reason: x}"),
        ]
    ),
    st.sampled_from(["orders", "visits"]),
    st.sampled_from(PROPERTIES),
)
# What else the config may say, by what says it.
MORE = {
    "top": [
        "",
        "namespace: com.acme\n",
        "ports: {one: {orders: [stream]}}\n",
        "ports: {one: {orders: [stream, table]}, two: {other: [table]}}\n",
    ],
    "policies": [
        "",
        "policies: {owner: warning, naming: {severity: warning, property: camelCase}}\n",
        "policies: {owner: warning, naming: {severity: warning, property: snake_case}}\n",
        "policies: {owner: error, classified-keys: warning}\n",
        "classifications: [open, restricted]\npolicies: {classification-words: error}\n",
        "policies: {plugged: warning, owner: warning}\n",
    ],
    "extends": ["", "extends: preset.yaml\n"],
    "templates": ["", "templates: templates\n"],
    "targets": [
        "",
        ", {target: exec, command: [sh, count.sh], out: counted}",
        ", {target: kept, out: kept}",
        ", {target: anew, out: anew}",
    ],
}
# Files beside it.
FILES = {
    "preset.yaml": [
        "version: 1\npolicies: {contact: warning}\n",
        "version: 1\npolicies: {contact: error}\nnamespace: org.acme\n",
    ],
    "templates/ddl/create.sql.j2": [
        "{% block after_table %}\n-- {{ table.identifier }}\n{% endblock %}\n",
        "{% block after_table %}\n-- {{ table.identifier }}!\n{% endblock %}\n",
        "{% block after_table %}\n-- {{ table.identifier / 2 }}\n{% endblock %}\n",
    ],
}
VIEW = '{# view: 1 #}\n{% extends "builtin:ddl/create.sql.j2" %}\n'
# The same answer to the same models, but not to others.
COUNT = """\
n=$(cksum)
echo '{"protocol": 1, "files": [{"path": "count.txt", "text": "'"$n"'"}]}'
"""
# Targets that tell of a model what they depend on, one of which says its version; and a policy.
OTHERS = """\
from dataclasses import dataclass
from pathlib import PurePosixPath
from portwright.diagnostics import warning
from portwright.targets import File, Owner

@dataclass(frozen=True)
class Anew:
    name, summary = "anew", "of somebody else"
    def check(self, model):
        if model.name is None: yield warning("OF-1", "no name", model.span)
    def emit(self, model):
        if any(field.name == "at" for each in model.objects for field in each.record.fields):
            raise ValueError("no time")
        yield File(PurePosixPath(f"{model.id}-{model.major}.txt"), repr(model), Owner.USER)

class Kept(Anew):
    name, version = "kept", "1"

def policy(model):
    "Says that it was asked"
    yield warning("OF-2", f"asked of {model.id}", model.span)
"""
edits = st.one_of(
    st.tuples(st.sampled_from(PLACES), contracts | st.none()),
    st.tuples(st.sampled_from(PLACES), contracts | st.none()),
    *(st.tuples(st.just(key), st.sampled_from(each)) for key, each in MORE.items()),
    *(st.tuples(st.just(key), st.sampled_from(each)) for key, each in FILES.items()),
    st.tuples(st.just("WORD"), st.sampled_from(["", "red", "blue"])),
    st.tuples(st.just("lock"), st.none()),
)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The package of others, installed."""
    site = tmp_path_factory.mktemp("site")
    plugins.install(site, "of-others", kept="of_others:Kept", anew="of_others:Anew")
    with (site / "of_others-1.0.dist-info" / "entry_points.txt").open("a") as points:
        points.write("[portwright.policies]\nplugged = of_others:policy\n")
    (site / "of_others.py").write_text(OTHERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        yield


def wrote(root: Path, name: str, text: str | None) -> None:
    path = root / f"{name}.odcs.yaml"
    if text is not None:
        path.write_text(text)
    else:
        path.unlink(missing_ok=True)


def configured(root: Path, said: Mapping[str, str]) -> None:
    """Writes the config, and what lies beside it."""
    targets = f"targets: [{TARGETS}{said['targets']}]\n"
    more = "".join(said[key] for key in MORE if key != "targets")
    text = f"version: 1\ncontracts: ['*.odcs.yaml']\n{targets}{more}"
    (root / "portwright.yaml").write_text(text)
    (root / "count.sh").write_text(COUNT)
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text((VIEW if name.endswith(".j2") else "") + said[name])


def facts(build: pipeline.Build) -> tuple[object, ...]:
    """What came of a build, but for its models."""
    files = [(each, each.origin, each.follows) for each in build.files]
    return build.diagnostics, files, build.state, build.allowed, build.overviews


def built(root: Path, environ: dict[str, str], cache: Files | None, whole: bool) -> pipeline.Build:
    settings, wrong = config.load(root, "portwright.yaml", environ)
    assert settings is not None, wrong
    variables = stamp.Environment(environ)
    if cache is None:
        return pipeline.build(settings, root, variables, overviews=True)
    build = pipeline.build(settings, root, variables, cache, whole=whole, overviews=True)
    fresh = stamp.Environment(environ)
    pipeline.numbered(settings, root, fresh)
    assert variables.asked() == fresh.asked()
    return build


@settings(max_examples=60)
@given(st.lists(edits, min_size=1, max_size=8), st.booleans())
def test_a_build_with_a_cache_is_the_build_without(
    tmp_path_factory: pytest.TempPathFactory,
    others: None,
    drawn: list[tuple[str, str | None]],
    whole: bool,
) -> None:
    root = tmp_path_factory.mktemp("drawn")
    cache, environ = Files(root / "cache"), {"WORD": "red"}
    said = {key: each[0] for key, each in {**MORE, **FILES}.items()}
    wrote(root, "z", shop(99))
    for name, text in drawn:
        if name in said:
            said[name] = str(text)
        elif name == "WORD":
            environ = {"WORD": str(text)}
        elif name == "lock":
            (root / "portwright.lock").unlink(missing_ok=True)
        else:
            wrote(root, name, text)
        configured(root, said)
        fresh = built(root, environ, None, True)
        for _ in range(2):
            known = built(root, environ, cache, whole)
            assert facts(known) == facts(fresh)
            assert known.models == (fresh.models if whole else ())
        for each in fresh.state[:1]:
            (root / each.path).write_text(each.text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Twelve contracts of one property, and a cache of their own."""
    for number in range(12):
        wrote(tmp_path, f"c{number:02}", shop(number))
    (tmp_path / "portwright.yaml").write_text(
        "version: 1\ncontracts: ['*.odcs.yaml']\ntargets: [{target: avro, out: avro}]\n"
    )
    return tmp_path


def shop(number: int, name: str = "id") -> str:
    return (
        f"apiVersion: v3.1.0\nkind: DataContract\nid: shop{number:02}\nversion: 1.0.0\n"
        f"schema: [{{name: orders, properties: [{{name: {name}, logicalType: string}}]}}]\n"
    )


def generate(root: Path, *words: str) -> list[str]:
    done = in_process(root, "generate", *words, PORTWRIGHT_CACHE=str(root / "cache"))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The contracts that were read, and those of which a target was asked, since it was emptied."""
    found: list[str] = []
    read, made = pipeline.read, asking.outcomes
    monkeypatch.setattr(parallel, "_processes", lambda items, jobs: 1)
    monkeypatch.setattr(pipeline, "read", lambda *a: (found.append(f"read {a[1]}"), read(*a))[1])
    monkeypatch.setattr(
        asking, "outcomes", lambda task: (found.append(f"made {task.piece.name}"), made(task))[1]
    )
    yield found


def entries(root: Path) -> list[Path]:
    return sorted((root / "cache").rglob("*.entry"))


def test_only_a_contract_that_changed_is_read_and_generated(
    project: Path, asked: list[str]
) -> None:
    generate(project)
    assert len(asked) == 24
    asked.clear()
    wrote(project, "c07", shop(7, "key"))
    said = generate(project)
    assert asked == ["read c07.odcs.yaml", "made c07.odcs.yaml"]
    assert [each for each in said if "avro" in each] == ["updated  avro/shop_07/v1/orders.avsc"]


def test_an_index_is_made_of_what_is_known_of_the_others(project: Path, asked: list[str]) -> None:
    path = project / "portwright.yaml"
    path.write_text(path.read_text().replace("[{tar", "[{target: docs, out: docs}, {tar"))
    generate(project)
    asked.clear()
    wrote(project, "c07", shop(7, "key"))
    said = generate(project)
    assert asked == ["read c07.odcs.yaml", "made c07.odcs.yaml"]
    assert "updated  docs/index.html" in said
    settings, _ = config.load(project, "portwright.yaml", {})
    assert settings is not None
    fresh = {str(each.path): each.text for each in pipeline.build(settings, project, {}).files}
    assert (project / "docs" / "index.html").read_text("utf-8") == fresh["docs/index.html"]


def test_a_report_reads_nothing_again(project: Path, asked: list[str]) -> None:
    environ = {"PORTWRIGHT_CACHE": str(project / "cache")}
    generate(project)
    fresh = in_process(project, "report", PORTWRIGHT_CACHE="off")
    asked.clear()
    done = in_process(project, "report", **environ)
    assert (done.returncode, asked) == (0, [])
    assert done.stdout == fresh.stdout


def test_another_checkout_reads_and_generates_nothing(project: Path, asked: list[str]) -> None:
    generate(project)
    before = {each: each.read_bytes() for each in sorted((project / "avro").rglob("*.avsc"))}
    for each in before:
        each.unlink()
    (project / ".portwright/manifest").unlink()
    (project / "portwright.lock").unlink()
    asked.clear()
    generate(project)
    assert asked == []
    assert {each: each.read_bytes() for each in before} == before


def test_a_new_target_alone_is_generated(project: Path, asked: list[str]) -> None:
    generate(project)
    asked.clear()
    path = project / "portwright.yaml"
    path.write_text(path.read_text().replace("[{tar", "[{target: json-schema, out: json}, {tar"))
    count = len(entries(project))
    generate(project)
    assert len(asked) == 24
    assert len(entries(project)) == count + 12


def test_a_release_makes_nothing_anew(project: Path, asked: list[str]) -> None:
    generate(project)
    done = in_process(project, "release", PORTWRIGHT_CACHE=str(project / "cache"))
    assert done.returncode == 0, done.stderr
    asked.clear()
    generate(project)
    assert asked == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:-3] + b"abc",
        lambda data: b"\x00" * 100,
        lambda data: data.replace(b"portwright-cache 1", b"portwright-cache 9"),
        lambda data: repacked(data, b"[]"),
        lambda data: repacked(data, b"{}"),
        lambda data: repacked(data, b"null"),
        lambda data: repacked(data, b"[" * 100_000),
        lambda data: repacked(data, b'{"found": [[1]], "files": 3, "text": 7, "stays": 1}'),
        lambda data: repacked(data, b'{"found": [], "files": [["../../x", "tool", "x"]]}'),
        lambda data: repacked(data, b'{"variables": {}, "found": [], "outline": [1]}'),
    ],
)
def test_what_is_spoilt_is_as_good_as_gone(project: Path, spoil: object) -> None:
    generate(project)
    before = {each: each.read_bytes() for each in (project / "avro").rglob("*.avsc")}
    for each in entries(project):
        each.write_bytes(spoil(each.read_bytes()))  # type: ignore[operator]
    (project / ".portwright/stamp").unlink()
    assert generate(project)[-1].startswith("0 files changed")
    assert {each: each.read_bytes() for each in (project / "avro").rglob("*.avsc")} == before


def repacked(data: bytes, content: bytes) -> bytes:
    """An entry of the same key, whole, that holds something else."""
    packed = zlib.compress(content)
    name, version, key, _ = data.partition(b"\n")[0].split(b" ")
    return b" ".join([name, version, key, digest(packed).encode()]) + b"\n" + packed


def test_an_entry_under_the_name_of_another_is_none(tmp_path: Path) -> None:
    cache = Files(tmp_path)
    one, other = digest(b"1"), digest(b"2")
    cache.put(one, {"a": 1})
    (tmp_path / other[:2]).mkdir()
    (tmp_path / one[:2] / f"{one}.entry").rename(tmp_path / other[:2] / f"{other}.entry")
    assert cache.get(other) is None and cache.get(one) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = Files(tmp_path)
    keys = [digest(str(number).encode()) for number in range(10)]
    for age, key in enumerate(keys):
        cache.put(key, key * 10)
        os.utime(cache._path(key), (2e9 - age * 1e6,) * 2)
    size = sum(state.st_size for _, state in cache.entries())
    os.utime(cache._path(keys[9]), (1e9, 1e9))
    assert cache.get(keys[9]) is not None  # it is used, so it is young again
    (tmp_path / "notes.txt").write_text("somebody's")
    cache.trim(size * 6 // 10)
    left = [key for key in keys if cache.get(key) is not None]
    assert left == keys[: len(left)] and 4 <= len(left) <= 6
    assert (tmp_path / "notes.txt").exists()


def test_a_folder_that_cannot_be_written_does_no_harm(project: Path) -> None:
    (project / "cache").write_text("a file")
    assert generate(project)[-1].endswith("0 up to date")
    assert (project / "cache").read_text() == "a file"


def test_a_full_disk_does_no_harm(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("portwright.cache.store.os.replace", full)
        cache = Files(project / "cache")
        key = digest(b"1")
        cache.put(key, {})
        assert cache.get(key) is None
    assert [each for each in (project / "cache").rglob("*") if each.is_file()] == []
    assert generate(project)[-1].endswith("0 up to date")


def test_two_runs_share_it(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "portwright", "generate"]
    environ = {**os.environ, "PORTWRIGHT_CACHE": str(tmp_path / "cache")}
    runs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "portwright.yaml").write_text(
            "version: 1\ncontracts: ['*.odcs.yaml']\ntargets: [{target: avro, out: avro}]\n"
        )
        for number in range(20):
            wrote(tmp_path / name, f"c{number:02}", shop(number))
        run = subprocess.Popen(words, cwd=tmp_path / name, env=environ, stdout=subprocess.PIPE)
        runs.append(run)
    for each in runs:
        said, _ = each.communicate(timeout=60)
        assert each.returncode == 0 and said.endswith(b"23 files changed, 0 up to date\n")
    first, second = (sorted((tmp_path / name / "avro").rglob("*.avsc")) for name in ("a", "b"))
    assert [each.read_bytes() for each in first] == [each.read_bytes() for each in second]
    assert not list((tmp_path / "cache").rglob("*.tmp"))
    # The numbers before and after the first numbering, what was read, what is known
    # of it for reports, and what was made of it.
    assert len(entries(tmp_path)) == 20 * 5


def test_where_it_is() -> None:
    assert where.folder({"PORTWRIGHT_CACHE": "off"}) is None
    assert where.folder({"PORTWRIGHT_CACHE": "here"}) == Path("here").absolute()
    assert where.folder({}) is None


@pytest.mark.skipif(os.name == "nt", reason="folders of POSIX")
def test_where_it_is_for_a_user() -> None:
    chosen = {"XDG_CACHE_HOME": "/c", "HOME": "/h"}
    assert where.folder(chosen) == Path("/c/portwright")
    assert where.folder({"XDG_CACHE_HOME": "relative"}) is None


def test_a_target_of_others_is_kept_where_it_has_a_version(
    project: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Foreign:
        name, summary = "foreign", ""

        def check(self, model: object) -> list[object]:
            return []

        def emit(self, model: object) -> list[File]:
            return []

    monkeypatch.setattr(registry, "target_class", lambda name: Foreign)
    generate(project)
    (project / ".portwright/stamp").unlink()
    asked.clear()
    generate(project)
    assert len(asked) == 24
    (project / ".portwright/stamp").unlink()
    monkeypatch.setattr(Foreign, "version", "7", raising=False)
    generate(project)
    (project / ".portwright/stamp").unlink()
    asked.clear()
    generate(project)
    assert asked == []
    (project / ".portwright/stamp").unlink()
    monkeypatch.setattr(registry, "package", lambda name: "")
    generate(project)
    assert len(asked) == 24


def test_a_package_is_known_by_its_version_and_the_bytes_of_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    plugins.install(tmp_path, "acme-known", known="acme_known:Known")
    known = set()
    for text in ("1", "2", "2"):
        (tmp_path / "acme_known.py").write_text(text)
        identity.package.cache_clear()
        known.add(identity.package("acme-known"))
    assert len(known) == 2 and all(each.startswith("1.0 ") for each in known)
    assert identity.package("acme-unknown").startswith(" ")


def test_what_depends_on_files_and_programs_is_not_kept() -> None:
    class Versioned:
        name, summary, version = "versioned", "", "1"

    class Running(Versioned):
        program = "jq"

        def patterns(self, folder: Path) -> tuple[str, ...]:
            return ()

    @dataclass(frozen=True)
    class Looking(Versioned):
        folder: Path = field(default=Path(), metadata={"given": "folder"})

    asked = (Versioned(), Running(), Looking())
    assert [registry.version(each) for each in asked] == ["1", None, None]  # type: ignore[arg-type]


def test_a_document_has_every_field() -> None:
    place = Span("f", 2, 3, 4)
    found = Diagnostic("A", Severity.WARNING, "m", place, "h", "a")
    file = File(PurePosixPath("p"), "t", Owner.USER, "o", PurePosixPath("q"))
    allowance = PolicyAllowance("p", "r", place, ("a", "b"), date(2030, 1, 2))
    for each in (found, file, allowance, place):
        assert all(getattr(each, one.name) != one.default for one in fields(each))
    [again] = documents.to_files(json.loads(json.dumps(documents.files([file]))))
    assert asdict(again) == asdict(file)
    judged = policies.Judged([found], [policies.Allowed(found, allowance)])
    assert documents.to_judged(json.loads(json.dumps(documents.judged(judged)))) == judged


def test_the_generator_is_known_by_the_bytes_of_its_modules_and_templates() -> None:
    names = {path.name for root in identity.roots() for path in root.rglob("*")}
    assert {"pipeline.py", "port.py.j2"} <= names
    assert len(identity.generator()) == 64


def test_the_command_tells_and_clears(project: Path) -> None:
    generate(project)
    words = {"PORTWRIGHT_CACHE": str(project / "cache")}
    count = len(entries(project))
    told = in_process(project, "cache", **words).stdout
    assert told.startswith(f"{project / 'cache'}: {count} entries, ")
    cleared = in_process(project, "cache", "--clear", **words)
    assert cleared.returncode == 0 and cleared.stdout.startswith(f"removed {count} entries")
    assert entries(project) == []
    assert "no cache" in in_process(project, "cache", PORTWRIGHT_CACHE="off").stdout
    found = json.loads(in_process(project, "cache", "--format", "json", **words).stdout)
    assert found == {"folder": str(project / "cache"), "entries": 0, "bytes": 0, "limit": 536870912}
