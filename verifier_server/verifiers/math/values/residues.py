"""Expressions as residues: every letter, and every function of letters, is a random one.

Whatever has an equal argument gets an equal residue ("random interpretation", Gulwani and
Necula 2003; Schwartz 1980, Zippel 1979 for the error). Square roots, i and the multiples
of pi/12 are exact (`surds`). These laws hold too, wherever both of their sides have a real
value and as far as the domains are the same:

- those of `exponentials`, so that sin 2x is 2 sin x cos x, and of `logarithms`;
- sqrt(c u) = sqrt(c) sqrt(u) for c > 0, sqrt(u^2 v) = |u| sqrt(v), |uv| = |u| |v|, |u|^2 = u^2.

The modulus and all residues follow from a digest of both expressions: nobody who writes
one of them can foresee them.

Promises: equal residues mean equal expressions except with a probability below 2^-60.

Does not cover: other laws. What has different residues may still be equal, unless `independent`.
"""

import hashlib
from fractions import Fraction
from math import gcd, prod
from typing import Any

from verifier_server.verifiers.math.nodes import Call, Constant, Matrix, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values import surds
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.exponentials import CIRCULAR, circular, exponential
from verifier_server.verifiers.math.values.logarithms import has_symbol, logarithm
from verifier_server.verifiers.math.values.surds import Key, OpenError, Ring, Surd, frozen
from verifier_server.verifiers.math.values.terms import content, factors

MAX_EXPONENT_BITS = 64
_PRIMORIAL = prod(surds.PRIMES)
_E, _I, _PI = Constant("e"), Constant("i"), Constant("pi")
_ONE: Surd = {1: 1}
_HALF = Fraction(1, 2)
_COMMUTE = ("gcd", "lcm", "max", "min")
# An absolute value, of what may be complex: no law but |-u| = |u|.
COMPLEX_ABS = "complex abs"
_ODD = ("arcsin", "arctan", "sign", "arcsinh", "arctanh")
# Functions with a value for every real argument.
_TOTAL = (
    "arctan",
    "arccot",
    "arcsinh",
    "sign",
    "floor",
    "ceil",
    "re",
    "im",
    "conjugate",
    "max",
    "min",
)
_BOUND = ("sum", "product", "integral", "limit", "derivative", "det", "prime", "apply", "ratio")


