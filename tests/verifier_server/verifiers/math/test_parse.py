from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.math.nodes import Group, Quantity, Symbol, Text
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.values.exact import exact


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"),
        ("-42", "-42"),
        ("+42", "42"),
        ("12.", "12"),
        ("$42$", "42"),
        (r"\(42\)", "42"),
        (r"\[ 42 \]", "42"),
        (r"\text{42}", "42"),
        (r"\mathbf{42}", "42"),
        ("0.75", "3/4"),
        (".5", "1/2"),
        ("1,000,000", "1000000"),
        ("1,234.5", "2469/2"),
        (r"1{,}000", "1000"),
        (r"1\,023", "1023"),
        (r"10,\!000", "10000"),
        (r"\frac{3}{4}", "3/4"),
        (r"\dfrac{3}{4}", "3/4"),
        (r"\frac12", "1/2"),
        (r"\frac 12", "1/2"),
        (r"\frac1{2}", "1/2"),
        (r"-\frac{3}{4}", "-3/4"),
        ("7/3", "7/3"),
        (r"3\frac{1}{2}", "7/2"),
        (r"-3\frac12", "-7/2"),
        ("1 1/2", "3/2"),
        ("1½", "3/2"),
        (r"50\%", "1/2"),
        ("50%", "1/2"),
        (r"0.\overline{3}", "1/3"),
        (r"0.1\overline{6}", "1/6"),
        (r"0.\overline{9}", "1"),
        ("2^{10}", "1024"),
        ("2^10", "1024"),
        ("2^{-1}", "1/2"),
        ("2^3^2", "512"),
        ("-2^2", "-4"),
        ("(-2)^2", "4"),
        ("3²", "9"),
        ("5!", "120"),
        (r"\binom{5}{2}", "10"),
        (r"1.6 \times 10^{-6}", "1/625000"),
        (r"2 \cdot 3 \div 4", "3/2"),
        ("2 \u00d7 3 \u2212 1", "5"),
        ("1/2/2", "1/4"),
        ("2(3+4)", "14"),
        (r"\left( 1 + 2 \right)", "3"),
        ("|-3|", "3"),
        ("\uff14\uff12", "42"),
        ("\u0664\u0662", "42"),
        ("4\u200b2", "42"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert exact(parse(text)) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 cm", "cm"),
        (r"5\text{ cm}", "cm"),
        (r"5\ \mathrm{cm}", "cm"),
        (r"5\text{ m}", "m"),
        ("5 square feet", "foot^2"),
        (r"5\text{ ft}^2", "foot^2"),
        (r"5\text{ inches}", "inch"),
        (r"\$5.00", "dollar"),
        ("$5", "dollar"),
        ("5 dollars", "dollar"),
        (r"5^\circ", "degree"),
        ("5°", "degree"),
        ("5 hours", "hour"),
    ],
)
def test_units_are_kept_beside_the_value(text: str, unit: str) -> None:
    node = parse(text)
    assert isinstance(node, Quantity)
    assert (exact(node.value), node.unit) == (Fraction(5), unit)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Evelyn", "evelyn"),
        (r"\text{no  solution}", "no solution"),
        ("No", "no"),
        ("AB", "AB"),
        ("12:00", "12:00"),
        ("3:05 p.m.", "3:05pm"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert parse(text) == Text(words)


def test_one_letter_is_a_symbol() -> None:
    assert parse("A") == parse("(A)") == parse(r"\text{(A)}") == Symbol("A")
    assert parse("a") != parse("A")


def test_brackets() -> None:
    assert parse("(1,234)") == Group("(", ")", parse("1, 234").items)  # type: ignore[union-attr]  # a list
    assert isinstance(parse("1,234"), type(parse("5")))
    assert parse(r"\emptyset") == parse(r"\{\}") == Group("{", "}", ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "1/2x",
        "2 3",
        "x2",
        r"\sin x / 2",
        r"3\frac{5}{2}",
        r"2*3\frac{1}{2}",
        "1<2>0",
        "(1,2",
        "1,2)",
        "(1",
        "2+",
        r"\neg 42",
        r"42 \text{ (or maybe 41)}",
        "(1,2)+1",
        r"\infty-\infty+5",
        r"\infty+5",
        r"\sqrt12",
        r"\frac123",
        "\u202e24",
        "\u0445+1",
        "x\x00",
        "\ud800",
        "exec(1)",
        "__import__('os')",
        r"\write18{ls}",
        "9!!!!!!!" + "(" * 50,
        r"\pm\pm 3",
        "42,,",
        "42.,",
        "42;;",
        r"\tan^2[y)",
        r"\gcd[2,4)",
        "[42)",
        "(42]",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000,
        "{" * 2000,
        "-" * 4000,
        "|" * 4000,
        "$" * 4000,
        r"\(" * 2000,
        r"\frac" * 800,
        r"\sqrt" * 800,
        "2" + "^2" * 2000,
        r"1\frac{" * 500,
        "1+" * 2000 + "1",
        "1," * 2000 + "1",
        "1" * 4000,
        "0." + "1" * 3000,
        "x" * 4000 + "1",
        "a " * 2000,
        r"\text{" * 500 + "}" * 500,
        r"\text{or}" * 400,
        "x_{" + "1" * 3000 + "}",
        "5" + r"\ " * 2000 + "cm?",
        r"\boxed{" * 500 + "}" * 500,
    ],
)
def test_floods_are_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                *list("0123456789xye+-*/^_(){}[]|,.!%$ "),
                "\\frac",
                "\\sqrt",
                "\\sin",
                "\\log",
                "\\text{",
                "\\pm",
                "\\overline{3}",
                " and ",
                "\\{",
                "\\}",
                "<",
                "=",
            ]
        )
    )
)
def test_any_text_is_read_or_refused(text: str | list[str]) -> None:
    try:
        node = parse("".join(text))
    except UnreadableError:
        return
    assert hash(node) == hash(parse("".join(text)))
