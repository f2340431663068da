"""What can be told of two formulas from the signs of their predicates alone.

Promises: exact, without asking a solver. Lyndon's interpolation theorem (1959): where p
entails g, a formula between them has each predicate only with signs that it has in both. So
where they share none, and neither has equality or arithmetic, p is inconsistent or g is
valid. And a formula in which each predicate has one sign only is neither valid nor
unsatisfiable: let all that is positive hold, or none of it.

Does not cover: formulas with equality, arithmetic or truth values: `Signs.plain` is false
and nothing is told.
"""

from dataclasses import dataclass

from verifier_server.verifiers.logic.formulas import (
    Atom,
    Connected,
    Formula,
    Not,
    Quantified,
)

# A predicate's name, its number of arguments, and whether it is positive.
Sign = tuple[str, int, bool]


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of the predicates of a formula, and whether it has nothing but these.

    `names` are those of its functions and constants, where a caller wants them.
    """

    signs: frozenset[Sign]
    plain: bool
    names: frozenset[str] = frozenset()

    @property
    def contingent(self) -> bool:
        """Whether it is known to be neither valid nor unsatisfiable."""
        return self.plain and not any(
            positive and (name, count, False) in self.signs for name, count, positive in self.signs
        )

    def may_entail(self, other: "Signs") -> bool:
        """Whether a consistent formula of these signs may entail one that is not valid."""
        return not (self.plain and other.plain) or not self.signs.isdisjoint(other.signs)


def signs_of(normal: Formula) -> Signs:
    """The signs of a formula in negation normal form."""
    signs: set[Sign] = set()
    plain = True
    left: list[Formula] = [normal]
    while left:
        node = left.pop()
        match node:
            case Atom(name=name, arguments=arguments):
                signs.add((name, len(arguments), True))
            case Not(body=Atom(name=name, arguments=arguments)):
                signs.add((name, len(arguments), False))
            case Connected(parts=parts):
                left += parts
            case Quantified(body=body):
                left.append(body)
            case _:
                plain = False
    return Signs(frozenset(signs), plain)