class Field:
    """Residues for the letters and functions of one pair of expressions.

    Args:
        digest: of the pair; the modulus and all residues follow from it.
        draw: another one gives the letters other residues, and nothing else.
    """

    def __init__(self, digest: bytes, draw: bytes = b"") -> None:
        self.digest = digest
        self.draw = draw
        self.modulus = _modulus(digest)
        self.ring = Ring(self.modulus)
        self.residues: dict[Any, int] = {}
        self.partial: set[Any] = set()
        self.constants: set[Any] = set()
        self.bare = True

    @property
    def independent(self) -> bool:
        """Whether the residues stand for numbers that no polynomial over Q relates."""
        return self.bare and len(self.constants) <= 1

    def take_partial(self) -> set[Any]:
        """The functions with domains met so far, forgotten with this call."""
        met, self.partial = self.partial, set()
        return met

    def residue(self, key: Any, draw: bytes = b"") -> int:
        """The residue of a key."""
        known = self.residues.get(key)
        if known is None:
            text = self.digest + draw + repr(key).encode("utf-8", "surrogatepass")
            known = int.from_bytes(hashlib.sha256(text).digest(), "big") % self.modulus
            self.residues[key] = known
        return known

    def constant(self, key: Any) -> Surd:
        """A transcendental number."""
        self.constants.add(key)
        return {1: self.residue(key)}

    def atom(self, key: Any, node: Node, *, partial: bool) -> Surd:
        """The value of a function that has no laws here."""
        self.bare = False
        if partial and has_symbol(node):
            self.partial.add(key)
        return {1: self.residue(key)}

    def rational(self, value: Fraction) -> Surd:
        """A rational number."""
        residue = value.numerator % self.modulus
        if value.denominator != 1:
            residue = residue * pow(value.denominator, -1, self.modulus) % self.modulus
        return {1: residue} if residue else {}

    # Arithmetic.

    def value(self, node: Node) -> Surd:
        """The element that stands for a node.

        Raises:
            OpenError, ArithmeticError, ValueError: there is none.
        """
        match node:
            case Number(value):
                return self.rational(value)
            case Symbol(name):
                return {1: self.residue(("symbol", name), self.draw)}
            case Constant("i"):
                return {-1: 1}
            case Constant(("pi" | "e") as name):
                return self.constant(name)
            case Call():
                return self.call(node)
            case _:
                raise OpenError

    def call(self, node: Call) -> Surd:
        """The element that stands for an operation."""
        ring, parts = self.ring, node.arguments
        match node.name:
            case "add":
                total = self.value(parts[0])
                for part in parts[1:]:
                    total = ring.added(total, self.value(part))
                return total
            case "mul":
                return self.product(parts)
            case "neg":
                return ring.negated(self.value(parts[0]))
            case "div":
                return ring.quotient(self.value(parts[0]), self.value(parts[1]))
            case "percent":
                return ring.quotient(self.value(parts[0]), {1: 100})
            case "degree":
                angle = ring.multiplied(self.value(parts[0]), self.constant("pi"))
                return ring.quotient(angle, {1: 180})
            case "pow":
                return self.power(*parts)
            case "root":
                return self.root(*parts)
            case _:
                return self.function(node)

    def product(self, nodes: tuple[Node, ...]) -> Surd:
        """The product of some nodes."""
        total = _ONE
        for node in nodes:
            total = self.ring.multiplied(total, self.value(node))
        return total

    def frozen(self, *nodes: Node) -> Key:
        """The value of a product, as a key."""
        return frozen(self.product(nodes))

    # Powers and roots.

    def power(self, base: Node, exponent: Node) -> Surd:
        """base^exponent: exact for an integer exponent, else by the law of sums of exponents."""
        times = exact_or_none(exponent)
        if times is None:
            return exponential(self, base, exponent, imaginary=False)
        if times.denominator == 1:
            value = self.value(base)
            if (times <= 0 and not value) or times.numerator.bit_length() > MAX_EXPONENT_BITS:
                raise OpenError
            return self.ring.raised(value, int(times))
        number = exact_or_none(base)
        if number is not None and number > 0:
            return self.radical(number, times)
        if base == _E:
            return exponential(self, base, exponent, imaginary=False)
        if times.denominator == 2:
            return self.ring.raised(self.square_root(base), times.numerator)
        letter = self.atom(("power", times.denominator, self.frozen(base)), base, partial=True)
        return self.ring.raised(letter, times.numerator)

    def radical(self, base: Fraction, power: Fraction) -> Surd:
        """A positive rational to a rational power, one prime at a time."""
        total = _ONE
        for number, sign in ((base.numerator, 1), (base.denominator, -1)):
            for prime, exponent in surds.factored(number).items():
                whole, rest = divmod(sign * exponent * power, 1)
                factor = self.ring.raised({1: prime}, whole)
                if rest == _HALF:
                    factor = self.ring.multiplied(factor, {prime: 1})
                elif rest:
                    self.bare = False
                    letter = {1: self.residue(("radical", prime, rest.denominator))}
                    letter = self.ring.raised(letter, rest.numerator)
                    factor = self.ring.multiplied(factor, letter)
                total = self.ring.multiplied(total, factor)
        return total

    def root(self, radicand: Node, degree: Node) -> Surd:
        """A root of an integer degree."""
        number, order = exact_or_none(radicand), exact_or_none(degree)
        if order is None or order.denominator != 1 or order < 2:
            raise OpenError
        if number is None and order == 2:
            return self.square_root(radicand)
        if number is None:
            scale = content(radicand)
            rest = self.ring.quotient(self.value(radicand), self.rational(scale))
            letter = self.atom(("root", int(order), frozen(rest)), radicand, partial=True)
            return self.ring.multiplied(self.radical(scale, 1 / order), letter)
        if number >= 0:
            return self.radical(number, 1 / order) if number else {}
        if order % 2:
            return self.ring.negated(self.radical(-number, 1 / order))
        if order != 2:
            raise OpenError
        self.bare = False  # a value over the complex numbers alone
        return self.ring.multiplied({-1: 1}, self.radical(-number, _HALF))

    def square_root(self, radicand: Node) -> Surd:
        """A square root, of what is no rational number."""
        ring = self.ring
        self.bare = False
        if _I in walk(radicand):
            return self.atom(("root", 2, self.frozen(radicand)), radicand, partial=True)
        scale, powers = factors(radicand)
        outer, inner = _ONE, _ONE
        odd: list[Node] = []
        for base, times in powers:
            if times // 2:
                outer = ring.multiplied(outer, ring.raised(self.absolute(base), times // 2))
            if times % 2:
                part = content(base)
                scale *= part
                rest = ring.quotient(self.value(base), self.rational(part))
                inner = ring.multiplied(inner, rest)
                odd.append(base)
        if not scale or not inner:
            return {}
        if not odd and scale < 0:
            raise OpenError  # no real value
        if scale < 0:
            inner = ring.negated(inner)
        outer = ring.multiplied(outer, self.radical(abs(scale), _HALF))
        if not odd:
            return outer
        key = ("root", 2, frozen(inner))
        if any(has_symbol(base) for base in odd):
            self.partial.add(key)
        return ring.multiplied(outer, self.rooted(key, inner))

    def absolute(self, node: Node) -> Surd:
        """An absolute value: that of each factor; its square is the square."""
        ring = self.ring
        self.bare = False
        if _I in walk(node):
            return self.atom(("abs", self.frozen(node)), node, partial=False)
        scale, powers = factors(node)
        total = self.rational(abs(scale))
        for base, times in powers:
            if _is_positive(base):
                factor = self.value(base)
            else:
                part = content(base)
                rest = ring.quotient(self.value(base), self.rational(part))
                if not rest and times > 0:
                    return {}
                key = ("abs", min(frozen(rest), frozen(ring.negated(rest))))
                letter = self.rooted(key, ring.multiplied(rest, rest))
                factor = ring.multiplied(letter, self.rational(part))
            total = ring.multiplied(total, ring.raised(factor, times))
        return total

    def rooted(self, key: Any, square: Surd) -> Surd:
        """What has this square, as far as the ring has room for another root."""
        root = self.ring.generator(key, square[1]) if set(square) == {1} else None
        return {1: self.residue(key)} if root is None else root

    # Other functions.

    def function(self, node: Call) -> Surd:
        """A function of one or more arguments."""
        number = exact_or_none(node)
        if number is not None:
            return self.rational(number)
        name, parts = node.name, node.arguments
        if name in CIRCULAR:
            return circular(self, name, parts[0])
        if name == "ln":
            return logarithm(self, parts[0])
        if name == "abs":
            return self.absolute(parts[0])
        if name in _BOUND or any(isinstance(part, Matrix) for part in parts):
            raise OpenError
        partial = name not in _TOTAL
        if name in _ODD:
            value = self.value(parts[0])
            straight, mirrored = frozen(value), frozen(self.ring.negated(value))
            letter = self.atom((name, min(straight, mirrored)), node, partial=partial)
            return self.ring.negated(letter) if mirrored < straight else letter
        if name == COMPLEX_ABS:
            value = self.value(parts[0])
            key = min(frozen(value), frozen(self.ring.negated(value)))
            return self.atom((name, key), node, partial=False)
        keys = [self.frozen(part) for part in parts]
        if name in _COMMUTE:
            keys.sort()
        return self.atom((name, *keys), node, partial=partial)


def _modulus(digest: bytes) -> int:
    """A number without small factors: nearly every residue has an inverse."""
    modulus = int.from_bytes(digest[:16], "big") | (1 << 127) | 1
    while gcd(modulus, _PRIMORIAL) != 1:
        modulus += 2
    return modulus


def _is_positive(node: Node) -> bool:
    """Whether a real value is never negative, by its form."""
    if not isinstance(node, Call):
        return node in (_E, _PI)
    if node.name == "root":
        return node.arguments[1] == Number(Fraction(2))
    return node.name == "abs" or (node.name == "pow" and node.arguments[0] in (_E, _PI))
