"""The packs that come with the verifier: fit to judge, pinned, shipped, and said to be examples."""

import json
import tomllib
from pathlib import Path

import pytest

from verifier_server.contract import Verdict
from verifier_server.rule_packs import report_on
from verifier_server.verifiers.rules import evaluate, shelf
from verifier_server.verifiers.rules.evaluate import CompiledPack
from verifier_server.verifiers.rules.folder import CASES, PACK, SCHEMAS, read_pack
from verifier_server.verifiers.rules.verifier import prepare

ROOT = Path(__file__).parents[4]
PACKAGE = Path(evaluate.__file__).parent
SHIPPED = PACKAGE / "packs"
EXAMPLES = ROOT / "docs" / "verifiers" / "rules_examples.jsonl"

# A pack that was shipped is never edited in place: stored rewards name its version and its
# digest. A change of any kind needs a new version here, and so a new digest beside it.
PINNED = {
    "eu261-air-passengers": (
        "1.0.0",
        "sha256:cb68afe7cb2b100ab760e9ee1262d0cfa3d9453408a3c33d85e8b0c1da8cc801",
    ),
    "nice-ng84-sore-throat": (
        "1.0.0",
        "sha256:cdd0ee239b1289f66706eeadef89fde0ac17a9b1f7ca23fd3d5e2901e61a94b6",
    ),
}


def cases(name):
    return [json.loads(line) for line in (SHIPPED / name / CASES).read_text("utf-8").splitlines()]


def test_every_shipped_pack_is_pinned():
    assert set(shelf.shipped_names()) == set(PINNED)


@pytest.mark.parametrize("name", PINNED)
def test_a_shipped_pack_is_what_it_was(name):
    pack = read_pack(SHIPPED / name)
    assert (pack.id, pack.version, pack.digest) == (name, *PINNED[name])


@pytest.mark.parametrize("name", PINNED)
def test_the_cases_hold(name):
    compiled = CompiledPack(read_pack(SHIPPED / name))
    for case in cases(name):
        got = compiled.bind(case["facts"]).evaluate(case["answer"])
        assert bool(got.violations) is (case["verdicts"] is None), case["id"]
        assert got.value == pytest.approx(case["value"], abs=1e-12), case["id"]
        if case["verdicts"] is not None:
            verdicts = {each.rule.id: each.status for each in got.verdicts}
            assert verdicts == case["verdicts"], case["id"]


@pytest.mark.parametrize("name", PINNED)
def test_cases_differ_and_say_why(name):
    rows = cases(name)
    asked = {json.dumps([row["facts"], row["answer"]], sort_keys=True) for row in rows}
    assert len(asked) == len(rows)
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["why"] for row in rows)
    assert sum(row["verdicts"] is None for row in rows) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", PINNED)
def test_the_gates_hold_and_no_mutant_survives(name):
    report = report_on(SHIPPED / name)
    assert report.holds
    figures = {gate.name: gate.figures for gate in report.gates}
    accepted = SHIPPED / name / "accepted_mutants.toml"
    excused = accepted.read_text("utf-8").count("[[mutants]]") if accepted.exists() else 0
    assert (figures["mutation"]["survived"], figures["mutation"]["accepted"]) == (0, excused)
    assert figures["branches"]["hit"] == figures["branches"]["branches"]
    # The pack's page states the figures of a run.
    page = (SHIPPED / name / "README.md").read_text("utf-8")
    stated = (
        f"{figures['cases']['cases']} cases, every branch of {figures['citations']['rules']} "
        f"rules, all of {figures['mutation']['killed']} mutants noticed"
    )
    assert stated in " ".join(page.split())


@pytest.mark.parametrize("name", PINNED)
def test_a_pack_says_that_it_is_an_example(name):
    pack = read_pack(SHIPPED / name)
    assert "example" in pack.disclaimer
    assert "expert" in pack.disclaimer
    page = (SHIPPED / name / "README.md").read_text("utf-8")
    assert "none has confirmed it" in page
    assert "What an expert must confirm" in page
    for source in pack.sources:
        assert source.date
        assert f"| {source.id} |" in page
    assert all(rule.cite.date for rule in pack.rules)


def test_the_wheel_has_every_file_of_the_packs():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = settings["package-data"]
    taken = {
        path
        for pattern in (*patterns["*"], *patterns.get("verifier_server.verifiers.rules", ()))
        for path in PACKAGE.glob(pattern)
    }
    wanted = {
        SHIPPED / name / file
        for name in PINNED
        for file in (PACK, *SCHEMAS.values(), CASES, "README.md")
    }
    assert wanted <= taken


@pytest.mark.parametrize(
    ("name", "verdict", "reason"),
    [
        ("ng84-feverpain-4", Verdict.CORRECT, "rules_hold"),
        ("ng84-feverpain-2-immediate", Verdict.PARTIAL, "rules_failed"),
        ("ng84-pregnant-allergy-erythromycin", Verdict.CORRECT, "rules_hold"),
        ("ng84-allergy-penicillin", Verdict.INCORRECT, "critical_rule_failed"),
        ("ng84-refused-score-6", Verdict.INCORRECT, "answer_invalid"),
        ("eu261-3501-km-within", Verdict.CORRECT, "rules_hold"),
        ("eu261-late-180-unpaid", Verdict.INCORRECT, "critical_rule_failed"),
        ("eu261-full-for-reduced", Verdict.PARTIAL, "rules_failed"),
        ("eu261-denied-extraordinary", Verdict.CORRECT, "rules_hold"),
        ("eu261-in-words", Verdict.NO_ANSWER, "no_json"),
    ],
)
def test_the_examples_of_the_documentation(name, verdict, reason):
    rows = {row["id"]: row for row in map(json.loads, EXAMPLES.read_text("utf-8").splitlines())}
    assert len(rows) == 10
    score = prepare(rows[name]["task"])(rows[name]["completion"])
    assert (score.verdict, score.reason) == (verdict, reason)
