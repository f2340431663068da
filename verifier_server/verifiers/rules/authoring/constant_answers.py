"""What an answer is worth that never looks at the facts.

Promises: the best of the cases' answers, given to the facts of all cases, is reported with its
mean value; so are facts for which no required rule applies, where anything not forbidden is right.

Does not cover: answers that no case has.
"""

from collections.abc import Iterator, Sequence

from verifier_server.verifiers.rules.authoring.judging import Judge
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.authoring.showing import shown
from verifier_server.verifiers.rules.authoring.situations import Answered, Situation
from verifier_server.verifiers.rules.pack import Pack

NAME = "constant answers"
# A mean value above it pays for answering without reading.
MOST = 0.5
MAX_EVALUATIONS = 4000


def constant_answers(judge: Judge, situations: Sequence[Situation], places: Places) -> Gate:
    """The gate: figures and warnings, never a failure."""
    findings = list(_without_required(judge.pack, situations, places))
    best, mean = _best(judge, situations)
    figures: dict[str, object] = {"facts": len(situations), "best_mean_value": round(mean, 4)}
    if best:
        figures["best_case"] = best.case
    if best and mean > MOST and len(situations) > 1:
        message = (
            f"the answer of case {best.case}, {shown(best.answer)}, is worth {mean:.3f} on average "
            f"whatever the facts: add facts for which it is wrong, or weigh what depends on them"
        )
        findings.append(Finding(Level.WARNING, places.cases, message))
    return Gate(NAME, tuple(findings), figures)


def _best(judge: Judge, situations: Sequence[Situation]) -> tuple[Answered | None, float]:
    answers: dict[str, Answered] = {}
    for each in (each for situation in situations for each in situation.answered):
        answers.setdefault(repr(each.answer), each)
    most = MAX_EVALUATIONS // max(1, len(situations))
    means = [
        (sum(judge.outcome(each.facts, answered.answer).value for each in situations), answered)
        for answered in list(answers.values())[:most]
    ]
    if not means:
        return None, 0.0
    total, best = max(means, key=lambda each: each[0])
    return best, total / len(situations)


def _without_required(
    pack: Pack, situations: Sequence[Situation], places: Places
) -> Iterator[Finding]:
    required = [rule.id for rule in pack.rules if rule.kind == "required"]
    for situation in situations:
        for each in situation.answered:
            verdicts = each.outcome.verdicts or {}
            if all(verdicts[rule] == "not_applicable" for rule in required):
                yield Finding(
                    Level.WARNING,
                    places.line(situation.line),
                    f"case {each.case}: no required rule applies to its answer, so that it is "
                    "right unless something is forbidden: add a rule that asks for something",
                )
