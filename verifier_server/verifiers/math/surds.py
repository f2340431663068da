"""Sums of square roots of integers, with residues as coefficients.

An element is {radicand: coefficient}: radicands are squarefree, a negative one -k
stands for i sqrt(k), and 1 is the rational part. Square roots of different squarefree
integers are linearly independent over Q and over any field of rational functions
(Besicovitch 1940), so an element is zero only where every coefficient is.

Does not cover: roots of other degrees, nested roots; integers that do not factor
into primes below MAX_PRIME and one more factor below its square.
"""

from math import gcd, isqrt

MAX_PRIME = 1000
MAX_RADICANDS = 64

Surd = dict[int, int]


class UnfactoredError(Exception):
    """A number or a sum is too large for its factors to be found cheaply."""


def factored(number: int) -> dict[int, int]:
    """The prime factors of a natural number with their exponents.

    Raises:
        UnfactoredError: a factor is too large.
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
            raise UnfactoredError("a large prime")
        factors[number] = factors.get(number, 0) + 1
    return factors


def square_root(number: int) -> tuple[int, int]:
    """A natural number as outer^2 * inner, with inner squarefree."""
    outer = inner = 1
    for prime, exponent in factored(number).items():
        outer *= prime ** (exponent // 2)
        inner *= prime ** (exponent % 2)
    return outer, inner


def added(left: Surd, right: Surd, modulus: int) -> Surd:
    """The sum of two elements."""
    total = dict(left)
    for radicand, coefficient in right.items():
        value = (total.get(radicand, 0) + coefficient) % modulus
        if value:
            total[radicand] = value
        else:
            total.pop(radicand, None)
    return total


def multiplied(left: Surd, right: Surd, modulus: int) -> Surd:
    """The product of two elements.

    Raises:
        UnfactoredError: it has more than MAX_RADICANDS terms.
    """
    total: Surd = {}
    for one, first in left.items():
        for two, second in right.items():
            common = gcd(one, two)
            radicand = abs(one * two) // (common * common)
            value = first * second * common
            if one < 0 and two < 0:
                value = -value
            elif one < 0 or two < 0:
                radicand = -radicand
            total[radicand] = (total.get(radicand, 0) + value) % modulus
    if len(total) > MAX_RADICANDS:
        raise UnfactoredError("too many radicands")
    return {radicand: value for radicand, value in total.items() if value}


def inverted(element: Surd, modulus: int) -> Surd:
    """One over an element: by its conjugates, one generator of the field after the other.

    Raises:
        ZeroDivisionError: it is zero.
        UnfactoredError, ValueError: a coefficient has no inverse, or the field is too large.
    """
    if not element:
        raise ZeroDivisionError
    top: Surd = {1: 1}
    while any(radicand != 1 for radicand in element):
        radicand = next(each for each in element if each != 1)
        generator = -1 if radicand < 0 else min(factored(radicand))
        conjugate = {
            each: modulus - value if _holds(each, generator) else value
            for each, value in element.items()
        }
        top = multiplied(top, conjugate, modulus)
        element = multiplied(element, conjugate, modulus)
        if not element:
            raise UnfactoredError("no inverse")
    scale = pow(element[1], -1, modulus)
    return {radicand: value * scale % modulus for radicand, value in top.items()}


def _holds(radicand: int, generator: int) -> bool:
    return radicand < 0 if generator == -1 else radicand % generator == 0


def raised(element: Surd, power: int, modulus: int) -> Surd:
    """An element to an integer power. Raises as `inverted` does."""
    if power < 0:
        element, power = inverted(element, modulus), -power
    if set(element) <= {1}:
        value = pow(element.get(1, 0), power, modulus)
        return {1: value} if value else {}
    result: Surd = {1: 1}
    while power:
        if power & 1:
            result = multiplied(result, element, modulus)
        power >>= 1
        if power:
            element = multiplied(element, element, modulus)
    return result


def _primes() -> tuple[int, ...]:
    return tuple(
        number
        for number in range(2, MAX_PRIME)
        if all(number % divisor for divisor in range(2, isqrt(number) + 1))
    )


PRIMES = _primes()
