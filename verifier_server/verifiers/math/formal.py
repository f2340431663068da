"""Whether two expressions are one by the laws of arithmetic alone, at one random point.

Letters, transcendental constants and functions of letters get random residues; whatever
has an equal argument gets an equal residue ("random interpretation", Gulwani and Necula
2003; Schwartz 1980, Zippel 1979 for the error). Square roots of integers, i and the
multiples of pi/12 are exact (`surds`). Sine and exponential obey the laws of powers,
so that sin 2x is 2 sin x cos x. The modulus and all residues follow from a digest of both
expressions: nobody who writes one of them can foresee them.

Promises: EQUAL and DIFFERENT are right except with a probability below 2^-60. DIFFERENT
is said only where nothing but letters and at most one transcendental number occurs:
these are known to be independent. `bare` tells that no function of letters was met: then
the two are equal wherever both have a value, and neither is undefined everywhere.

Does not cover: identities of roots and logarithms of letters, which hold only here or
there; they are functions without laws. None says that the question stays open.
"""

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, prod
from typing import Any

from verifier_server.verifiers.math import surds
from verifier_server.verifiers.math.exact import exact_or_none
from verifier_server.verifiers.math.nodes import Call, Constant, Matrix, Node, Number, Symbol, walk
from verifier_server.verifiers.math.surds import Surd

MAX_EXPONENT_BITS = 64
# Exponents and angles are counted in such parts, so that x/2 and x are related.
_PARTS = 24
_TWELFTH = 12
_ARITHMETIC = ("add", "mul", "div", "neg", "pow", "root", "percent", "degree")
_COMMUTE = ("gcd", "lcm", "max", "min")
_ODD = ("arcsin", "arctan", "sign", "arcsinh", "arctanh")
_HYPERBOLIC = ("sinh", "cosh", "tanh", "coth", "sech", "csch")
_TRIGONOMETRIC = ("sin", "cos", "tan", "cot", "sec", "csc")


@dataclass(frozen=True, slots=True)
class Identity:
    """What one random point shows: equal True, False or None (open).

    bare: no function of a letter was met, nor a constant other than surds, pi, e, logarithms.
    """

    equal: bool | None
    bare: bool


_OPEN = Identity(None, bare=False)


class _OpenError(Exception):
    """No residue stands for this node."""


def identical(left: Node, right: Node) -> Identity:
    """Whether two expressions are formally equal."""
    field = _Field(_seed(left, right))
    try:
        one, first = field.value(left), field.take_partial()
        two, second = field.value(right), field.take_partial()
    except (_OpenError, surds.UnfactoredError, ArithmeticError, ValueError):
        return _OPEN
    if one == two:
        return Identity(True if first == second else None, field.bare)
    return Identity(False if field.independent else None, field.bare)


def scaled(left: Node, right: Node) -> Identity:
    """Whether one expression is formally a constant, not zero, times the other."""
    seed = _seed(left, right)
    fields = [_Field(seed, draw) for draw in (b"one", b"two")]
    values: list[Surd] = []
    sets: list[Any] = []
    try:
        for field in fields:
            for node in (left, right):
                values.append(field.value(node))
                sets.append(field.take_partial())
        modulus = fields[0].modulus
        crossed = surds.multiplied(values[0], values[3], modulus)
        equal = crossed == surds.multiplied(values[1], values[2], modulus)
    except (_OpenError, surds.UnfactoredError, ArithmeticError, ValueError):
        return _OPEN
    bare = fields[0].bare
    if not all(values):
        return _OPEN
    if equal:
        return Identity(True if sets[0] == sets[1] else None, bare)
    return Identity(False if fields[0].independent else None, bare)


