"""What a pack says of facts and an answer, as the gates ask it.

Promises: an answer is judged as a completion's is, its schema first; what a task or a completion
would be told as an error is a `fault` here, never a verdict. Facts are bound once.

Does not cover: what a rule means (`verifiers/rules/evaluate.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier_server.verifiers.rules.evaluate import (
    Bound,
    CompiledPack,
    FactsFaultError,
    NoRuleAppliesError,
    RuleFaultError,
)
from verifier_server.verifiers.rules.pack import Pack, canonical


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the pack says. `verdicts` is None where its schema refuses the answer.

    `fault` is why there is no judgement, "" where there is one; `faulty` the id of the rule at
    fault, "" where it is none; `at` the JSON pointer of the expression in the pack, "" of facts.
    `none_applies` is whether the fault is that no rule can apply to the facts.
    """

    value: float
    verdicts: Mapping[str, str] | None
    fault: str = ""
    faulty: str = ""
    at: str = ""
    none_applies: bool = False


class Judge:
    """Judges by one pack.

    Raises:
        PackFaultError: an expression or a schema does not compile.
    """

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._compiled = CompiledPack(pack)
        self._bound: dict[str, Bound | Outcome] = {}

    def outcome(self, facts: Mapping[str, Any], answer: Any) -> Outcome:
        """What the pack says of an answer of exact values."""
        bound = self._bind(facts)
        if isinstance(bound, Outcome):
            return bound
        try:
            evaluation = bound.evaluate(answer)
        except RuleFaultError as error:
            return Outcome(0.0, None, error.message, error.rule, error.place)
        if evaluation.violations:
            return Outcome(evaluation.value, None)
        verdicts = {each.rule.id: each.status for each in evaluation.verdicts}
        return Outcome(evaluation.value, verdicts)

    def verdicts(self, facts: Mapping[str, Any], answer: Any) -> Mapping[str, str] | None:
        """Of all rules, where none may apply as well; None where there is no judgement."""
        outcome = self.outcome(facts, answer)
        if outcome.none_applies:
            return {rule.id: "not_applicable" for rule in self.pack.rules}
        return outcome.verdicts

    def _bind(self, facts: Mapping[str, Any]) -> Bound | Outcome:
        key = canonical(facts)
        if key not in self._bound:
            self._bound[key] = self._bound_once(facts)
        return self._bound[key]

    def _bound_once(self, facts: Mapping[str, Any]) -> Bound | Outcome:
        try:
            return self._compiled.bind(facts)
        except RuleFaultError as error:
            return Outcome(0.0, None, error.message, error.rule, error.place)
        except FactsFaultError as error:
            where = f" at {error.pointer}" if error.pointer else ""
            return Outcome(0.0, None, f"the facts{where}: {error.message}")
        except NoRuleAppliesError as error:
            message = f"{error}: no task can have these facts"
            return Outcome(0.0, None, message, none_applies=True)
