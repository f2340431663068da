"""The commands for authors of packs: what they print, and how they exit."""

import json

import pytest
from click.testing import CliRunner

from tests.verifier_server.verifiers.rules.authoring.loans import cases, pack
from verifier_server.cli import main
from verifier_server.verifiers.rules.pack import pack_of

TOML = """
id = "library-loans"
version = "1.0.0"
domain = "administration"
title = "Late books"
effective_from = 2024-05-01

[[sources]]
id = "rules-of-loan"
title = "Rules of loan"

[[derived]]
name = "fee"
expr = "facts.days_late > 3 ? (facts.reader == 'adult' ? 5 : 2) : 0"
"""
RULE = """
[[rules]]
id = "{id}"
kind = "{kind}"
severity = "{severity}"
weight = {weight}
title = "{title}"
when = "{when}"
check = "{check}"
explain = "{explain}"
cite = {{ source = "rules-of-loan", section = "2", date = 2024-05-01 }}
"""


@pytest.fixture
def folder(tmp_path):
    content = pack()
    path = tmp_path / "packs" / "loans"
    path.mkdir(parents=True)
    rules = "".join(RULE.format(**each) for each in content["rules"])
    (path / "pack.toml").write_text(TOML + rules)
    for name in ("facts", "answer"):
        (path / f"{name}.schema.json").write_text(json.dumps(content[f"{name}_schema"]))
    (path / "cases.jsonl").write_text("".join(json.dumps(each) + "\n" for each in cases()))
    return path


def run(*arguments):
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


def test_a_good_pack_is_a_table_and_exit_0(folder):
    result = run("check", folder)
    assert result.exit_code == 0, result.output
    assert "library-loans 1.0.0" in result.output
    assert "cases 15, agree 15" in result.output


def test_one_object_for_scripts(folder):
    made = json.loads(run("check", folder, "--json").output)
    assert made["holds"] is True
    assert made["digest"] == pack_of(pack()).digest
    mutation = next(each for each in made["gates"] if each["gate"] == "mutation")
    assert mutation["figures"]["survived"] == 1
    assert mutation["findings"][0]["level"] == "warning"
    assert mutation["findings"][0]["place"] == "pack.toml /rules/3/when"


def test_a_gate_that_fails_is_exit_1(folder):
    assert run("check", folder, "--least", "1").exit_code == 1
    (folder / "accepted_mutants.toml").write_text(
        '[[mutants]]\nrule = "calm"\nexpression = "when"\n'
        'mutated = "facts.days_late <= 0"\nreason = "there are no days before the first"\n'
    )
    assert run("check", folder, "--least", "1").exit_code == 0
    (folder / "accepted_mutants.toml").write_text("[[mutants]]\n")
    result = run("check", folder)
    assert result.exit_code == 1
    assert "accepted_mutants.toml" in result.output


@pytest.mark.parametrize("file", ["cases.jsonl", "pack.toml", "facts.schema.json"])
def test_a_file_that_is_not_there_is_a_finding(folder, file):
    (folder / file).unlink()
    made = run("check", folder, "--json")
    assert made.exit_code == 1
    assert file in made.output


def test_a_pack_in_one_file_needs_its_cases(folder, tmp_path):
    bundled = run("bundle", folder)
    assert bundled.exit_code == 0
    assert pack_of(json.loads(bundled.output)).digest == pack_of(pack()).digest
    file = tmp_path / "loans.json"
    file.write_text(bundled.output)
    assert run("check", file).exit_code == 2
    made = json.loads(run("check", file, "--cases", folder / "cases.jsonl", "--json").output)
    assert made["holds"] is True
    assert made["gates"][3]["findings"][0]["place"] == "loans.json /rules/3/when"


@pytest.mark.parametrize(
    "arguments", [["check"], ["check", "nowhere"], ["check", ".", "--least", "2"]]
)
def test_wrong_usage_is_exit_2(arguments):
    assert run(*arguments).exit_code == 2


def test_digests_of_a_folder(folder):
    expected = {"name": "loans", "digest": pack_of(pack()).digest}
    result = run("digest", folder.parent)
    assert (result.exit_code, json.loads(result.stdout)) == (0, expected)
    for name, text in (("no name", TOML), ("broken", "id = ")):
        (folder.parent / name).mkdir()
        (folder.parent / name / "pack.toml").write_text(text)
    result = run("digest", folder.parent)
    assert (result.exit_code, json.loads(result.stdout)) == (1, expected)
    assert "no task can name 'no name'" in result.stderr
    assert "broken: pack.toml" in result.stderr


def test_what_is_no_pack_has_no_bundle(folder):
    (folder / "pack.toml").write_text(TOML)
    result = run("bundle", folder)
    assert result.exit_code == 1
    assert "rules" in result.stderr
