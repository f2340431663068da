"""Answers in words, and the words around answers."""

import pytest

from tests.verifier_server.verifiers.math.written import written
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.reading.unit_names import is_known, unit_name
from verifier_server.verifiers.math.reading.wrappers import (
    option,
    unwrapped,
    without_inner_delimiters,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evelyn", '"evelyn"'),
        (r"\text{No  Solution}", '"no solution"'),
        ("line segment, circle", 'G["line segment"; "circle"]'),
        ("line segment and circle", 'G["line segment"; "circle"]'),
        ("red or blue", '"red or blue"'),
        ("neither odd nor even", '"neither odd nor even"'),
        ("not odd and not even", '"not odd and not even"'),
        ("The function $f(X)$ is odd.", '"the function f(X) is odd"'),
        (r"\text{Yes, because } 5 > 3", '"yes, because 5>3"'),
        ("AB", '"AB"'),
        ("xy", "mul('x, 'y)"),
        ("3:05 p.m.", '"3:05pm"'),
        (r"9\text{ a.m.}", '"9:00am"'),
        (r"\text{June 20}", '"june 20"'),
        ("42nd", '"42nd"'),
        ("infinity", "oo"),
        ("theta", "'theta"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert written(parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "asin(x or )",
        "all _real numbers",
        r"42 \text{ (or maybe 41)}",
        "5 and then 6",
        r"\neg 42",
        "\u0434\u0430 \u043d\u0435\u0442",
    ],
)
def test_what_is_neither_words_nor_a_formula(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("cm", "cm"),
        ("Centimeters", "cm"),
        ("square feet", "foot^2"),
        ("sq. units", "unit^2"),
        ("feet squared", "foot^2"),
        ("miles per hour", "mile/hour"),
        ("mph", "mile/hour"),
        ("m/s", "m/second"),
        ("apples", "apples"),
        ("pieces of candy", "pieces of candy"),
        ("million", None),
        ("or so", None),
        ("at most", None),
        ("of", None),
        ("tenths", None),
        ("forty-one", None),
        ("pairs", None),
        ("ish", None),
        ("fish", "fish"),
        ("", None),
        ("a b c d e f", None),
    ],
)
def test_units(words: str, name: str | None) -> None:
    assert unit_name(words) == name
    assert is_known("cm")
    assert not is_known("apples")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$ 42 $", "42"),
        (r"\[ 42 \]", "42"),
        ("**42**.", "42"),
        (r"\text{\ 42}", r"\ 42"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{1} + \boxed{2}", r"\boxed{1} + \boxed{2}"),
        ("$1$ and $2$", "$1$ and $2$"),
        (r"1, \ldots", r"1, \ldots"),
        ("1, ...", "1, ..."),
    ],
)
def test_what_stands_around_an_answer(text: str, expected: str) -> None:
    assert unwrapped(text) == expected


def test_dollars_enclose_formulas_or_stand_before_amounts() -> None:
    assert without_inner_delimiters("$1$ and $2$").split() == ["1", "and", "2"]
    assert without_inner_delimiters("$10, $20") == "$10, $20"
    assert without_inner_delimiters(r"\$10") == r"\$10"
    with pytest.raises(UnreadableError):
        without_inner_delimiters("$x and $y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. 5 apples", ("A", "5 apples")),
        (r"\textbf{(B) }5", ("B", "5")),
        (r"\text{(C) no}", None),
        ("(D) -5", ("D", "-5")),
        ("(A)+1", None),
        ("(A)(B)", None),
        ("A", None),
        ("K. 5", None),
    ],
)
def test_options(text: str, expected: tuple[str, str] | None) -> None:
    assert option(text) == expected
