"""Nodes to sympy expressions and back.

Promises: sympy gets expressions built node by node, never text; symbols are real.
A node has no expression where that would be costly to build: long numbers, powers that
sympy expands at once, powers of powers.

Does not cover: integrals, limits and sums (`closed`).
"""

from fractions import Fraction
from typing import Any

import sympy

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol, walk

MAX_NODES = 80
MAX_POWER = 12
MAX_DEGREE = 24  # exponents along a branch, multiplied
MAX_NUMBER = 10**6

BAD = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
_FUNCTIONS: dict[str, Any] = {
    "abs": sympy.Abs,
    "ln": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "cot": sympy.cot,
    "sec": sympy.sec,
    "csc": sympy.csc,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arcsec": sympy.asec,
    "arccsc": sympy.acsc,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "coth": sympy.coth,
    "sech": sympy.sech,
    "csch": sympy.csch,
    "arcsinh": sympy.asinh,
    "arccosh": sympy.acosh,
    "arctanh": sympy.atanh,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "sign": sympy.sign,
    "re": sympy.re,
    "im": sympy.im,
    "conjugate": sympy.conjugate,
    "factorial": sympy.factorial,
    "binomial": sympy.binomial,
    "max": sympy.Max,
    "min": sympy.Min,
}
_OPERATIONS: dict[str, Any] = {
    "add": sympy.Add,
    "mul": sympy.Mul,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": sympy.Pow,
    "percent": lambda a: a / 100,
    "degree": lambda a: a * sympy.pi / 180,
    **_FUNCTIONS,
}
_NAMES = {function: name for name, function in _FUNCTIONS.items()}


def is_small(node: Node) -> bool:
    """Whether a node has few parts, short numbers and low powers, also of powers."""
    parts = list(walk(node))
    return (
        len(parts) <= MAX_NODES
        and not any(
            isinstance(part, Number)
            and max(abs(part.value.numerator), part.value.denominator) > MAX_NUMBER
            for part in parts
        )
        and _steepness(node) <= MAX_DEGREE
    )


def _steepness(node: Node) -> int:
    """The largest product of integer exponents, one within the other."""
    if not isinstance(node, Call):
        return 1
    within = max(map(_steepness, node.arguments))
    if node.name == "pow":
        power = node.arguments[1]
        while isinstance(power, Call) and power.name == "neg":
            power = power.arguments[0]
        if isinstance(power, Number):
            return within * max(1, abs(power.value.numerator))
    return within


def built(node: Node) -> Any:
    """The sympy expression of a node that `is_small`; None where it has none."""
    expression = _built(node)
    if expression is None or any(expression.has(bad) for bad in BAD):
        return None
    return expression


def _built(node: Node) -> Any:
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
            if name in ("factorial", "binomial") and _is_long(values[0]):
                return None
            return _OPERATIONS[name](*values) if name in _OPERATIONS else None
        case _:
            return None


def _is_steep(power: Any) -> bool:
    # A power of a sum expands, and a power of a power grows without bound.
    return bool(power.is_number) and (
        not power.is_Rational or max(abs(power.p), power.q) > MAX_POWER
    )


def _is_long(value: Any) -> bool:
    return bool(value.is_number) and not (value.is_Rational and abs(value) <= MAX_NODES)


def _root(value: Any, degree: Any) -> Any:
    if not degree.is_Integer or not 2 <= degree <= MAX_POWER:
        return None
    return sympy.real_root(value, degree) if degree % 2 else sympy.root(value, degree)


def node_of(expression: Any) -> Node | None:
    """The node of a sympy expression; None where it holds what nodes have no name for."""
    if expression.is_Rational:
        return Number(Fraction(int(expression.p), int(expression.q)))
    if expression.is_Symbol:
        return Symbol(expression.name)
    for name, constant in _CONSTANTS.items():
        if expression == constant:
            return Constant(name)
    names = {sympy.Add: "add", sympy.Mul: "mul", sympy.Pow: "pow", **_NAMES}
    if expression.func == sympy.exp:
        power = node_of(expression.args[0])
        return None if power is None else Call("pow", (Constant("e"), power))
    operation = names.get(expression.func)
    parts = [node_of(part) for part in expression.args]
    if operation is None or not parts:
        return None
    known = tuple(part for part in parts if part is not None)
    return Call(operation, known) if len(known) == len(parts) else None
