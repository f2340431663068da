"""Sums of square roots, with residues as coefficients.

An element is {radicand: coefficient}: radicands are squarefree, a negative one -k
stands for i sqrt(k), and 1 is the rational part. Square roots of different squarefree
integers are linearly independent over Q and over any field of rational functions
(Besicovitch 1940), so an element is zero only where every coefficient is. The root of
what is no number (x + 1) is a generator of its own, whose square is known: a prime
above MAX_PRIME^2 stands for it among the radicands.

Does not cover: roots of other degrees, nested roots; integers that do not factor
into primes below MAX_PRIME and one more factor below its square; whether the generators
are independent: what differs here may still be equal.
"""

from math import gcd, isqrt

MAX_PRIME = 1000
MAX_RADICANDS = 64
MAX_GENERATORS = 8

Surd = dict[int, int]
Key = tuple[tuple[int, int], ...]


class OpenError(Exception):
    """No element stands for this, or none that is found cheaply."""


def frozen(element: Surd) -> Key:
    """An element as a key."""
    return tuple(sorted(element.items()))


def factored(number: int) -> dict[int, int]:
    """The prime factors of a natural number with their exponents.

    Raises:
        OpenError: a factor is too large.
    """
    factors: dict[int, int] = {}
    for prime in PRIMES:
        if prime * prime > number:
            break
        while number % prime == 0:
            factors[prime] = factors.get(prime, 0) + 1
            number //= prime
    if number > 1:
        if number > MAX_PRIME * MAX_PRIME:
            raise OpenError("a large prime")
        factors[number] = factors.get(number, 0) + 1
    return factors


class Ring:
    """Arithmetic on elements, modulo a number without small factors."""

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus
        self.squares: dict[int, int] = {}  # generator: the residue of its square
        self.generators: dict[object, int] = {}

    def generator(self, key: object, square: int) -> Surd | None:
        """The square root of what has this residue; the same key gives the same root.

        None after MAX_GENERATORS of them.
        """
        known = self.generators.get(key)
        if known is None:
            if len(self.generators) == MAX_GENERATORS:
                return None
            known = _GENERATORS[len(self.generators)]
            self.generators[key] = known
            self.squares[known] = square
        return {known: 1}

    def added(self, left: Surd, right: Surd) -> Surd:
        """The sum of two elements."""
        total = dict(left)
        for radicand, coefficient in right.items():
            value = (total.get(radicand, 0) + coefficient) % self.modulus
            if value:
                total[radicand] = value
            else:
                total.pop(radicand, None)
        return total

    def negated(self, element: Surd) -> Surd:
        """Minus an element."""
        return {radicand: self.modulus - value for radicand, value in element.items()}

    def multiplied(self, left: Surd, right: Surd) -> Surd:
        """The product of two elements.

        Raises:
            OpenError: it has more than MAX_RADICANDS terms.
        """
        modulus = self.modulus
        if len(left) == 1 == len(right) and 1 in left and 1 in right:
            value = left[1] * right[1] % modulus
            return {1: value} if value else {}
        total: Surd = {}
        for one, first in left.items():
            for two, second in right.items():
                common = gcd(one, two)
                radicand = abs(one * two) // (common * common)
                value = first * second * self._squared(common)
                if one < 0 and two < 0:
                    value = -value
                elif one < 0 or two < 0:
                    radicand = -radicand
                total[radicand] = (total.get(radicand, 0) + value) % modulus
        if len(total) > MAX_RADICANDS:
            raise OpenError("too many radicands")
        return {radicand: value for radicand, value in total.items() if value}

    def _squared(self, common: int) -> int:
        """The square of the root of a common factor."""
        value = 1
        for generator, square in self.squares.items():
            if common % generator == 0:
                common //= generator
                value = value * square % self.modulus
        return value * common

    def inverted(self, element: Surd) -> Surd:
        """One over an element: by its conjugates, one generator of the field after the other.

        Raises:
            ZeroDivisionError: it is zero.
            OpenError, ValueError: a coefficient has no inverse, or the field is too large.
        """
        if not element:
            raise ZeroDivisionError
        top: Surd = {1: 1}
        while any(radicand != 1 for radicand in element):
            radicand = next(each for each in element if each != 1)
            generator = self._factor(radicand)
            conjugate = {
                each: self.modulus - value if _holds(each, generator) else value
                for each, value in element.items()
            }
            top = self.multiplied(top, conjugate)
            element = self.multiplied(element, conjugate)
            if not element:
                raise OpenError("no inverse")
        scale = pow(element[1], -1, self.modulus)
        return {radicand: value * scale % self.modulus for radicand, value in top.items()}

    def _factor(self, radicand: int) -> int:
        if radicand < 0:
            return -1
        for generator in self.squares:
            if radicand % generator == 0:
                return generator
        return min(factored(radicand))

    def quotient(self, top: Surd, bottom: Surd) -> Surd:
        """One element over another. Raises as `inverted` does."""
        if len(bottom) == 1 and 1 in bottom:
            inverse = pow(bottom[1], -1, self.modulus)
            return {key: value * inverse % self.modulus for key, value in top.items()}
        return self.multiplied(top, self.inverted(bottom))

    def raised(self, element: Surd, power: int) -> Surd:
        """An element to an integer power. Raises as `inverted` does."""
        if power < 0:
            element, power = self.inverted(element), -power
        if set(element) <= {1}:
            value = pow(element.get(1, 0), power, self.modulus)
            return {1: value} if value else {}
        result: Surd = {1: 1}
        while power:
            if power & 1:
                result = self.multiplied(result, element)
            power >>= 1
            if power:
                element = self.multiplied(element, element)
        return result


def _holds(radicand: int, generator: int) -> bool:
    return radicand < 0 if generator == -1 else radicand % generator == 0


def _primes(start: int, count: int) -> tuple[int, ...]:
    found: list[int] = []
    number = start
    while len(found) < count:
        if all(number % divisor for divisor in range(2, isqrt(number) + 1)):
            found.append(number)
        number += 1
    return tuple(found)


PRIMES = _primes(2, 168)  # those below MAX_PRIME
_GENERATORS = _primes(MAX_PRIME * MAX_PRIME, MAX_GENERATORS)
