"""Proof of equality by sympy, for what evaluation cannot settle.

Promises: sympy gets expressions built node by node, never text, and only
small ones; True means that the difference simplified to zero.

Does not cover: time. `simplify` has no bound of its own; the caller's CPU
budget ends it, which counts as undecided.
"""

from typing import Any

import sympy

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol, walk

MAX_SIMPLIFIED_NODES = 80
MAX_SIMPLIFIED_POWER = 12
MAX_SIMPLIFIED_NUMBER = 10**6
MAX_RATIONAL_DEGREE = 24

_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
_FUNCTIONS: dict[str, Any] = {
    "add": sympy.Add,
    "mul": sympy.Mul,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": sympy.Pow,
    "abs": sympy.Abs,
    "ln": sympy.log,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "cot": sympy.cot,
    "sec": sympy.sec,
    "csc": sympy.csc,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
}
_BAD = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
# What sympy raises on input it cannot handle; none of it says that two answers differ.
_GIVEN_UP = (
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


def proved_equal(left: Node, right: Node) -> bool:
    """Whether sympy simplifies the difference of two expressions, over the reals, to zero."""
    if not _is_small(left) or not _is_small(right):
        return False
    try:
        one, two = _built(left), _built(right)
        if one is None or two is None or any(one.has(bad) or two.has(bad) for bad in _BAD):
            return False
        return bool(sympy.simplify(one - two) == 0)
    except _GIVEN_UP:
        return False


def as_rational(node: Node) -> Any:
    """The sympy expression of a rational function over Q of low degree; None for anything else."""
    degree = _degree(node)
    if degree is None or degree > MAX_RATIONAL_DEGREE or not _is_small(node):
        return None
    built = _built(node)
    return None if built is None or any(built.has(bad) for bad in _BAD) else built


def _degree(node: Node) -> int | None:
    """A bound on the degrees of numerator and denominator over one denominator."""
    match node:
        case Number():
            return 0
        case Symbol():
            return 1
        case Call("pow", (base, Number(power))) if power.denominator == 1:
            degree = _degree(base)
            return None if degree is None else degree * abs(int(power))
        case Call(("add" | "mul" | "div" | "neg"), arguments):
            degrees = [_degree(argument) for argument in arguments]
            known = [degree for degree in degrees if degree is not None]
            return sum(known) if len(known) == len(degrees) else None
        case _:
            return None


def _is_small(node: Node) -> bool:
    parts = list(walk(node))
    return len(parts) <= MAX_SIMPLIFIED_NODES and not any(
        isinstance(part, Number)
        and max(abs(part.value.numerator), part.value.denominator) > MAX_SIMPLIFIED_NUMBER
        for part in parts
    )


def _built(node: Node) -> Any:
    """The sympy expression of a node; None where it has none that is safe to build."""
    match node:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Symbol(name):
            return sympy.Symbol(name, real=True)
        case Constant(name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case Call(name, arguments):
            values = [_built(argument) for argument in arguments]
            if any(value is None for value in values):
                return None
            if name == "root":
                return _root(*values)
            if name == "pow" and _is_steep(values[1]):
                return None
            return _FUNCTIONS[name](*values) if name in _FUNCTIONS else None
        case _:
            return None


def _is_steep(power: Any) -> bool:
    # A power of a sum expands, and a power of a power grows without bound.
    return bool(power.is_number) and (
        not power.is_Rational or max(abs(power.p), power.q) > MAX_SIMPLIFIED_POWER
    )


def _root(value: Any, degree: Any) -> Any:
    if not degree.is_Integer or not 2 <= degree <= MAX_SIMPLIFIED_POWER:
        return None
    return sympy.real_root(value, degree) if degree % 2 else sympy.root(value, degree)
