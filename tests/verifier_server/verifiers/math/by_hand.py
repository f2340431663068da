"""Nodes written by hand, for tests that are not about the parser."""

from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol

X, Y, A, B, N, K = map(Symbol, "xyabnk")
PI, E, IMAGINARY, OO = map(Constant, ("pi", "e", "i", "oo"))

Operand = Node | int


def number(top: int, bottom: int = 1) -> Number:
    return Number(Fraction(top, bottom))


def node(value: Operand) -> Node:
    return number(value) if isinstance(value, int) else value


def call(name: str, *arguments: Operand) -> Call:
    return Call(name, tuple(map(node, arguments)))


def add(*parts: Operand) -> Call:
    return call("add", *parts)


def mul(*parts: Operand) -> Call:
    return call("mul", *parts)


def neg(part: Operand) -> Call:
    return call("neg", part)


def div(top: Operand, bottom: Operand) -> Call:
    return call("div", top, bottom)


def power(base: Operand, exponent: Operand) -> Call:
    return call("pow", base, exponent)


def sqrt(part: Operand) -> Call:
    return call("root", part, 2)
