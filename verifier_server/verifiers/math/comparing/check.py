"""Whether two answers are the same answer.

Promises: symmetric, and true only where it was shown. Decided in stages, cheapest
first: structure, exact rationals, decimals, tolerance, evaluation, proof; the first that
decides names itself. Answers of different kinds are different where no reading makes
them one: a list is no number, (1,2) is not [1,2], "5 hours" is not "5 minutes". What no
stage decides is None. The work on one verdict is bounded by a count, never by a clock.

Does not cover: reading answers (`parse`), and which of them are answers at all (`forms`).
"""

from dataclasses import replace

from verifier_server.verifiers.math.comparing.constants import with_same_constants
from verifier_server.verifiers.math.comparing.decision import Decision, all_of
from verifier_server.verifiers.math.comparing.equations import compare_equations, says_nothing
from verifier_server.verifiers.math.comparing.groups import compare_groups, without_conditions
from verifier_server.verifiers.math.comparing.inequalities import compare_inequalities
from verifier_server.verifiers.math.comparing.matrices import (
    as_vector,
    compare_matrices,
    written_out,
)
from verifier_server.verifiers.math.comparing.named import is_equation, named
from verifier_server.verifiers.math.comparing.naming import renamings, symbols, with_one_integer
from verifier_server.verifiers.math.comparing.piecewise import (
    compare_piecewise,
    compare_with_expression,
)
from verifier_server.verifiers.math.comparing.scalars import (
    compare_ratios,
    compare_scalars,
    is_scalar,
    is_undefined,
)
from verifier_server.verifiers.math.comparing.sets import (
    compare_as_sets,
    compare_builders,
    is_interval,
    is_range,
)
from verifier_server.verifiers.math.comparing.texts import compare_texts
from verifier_server.verifiers.math.comparing.units import compare_quantities, in_degrees
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import (
    Based,
    Call,
    Choice,
    Group,
    Matrix,
    Node,
    Number,
    Piecewise,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
    children,
)
from verifier_server.verifiers.math.policy import DEFAULT, Policy
from verifier_server.verifiers.math.values.exact import exact_or_none

__all__ = ["MAX_COST", "Budget", "Decision", "same"]

# The work on one verdict, in microseconds more or less; a count, so that load changes nothing.
MAX_COST = 450_000
_PAIR_COST = 10


class Budget:
    """What is left for the comparisons of one verdict."""

    def __init__(self, cost: int = MAX_COST) -> None:
        self.left = cost


def same(
    left: Node, right: Node, policy: Policy = DEFAULT, budget: Budget | None = None
) -> Decision:
    """Compares two answers.

    Args:
        left: one answer.
        right: the other; the order of the two makes no difference.
        policy: what the task says about comparing.
        budget: shared by the comparisons of one verdict; None for one of its own.
    """
    comparison = _Comparison(policy, budget or Budget())
    if isinstance(left, Number) and isinstance(right, Number):
        return comparison(left, right)
    try:
        if is_undefined(left) or is_undefined(right):
            return Decision(False, "exact")
        if not (_means_something(left, comparison) and _means_something(right, comparison)):
            return Decision(False, "kind")
        one, two = with_one_integer(left, right)
        decision = comparison(*_alternatives(one, two))
        if not decision.equal:
            for renamed in with_same_constants(left, right):
                again = comparison(left, renamed)
                if again.equal:
                    return again
        if policy.rename_variables:
            for renamed in () if decision.equal else renamings(left, right):
                again = comparison(left, renamed)
                if again.equal:
                    return again
        return decision
    except TooBigError:
        return Decision(None, "too_big")


def _alternatives(left: Node, right: Node) -> tuple[Node, Node]:
    """Both answers, a set of one value as that value unless both are sets."""
    one, two = _only(left), _only(right)
    return (left, right) if one is not left and two is not right else (one, two)


def _only(node: Node) -> Node:
    match node:
        # {x} may be the fractional part of x.
        case Group("{", _, (item,)) if not isinstance(item, Group) and not symbols(item):
            return item
        case Relation((("=" | "in"),), (name, Group("{", _, (item,)))) if not isinstance(
            item, Group
        ):
            return Relation(("=",), (name, item))
        case _:
            return node


