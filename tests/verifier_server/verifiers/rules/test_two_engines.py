"""Every pack gives the same verdicts on a second, independent implementation of CEL."""

import json
from pathlib import Path

import pytest

from tests.verifier_server.verifiers.rules import second_engine
from tests.verifier_server.verifiers.rules.kit import FACTS, GOOD, TASK, read, statuses
from verifier_server.verifiers.json.values import exact
from verifier_server.verifiers.rules import evaluate, shelf
from verifier_server.verifiers.rules.evaluate import CompiledPack
from verifier_server.verifiers.rules.folder import CASES, read_pack
from verifier_server.verifiers.rules.pack import pack_of

SHIPPED = Path(evaluate.__file__).parent / "packs"


def compare(compiled, facts, answer):
    """Judges on both engines; None where the answer is refused."""
    document = read(answer)
    ours = compiled.bind(facts).evaluate(document)
    if ours.violations:
        return None
    value, verdicts = second_engine.judge(compiled.pack, exact(facts), document)
    assert statuses(ours) == verdicts
    assert ours.value == pytest.approx(value, abs=1e-12)
    return ours


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        GOOD | {"renewal": "granted"},
        GOOD | {"due_at": "2024-03-22T12:00:00+02:00", "fee_for_two_days": 1},
        GOOD | {"due_at": "2024-03-22T10:00:00.000001Z"},
    ],
)
@pytest.mark.parametrize("reserved", [True, False])
def test_the_example(answer, reserved):
    assert compare(CompiledPack(pack_of(TASK["ruleset"])), FACTS | {"reserved": reserved}, answer)


@pytest.mark.parametrize("name", shelf.shipped_names())
def test_the_cases_of_a_shipped_pack(name):
    pack = CompiledPack(read_pack(SHIPPED / name))
    rows = [json.loads(line) for line in (SHIPPED / name / CASES).read_text().splitlines()]
    judged = [compare(pack, row["facts"], row["answer"]) for row in rows]
    assert any(judged)
    for row, evaluation in zip(rows, judged, strict=True):
        assert (evaluation is None) is (row["verdicts"] is None), row["id"]
        assert evaluation is None or statuses(evaluation) == row["verdicts"], row["id"]


@pytest.mark.suites
def test_the_shared_suite(suites):
    folder = suites / "rules"
    packs = {
        path.name.removesuffix(".ruleset.json"): CompiledPack(
            pack_of(json.loads(path.read_bytes()))
        )
        for path in folder.glob("*.ruleset.json")
    }
    rows = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    for row in rows:
        evaluation = compare(packs[row["ruleset"]], row["facts"], row["answer"])
        verdicts = statuses(evaluation) if evaluation else None
        assert verdicts == row["expected_verdicts"], row["id"]
        value = evaluation.value if evaluation else 0.0
        assert value == pytest.approx(row["expected_score"], abs=1e-9), row["id"]
