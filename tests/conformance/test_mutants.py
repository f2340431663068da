"""Mutants of HumanEval's solutions: the interpreter's word against ours."""

import pytest

from tests.conformance.mutants import chosen, differences, mutants, ours, truths
from tests.conformance.runner import read_rows
from tests.servers import running_server
from trainer_client.client import VerifierClient

EVERY, EACH = 12, 3  # every twelfth problem; the command line runs them all
ROW = {
    "task_id": "own/0",
    "prompt": 'def grown(items, by):\n    """Adds to each."""\n',
    "canonical_solution": (
        "    made = []\n    for item in items:\n        if item < 10:\n"
        "            made.append(item + by)\n    return made\n"
    ),
    "test": "def check(candidate):\n    assert candidate([1, 20], 2) == [3]\n",
    "entry_point": "grown",
}


def test_mutants_differ_from_the_original_and_from_each_other():
    found = mutants(ROW)
    sources = [mutant.source for mutant in found]
    assert len(set(sources)) == len(sources) > 15
    operators = {mutant.operator for mutant in found}
    assert {"off_by_one", "comparison", "operator", "negated", "no_return", "dropped"} <= operators
    for source in sources:
        compile(source, "mutant", "exec")


def test_the_choice_is_always_the_same_and_of_many_operators():
    first, second = chosen(ROW, 6), chosen(ROW, 6)
    assert [mutant.source for mutant in first] == [mutant.source for mutant in second]
    assert len({mutant.operator for mutant in first}) == 6


def test_the_truth_is_the_interpreters():
    found = mutants(ROW)
    by_operator = {}
    for mutant, truth in zip(found, truths(found), strict=True):
        by_operator.setdefault(mutant.operator, set()).add(truth)
    assert by_operator["no_return"] == by_operator["raises"] == {False}
    assert by_operator["as_subclass"] == {True}  # a list in all but name
    assert by_operator["negated"] == {False}
    assert by_operator["comparison"] == by_operator["off_by_one"] == {True}  # no item is near 10
    assert by_operator["as_tuple"] == {False}


@pytest.mark.sandbox
@pytest.mark.suites
@pytest.mark.slow
def test_we_agree_with_the_interpreter(tmp_path, suites):
    rows = [row for _, row in read_rows(suites / "code" / "HumanEval.jsonl.gz")]
    found = [mutant for row in rows[::EVERY] for mutant in chosen(row, EACH)]
    truth = truths(found)
    assert 0 < sum(truth) < len(truth)
    with running_server(tmp_path) as server, VerifierClient(server.address) as client:
        assert differences(found, truth, ours(found, client)) == []
