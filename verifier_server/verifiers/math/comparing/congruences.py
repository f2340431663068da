r"""Congruences: x = 3 and x = 10 modulo 7, n = 4k + 1 and n congruent 1 modulo 4.

Promises: the modulus is the same up to its sign. n = 4k + 1 is a class of remainders only
where k is one symbol that stands nowhere else and the answer is linear in it.

Does not cover: several congruences at once (`groups`), solving.
"""

from fractions import Fraction

from verifier_server.verifiers.math.comparing.decision import Compare, Decision, all_of
from verifier_server.verifiers.math.comparing.naming import symbols
from verifier_server.verifiers.math.nodes import Call, Node, Number, Relation, Symbol
from verifier_server.verifiers.math.values.exact import exact_or_none

_COUNTERS = frozenset("kmtlnqjs")


def compare_congruences(left: Relation, right: Relation, compare: Compare) -> Decision:
    """Compares x = 3 and x = 10 modulo 7."""
    (name, one), (other, two) = left.sides, right.sides
    same_name = compare(name, other)
    if not same_name.equal or not (isinstance(one, Call) and isinstance(two, Call)):
        return same_name
    numbers = [exact_or_none(part) for part in (*one.arguments, *two.arguments)]
    known = [number for number in numbers if number is not None]
    if len(known) != 4:
        return all_of(map(compare, one.arguments, two.arguments))
    first, modulus, second, other_modulus = known
    if not modulus or abs(modulus) != abs(other_modulus):
        return Decision(False, "exact")
    return Decision(not (first - second) % Fraction(modulus), "exact")


def congruent_alike(left: Node, right: Node) -> tuple[Node, Node]:
    """Both answers, n = 4k + 1 as a congruence beside one."""
    match left, right:
        case Relation(("==",), _), Relation(("=",), _):
            return left, _as_congruence(right) or right
        case Relation(("=",), _), Relation(("==",), _):
            return _as_congruence(left) or left, right
        case _:
            return left, right


def _as_congruence(node: Node) -> Relation | None:
    """n = 4k + 1 as n congruent 1 modulo 4; None for anything else."""
    match node:
        case Relation(("=",), (Symbol() as name, value)):
            counters = symbols(value)
        case _:
            return None
    if len(counters) != 1 or counters[0] not in _COUNTERS or counters[0] == name.name:
        return None
    zero, one = (_at(value, counters[0], number) for number in (0, 1))
    if zero is None or one is None or not _is_linear(value):
        return None
    step = one - zero
    if not step or zero.denominator != 1 or step.denominator != 1:
        return None
    return Relation(("==",), (name, Call("mod", (Number(zero), Number(abs(step))))))


def _at(node: Node, counter: str, number: int) -> Fraction | None:
    value = _substituted(node, counter, Number(Fraction(number)))
    return exact_or_none(value)


def _substituted(node: Node, name: str, value: Node) -> Node:
    if isinstance(node, Symbol):
        return value if node.name == name else node
    if isinstance(node, Call):
        return Call(node.name, tuple(_substituted(part, name, value) for part in node.arguments))
    return node


def _is_linear(node: Node) -> bool:
    """Whether a node of one symbol is built by sums and products by numbers alone."""
    match node:
        case Number() | Symbol():
            return True
        case Call(("add" | "neg"), parts):
            return all(map(_is_linear, parts))
        case Call("mul", (one, two)):
            return _is_linear(one) and _is_linear(two) and not (symbols(one) and symbols(two))
        case _:
            return False
