"""Text before the grammar: typography, damage, tokens, bounds."""

import pytest

from verifier_server.verifiers.math.limits import MAX_DIGITS, MAX_TOKENS
from verifier_server.verifiers.math.reading.damage import repaired
from verifier_server.verifiers.math.reading.lex import UnreadableError, tokens
from verifier_server.verifiers.math.reading.typography import normalised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x\u00b2", "x^{2}"),
        ("x\u207b\u00b9", "x^{-1}"),
        ("x\u2081\u2082", "x_{12}"),
        ("\u221a10", r"\sqrt{10}"),
        ("\u00bd", r"\frac{1}{2}"),
        ("\u0664\u0662", "42"),
        ("\uff14\uff12", "42"),
        ("\U0001d465", "x"),
        ("4\u200b2", "42"),
        ("a \t\n b", "a b"),
        ("\u2462", r"\circled{3}"),
        ("\u0445", "\u0445"),
        ("\u202e24", "\u202e24"),
    ],
)
def test_typography(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\frac{1}{2}", r"\frac{1}{2}"),
        ("3 \times 4", r"3 \times 4"),
        ("\text{odd}", r"\text{odd}"),
        ("\boxed{4}", r"\boxed{4}"),
        ("(1\right)", r"(1\right)"),
        ("x \neq 3", r"x \neq 3"),
        ("x\ny", "x\ny"),
        (r"\\frac{1}{2}", r"\frac{1}{2}"),
        ("rac{1}{2}", r"\frac{1}{2}"),
        ("frac{1}{2}", r"\frac{1}{2}"),
        (r"\dfrac{1}{2}", r"\dfrac{1}{2}"),
        (r"\begin{matrix} 1 \\x \end{matrix}", r"\begin{matrix} 1 \\x \end{matrix}"),
        (r"\\begin{matrix} 1 \\\\ x \\end{matrix}", r"\begin{matrix} 1 \\ x \end{matrix}"),
    ],
)
def test_damage(text: str, expected: str) -> None:
    assert repaired(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\left( 1,234 \right)", ["(", "1", ",", "234", ")"]),
        ("1,234", ["1234"]),
        (r"1\,234", ["1234"]),
        (r"1,\,234", ["1", ",", "234"]),
        ("(1,000)", ["(", "1000", ")"]),
        ("1,2,345", ["1", ",", "2", ",", "345"]),
        (r"\text{ and }", ["and"]),
        (r"\text{x = 3}", ["x", "=", "3"]),
        (r"\text{if $x>0$}", ["if", "x", ">", "0"]),
        (r"\left. x \right|", ["x", r"\rvert"]),
        (r"\begin{array}{c|c} 1 \\[2pt] 2 \end{array}", ["array", "1", r"\\", "2", "array"]),
        (r"1 \phantom{2}", ["1"]),
        ("1e5", ["1e5"]),
        ("DC0_{16}", ["DC0", "_", "{", "16", "}"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "\u0445",
        "\u202e24",
        "x\x00",
        "2e3x",
        "n!=5",
        r"\text{a",
        r"\text{1 \text{2 \text{3 \text{4}}}}",
        "9" * (MAX_DIGITS + 1),
        "x " * (MAX_TOKENS + 1),
    ],
)
def test_what_no_token_is_made_of(text: str) -> None:
    with pytest.raises(UnreadableError):
        tokens(text)


def test_a_refusal_says_where() -> None:
    with pytest.raises(UnreadableError) as caught:
        tokens("1 + #")
    assert caught.value.position == len("1 + ")
