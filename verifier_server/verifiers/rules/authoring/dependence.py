"""Which rules an expression decides, and the part of a pack that gives their verdicts.

Promises: the part gives its rules the verdicts that the whole gives them. It is what makes trying
hundreds of mutants cheap.

Does not cover: values of answers, which are of the whole.
"""

from collections.abc import Collection
from dataclasses import replace

from verifier_server.verifiers.rules.authoring.names import Expression
from verifier_server.verifiers.rules.pack import Pack
from verifier_server.verifiers.rules.tokens import references


class Dependence:
    """What the derived values and the rules of a pack read of its derived values."""

    def __init__(self, pack: Pack) -> None:
        self._of_derived: dict[str, set[str]] = {}
        for each in pack.derived:
            self._of_derived[each.name] = self._closure(each.expr)
        self._of_rule = {
            rule.id: self._closure(rule.when) | self._closure(rule.check) for rule in pack.rules
        }

    def _closure(self, text: str) -> set[str]:
        """All derived values that an expression needs; earlier ones are known already."""
        needed: set[str] = set()
        for each in references(text):
            if each.root == "derived":
                # One that is read as a whole has all that come before.
                direct = [each.path[0]] if each.path else self._of_derived
                for name in direct:
                    needed |= {name, *self._of_derived.get(name, ())}
        return needed

    def rules_on(self, expression: Expression) -> set[str]:
        """The rules whose verdicts an expression can change."""
        if expression.rule:
            return {expression.rule}
        name = expression.owner.removeprefix("derived.")
        return {rule for rule, needed in self._of_rule.items() if name in needed}

    def part(self, pack: Pack, rules: Collection[str]) -> Pack:
        """The pack with these rules alone, and with what they need."""
        needed = set().union(*(self._of_rule[each] for each in rules))
        return replace(
            pack,
            rules=tuple(each for each in pack.rules if each.id in rules),
            derived=tuple(each for each in pack.derived if each.name in needed),
        )
