"""What one reward call came to: for a progress line, and as metrics.

Promises: means and shares are over judged completions only, and a share that is
not defined (nothing judged) is left out, never reported as 0.

Does not cover: anything over more than one call or rank; the trainer averages.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from trainer_client.codec import VERDICTS
from trainer_client.results import CompletionResult

TASK_ERRORS = frozenset({"INVALID_TASK", "BAD_GROUND_TRUTH"})


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """One reward call.

    `completions` is the number of rows, `judged` of them got a score, `bad_tasks`
    did not because of the data set, `unanswered` because no server answered.
    `duplicates` rows were not sent, because an identical one of the same task was.
    `verdicts` and `errors` count rows by name. `groups` counts the trainer's groups
    with at least two judged rows here, and `groups_without_signal` those whose
    values are all equal: with group-relative advantages they teach nothing.
    `means` holds the mean value by verifier. `latency_s` is how long the step was
    held, in seconds.
    """

    completions: int = 0
    judged: int = 0
    bad_tasks: int = 0
    unanswered: int = 0
    duplicates: int = 0
    groups: int = 0
    groups_without_signal: int = 0
    latency_s: float = 0.0
    mean: float | None = None
    means: Mapping[str, float] = field(default_factory=dict)
    verdicts: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Rows without a verdict, for whatever reason."""
        return self.completions - self.judged

    @property
    def missing_by_service(self) -> int:
        """Rows without a verdict through no fault of the data set."""
        return self.missing - self.bad_tasks


def summarise(
    rows: Sequence[CompletionResult | None],
    *,
    verifiers: Sequence[object],
    groups: Sequence[Hashable],
    duplicates: int,
    latency_s: float,
) -> BatchSummary:
    """Counts the rows of one call; `groups[i]` identifies the trainer's group of row i."""
    scores = [None if row is None else row.score for row in rows]
    errors = Counter(row.error.code for row in rows if row is not None and row.error is not None)
    values: dict[str, list[float]] = defaultdict(list)
    by_group: dict[Hashable, list[float]] = defaultdict(list)
    for score, verifier, group in zip(scores, verifiers, groups, strict=True):
        if score is not None:
            values[str(verifier)].append(score.value)
            by_group[group].append(score.value)
    judged = [value for each in values.values() for value in each]
    comparable = [each for each in by_group.values() if len(each) > 1]
    return BatchSummary(
        completions=len(rows),
        judged=len(judged),
        bad_tasks=sum(errors[code] for code in TASK_ERRORS),
        unanswered=sum(row is None for row in rows),
        duplicates=duplicates,
        groups=len(comparable),
        groups_without_signal=sum(min(each) == max(each) for each in comparable),
        latency_s=latency_s,
        mean=statistics.fmean(judged) if judged else None,
        means={name: statistics.fmean(each) for name, each in sorted(values.items())},
        verdicts=dict(Counter(score.verdict for score in scores if score is not None)),
        errors=dict(errors),
    )


def metrics(summary: BatchSummary, name: str) -> dict[str, float]:
    """Scalars to log, by name.

    All verdicts are there whenever one is: TRL averages over the calls that logged
    a name, so one left out where it is 0 would read too high.
    """
    out = {f"{name}/latency_s": summary.latency_s}
    if summary.completions:
        out[f"{name}/missing_frac"] = summary.missing / summary.completions
        out[f"{name}/bad_task_frac"] = summary.bad_tasks / summary.completions
        out[f"{name}/dedup_frac"] = summary.duplicates / summary.completions
    if summary.groups:
        out[f"{name}/group_zero_std_frac"] = summary.groups_without_signal / summary.groups
    if summary.judged:
        for verdict in VERDICTS:
            share = summary.verdicts.get(verdict, 0) / summary.judged
            out[f"{name}/verdict/{verdict.lower()}"] = share
    out |= {f"{verifier}/mean": mean for verifier, mean in summary.means.items()}
    return out
