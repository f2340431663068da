"""The runner on rows of our own, through a real server; the adapters on results made by hand."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.conformance.adapters import ADAPTERS
from tests.conformance.cases import BadRow, Case, Skip
from tests.conformance.runner import Tally, read_cases
from tests.conformance.runner import run as run_cases
from tests.servers import running_server
from trainer_client.results import (
    CompletionResult,
    Component,
    Diagnostics,
    GroupResult,
    Score,
    ScoreError,
)

MATH_ROWS = [
    {"id": "a", "gold": "1/2", "prediction": "0.5", "expected": True, "category": "half"},
    {"id": "b", "gold": "1/2", "prediction": "0.6", "expected": False, "category": "half"},
    {"id": "c", "gold": "1/2", "prediction": "0.6", "expected": True, "category": "wrong label"},
    {"id": "d", "gold": "1/2", "prediction": "?", "expected": "either", "category": "open"},
]


def write(path, rows):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def judged(verdict="CORRECT", reason="match", value=1.0, schema=1.0, facts=()):
    score = Score(
        value, verdict == "CORRECT", verdict, reason, (Component("schema", schema, 0.0, 0, 0),)
    )
    return CompletionResult(score, Diagnostics(facts=facts))


UNJUDGED = CompletionResult(ScoreError("SANDBOX_FAULT", "worker_lost", "lost", True))


def json_row(**fields):
    row = {
        "id": "x-1",
        "schema": {},
        "expected_value": 1,
        "completion": "1",
        "expected_parse": "ok",
        "expected_schema_valid": True,
        "expected_score": 1.0,
    }
    return row | fields


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_rows_are_read_and_counted(tmp_path, suffix):
    path = write(tmp_path / f"rows{suffix}", MATH_ROWS)
    tally = Tally()
    cases = read_cases(ADAPTERS["math/forms"], path, tally)
    assert [[case.id for case in row] for row in cases] == [["a"], ["b"], ["c"]]
    assert tally.rows == 4
    assert tally.skipped == {"not_labelled": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"id": "a"}\n', "1: there is no field"), ("{\n", "1: not JSON"), ("[]\n", "not a JSON obj")],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, text, message):
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    with pytest.raises(BadRow, match=message):
        read_cases(ADAPTERS["math/forms"], path, Tally())


def test_no_judgement_agrees_with_no_label():
    for expected in (True, False):
        case = ADAPTERS["math/forms"](MATH_ROWS[0] | {"expected": expected})
        assert isinstance(case, Case)
        assert "not judged" in case.expectation(UNJUDGED)
    case = ADAPTERS["json/extraction_cases"](json_row(expected_score=0.0))
    assert isinstance(case, Case)
    assert "not judged" in case.expectation(UNJUDGED)


@pytest.mark.parametrize(
    ("row", "result", "wrong"),
    [
        (json_row(), judged(), None),
        (json_row(expected_score=0.5), judged(), "value"),
        (json_row(expected_schema_valid=False), judged(), "schema_valid"),
        (json_row(expected_parse="duplicate_key"), judged(), "parse"),
        (json_row(), judged("MALFORMED", "duplicate_key", 0.0), "parse"),
        (
            json_row(expected_parse="too_large", expected_score=0.0, expected_schema_valid=False),
            judged("RESOURCE_LIMIT", "completion_too_large", 0.0),
            None,
        ),
        (json_row(expected_error_paths=["/a"]), judged(), "error paths"),
        (
            json_row(expected_error_paths=["/a b"]),
            judged(facts=(("schema_error", "/a b type"),)),
            None,
        ),
    ],
)
def test_json_rows(row, result, wrong):
    case = ADAPTERS["json/extraction_cases"](row)
    assert isinstance(case, Case)
    found = case.expectation(result)
    assert (found is None) if wrong is None else wrong in (found or "")


def math_row(**fields):
    row = {"id": "m", "gold": "2", "prediction": "3", "expected": True, "category": "c"}
    return row | {"suite": "s", "gold_form": "latex", "pred_form": "latex", "policy": []} | fields


@pytest.mark.parametrize(
    ("fields", "task", "completion"),
    [
        ({}, {"answer": "2"}, r"\boxed{3}"),
        ({"pred_form": "text"}, {"answer": "2"}, "3"),
        ({"policy": ["tolerance_1e-3"]}, {"answer": "2", "tolerance": 0.001}, r"\boxed{3}"),
        (
            {"policy": ["list_order_strict", "percent_lenient"]},
            {"answer": "2", "order": "strict", "percent": "loose"},
            r"\boxed{3}",
        ),
        (
            {"gold_form": "text", "gold": "So $x = 2$ is it.", "pred_form": "text"},
            {"answer": "x = 2", "extract": "math"},
            "3",
        ),
        (
            {"gold_form": "text", "gold": "nothing", "pred_form": "text"},
            {"answer": "nothing", "extract": "math"},
            "3",
        ),
        ({"suite": "latex2sympy2_extended"}, {"answer": "2", "form": "any"}, r"\boxed{3}"),
    ],
)
def test_cases_of_graders_are_judged_under_their_policy(fields, task, completion):
    case = ADAPTERS["math/grader_cases"](math_row(**fields))
    assert isinstance(case, Case)
    assert (case.task, case.completion, case.passes) == (task, completion, True)
    assert case.category == fields.get("suite", "s")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"policy": ["label_wrong:2!=3"]}, "label_wrong"),
        ({"label": "upstream_label_wrong"}, "label_wrong"),
        ({"policy": ["needs_question_context"]}, "needs_question_context"),
        ({"policy": ["no_nontrivial_simplification"]}, "no_such_option"),
        ({"expected": "either"}, "not_labelled"),
    ],
)
def test_rows_that_no_task_can_ask_are_skipped(fields, reason):
    assert ADAPTERS["math/grader_cases"](math_row(**fields)) == Skip("m", reason)


def test_an_adversarial_row_is_a_whole_completion_that_leaves_nothing(tmp_path, monkeypatch):
    row = math_row(prediction="open('/tmp/pwned_by_a_test')", expected=False, policy="form=final")
    case = ADAPTERS["math/adversarial"](row | {"side_effect_marker": True})
    assert case.completion == row["prediction"]
    assert case.task == {"answer": "2", "form": "final"}
    assert case.expectation(judged("INCORRECT", "not_equal", 0.0)) is None
    assert "should be rejected" in case.expectation(judged())
    marker = tmp_path / "left"
    monkeypatch.setattr("tests.conformance.math.MARKER", re.compile(re.escape(str(marker))))
    row["prediction"] = f"open('{marker}')"
    case = ADAPTERS["math/adversarial"](row | {"side_effect_marker": True})
    marker.touch()
    assert "behind" in case.expectation(judged("INCORRECT", "not_equal", 0.0))
    assert ADAPTERS["math/adversarial"](math_row(policy="either (why)")) == Skip(
        "m", "not_labelled"
    )


def test_pairs_need_no_more_than_a_gold_a_prediction_and_a_label():
    row = {"gold": "1", "prediction": "2", "expected": False}
    case = ADAPTERS["math/pairs"](row)
    assert (case.id, case.task, case.completion) == ("1 | 2", {"answer": "1"}, r"\boxed{2}")


def test_false_accepts_and_false_rejects_are_told_apart():
    rows = [
        [replace(echo("a"), passes=False)],
        [replace(echo("b"), passes=True)],
        [replace(echo("c"), passes=None)],
    ]

    class Client:
        def score(self, groups, timeout_s):
            verdicts = {"a": "CORRECT", "b": "INCORRECT", "c": "INCORRECT"}
            return [
                GroupResult("", tuple(judged(verdicts[text], "x") for text in group.completions))
                for group in groups
            ]

    tally = Tally()
    run_cases(rows, Client(), tally, lambda count: None)
    found = [(item.id, item.accepted, item.rejected) for item in tally.disagree]
    assert found == [("a", True, False), ("b", False, True), ("c", False, False)]


def test_json_tasks_have_the_rows_comparators_and_its_labels_share():
    compare = {"/a": {"type": "text"}}
    case = ADAPTERS["json/extraction_cases"](json_row(compare=compare))
    assert isinstance(case, Case)
    assert case.task == {"schema": {}, "expected": 1, "compare": compare, "invalid_weight": 0.5}


EXPLOIT = {
    "id": "e",
    "category": "exit",
    "entry_point": "add_digits",
    "tests": ["assert add_digits(123) == 6"],
    "cases": [[[123], 6]],
    "completion": "raise SystemExit",
    "must_score": 0,
}


def test_an_exploit_is_judged_in_both_modes_and_followed_by_an_honest_completion():
    cases = ADAPTERS["code/exploits"](EXPLOIT)
    assert [case.task["mode"] for case in cases] == ["assert"] * 2 + ["function"] * 2
    for index, case in enumerate(cases):
        honest = index % 2 == 1
        assert (case.expectation(judged()) is None) is honest
        assert (case.expectation(judged("RUNTIME_ERROR", "exited", 0.0)) is None) is not honest
        # No judgement is never right: an error could be farmed.
        assert "not judged" in (case.expectation(UNJUDGED) or "")
        assert case.expectation(judged("PARTIAL", "wrong_answer", 0.5)) is not None
    assert len({(case.task["mode"], case.completion) for case in cases}) == len(cases)


def test_an_exploit_of_an_unknown_entry_point_is_followed_by_a_memorised_answer():
    cases = ADAPTERS["code/exploits"](EXPLOIT | {"entry_point": "unheard_of"})
    assert [case.task["mode"] for case in cases] == ["assert", "function", "function"]
    source = cases[2].completion.removeprefix("```python\n").removesuffix("\n```\n")
    namespace = {}
    exec(source, namespace)
    assert namespace["unheard_of"](123) == 6


def test_an_honest_row_is_not_followed():
    cases = ADAPTERS["code/honest_odd"](EXPLOIT | {"must_score": 1})
    assert [case.expectation(judged()) for case in cases] == [None, None]
    assert all(case.expectation(judged("INCORRECT", "wrong_answer", 0.0)) for case in cases)


class ClientOfNobody:
    """Answers every completion with its own text, and remembers the calls."""

    def __init__(self):
        self.calls = []

    def score(self, groups, timeout_s):
        self.calls.append([text for group in groups for text in group.completions])
        return [
            GroupResult("", tuple(judged(reason=text) for text in group.completions))
            for group in groups
        ]


def echo(name, stage=1, task=0):
    def expectation(result):
        return None if result.outcome.reason == name else f"got {result.outcome.reason}"

    return Case(name, "echo", "code", {"task": task}, name, expectation, stage)


def test_a_row_of_several_cases_counts_once_and_stages_follow_each_other():
    client, tally = ClientOfNobody(), Tally()
    wrong = replace(echo("x"), completion="y")
    rows = [
        [echo("use", stage=2, task=1)],
        [echo("plant", task=1), echo("honest", task=2)],
        [echo("other", task=1), wrong],
    ]
    run_cases(rows, client, tally, lambda count: None)
    assert [sorted(call) for call in client.calls] == [["honest", "other", "plant", "y"], ["use"]]
    assert tally.agree.total() == 2
    (disagreement,) = tally.disagree
    assert (disagreement.id, disagreement.why, disagreement.judged) == ("other", "got y", True)


def test_humaneval_is_asked_as_an_answer_and_as_a_continuation():
    row = {
        "task_id": "HumanEval/0",
        "prompt": "def f():\n",
        "canonical_solution": "    return 1\n",
        "test": "def check(candidate):\n    assert candidate() == 1\n",
        "entry_point": "f",
    }
    answer, continued = ADAPTERS["code/HumanEval"](row)
    assert answer.completion == "```python\ndef f():\n    return 1\n\n```\n"
    assert continued.completion == "    return 1\n"
    assert continued.task["completion_style"] == "continuation"


def test_mbpp_declares_what_the_reference_defines_and_the_tests_use():
    row = {
        "task_id": 126,
        "code": "def helper(): pass\ndef sum(a, b): return a + b",
        "test_list": ["assert sum(1, 2) == 3"],
    }
    assert ADAPTERS["code/mbpp_sanitized"](row).task["entry_point"] == ["sum"]


def run(*arguments):
    command = [sys.executable, "-m", "tests.conformance", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.sandbox
def test_a_suite_through_a_real_server(tmp_path):
    done = run("math/forms", write(tmp_path / "rows.jsonl", MATH_ROWS), "--json")
    assert done.returncode == 0, done.stderr
    assert "disagrees: c: should be accepted, is INCORRECT" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "suite": "math/forms",
        "rows": 4,
        "agree": 2,
        "disagree": ["c"],
        "unjudged": [],
        "false_accepts": [],
        "false_rejects": ["c"],
        "skipped": {"not_labelled": 1},
    }


def test_a_bad_file_is_a_usage_error(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n")
    done = run("math/forms", path)
    assert done.returncode == 2
    assert "rows.jsonl:1" in done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server for all suites: what one leaves behind would show in the next."""
    flags = ("--log-level", "warning")
    with running_server(tmp_path_factory.mktemp("server"), *flags) as running:
        yield running.address