def _means_something(node: Node, compare: "_Comparison") -> bool:
    """Whether no equation of the answer is false, or true of anything."""
    if isinstance(node, Group) and node.opening in ("", "{"):
        return all(_means_something(item, compare) for item in node.items)
    if not isinstance(node, Relation) or not is_equation(node):
        return True
    if says_nothing(node):
        return False
    answer = named(node, compare) if len(node.sides) > 2 else None
    return answer is None or answer.holds.equal is not False


class _Comparison:
    """Compares parts of two answers, within one budget."""

    def __init__(self, policy: Policy, budget: Budget) -> None:
        self.policy = policy
        self._budget = budget

    def spend(self, cost: int) -> None:
        """Takes from the budget of this verdict.

        Raises:
            TooBigError: there is no more.
        """
        self._budget.left -= cost
        if self._budget.left < 0:
            raise TooBigError("too many comparisons")

    def strict(self) -> "_Comparison":
        """The same comparison, of values alone."""
        policy = replace(
            self.policy,
            tolerance=None,
            significant_digits=None,
            units="required",
            loose_percent=False,
        )
        return _Comparison(policy, self._budget)

    def __call__(self, left: Node, right: Node) -> Decision:
        """Compares two parts."""
        self.spend(_PAIR_COST)
        if left == right:
            return Decision(True, "structure")
        if isinstance(left, Number) and isinstance(right, Number):
            return compare_scalars(left, right, self)
        left, right = _prepared(left), _prepared(right)
        if isinstance(left, SetBuilder) != isinstance(right, SetBuilder):
            left, right = _members(left), _members(right)
        if left == right:
            return Decision(True, "structure")
        # One order for pairs of different kinds, so that every rule is written once.
        if _rank(left) > _rank(right):
            left, right = right, left
        return self._by_kind(left, right)

    def _by_kind(self, left: Node, right: Node) -> Decision:
        if isinstance(left, Choice):
            return self._choices(left, right)
        if _is_named(left, self) or _is_named(right, self):
            return compare_equations(left, right, self)
        if isinstance(left, Piecewise):
            if isinstance(right, Piecewise):
                return compare_piecewise(left, right, self)
            return compare_with_expression(left, right, self)
        if isinstance(left, Text):
            return compare_texts(left, right, self)
        if isinstance(left, Quantity):
            return compare_quantities(left, right, self)
        if isinstance(left, Based):
            return _compare_based(left, right)
        if is_range(left) or is_range(right):
            return self._ranges(left, right)
        if isinstance(left, (Matrix, Group)):
            return self._collections(left, right)
        if is_scalar(left) and is_scalar(right):
            return compare_scalars(left, right, self)
        return self._vectors(left, right)

    def _choices(self, left: Choice, right: Node) -> Decision:
        if isinstance(right, Choice):
            if left.letter != right.letter:
                return Decision(False, "structure")
            if left.content is None or right.content is None:
                return Decision(True, "structure")
            return self(left.content, right.content)
        if isinstance(right, Symbol):
            return Decision(left.letter == right.name, "structure")
        matches = left.content is not None and self(left.content, right).equal
        # The content of an option may or may not be what was asked for.
        return Decision(None if matches else False, "kind")

    def _ranges(self, left: Node, right: Node) -> Decision:
        decision = compare_as_sets(left, right, self)
        if decision is not None:
            return decision
        match left, right:
            case Relation(), Relation():
                return compare_inequalities(left, right, self)
            case SetBuilder(), SetBuilder():
                return compare_builders(left, right, self)
            case Group(), Group() if left.opening == right.opening:
                return compare_groups(left, right, self)
        joined = _joined(left, right)
        if joined != (left, right):
            return self._ranges(*joined)
        sets = (Group, SetBuilder, Relation)
        unsure = isinstance(left, sets) and isinstance(right, sets)
        return Decision(None if unsure else False, "kind")

    def _collections(self, left: Matrix | Group, right: Node) -> Decision:
        if isinstance(left, Matrix) and isinstance(right, Matrix):
            return compare_matrices(left, right, self)
        group = as_vector(left) if isinstance(left, Matrix) else left
        if group is None:
            return Decision(False, "kind")
        if isinstance(right, Group):
            return compare_groups(group, right, self)
        unsure = isinstance(left, Matrix) and isinstance(right, Call)
        return Decision(None if unsure else False, "kind")

    def _vectors(self, left: Node, right: Node) -> Decision:
        """Number sets, ratios, dots, and operations on vectors and matrices: by their parts."""
        if not isinstance(left, Call) or not isinstance(right, Call):
            return Decision(False, "kind")
        if left.name == right.name == "ratio":
            return compare_ratios(left, right, self)
        if "ratio" in (left.name, right.name) and (is_scalar(left) or is_scalar(right)):
            return Decision(False, "kind")
        if left.name != right.name or len(left.arguments) != len(right.arguments):
            return Decision(None, "none")
        decision = all_of(map(self, left.arguments, right.arguments))
        return decision if decision.equal else Decision(None, "none")


