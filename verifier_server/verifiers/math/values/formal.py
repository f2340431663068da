"""Whether two expressions are one by the laws of arithmetic alone, at one random point.

Promises: True and False are right except with a probability below 2^-60 (`residues`).
False is said only where nothing but letters and at most one transcendental number occurs:
these are known to be independent. `bare` tells that no function of letters was met: then
the two are equal wherever both have a value, and neither is undefined everywhere. Of
others, True also says that the same functions with a domain occur on both sides.

Does not cover: identities of roots and logarithms of letters that hold only here or
there. None says that the question stays open.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Symbol
from verifier_server.verifiers.math.values.residues import Field
from verifier_server.verifiers.math.values.surds import OpenError, Surd


@dataclass(frozen=True, slots=True)
class Identity:
    """What one random point shows: equal True, False or None (open).

    bare: no function of a letter was met, nor a constant other than surds, pi, e, logarithms.
    """

    equal: bool | None
    bare: bool


_OPEN = Identity(None, bare=False)
_NO_RESIDUE = (OpenError, ArithmeticError, ValueError)


def identical(left: Node, right: Node) -> Identity:
    """Whether two expressions are formally equal."""
    digest = seed(left, right)
    field = Field(digest)
    try:
        one, first = field.value(left), field.take_partial()
        two, second = field.value(right), field.take_partial()
        if one == two and first != second:
            # Of constants, as in sqrt(2 + x - x), the domain is no matter.
            again = Field(digest, b"again")
            for node, met in ((left, first), (right, second)):
                again.value(node)
                met -= again.take_partial()
    except _NO_RESIDUE:
        return _OPEN
    if one == two:
        return Identity(True if first == second else None, field.bare)
    return Identity(False if field.independent else None, field.bare)


def scaled(left: Node, right: Node) -> Identity:
    """Whether one expression is formally a constant, not zero, times the other."""
    digest = seed(left, right)
    # Other letters at each of two points, but the same numbers.
    fields = [Field(digest, draw) for draw in (b"one", b"two")]
    values: list[Surd] = []
    partial: list[set[Any]] = []
    try:
        for field in fields:
            for node in (left, right):
                values.append(field.value(node))
                partial.append(field.take_partial())
        ring = fields[0].ring
        if ring.squares:
            return _OPEN  # the roots of letters differ from point to point
        equal = ring.multiplied(values[0], values[3]) == ring.multiplied(values[1], values[2])
    except _NO_RESIDUE:
        return _OPEN
    bare = fields[0].bare
    if not all(values):
        return _OPEN
    if equal:
        return Identity(True if partial[0] == partial[1] else None, bare)
    return Identity(False if fields[0].independent else None, bare)


def seed(left: Node, right: Node) -> bytes:
    """A digest of two expressions, whatever their order."""
    texts = sorted((written(left), written(right)))
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).digest()


def written(node: Node) -> str:
    """A text that only equal nodes share, far cheaper than repr."""
    match node:
        case Number(value):
            return f"{value.numerator}/{value.denominator}"
        case Symbol(name):
            return f"[{name}]"
        case Constant(name):
            return name
        case Call(name, arguments):
            return f"{name}({','.join(map(written, arguments))})"
        case _:
            return repr(node)
