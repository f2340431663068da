"""The record of one GRPO step.

Promises: one flat JSON object a step, with shares in [0,1], seconds, and counts
by name; a number that was not measured is null, never 0.

Does not cover: where records go (`train.py`) and how they look (`report.py`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_client.summary import BatchSummary

_SHOWN_VERDICTS = 4


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step.

    `reward` is the mean value of the judged completions, `no_signal` the share of
    groups whose completions all got the same value, `scoring_s` the time the step
    waited for judgements, `missing` the completions without one, `verdicts` and
    `errors` counts by name. `kl` is to the warm-started policy, in nats a token.
    """

    step: int
    elapsed_s: float
    reward: float | None
    kl: float | None
    entropy: float | None
    no_signal: float | None
    scoring_s: float
    step_s: float | None
    mean_tokens: float | None
    completions: int
    missing: int
    duplicates: int
    verdicts: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    by_verifier: Mapping[str, float] = field(default_factory=dict)

    def line(self) -> str:
        """One line for a person."""
        most = sorted(self.verdicts.items(), key=lambda each: -each[1])[:_SHOWN_VERDICTS]
        counts = " ".join(f"{name.lower()} {count}" for name, count in most)
        missing = f"  not judged {self.missing}" if self.missing else ""
        return (
            f"reward {_figure(self.reward)}  kl {_figure(self.kl)}  "
            f"no signal {_percent(self.no_signal)}  scored in {self.scoring_s * 1000:.0f} ms  "
            f"{counts}{missing}"
        )


def step_record(
    step: int, elapsed_s: float, logs: Mapping[str, Any], summary: BatchSummary
) -> StepRecord:
    """Joins what TRL logged for a step with the summary of its reward call.

    Args:
        step: 1 for the first.
        elapsed_s: seconds since training began.
        logs: TRL's scalars of this step alone (`logging_steps=1`).
        summary: of this step's reward call.
    """
    no_signal = summary.groups_without_signal / summary.groups if summary.groups else None
    return StepRecord(
        step=step,
        elapsed_s=round(elapsed_s, 3),
        reward=summary.mean,
        kl=_finite(logs.get("kl")),
        entropy=_finite(logs.get("entropy")),
        no_signal=no_signal,
        scoring_s=round(summary.latency_s, 5),
        step_s=_finite(logs.get("step_time")),
        mean_tokens=_finite(logs.get("completions/mean_length")),
        completions=summary.completions,
        missing=summary.missing,
        duplicates=summary.duplicates,
        verdicts=dict(summary.verdicts),
        errors=dict(summary.errors),
        by_verifier=dict(summary.means),
    )


def _finite(value: float | None) -> float | None:
    """None for what JSON cannot hold: a run that diverges logs NaN."""
    return value if value is not None and math.isfinite(value) else None


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