class _Field:
    """Residues for the letters and functions of one pair of expressions."""

    def __init__(self, seed: bytes, draw: bytes = b"") -> None:
        self.seed = seed
        self.draw = draw
        self.modulus = _modulus(seed)
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
        """The residue of a key; of a symbol, another for each draw."""
        known = self.residues.get(key)
        if known is None:
            text = self.seed + draw + repr(key).encode("utf-8", "surrogatepass")
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
        if partial and _has_symbol(node):
            self.partial.add(key)
        return {1: self.residue(key)}

    def rational(self, value: Fraction) -> Surd:
        """A rational number."""
        residue = value.numerator % self.modulus
        if value.denominator != 1:
            residue = residue * pow(value.denominator, -1, self.modulus) % self.modulus
        return {1: residue} if residue else {}

    # Values.

    def value(self, node: Node) -> Surd:
        """The element that stands for a node."""
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
                raise _OpenError

    def call(self, node: Call) -> Surd:
        """The element that stands for an operation."""
        modulus, parts = self.modulus, node.arguments
        match node.name:
            case "add":
                total = self.value(parts[0])
                for part in parts[1:]:
                    total = surds.added(total, self.value(part), modulus)
                return total
            case "mul":
                total = self.value(parts[0])
                for part in parts[1:]:
                    total = surds.multiplied(total, self.value(part), modulus)
                return total
            case "neg":
                return {key: modulus - value for key, value in self.value(parts[0]).items()}
            case "div":
                return self.quotient(self.value(parts[0]), self.value(parts[1]))
            case "percent":
                return self.quotient(self.value(parts[0]), {1: 100})
            case "degree":
                angle = surds.multiplied(self.value(parts[0]), self.constant("pi"), modulus)
                return self.quotient(angle, {1: 180})
            case "pow":
                return self.power(node)
            case "root":
                return self.root(node)
            case _:
                return self.function(node)

    def quotient(self, top: Surd, bottom: Surd) -> Surd:
        """One element over another."""
        if len(bottom) == 1 and 1 in bottom:
            inverse = pow(bottom[1], -1, self.modulus)
            return {key: value * inverse % self.modulus for key, value in top.items()}
        return surds.multiplied(top, surds.inverted(bottom, self.modulus), self.modulus)

    def power(self, node: Call) -> Surd:
        """base^exponent: exact for an integer exponent, else by the law of sums of exponents."""
        base, exponent = node.arguments
        whole = exact_or_none(exponent)
        if whole is not None and whole.denominator == 1:
            value = self.value(base)
            if (whole <= 0 and not value) or whole.numerator.bit_length() > MAX_EXPONENT_BITS:
                raise _OpenError
            return surds.raised(value, int(whole), self.modulus)
        number = exact_or_none(base)
        if whole is not None and number is not None and number > 0:
            return self.radical(number, whole, node)
        if whole is not None and base != Constant("e"):
            kind = "root" if whole.denominator % 2 == 0 else "odd power"
            key = (kind, whole.denominator, self.frozen(base))
            letter = self.atom(key, base, partial=True)
            return surds.raised(letter, whole.numerator, self.modulus)
        return self.exponential(base, exponent, imaginary=False)

    def radical(self, base: Fraction, power: Fraction, node: Node) -> Surd:
        """A positive rational to a fractional power, one prime at a time."""
        total: Surd = {1: 1}
        for number, sign in ((base.numerator, 1), (base.denominator, -1)):
            for prime, exponent in surds.factored(number).items():
                whole, rest = divmod(sign * exponent * power, 1)
                factor = surds.raised({1: prime}, whole, self.modulus)
                if rest == Fraction(1, 2):
                    factor = surds.multiplied(factor, {prime: 1}, self.modulus)
                elif rest:
                    letter = self.atom(("radical", prime, rest.denominator), node, partial=False)
                    letter = surds.raised(letter, rest.numerator, self.modulus)
                    factor = surds.multiplied(factor, letter, self.modulus)
                total = surds.multiplied(total, factor, self.modulus)
        return total

    def root(self, node: Call) -> Surd:
        """A root: exact for a rational radicand."""
        radicand, degree = node.arguments
        number, order = exact_or_none(radicand), exact_or_none(degree)
        if order is None or order.denominator != 1 or order < 2:
            raise _OpenError
        if number is None:
            return self.atom(("root", int(order), self.frozen(radicand)), radicand, partial=True)
        if number >= 0:
            return self.radical(number, 1 / order, node) if number else {}
        value = self.radical(-number, 1 / order, node)
        if order % 2:
            return {key: self.modulus - each for key, each in value.items()}
        if order == 2:
            return surds.multiplied({-1: 1}, value, self.modulus)
        raise _OpenError

    def exponential(self, base: Node, exponent: Node, *, imaginary: bool) -> Surd:
        """base^exponent, or e^{i exponent}: a product over the terms of the exponent."""
        number = exact_or_none(base)
        if number is None or number <= 0 or number.denominator != 1:
            return self.power_of(base, self.terms(exponent, Fraction(1)), imaginary=imaginary)
        total: Surd = {1: 1}
        for prime, times in surds.factored(number.numerator).items():
            terms = self.terms(exponent, Fraction(times))
            factor = self.power_of(Number(Fraction(prime)), terms, imaginary=imaginary)
            total = surds.multiplied(total, factor, self.modulus)
        return total

    def power_of(self, base: Node, terms: "list[_Term]", *, imaginary: bool) -> Surd:
        """base^(sum of the terms), times i in the exponent if imaginary."""
        total: Surd = {1: 1}
        euler = base == Constant("e")
        root = "e" if euler else self.frozen(base)
        for term in terms:
            times = term.coefficient
            turned = term.imaginary != imaginary
            if imaginary and term.imaginary:
                times = -times  # i times i
            if turned and term.rest == (Constant("pi"),) and _TWELFTH % times.denominator == 0:
                factor = self.direction(int(times * _TWELFTH))
            elif not term.rest and not turned and times.denominator == 1:
                factor = surds.raised(self.value(base), int(times), self.modulus)
            else:
                parts = _PARTS if _PARTS % times.denominator == 0 else times.denominator
                key = ("power", root, turned, parts, self.frozen(*term.rest))
                letter = self.atom(key, base, partial=not euler)
                factor = surds.raised(letter, int(times * parts), self.modulus)
            total = surds.multiplied(total, factor, self.modulus)
        return total

    def direction(self, twelfths: int) -> Surd:
        """e^{i pi k/12}."""
        k = twelfths % 24
        cosine, sine = self._cosine(k), self._cosine(k - 6)
        return surds.added(cosine, surds.multiplied({-1: 1}, sine, self.modulus), self.modulus)

    def _cosine(self, k: int) -> Surd:
        k = min(k % 24, -k % 24)
        sign, k = (-1, 12 - k) if k > 6 else (1, k)
        return {
            radicand: value
            for radicand, top in _COSINES[k].items()
            if (value := sign * top * pow(4, -1, self.modulus) % self.modulus)
        }

    def function(self, node: Call) -> Surd:
        """A function of one or more arguments."""
        number = exact_or_none(node)
        if number is not None:
            return self.rational(number)
        name, parts = node.name, node.arguments
        if name in _TRIGONOMETRIC or name in _HYPERBOLIC:
            return self.circular(node)
        if name == "ln":
            return self.logarithm(parts[0])
        keys = [self.frozen(part) for part in parts]
        if name in _COMMUTE:
            keys.sort()
        if name in _ODD or name == "abs":
            mirrored = _frozen({key: self.modulus - each for key, each in keys[0]})
            sign = -1 if mirrored < keys[0] and name in _ODD else 1
            letter = self.atom((name, min(keys[0], mirrored)), node, partial=True)
            return {key: sign * value % self.modulus for key, value in letter.items()}
        if name in _BOUND or any(isinstance(part, Matrix) for part in parts):
            raise _OpenError
        return self.atom((name, *keys), node, partial=True)

    def circular(self, node: Call) -> Surd:
        """Trigonometric and hyperbolic functions, by Euler's formulas."""
        name, modulus = node.name, self.modulus
        circle = name in _TRIGONOMETRIC
        up = self.exponential(Constant("e"), node.arguments[0], imaginary=circle)
        down = surds.inverted(up, modulus)
        cosine = surds.added(up, down, modulus)
        minus = {key: modulus - value for key, value in down.items()}
        sine = surds.added(up, minus, modulus)
        half = pow(2, -1, modulus)
        unit: Surd = {-1: modulus - half} if circle else {1: half}
        sine = surds.multiplied(sine, unit, modulus)
        cosine = surds.multiplied(cosine, {1: half}, modulus)
        match name[:3], name[-1]:
            case ("sin", _):
                return sine
            case ("tan", _):
                return self.quotient(sine, cosine)
            case (("cot", _) | ("cot", "h")):
                return self.quotient(cosine, sine)
            case (("sec", _) | ("sec", "h")):
                return self.quotient({1: 1}, cosine)
            case ("csc", _):
                return self.quotient({1: 1}, sine)
            case _:
                return cosine

    def logarithm(self, argument: Node) -> Surd:
        """ln of a positive rational or a power of one is a sum over its primes."""
        if argument == Constant("e"):
            return {1: 1}
        number, times = exact_or_none(argument), Fraction(1)
        if number is None and isinstance(argument, Call) and argument.name in ("root", "pow"):
            power = exact_or_none(argument.arguments[1])
            if power:
                number = exact_or_none(argument.arguments[0])
                times = 1 / power if argument.name == "root" else power
        if number is None or number <= 0:
            return self.atom(("ln", self.frozen(argument)), argument, partial=True)
        total: Surd = {}
        for part, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, exponent in surds.factored(part).items():
                scale = self.rational(sign * exponent * times)
                term = surds.multiplied(scale, self.constant(("ln", prime)), self.modulus)
                total = surds.added(total, term, self.modulus)
        return total

    # Exponents and angles, term by term.

    def terms(self, node: Node, times: Fraction) -> "list[_Term]":
        """A sum as terms: a rational coefficient, i or not, and what is left."""
        if isinstance(node, Call):
            if node.name == "add":
                return [term for part in node.arguments for term in self.terms(part, times)]
            if node.name == "neg":
                return self.terms(node.arguments[0], -times)
        coefficient, turns, rest = _term(node)
        if turns % 4 >= 2:
            coefficient = -coefficient
        coefficient *= times
        if len(rest) == 1 and turns % 2 == 0 and rest[0] != node:
            return self.terms(rest[0], coefficient)
        return [_Term(coefficient, turns % 2 == 1, rest)] if coefficient else []

    def frozen(self, *factors: Node) -> tuple[tuple[int, int], ...]:
        """The value of a product, as a key."""
        total: Surd = {1: 1}
        for factor in factors:
            total = surds.multiplied(total, self.value(factor), self.modulus)
        return _frozen(total)


