"""Scoring a JSON Lines file."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.verifier_server.harness import PATIENCE_S
from trainer_client.errors import ServerUnavailable
from trainer_client.results import CompletionResult, Group, GroupResult, Score, ScoreError
from verifier_server import score_rows
from verifier_server.cli import main
from verifier_server.score_file import score_file


class FakeScorer:
    """Judges like the echo verifier; groups of the verifier "down" fail as a call."""

    def __init__(self) -> None:
        self.calls: list[list[Group]] = []

    def score(self, groups: Sequence[Group], timeout_s: float | None = None) -> list[GroupResult]:
        self.calls.append(list(groups))
        if any(group.verifier == "down" for group in groups):
            raise ServerUnavailable("nobody there")
        return [self._judge(group) for group in groups]

    def _judge(self, group: Group) -> GroupResult:
        assert isinstance(group.task, bytes)
        answer = json.loads(group.task).get("answer")
        if answer is None:
            error = ScoreError("INVALID_TASK", "schema_violation", "task: lacks answer", False)
            return GroupResult("", (CompletionResult(error),) * len(group.completions), error)
        return GroupResult("", tuple(self._one(text == answer) for text in group.completions))

    def _one(self, right: bool) -> CompletionResult:
        verdict = "CORRECT" if right else "INCORRECT"
        return CompletionResult(
            Score(float(right), right, verdict, "match" if right else "differs")
        )


def row(completion: Any = "yes", verifier: str = "echo", **task: Any) -> bytes:
    content = {"verifier": verifier, "task": task or {"answer": "yes"}, "completion": completion}
    return json.dumps(content).encode() + b"\n"


def scored(data: bytes, scorer: FakeScorer) -> tuple[list[dict[str, Any]], Any]:
    out = io.StringIO()
    summary = score_file(io.BytesIO(data), out, scorer, timeout_s=PATIENCE_S)
    return [json.loads(line) for line in out.getvalue().splitlines()], summary


def test_rows_come_back_in_order_and_grouped_by_content() -> None:
    scorer = FakeScorer()
    data = row("yes") + row("a", answer="a") + row("no") + b"\n" + row("b", answer="a")
    rows, summary = scored(data, scorer)
    assert [each["completion"] for each in rows] == ["yes", "a", "no", "b"]
    assert [each["result"]["passed"] for each in rows] == [True, True, False, False]
    assert rows[2]["result"] == {
        "verdict": "INCORRECT",
        "value": 0.0,
        "passed": False,
        "reason": "differs",
    }
    ((first, second),) = scorer.calls
    assert (first.completions, second.completions) == (["yes", "no"], ["a", "b"])
    assert summary.all_judged
    assert (summary.judged, summary.value_sum) == (4, 2.0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{bad", "not_json"),
        (b'{"verifier": "echo", "verifier": "x"}', "duplicate_key"),
        (b"\xff", "not_utf8"),
        (b"[1]", "not_an_object"),
        (b"[" * 5000, "too_deep"),
        (b'{"verifier": "echo", "task": {}, "completion": 1}', "bad_field"),
        (b'{"verifier": "echo", "task": 1, "completion": ""}', "bad_field"),
        (b'{"verifier": "\\ud800", "task": {}, "completion": ""}', "bad_field"),
        (b'{"verifier": "echo", "completion": ""}', "bad_field"),
        (b'{"verifier": "echo", "task": {"a": NaN}, "completion": ""}', "not_json"),
        (
            json.dumps({"verifier": "e", "task": {"a": "x" * 2**20}, "completion": ""}).encode(),
            "bad_field",
        ),
    ],
)
def test_a_row_that_cannot_be_read_stops_no_other(line: bytes, reason: str) -> None:
    rows, summary = scored(row() + line + b"\n" + row(), FakeScorer())
    assert [each["result"].get("error") for each in rows] == [None, "INVALID_ROW", None]
    assert rows[1]["result"]["reason"] == reason
    assert rows[1]["result"]["message"].startswith("line 2: ")
    assert not summary.all_judged


def test_a_line_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_rows, "MAX_LINE_BYTES", 100)
    rows, _ = scored(row() + b"x" * 1234 + b"\n" + row(), FakeScorer())
    assert [each["result"].get("reason") for each in rows] == ["match", "too_long", "match"]


def test_batches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_rows, "BATCH_GROUPS", 3)
    scorer = FakeScorer()
    rows, _ = scored(b"".join(row(f"{i}", answer=f"{i // 2}") for i in range(20)), scorer)
    assert sorted(len(call) for call in scorer.calls) == [1, 3, 3, 3]
    assert [each["completion"] for each in rows] == [f"{i}" for i in range(20)]
    monkeypatch.setattr(score_rows, "BATCH_BYTES", 1)
    scorer = FakeScorer()
    scored(row() * 3, scorer)
    assert [len(call) for call in scorer.calls] == [1, 1, 1]


def test_large_groups_are_cut() -> None:
    scorer = FakeScorer()
    rows, _ = scored(b"".join(row(f"{i}", answer="7") for i in range(600)), scorer)
    assert [len(group.completions) for call in scorer.calls for group in call] == [256, 256, 88]
    assert [i for i, each in enumerate(rows) if each["result"]["passed"]] == [7]


def test_numbers_and_surrogates_travel_unchanged() -> None:
    scorer = FakeScorer()
    rows, _ = scored(row("\ud800", answer="\ud800", big=2**53 + 1), scorer)
    assert rows[0]["result"]["passed"]
    assert rows[0]["task"]["big"] == 2**53 + 1
    assert json.loads(scorer.calls[0][0].task)["big"] == 2**53 + 1  # type: ignore[arg-type]


def test_a_call_that_fails_is_told_in_its_rows() -> None:
    rows, summary = scored(row() + row(verifier="down") + row(x=1), FakeScorer())
    assert [each["result"]["error"] for each in rows] == ["CALL_FAILED"] * 3
    assert rows[0]["result"]["reason"] == "ServerUnavailable"
    assert summary.errors["echo", "CALL_FAILED"] == 2


def test_group_errors_are_told_in_their_rows() -> None:
    rows, summary = scored(row() + row(x=1), FakeScorer())
    assert rows[0]["result"]["passed"]
    assert rows[1]["result"] == {
        "error": "INVALID_TASK",
        "reason": "schema_violation",
        "message": "task: lacks answer",
    }
    assert not summary.all_judged


def test_command_line_errors(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(main, ["score"]).exit_code == 2
    assert run(main, ["score", str(tmp_path / "absent")]).exit_code == 2
    assert run(main, ["score", "-", "--server", "x:1", "--workers", "2"]).exit_code == 2
    assert run(main, ["serve", "--workers", "0"]).exit_code == 2
    version = run(main, ["--version"])
    assert (version.exit_code, version.output.split()[0]) == (0, "verifier-server")


def test_print_config() -> None:
    done = CliRunner().invoke(main, ["serve", "--print-config", "--workers", "3"])
    assert done.exit_code == 0
    assert "workers = 3\n" in done.output
