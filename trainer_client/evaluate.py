"""Held-out evaluation through a live verifier server.

Promises: every figure comes from judgements of the server. A completion without
a judgement is left out and counted, never taken for a wrong one; when more than
a small share is missing there is no figure but an `EvaluationError`.

Does not cover: sampling on several devices, or confidence intervals.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trainer_client.config import Config
from trainer_client.failures import EvaluationError
from trainer_client.pass_at_k import pass_at_k
from trainer_client.prompts import Style, render_prompt
from trainer_client.results import CompletionResult, Group, GroupResult, Score
from trainer_client.sampling import sample_completions
from trainer_client.tasks.sample import Sample

PASS_K = 4
OVERALL = "overall"

# Not the seed of the run: before and after draw with the same random numbers.
_SAMPLING_SEED = 20_210_707


class Scorer(Protocol):
    """What evaluation needs of a client; `VerifierClient` is one."""

    def score(self, groups: Sequence[Group]) -> list[GroupResult]:
        """Results in the order of `groups`."""
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one family, or of all; rates are in [0,1].

    `pass_1` and `pass_k` (k = 4) are estimated from the sampled completions,
    `greedy` is the share of greedy completions that pass. `judged` and `missing`
    count completions with and without a judgement, greedy ones included.
    """

    prompts: int
    pass_1: float
    pass_k: float
    greedy: float
    judged: int
    missing: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A completion with its outcome, for people to read.

    `verdict` and `reason` are those of the score, or the error's code and reason
    when there is no judgement; `value` is then None.
    """

    completion: str
    verdict: str
    reason: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Example:
    """One held-out prompt with its first sampled completion and its greedy one."""

    verifier: str
    question: str
    sampled: Judged
    greedy: Judged


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by family, with `OVERALL` last; one example a prompt; judging digests."""

    figures: dict[str, Figures]
    examples: tuple[Example, ...]
    revisions: dict[str, str]


def evaluate(
    model: Any,
    tokenizer: Any,
    samples: Sequence[Sample],
    scorer: Scorer,
    config: Config,
    *,
    style: Style,
    advance: Callable[[int], None],
) -> Evaluation:
    """Samples completions for held-out prompts and has them judged.

    Args:
        model: the policy.
        tokenizer: its tokenizer.
        samples: the held-out prompts.
        scorer: a client of the server that judges.
        config: of the run; `evaluation` and `grpo.max_new_tokens` are used.
        style: how questions are put to this policy.
        advance: called with the number of completions sampled since the last call.

    Raises:
        EvaluationError: more than `evaluation.max_missing` of the judgements are
            missing, or a prompt of every kind needed for a figure has none.
        ClientError: the server did not answer.
    """
    settings = config.evaluation
    prompts = [render_prompt(sample, style, tokenizer) for sample in samples]

    def complete(count: int, temperature: float) -> list[list[str]]:
        return sample_completions(
            model,
            tokenizer,
            prompts,
            samples=count,
            temperature=temperature,
            max_new_tokens=config.grpo.max_new_tokens,
            batch_size=settings.batch_size,
            seed=_SAMPLING_SEED,
            advance=advance,
        )

    # The greedy completion goes first in its group.
    texts = [
        greedy + sampled
        for greedy, sampled in zip(
            complete(1, 0.0), complete(settings.samples, settings.temperature), strict=True
        )
    ]
    results = scorer.score(
        [
            Group(verifier=sample.verifier, task=sample.task, completions=completions)
            for sample, completions in zip(samples, texts, strict=True)
        ]
    )
    return summarise(samples, texts, results, settings.max_missing)


def summarise(
    samples: Sequence[Sample],
    texts: Sequence[Sequence[str]],
    results: Sequence[GroupResult],
    max_missing: float,
) -> Evaluation:
    """Figures from judged completions, of which the first of each group is the greedy one.

    Raises:
        EvaluationError: as `evaluate`.
    """
    _refuse_missing(results, max_missing)
    by_family: dict[str, list[GroupResult]] = {}
    revisions: dict[str, str] = {}
    for sample, result in zip(samples, results, strict=True):
        by_family.setdefault(sample.verifier, []).append(result)
        if result.revision_digest:
            revisions[sample.verifier] = result.revision_digest
    figures = {family: _figures(family, groups) for family, groups in by_family.items()}
    figures[OVERALL] = _figures(OVERALL, results)
    examples = tuple(
        Example(
            verifier=sample.verifier,
            question=sample.question,
            greedy=_judged(completions[0], result.results[0]),
            sampled=_judged(completions[1], result.results[1]),
        )
        for sample, completions, result in zip(samples, texts, results, strict=True)
    )
    return Evaluation(figures, examples, revisions)


def _refuse_missing(results: Sequence[GroupResult], max_missing: float) -> None:
    errors = [each.error for result in results for each in result.results if each.error]
    total = sum(len(result.results) for result in results)
    if len(errors) > max_missing * total:
        kinds = sorted({f"{error.code} ({error.reason}): {error.message}" for error in errors})
        raise EvaluationError(
            f"{len(errors)} of {total} completions were not judged, and at most "
            f"{max_missing:.1%} may be missing. Reasons: {'; '.join(kinds[:3])}"
        )


def _figures(name: str, groups: Sequence[GroupResult]) -> Figures:
    pass_1: list[float] = []
    pass_k: list[float] = []
    greedy: list[float] = []
    for group in groups:
        first, *sampled = (each.score for each in group.results)
        scores = [score for score in sampled if score is not None]
        passed = sum(score.passed for score in scores)
        if scores:
            pass_1.append(pass_at_k(len(scores), passed, 1))
        if len(scores) >= PASS_K:
            pass_k.append(pass_at_k(len(scores), passed, PASS_K))
        if first is not None:
            greedy.append(float(first.passed))
    if not (pass_1 and pass_k and greedy):
        raise EvaluationError(f"{name}: no prompt has enough judgements for pass@{PASS_K}")
    total = sum(len(group.results) for group in groups)
    judged = sum(each.score is not None for group in groups for each in group.results)
    return Figures(
        prompts=len(groups),
        pass_1=sum(pass_1) / len(pass_1),
        pass_k=sum(pass_k) / len(pass_k),
        greedy=sum(greedy) / len(greedy),
        judged=judged,
        missing=total - judged,
    )


def _judged(completion: str, result: CompletionResult) -> Judged:
    outcome = result.outcome
    if isinstance(outcome, Score):
        return Judged(completion, outcome.verdict, outcome.reason, outcome.value)
    return Judged(completion, outcome.code, outcome.reason, None)