@dataclass(frozen=True, slots=True)
class _Term:
    coefficient: Fraction
    imaginary: bool
    rest: tuple[Node, ...]


def _term(node: Node) -> tuple[Fraction, int, tuple[Node, ...]]:
    """A product as its rational coefficient, its number of factors i, and the other factors."""
    number = exact_or_none(node)
    if number is not None:
        return number, 0, ()
    if node == Constant("i"):
        return Fraction(1), 1, ()
    if isinstance(node, Call):
        if node.name == "neg":
            coefficient, turns, rest = _term(node.arguments[0])
            return -coefficient, turns, rest
        if node.name == "degree":
            coefficient, turns, rest = _term(node.arguments[0])
            return coefficient / 180, turns, (*rest, Constant("pi"))
        if node.name == "mul":
            total, all_turns, factors = Fraction(1), 0, []
            for part in node.arguments:
                coefficient, turns, rest = _term(part)
                total, all_turns = total * coefficient, all_turns + turns
                factors.extend(rest)
            return total, all_turns, tuple(factors)
        if node.name == "div":
            divisor = exact_or_none(node.arguments[1])
            if divisor:
                coefficient, turns, rest = _term(node.arguments[0])
                return coefficient / divisor, turns, rest
    return Fraction(1), 0, (node,)


# Four times the cosine of k pi/12, k = 0..6.
_COSINES: tuple[Surd, ...] = (
    {1: 4},
    {6: 1, 2: 1},
    {3: 2},
    {2: 2},
    {1: 2},
    {6: 1, 2: -1},
    {},
)
_BOUND = ("sum", "product", "integral", "limit", "derivative", "det", "prime", "apply")


def _modulus(seed: bytes) -> int:
    """A number without small factors: nearly every residue has an inverse."""
    modulus = int.from_bytes(seed[:16], "big") | (1 << 127) | 1
    while gcd(modulus, _PRIMORIAL) != 1:
        modulus += 2
    return modulus


_PRIMORIAL = prod(surds.PRIMES)


def _frozen(value: Surd) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(value.items()))


def _has_symbol(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _seed(left: Node, right: Node) -> bytes:
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