_KINDS = (Choice, Relation, Piecewise, Text, Quantity, Based, SetBuilder, Matrix, Group)


def _rank(node: Node) -> int:
    return next((i for i, kind in enumerate(_KINDS) if isinstance(node, kind)), len(_KINDS))


def _is_named(node: Node, compare: _Comparison) -> bool:
    """Whether the answer is an equation, a membership of a finite set, or values of one name."""
    if isinstance(node, Relation):
        return is_equation(node) or (node.operators == ("in",) and not is_range(node))
    if isinstance(node, Group) and node.opening in ("", "{") and node.items:
        answer = named(node, compare) if is_equation(node.items[0]) else None
        return answer is not None and bool(answer.names)
    return False


def _compare_based(left: Based, right: Node) -> Decision:
    if isinstance(right, Based):
        return Decision(left.value == right.value, "exact")
    plain = isinstance(right, Number) and left.base == 10 and left.value == right.value
    return Decision(plain, "exact")


def _prepared(node: Node) -> Node:
    """The node in the shape that the comparisons expect; its parts are left as they are."""
    match node:
        case Quantity(Relation(operators, sides), unit):
            return _with_unit(operators, sides, unit)
        case Quantity(Group(opening, closing, items), unit):
            return Group(opening, closing, tuple(Quantity(item, unit) for item in items))
        case Group("cup", _, items) if all(_is_listed_set(item) for item in items):
            return Group("{", "}", tuple(part for item in items for part in children(item)))
        case Group(("" | "{"), _, _):
            return without_conditions(node)
        case SetBuilder(Symbol(name), (Relation(("in",), (Symbol(bound), numbers)),)):
            return numbers if name == bound else node
        case Call("ratio", (one, two)) if exact_or_none(two) != 0:
            return Call("div", (one, two))
        case Call(("degree" | "add" | "neg" | "mul" | "div" | "transpose"), _):
            degrees = in_degrees(node)
            return written_out(node) if degrees is None else Quantity(degrees, "degree")
        case _:
            return node


def _members(node: Node) -> Node:
    """{2k pi | k in Z} as 2k pi, as which it answers what is no set builder."""
    if not isinstance(node, SetBuilder) or isinstance(node.element, Relation):
        return node
    if isinstance(node.element, Symbol):
        match node.conditions:
            case (Relation(("=",), (name, value)), *rest) if name == node.element:
                return _members(SetBuilder(value, tuple(rest)))
            case _:
                return node
    listed = without_conditions(Group("", "", (node.element, *node.conditions)))
    return node if isinstance(listed, Group) else listed


def _with_unit(operators: tuple[str, ...], sides: tuple[Node, ...], unit: str) -> Relation:
    """A relation whose unit stands at its end, with the unit at every bound."""
    if "=" in operators or "~" in operators:
        return Relation(operators, (*sides[:-1], Quantity(sides[-1], unit)))
    bounds = (Quantity(side, unit) if not symbols(side) else side for side in sides)
    return Relation(operators, tuple(bounds))


def _joined(left: Node, right: Node) -> tuple[Node, Node]:
    """Both answers, a list of intervals as their union where the other is no list."""
    one, two = _union(left), _union(right)
    return (left, right) if one is not left and two is not right else (one, two)


def _union(node: Node) -> Node:
    if isinstance(node, Group) and node.opening == "" and all(map(is_interval, node.items)):
        return Group("cup", "cup", node.items)
    return node


def _is_listed_set(node: Node) -> bool:
    return isinstance(node, Group) and node.opening == "{"
