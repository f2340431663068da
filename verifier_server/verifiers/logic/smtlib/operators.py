"""The interpreted operators: how many parts each takes and what it builds.

Promises: SMT-LIB 2.6's theories Core, Ints, Reals and Reals_Ints, with z3's words implies,
iff and if for =>, = and ite; no power. Int and Real mix (`composing.numeric`).

Does not cover: binders and annotations (`terms`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from verifier_server.verifiers.logic.composing import logical, numeric
from verifier_server.verifiers.logic.composing.measured import Built
from verifier_server.verifiers.logic.formulas import Op, Relation

_ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Operator:
    """What builds an application, and the numbers of parts that it takes."""

    build: Callable[[Sequence[Built]], Built]
    least: int
    most: int = _ANY_NUMBER


def _chosen(parts: Sequence[Built]) -> Built:
    return logical.chosen(*parts)


def _equivalent(parts: Sequence[Built]) -> Built:
    for part in parts:
        _ = part.formula
    return logical.equal(parts)


OPERATORS: Mapping[str, Operator] = {
    "not": Operator(lambda parts: logical.negated(parts[0]), 1, 1),
    "and": Operator(partial(logical.joined, Op.AND), 1),
    "or": Operator(partial(logical.joined, Op.OR), 1),
    "=>": Operator(logical.implied, 2),
    "implies": Operator(logical.implied, 2, 2),
    "iff": Operator(_equivalent, 2, 2),
    "xor": Operator(logical.exclusive, 2),
    "=": Operator(logical.equal, 2),
    "distinct": Operator(logical.distinct, 2),
    "ite": Operator(_chosen, 3, 3),
    "if": Operator(_chosen, 3, 3),
    "<": Operator(partial(numeric.compared, Relation.LESS), 2),
    "<=": Operator(partial(numeric.compared, Relation.LESS_EQUAL), 2),
    ">": Operator(partial(numeric.compared, Relation.GREATER), 2),
    ">=": Operator(partial(numeric.compared, Relation.GREATER_EQUAL), 2),
    "+": Operator(numeric.added, 1),
    "-": Operator(numeric.subtracted, 1),
    "*": Operator(numeric.multiplied, 1),
    "/": Operator(numeric.divided, 2),
    "div": Operator(numeric.whole_quotient, 2),
    "mod": Operator(lambda parts: numeric.remainder(*parts), 2, 2),
    "abs": Operator(lambda parts: numeric.absolute(parts[0]), 1, 1),
    "to_real": Operator(lambda parts: numeric.real(parts[0]), 1, 1),
    "to_int": Operator(lambda parts: numeric.floor(parts[0]), 1, 1),
    "is_int": Operator(lambda parts: numeric.is_whole(parts[0]), 1, 1),
}
TRUTHS: Mapping[str, bool] = {"true": True, "false": False}
BINDERS = frozenset(("let", "forall", "exists"))
# Section 3.1 of the standard, and names that z3 takes for its own.
RESERVED = (
    frozenset(OPERATORS)
    | frozenset(TRUTHS)
    | BINDERS
    | frozenset(("!", "_", "as", "lambda", "match", "par", "BINARY", "DECIMAL", "HEXADECIMAL"))
    | frozenset(("NUMERAL", "STRING", "^"))
)
