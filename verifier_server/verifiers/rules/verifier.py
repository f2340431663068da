"""The rules verifier's judgement: extract, parse, check the answer's schema, ask every rule.

Promises: the value is that of `evaluate`; an answer that breaks its schema, or holds a value that
no rule could compute with, is INCORRECT with value 0, and no rule is asked. CORRECT only when
every rule that applies holds. Open facts name the pack, the verdict of every rule and what it
cites; explanations, which tell what would have been right, are privileged.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from verifier_server.contract import (
    Component,
    Diagnostics,
    ErrorCode,
    Judge,
    Score,
    TaskError,
    Verdict,
)
from verifier_server.verifiers.json.extract import NoCandidateError, extract
from verifier_server.verifiers.json.parse import ParseError, parse
from verifier_server.verifiers.rules.evaluate import (
    Bound,
    CompiledPack,
    Evaluation,
    FactsFaultError,
    NoRuleAppliesError,
    RuleFaultError,
    RuleVerdict,
    Tally,
)
from verifier_server.verifiers.rules.pack import Pack, Rule
from verifier_server.verifiers.rules.shelf import REMEMBERED, from_task, named

# Characters of an answer. It is a small document by its schema; a large one costs seconds before
# the schema refuses it (a thousand long integers where items are unique), and must not buy time.
MAX_ANSWER = 32_768
MAX_EXTRACTED = 1000
MAX_MESSAGE = 200
MAX_POINTER = 200
MAX_CITATION = 200  # characters of one rule's fact
MAX_DISCLAIMER = 200
_STATUSES = ("fail", "pass", "not_applicable")

_Facts = tuple[tuple[str, str], ...]


def prepare(task: Mapping[str, Any], folder: Path | None = None) -> Judge:
    """Binds a pack to the facts of a task that satisfies `task_schema.json`.

    Args:
        task: the task.
        folder: the server's pack folder, None when it has none.

    Raises:
        TaskError: INVALID_TASK where the pack or the facts cannot be used, BAD_GROUND_TRUTH
            where a rule has no value for the facts, or none can apply to them.
    """
    if "ruleset" in task:
        compiled, place = from_task(task["ruleset"]), "/ruleset"
    else:
        asked = task["pack"]
        compiled, place = named(asked["name"], asked.get("digest", ""), folder), "/pack"
    bound = _bind(compiled, task["facts"], place)
    rendered = _rendered(compiled)

    def judge(completion: str) -> Score:
        try:
            candidate = extract(completion)
        except NoCandidateError as error:
            malformed = error.reason == "too_large"
            verdict = Verdict.MALFORMED if malformed else Verdict.NO_ANSWER
            return Score(0.0, False, verdict, error.reason, (), Diagnostics(message=str(error)))
        extracted = candidate.text[:MAX_EXTRACTED]
        if len(candidate.text) > MAX_ANSWER:
            diagnostics = Diagnostics(extracted, f"more than {MAX_ANSWER} characters")
            return Score(0.0, False, Verdict.MALFORMED, "too_large", (), diagnostics)
        try:
            document = parse(candidate.text)
        except ParseError as error:
            facts = () if error.offset is None else (("offset", str(error.offset)),)
            diagnostics = Diagnostics(extracted, error.message[:MAX_MESSAGE], facts)
            return Score(0.0, False, Verdict.MALFORMED, error.reason, (), diagnostics)
        return _score(_evaluate(bound, document, place), extracted, rendered)

    return judge


def _bind(compiled: CompiledPack, facts: Mapping[str, Any], place: str) -> Bound:
    try:
        return compiled.bind(facts)
    except FactsFaultError as error:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            "invalid_facts",
            f"the facts do not satisfy the pack's schema: {error.message}"[:MAX_MESSAGE],
            f"/facts{error.pointer}",
        ) from None
    except RuleFaultError as error:
        raise _rule_error(error, place) from None
    except NoRuleAppliesError as error:
        raise TaskError(
            ErrorCode.BAD_GROUND_TRUTH, "no_rule_applies", str(error), "/facts"
        ) from None


def _evaluate(bound: Bound, document: Any, place: str) -> Evaluation:
    try:
        return bound.evaluate(document)
    except RuleFaultError as error:
        raise _rule_error(error, place) from None


def _rule_error(error: RuleFaultError, place: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, "rule_error", error.message, place + error.place)


class _Rendered:
    """What results say of a pack: the same for all of them, so it is written once."""

    def __init__(self, pack: Pack) -> None:
        self.pack = f"{pack.id} {pack.version} {pack.digest}"
        self._cited = {rule.id: _cited(pack, rule) for rule in pack.rules}
        said = pack.disclaimer[:MAX_DISCLAIMER]
        self._disclaimer = (("disclaimer", said),) if said else ()

    def facts(self, verdicts: Iterable[RuleVerdict]) -> _Facts:
        """The pack, all verdicts in one fact, then rules with what they cite, failed ones first.

        A result has room for a bounded number of facts; the first ones are always whole.
        """
        by_status: dict[str, list[str]] = {status: [] for status in _STATUSES}
        for each in verdicts:
            by_status[each.status].append(each.rule.id)
        told = "; ".join(f"{status}: {' '.join(ids)}" for status, ids in by_status.items() if ids)
        cited = [
            ("rule", f"{name} {status}: {self._cited[name]}")
            for status, ids in by_status.items()
            for name in ids
        ]
        return (("pack", self.pack), ("verdicts", told), *self._disclaimer, *cited)


@lru_cache(maxsize=REMEMBERED)
def _rendered(compiled: CompiledPack) -> _Rendered:
    return _Rendered(compiled.pack)


def _cited(pack: Pack, rule: Rule) -> str:
    """The document, the section and the date that a rule cites."""
    source = pack.source(rule.cite.source)
    parts = [source.id, rule.cite.section, rule.cite.date or source.date]
    return ", ".join(filter(None, parts))[:MAX_CITATION]


def _score(evaluation: Evaluation, extracted: str, rendered: _Rendered) -> Score:
    if evaluation.violations:
        return _refused(evaluation, extracted, rendered)
    value, applicable, held = evaluation.value, evaluation.applicable, evaluation.held
    passed = held == applicable > 0
    if passed:
        verdict, reason = Verdict.CORRECT, "rules_hold"
    elif evaluation.critical_failed:
        verdict, reason = Verdict.INCORRECT, "critical_rule_failed"
    elif not applicable:
        verdict, reason = Verdict.INCORRECT, "no_rule_applies"
    else:
        verdict, reason = Verdict.PARTIAL if value > 0 else Verdict.INCORRECT, "rules_failed"
    components = (
        Component("schema", 1.0, 0.0, 1, 1),
        Component("rules", value, 1.0, held, applicable),
        _component("required", evaluation.required),
        _component("forbidden", evaluation.forbidden),
    )
    explained = tuple(
        ("explanation", f"{each.rule.id}: {each.explanation}")
        for each in evaluation.verdicts
        if each.status == "fail"
    )
    diagnostics = Diagnostics(
        extracted, facts=rendered.facts(evaluation.verdicts), privileged=explained
    )
    return Score(value, passed, verdict, reason, components, diagnostics)


def _component(name: str, tally: Tally) -> Component:
    share = tally.held_weight / tally.weight if tally.weight else 1.0
    return Component(name, share, 0.0, tally.held, tally.applicable)


def _refused(evaluation: Evaluation, extracted: str, rendered: _Rendered) -> Score:
    """The answer breaks its schema: no rule was asked."""
    violations = evaluation.violations
    facts = (
        ("pack", rendered.pack),
        *(("schema_error", f"{each.pointer[:MAX_POINTER]} {each.keyword}") for each in violations),
    )
    told = tuple(
        ("schema_error", f"{each.pointer[:MAX_POINTER]}: {each.message}") for each in violations
    )
    components = (Component("schema", 0.0, 0.0, 0, 1), Component("rules", 0.0, 1.0))
    message = "the answer does not satisfy the pack's schema"
    diagnostics = Diagnostics(extracted, message, facts, told)
    return Score(0.0, False, Verdict.INCORRECT, "answer_invalid", components, diagnostics)