@pytest.mark.sandbox
@pytest.mark.suites
@pytest.mark.slow
@pytest.mark.parametrize(
    ("suite", "file", "at_least", "refused"),
    [
        ("math/forms", "math/forms.jsonl", 94, 0),
        ("math/adversarial", "math/adversarial.jsonl.gz", 160, 0),
        # What is refused are golds of other tools' parser tests and damaged ones.
        ("math/grader_cases", "math/grader_cases.jsonl", 928, 40),
        ("math/math_mix", "math/math_mix.jsonl.gz", 3945, 0),
        ("math/gsm8k_outputs", "math/gsm8k_outputs.jsonl.gz", 1369, 0),
        ("json/extraction_cases", "json/extraction_cases.jsonl.gz", 87, 0),
        ("json/schema_test_suite", "json/json_schema_test_suite", 8327, 0),
        ("code/HumanEval", "code/HumanEval.jsonl.gz", 164, 0),
        ("code/honest_odd", "code/honest_odd.jsonl", 15, 0),
        ("code/exploits", "code/exploits.jsonl", 103, 0),
        ("code/mbpp_sanitized", "code/mbpp_sanitized.jsonl.gz", 427, 0),
        ("rules/cases", "rules/cases.jsonl", 45, 0),
        ("sql/cases", "sql/cases.jsonl", 126, 0),
        # Three rows are right on the given data alone: limit-07, equiv-22, dialect-07.
        ("sql/cases_built", "sql/cases.jsonl", 123, 0),
        ("sql/hostile", "sql/hostile.jsonl", 35, 0),
        ("sql/spider_equivalents", "sql/spider_equivalents.jsonl", 28, 0),
        ("sql/defog_golds", "sql/defog_golds.jsonl", 142, 0),
        ("logic/edge_cases", "logic/edge_cases.jsonl", 74, 0),
        ("logic/folio_validation", "logic/folio_validation.jsonl", 89, 0),
        # Five rows have a variable that nothing binds.
        ("logic/folio_train_premises", "logic/folio_train_premises.jsonl.gz", 999, 5),
        # Two are not decided: a long equational proof, and an infinite countermodel.
        ("logic/pelletier", "logic/pelletier.jsonl", 39, 2),
        ("logic/proofwriter", "logic/proofwriter.jsonl.gz", 324, 0),
        ("logic/prontoqa_proofs", "logic/prontoqa_proofs.jsonl", 196, 0),
        ("logic/puzzles", "logic/puzzles.jsonl", 59, 0),
        ("logic/hostile_smtlib", "logic/hostile_smtlib.jsonl.gz", 20, 0),
        ("logic/model_emitted_formulas", "logic/model_emitted_formulas.jsonl", 812, 0),
    ],
)
def test_the_shared_suites_do_not_get_worse(server, suites, suite, file, at_least, refused):
    done = run(suite, suites / file, "--json", "--server", server)
    line = json.loads(done.stdout.splitlines()[-1])
    assert line["agree"] >= at_least, line["disagree"]
    assert len(line["unjudged"]) <= refused, line["unjudged"]
    if suite.startswith(("logic/", "math/", "rules/", "sql/")):
        assert line["false_accepts"] == []
    assert line["rows"] == line["agree"] + len(line["disagree"]) + sum(line["skipped"].values())
