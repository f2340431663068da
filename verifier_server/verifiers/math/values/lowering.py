"""Operations written out in arithmetic: finite sums and products, determinants, binomials.

Maxima and minima of two and the less usual inverse functions too, by absolute values, logarithms
and the usual ones.

Promises: equal in value wherever the operation has one; at most MAX_WRITTEN nodes are
made, counted before they are. What is too large, or has no literal ends, stays.

Does not cover: integrals, limits, derivatives, infinite sums (`closed`); matrices as
values (`linear`).
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from math import factorial

from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Matrix,
    Node,
    Number,
    Symbol,
    children,
    walk,
)
from verifier_server.verifiers.math.values.exact import exact_or_none

MAX_WRITTEN = 4000
MAX_DETERMINANT = 5  # rows; a sum of 120 products
MAX_FALLING = 12  # the bottom of a binomial with letters above
_BINDERS = ("sum", "product")
_OF_RECIPROCALS = {
    "arcsec": "arccos",
    "arccsc": "arcsin",
    "arccoth": "arctanh",
    "arcsech": "arccosh",
    "arccsch": "arcsinh",
}
_LOGARITHMS = ("arcsinh", "arccosh", "arctanh")
LOWERED = frozenset(
    (*_BINDERS, "det", "binomial", "max", "min", "arccot", *_LOGARITHMS, *_OF_RECIPROCALS)
)
BINDING = frozenset((*_BINDERS, "integral", "limit", "derivative"))


def lowered(node: Node) -> Node:
    """The node with these operations written out, as far as that stays within bounds."""
    if LOWERED.isdisjoint(operations(node)):
        return node
    try:
        return _Writer().written(node)
    except TooBigError:
        return node


def operations(*nodes: Node) -> set[str]:
    """The names of all operations of some nodes."""
    return {part.name for node in nodes for part in walk(node) if isinstance(part, Call)}


def substituted(node: Node, name: str, value: Node) -> Node:
    """The node with a value for a symbol, where it is not bound again."""
    match node:
        case Symbol(other):
            return value if other == name else node
        case Call(operation, arguments):
            if operation in BINDING and arguments[1] == Symbol(name):
                body, index, *ends = arguments
                ends = [substituted(end, name, value) for end in ends]
                return Call(operation, (body, index, *ends))
            return Call(operation, tuple(substituted(part, name, value) for part in arguments))
        case Matrix(rows):
            return Matrix(
                tuple(tuple(substituted(part, name, value) for part in row) for row in rows)
            )
        case _:
            return node


class _Writer:
    def __init__(self) -> None:
        self.left = MAX_WRITTEN

    def spend(self, nodes: int) -> None:
        self.left -= nodes
        if self.left < 0:
            raise TooBigError(f"more than {MAX_WRITTEN} parts written out")

    def written(self, node: Node) -> Node:
        if isinstance(node, Matrix):
            return Matrix(tuple(tuple(self.written(part) for part in row) for row in node.rows))
        if not isinstance(node, Call):
            return node
        if node.name in _BINDERS:
            return self.unrolled(node)
        parts = tuple(self.written(part) for part in node.arguments)
        match node.name, parts:
            case "det", (Matrix(rows),) if len(rows) == len(rows[0]) <= MAX_DETERMINANT:
                return self.determinant(rows)
            case "binomial", (top, bottom):
                return self.falling(top, bottom)
            case (("max" | "min") as name, (one, two)):
                return self.extreme(name, one, two)
            case (name, (argument,)) if name in _OF_RECIPROCALS:
                inverse = Call("div", (Number(Fraction(1)), argument))
                return self.written(Call(_OF_RECIPROCALS[name], (inverse,)))
            case "arccot", (argument,):
                right = Call("div", (Constant("pi"), Number(Fraction(2))))
                return _plus(right, Call("neg", (Call("arctan", (argument,)),)))
            case (name, (argument,)) if name in _LOGARITHMS:
                return self.logarithm(name, argument)
            case _:
                return Call(node.name, parts)

    def unrolled(self, node: Call) -> Node:
        if len(node.arguments) != 4:
            return node
        body, index, *ends = node.arguments
        low, high = (exact_or_none(self.written(end)) for end in ends)
        if not isinstance(index, Symbol) or low is None or high is None:
            return Call(node.name, (self.written(body), index, *ends))
        if low.denominator != 1 or high.denominator != 1:
            return node
        if high < low:
            return Number(Fraction(0 if node.name == "sum" else 1))
        size = sum(1 for _ in walk(body))
        self.spend(int(high - low + 1) * size)
        terms = tuple(
            self.written(substituted(body, index.name, Number(Fraction(number))))
            for number in range(int(low), int(high) + 1)
        )
        if len(terms) == 1:
            return terms[0]
        return Call("add" if node.name == "sum" else "mul", terms)

    def determinant(self, rows: tuple[tuple[Node, ...], ...]) -> Node:
        """Leibniz's formula."""
        size = sum(1 for row in rows for part in row for _ in walk(part))
        self.spend(factorial(len(rows)) * (size // len(rows) + 2))
        if len(rows) == 1:
            return rows[0][0]
        terms: list[Node] = []
        for order in permutations(range(len(rows))):
            term: Node = Call("mul", tuple(rows[row][column] for row, column in enumerate(order)))
            odd = sum(a > b for i, a in enumerate(order) for b in order[i + 1 :]) % 2
            terms.append(Call("neg", (term,)) if odd else term)
        return Call("add", tuple(terms))

    def extreme(self, name: str, one: Node, two: Node) -> Node:
        """(a + b + |a - b|)/2 and (a + b - |a - b|)/2."""
        self.spend(sum(1 for node in (one, two) for _ in walk(node)) + 6)
        gap: Node = Call("abs", (Call("add", (one, Call("neg", (two,)))),))
        last = gap if name == "max" else Call("neg", (gap,))
        return Call("mul", (Number(Fraction(1, 2)), Call("add", (one, two, last))))

    def logarithm(self, name: str, argument: Node) -> Node:
        """The inverse hyperbolic functions of a real argument, in logarithms."""
        self.spend(2 * sum(1 for _ in walk(argument)) + 10)
        one = Number(Fraction(1))
        if name == "arctanh":
            ratio = Call("div", (_plus(one, argument), _plus(one, Call("neg", (argument,)))))
            return Call("mul", (Number(Fraction(1, 2)), Call("ln", (ratio,))))
        square = Call("pow", (argument, Number(Fraction(2))))
        inner = _plus(square, one if name == "arcsinh" else Number(Fraction(-1)))
        root = Call("root", (inner, Number(Fraction(2))))
        return Call("ln", (_plus(argument, root),))

    def falling(self, top: Node, bottom: Node) -> Node:
        """n (n-1) ... (n-k+1) / k!, for a small literal k under a letter."""
        number = exact_or_none(bottom)
        small = number is not None and number.denominator == 1 and 0 <= number <= MAX_FALLING
        if number is None or not small or exact_or_none(top) is not None:
            return Call("binomial", (top, bottom))
        count = int(number)
        self.spend(count * (2 + sum(1 for _ in walk(top))))
        factors = [top, *(_plus(top, Number(Fraction(-less))) for less in range(1, count))][:count]
        scale = Number(Fraction(1, factorial(count)))
        return Call("mul", (scale, *factors)) if factors else scale


def _plus(left: Node, right: Node) -> Node:
    return Call("add", (left, right))


def free_names(*nodes: Node) -> list[str]:
    """The names of the symbols that no sum or integral binds, in order."""
    names: set[str] = set()
    bound: set[str] = set()
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Symbol):
                names.add(part.name)
            elif isinstance(part, Call) and part.name in BINDING:
                index = part.arguments[1]
                bound.update([index.name] if isinstance(index, Symbol) else [])
    return sorted(name for name in names if name not in bound or _is_free(name, nodes))


def _is_free(name: str, nodes: tuple[Node, ...]) -> bool:
    marked = Symbol(f"({name})")
    return any(substituted(node, name, marked) != node for node in nodes)


def bound_calls(node: Node) -> Iterator[Call]:
    """The integrals, limits, derivatives and remaining sums of a node, innermost first."""
    for part in children(node):
        yield from bound_calls(part)
    if isinstance(node, Call) and node.name in BINDING:
        yield node


def is_infinite(node: Node) -> bool:
    """Whether infinity, with either sign, is what a node says."""
    if isinstance(node, Call) and node.name == "neg":
        return node.arguments[0] == Constant("oo")
    return node == Constant("oo")
