"""A pack applied to facts and to answers: the verdict of every rule, and the value.

Promises: what follows from the facts alone is computed once for them: derived values, and which
rules apply where `when` does not read the answer. Answers are then judged each by itself; nothing
of one is kept for the next. A rule that has no value is a fault of the pack or the facts
(`RuleFaultError`), never a pass or a fail.

The value is (weight of required rules that hold - weight of forbidden rules that are violated) /
(weight of required rules that apply), within 0 and 1; HealthBench's formula (Arora et al. 2025,
section 4) with the veto that any critical rule that fails gives 0. Where no required rule applies
it is 1 if nothing is violated, and 0 otherwise; an answer to which no rule applies at all is
worth 0, for it evaded them all.

Does not cover: reading completions and tasks (`verifier`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from verifier_server.contract import TaskError
from verifier_server.verifiers.json.schema import Validate, Violation, compile_schema
from verifier_server.verifiers.json.values import UnusableValueError as UnusableDocumentError
from verifier_server.verifiers.json.values import exact, pointer
from verifier_server.verifiers.rules.converting import (
    MAX_ANSWER_INTEGER,
    MAX_FACTS_INTEGER,
    UnusableValueError,
    converter,
)
from verifier_server.verifiers.rules.explaining import Template
from verifier_server.verifiers.rules.expressions import (
    Activation,
    EvaluationError,
    Expression,
    ExpressionError,
    Expressions,
    activation,
    derive,
    holds,
)
from verifier_server.verifiers.rules.pack import WEIGHT_DECIMALS, Pack, PackFaultError, Rule
from verifier_server.verifiers.rules.shapes import shape_of

Status = Literal["pass", "fail", "not_applicable"]


class RuleFaultError(Exception):
    """An expression of the pack has no value for these facts, or for this answer.

    `place` is the RFC 6901 pointer of the expression in the pack; `rule` is the id of its rule,
    "" for a derived value.
    """

    def __init__(self, message: str, place: str, rule: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.rule = rule


class FactsFaultError(Exception):
    """The facts do not satisfy the pack's schema; `pointer` leads into them."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


class NoRuleAppliesError(Exception):
    """No rule of the pack can apply to these facts, whatever the answer."""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule says of an answer. Only a failed rule has an explanation."""

    rule: Rule
    status: Status
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Rules of one kind that apply: how many, how many hold, and their weights in thousandths."""

    held: int = 0
    applicable: int = 0
    held_weight: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judgement of an answer.

    `violations` says how the answer breaks its schema; then no rule was asked, the value is 0
    and there are no verdicts. Otherwise `verdicts` has one for every rule, in the pack's order.
    """

    value: float
    verdicts: tuple[RuleVerdict, ...] = ()
    violations: tuple[Violation, ...] = ()
    critical_failed: bool = False
    required: Tally = Tally()
    forbidden: Tally = Tally()

    @property
    def applicable(self) -> int:
        """How many rules apply."""
        return self.required.applicable + self.forbidden.applicable

    @property
    def held(self) -> int:
        """How many rules hold of those that apply."""
        return self.required.held + self.forbidden.held


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule ready to be asked."""

    rule: Rule
    index: int
    when: Expression
    when_reads_answer: bool
    check: Expression
    template: Template
    weight: int
    passed: RuleVerdict
    not_applicable: RuleVerdict

    @property
    def required(self) -> bool:
        return self.rule.kind == "required"

    def fault(self, error: EvaluationError, name: str) -> RuleFaultError:
        """Its `when` or `check` has no value."""
        return RuleFaultError(
            f"rule {self.rule.id}: {name} has no value: {error}",
            f"/rules/{self.index}/{name}",
            self.rule.id,
        )


