"""Stdio mode: what a program wrote against what was expected.

Promises: works on bytes, so that output which is no UTF-8 is just different.

* `tokens`: the words between ASCII white space are equal one by one. With a
  tolerance, two decimal numbers that are not both integers may differ by
  max(abs_tol, rel_tol * |expected|), in exact decimal arithmetic. Integers are
  never compared as floats: without a fraction or exponent only the same digits
  are equal. nan and inf are words: equal to themselves alone.
* `lines`: equal but for white space at the ends of lines and blank lines at the end.
* `exact`: equal but for one newline at the end, which may be missing on either side.

`ignore_case` folds both sides first.

Does not cover: several right outputs (judges), values (`compare.py`).
"""

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from verifier_server.verifiers.code.task import Compare, Method

MAX_NUMBER_CHARS = 1000  # a longer word is no number

_INTEGER = re.compile(rb"[+-]?+\d++")
_NUMBER = re.compile(rb"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?+\d{1,9}+)?+")
# Every operation is rounded correctly to 50 digits; operands are exact.
_EXACT = Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """The first difference: "token", "line" or "byte", and its number from 1.

    `missing`: the output ends there; `extra`: the output should have ended.
    """

    unit: str
    number: int
    missing: bool = False
    extra: bool = False

    def __str__(self) -> str:
        what = "is missing" if self.missing else "is too much" if self.extra else "differs"
        return f"{self.unit} {self.number} {what}"


def compare_output(actual: bytes, expected: bytes, rules: Compare) -> OutputDifference | None:
    """The first difference, or None where the output is right.

    Args:
        actual: everything that the program wrote to standard output.
        expected: the task's, valid UTF-8.
        rules: with a method of stdio mode.
    """
    if rules.ignore_case:
        expected, actual = _folded(expected), _folded(actual)
    match rules.method:
        case Method.TOKENS:
            return _by_tokens(expected, actual, rules)
        case Method.LINES:
            return _first_difference(_lines(expected), _lines(actual), "line")
        case Method.EXACT:
            return _by_bytes(expected.removesuffix(b"\n"), actual.removesuffix(b"\n"))
        case _:
            raise ValueError(f"{rules.method} does not compare output")


def _folded(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape").casefold()
    return text.encode("utf-8", "surrogateescape")


def _by_tokens(expected: bytes, actual: bytes, rules: Compare) -> OutputDifference | None:
    wanted, found = expected.split(), actual.split()
    if wanted == found:
        return None
    if not (rules.abs_tol or rules.rel_tol):
        return _first_difference(wanted, found, "token")
    bounds = Decimal(rules.abs_tol), Decimal(rules.rel_tol)
    for number, (word, other) in enumerate(zip(wanted, found, strict=False), 1):
        if word != other and not _close(word, other, *bounds):
            return OutputDifference("token", number)
    return _length_difference(len(wanted), len(found), "token")


def _close(wanted: bytes, found: bytes, abs_tol: Decimal, rel_tol: Decimal) -> bool:
    if max(len(wanted), len(found)) > MAX_NUMBER_CHARS:
        return False
    if not (_NUMBER.fullmatch(wanted) and _NUMBER.fullmatch(found)):
        return False
    if _INTEGER.fullmatch(wanted) and _INTEGER.fullmatch(found):
        return False
    expected, actual = Decimal(wanted.decode()), Decimal(found.decode())
    # Not abs(): it rounds to the thread's context.
    gap = _EXACT.subtract(actual, expected).copy_abs()
    return gap <= abs_tol or gap <= _EXACT.multiply(rel_tol, expected.copy_abs())


def _lines(data: bytes) -> list[bytes]:
    lines = [line.rstrip() for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _by_bytes(expected: bytes, actual: bytes) -> OutputDifference | None:
    if expected == actual:
        return None
    shorter = min(len(expected), len(actual))
    if expected[:shorter] == actual[:shorter]:
        return _length_difference(len(expected), len(actual), "byte")
    # Halves until one byte is left: comparing slices is C, counting bytes is not.
    low, high = 0, shorter
    while high - low > 1:
        middle = (low + high) // 2
        if expected[low:middle] == actual[low:middle]:
            low = middle
        else:
            high = middle
    return OutputDifference("byte", low + 1)


def _first_difference(
    wanted: list[bytes], found: list[bytes], unit: str
) -> OutputDifference | None:
    for number, (one, other) in enumerate(zip(wanted, found, strict=False), 1):
        if one != other:
            return OutputDifference(unit, number)
    return _length_difference(len(wanted), len(found), unit)


def _length_difference(wanted: int, found: int, unit: str) -> OutputDifference | None:
    if wanted == found:
        return None
    number = min(wanted, found) + 1
    return OutputDifference(unit, number, missing=found < wanted, extra=found > wanted)
