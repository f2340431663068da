import io

import pytest
from rich.console import Console

from trainer_client.progress import PLAIN_EVERY, RunProgress
from trainer_client.steps import step_record
from trainer_client.summary import BatchSummary

SUMMARY = BatchSummary(
    completions=16,
    judged=14,
    groups=2,
    groups_without_signal=1,
    latency_s=0.0125,
    mean=0.5,
    means={"math": 0.5},
    verdicts={"CORRECT": 7, "NO_ANSWER": 7},
    errors={"DEADLINE": 2},
)


def test_a_record_joins_trainer_and_reward() -> None:
    made = step_record(3, 9.0, {"reward": 0.4, "kl": 0.25, "step_time": 1.5}, SUMMARY)
    assert (made.step, made.reward, made.kl, made.no_signal) == (3, 0.5, 0.25, 0.5)
    assert (made.completions, made.missing, made.entropy) == (16, 2, None)
    line = made.line()
    for part in ("reward 0.500", "kl 0.250", "no signal 50%", "12 ms", "correct 7"):
        assert part in line
    assert "not judged 2" in line


def test_what_was_not_measured_is_null_and_not_zero() -> None:
    made = step_record(1, 1.0, {}, BatchSummary(completions=8, unanswered=8))
    assert (made.reward, made.kl, made.no_signal, made.missing) == (None, None, None, 8)
    assert "reward -" in made.line()
    assert step_record(1, 1.0, {"kl": float("nan")}, BatchSummary()).kl is None


def test_without_a_terminal_every_tenth_step_is_a_plain_line() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=False)
    with RunProgress(console) as progress, progress.phase("GRPO", 25) as phase:
        for step in range(25):
            phase.advance(note=f"note {step + 1} [bold]")
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "note" in line] == [
        f"  {step}/25  note {step} [bold]" for step in (PLAIN_EVERY, 2 * PLAIN_EVERY, 25)
    ]
    assert "\x1b" not in out.getvalue()


def test_in_a_terminal_there_is_a_bar_and_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with RunProgress(console) as progress, progress.phase("GRPO", 2) as phase:
        phase.advance(note="reward 0.5 [bold]")
        progress._display.live.refresh()  # type: ignore[union-attr]  # it is a terminal
        phase.advance()
    assert "GRPO" in out.getvalue()
    assert "reward 0.5 [bold]" in out.getvalue()
    assert "2/2" in out.getvalue()