class CompiledPack:
    """A pack whose expressions and schemas are compiled. It keeps nothing of facts or answers.

    Raises:
        PackFaultError: an expression or a schema does not compile.
    """

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        facts = shape_of(pack.facts_schema, free=True)
        answer = shape_of(pack.answer_schema, free=False)
        self._facts_violations = _validator(pack.facts_schema, "/facts_schema")
        self._answer_violations = _validator(pack.answer_schema, "/answer_schema")
        self._convert_facts = converter(facts, MAX_FACTS_INTEGER)
        self._convert_answer = converter(answer, MAX_ANSWER_INTEGER)
        expressions = Expressions(facts, answer)
        names = [each.name for each in pack.derived]
        self._derived: list[tuple[str, Expression]] = []
        for index, each in enumerate(pack.derived):
            try:
                expression = expressions.derivation(each.expr, names[:index])
            except ExpressionError as error:
                raise PackFaultError(str(error), f"/derived/{index}/expr") from None
            self._derived.append((each.name, expression))
        self._rules = [
            _compiled(rule, index, expressions, names) for index, rule in enumerate(pack.rules)
        ]

    def bind(self, facts: Mapping[str, Any]) -> "Bound":
        """The pack for these facts: decoded JSON.

        Raises:
            FactsFaultError: they do not satisfy the pack's schema.
            RuleFaultError: a derived value or a `when` of the facts alone has no value.
            NoRuleAppliesError: no rule can apply.
        """
        values = self._read_facts(facts)
        derived, shown = self._derive(values)
        seen = activation({"facts": values, "derived": derived})
        asked = [(each, each.when_reads_answer or _when(each, seen)) for each in self._rules]
        if not any(may_apply for _, may_apply in asked):
            raise NoRuleAppliesError("no rule of the pack can apply to these facts")
        return Bound(self, asked, values, derived, shown)

    def _read_facts(self, facts: Mapping[str, Any]) -> Any:
        try:
            document = exact(facts)
            violations = self._facts_violations(document)
            if violations:
                first = violations[0]
                # Not the violation's message: it may quote the facts.
                raise FactsFaultError(f"by its keyword {first.keyword!r}", first.pointer)
            return self._convert_facts(document)
        except (UnusableDocumentError, UnusableValueError) as error:
            raise FactsFaultError(str(error), pointer(error.path)) from None

    def _derive(self, facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        derived: dict[str, Any] = {}
        shown: dict[str, Any] = {}
        for index, (name, expression) in enumerate(self._derived):
            seen = activation({"facts": facts, "derived": derived})
            try:
                value, shown[name] = derive(expression, seen)
            except EvaluationError as error:
                raise RuleFaultError(
                    f"derived value {name}: {error}", f"/derived/{index}/expr"
                ) from None
            derived = {**derived, name: value}
        return derived, shown

    def read_answer(self, document: Any) -> tuple[Any, tuple[Violation, ...]]:
        """An answer of exact values as CEL's, or how it is none."""
        violations = self._answer_violations(document)
        if violations:
            return None, tuple(violations)
        try:
            return self._convert_answer(document), ()
        except UnusableValueError as error:
            return None, (Violation(pointer(error.path), "value", str(error)),)


class Bound:
    """A pack with its facts. Made by `CompiledPack.bind`."""

    def __init__(
        self,
        compiled: CompiledPack,
        asked: Sequence[tuple[_CompiledRule, bool]],
        facts: Any,
        derived: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> None:
        self._compiled = compiled
        self._asked = asked
        self._facts = facts
        self._derived = derived
        self._shown = shown

    @property
    def derived(self) -> Mapping[str, Any]:
        """The derived values, as explanations show them."""
        return self._shown

    def evaluate(self, document: Any) -> Evaluation:
        """The judgement of an answer.

        Args:
            document: exact values, as json's `parse` reads them.

        Raises:
            RuleFaultError: a rule has no value for this answer.
        """
        answer, violations = self._compiled.read_answer(document)
        if violations:
            return Evaluation(0.0, violations=violations)
        seen = activation({"facts": self._facts, "derived": self._derived, "answer": answer})
        verdicts = [
            _ask(each, seen) if may_apply else each.not_applicable
            for each, may_apply in self._asked
        ]
        return self._valued(verdicts, answer)

    def _valued(self, verdicts: list[RuleVerdict], answer: Any) -> Evaluation:
        held, applicable, held_weight, weight = [0, 0], [0, 0], [0, 0], [0, 0]
        critical_failed = False
        for position, (verdict, (each, _)) in enumerate(zip(verdicts, self._asked, strict=True)):
            if verdict.status == "not_applicable":
                continue
            kind = int(each.required)
            applicable[kind] += 1
            weight[kind] += each.weight
            if verdict.status == "pass":
                held[kind] += 1
                held_weight[kind] += each.weight
                continue
            critical_failed |= each.rule.severity == "critical"
            values = {"facts": self._facts, "derived": self._shown, "answer": answer}
            explanation = each.template.fill(values)
            verdicts[position] = RuleVerdict(each.rule, "fail", explanation)
        forbidden, required = (
            Tally(held[kind], applicable[kind], held_weight[kind], weight[kind])
            for kind in (False, True)
        )
        value = 0.0 if critical_failed else _value(required, forbidden)
        return Evaluation(value, tuple(verdicts), (), critical_failed, required, forbidden)


def _value(required: Tally, forbidden: Tally) -> float:
    if not required.applicable:
        nothing_violated = forbidden.held == forbidden.applicable
        return float(nothing_violated and forbidden.applicable > 0)
    earned = required.held_weight - (forbidden.weight - forbidden.held_weight)
    return max(earned, 0) / required.weight


def _validator(schema: Mapping[str, Any], place: str) -> Validate:
    try:
        return compile_schema(schema, assert_format=True)
    except TaskError as error:
        within = error.pointer.removeprefix("/schema")
        raise PackFaultError(error.message, place + within) from None


def _compiled(
    rule: Rule, index: int, expressions: Expressions, derived: Sequence[str]
) -> _CompiledRule:
    compiled = {}
    for name, text in (("when", rule.when), ("check", rule.check)):
        try:
            compiled[name] = expressions.condition(text, derived)
        except ExpressionError as error:
            raise PackFaultError(str(error), f"/rules/{index}/{name}") from None
    when, when_reads_answer = compiled["when"]
    return _CompiledRule(
        rule=rule,
        index=index,
        when=when,
        when_reads_answer=when_reads_answer,
        check=compiled["check"][0],
        template=Template.of(rule.explain),
        weight=int(Decimal(repr(rule.weight)).scaleb(WEIGHT_DECIMALS)),
        passed=RuleVerdict(rule, "pass"),
        not_applicable=RuleVerdict(rule, "not_applicable"),
    )


def _when(each: _CompiledRule, seen: Activation) -> bool:
    try:
        return holds(each.when, seen)
    except EvaluationError as error:
        raise each.fault(error, "when") from None


def _ask(each: _CompiledRule, seen: Activation) -> RuleVerdict:
    if each.when_reads_answer and not _when(each, seen):
        return each.not_applicable
    try:
        held = holds(each.check, seen) is each.required
    except EvaluationError as error:
        raise each.fault(error, "check") from None
    return each.passed if held else RuleVerdict(each.rule, "fail")
