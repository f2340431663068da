"""Properties of reading: the short way, the cheap form, bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math import test_parse_shapes as shapes
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.reading.canonical_text import canonical
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse, read_in_full
from verifier_server.verifiers.math.reading.plain import number

TEXTS = sorted({text for table in shapes.TABLES.values() for text, _ in table})
PIECES = [
    *list("0123456789xyei+-*/^_(){}[]|,;:.!%$'= <>"), "\\frac", "\\sqrt", "\\sin", "\\log",
    "\\text{", "\\pm", "\\overline{3}", " and ", " or ", "\\{", "\\}", "\\begin{cases}",
    "\\end{cases}", "\\\\", "&", "\\in", "\\cup", "\\mathbb{R}", "\\int", "\\sum_{k=1}^",
    "\\lim_{x \\to", " cm", "^\\circ",
    "\\vec", "\\angle ", "\\pmod", "1e", "_2", "A. ", "where k", "\\left|", "\\right|", "|", "dx",
]  # fmt: skip


def reading(text: str) -> Node | None:
    try:
        return parse(text)
    except UnreadableError:
        return None


numerals = st.builds(
    lambda before, sign, numeral, after: before + sign + numeral + after,
    st.sampled_from(["", " "]),
    st.sampled_from(["", "-", "- ", "+"]),
    st.from_regex(
        r"(\d{1,9}(\.\d{0,5})?|\d{1,3}(,\d{2,3}){1,3}(\.\d+)?|\.\d{1,4}"
        r"|\d{1,4} ?/ ?\d{1,4}|\\[dt]?frac\{\d{1,4}\}\{ ?\d{1,4}\})",
        fullmatch=True,
        alphabet=st.characters(codec="ascii"),
    ),
    st.sampled_from(["", " ", "."]),
)


@given(numerals, st.booleans())
def test_the_short_way_reads_what_the_long_way_reads(numeral: str, in_math: bool) -> None:
    text = f"${numeral}$" if in_math else numeral
    short = number(text)
    if short is not None:
        long = read_in_full(text)
        assert short == long
        assert getattr(short, "places", None) == getattr(long, "places", None)


@pytest.mark.parametrize("text", ["42", "-7", "0.50", "1,234", r"\frac{3}{4}", "7/3", "$-5$", ".5"])
def test_plain_numbers_take_the_short_way(text: str) -> None:
    assert number(text) == parse(text)


@pytest.mark.parametrize(
    "text", ["5%", "5 cm", "1,23", "1e5", "1 1/2", "x", "", "1/2/3", "9" * 101]
)
def test_other_answers_do_not(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("text", TEXTS)
def test_the_cheap_form_means_the_same(text: str) -> None:
    assert reading(canonical(text)) == reading(text)
    assert canonical(canonical(text)) == canonical(text)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_the_cheap_form_of_any_text_means_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert reading(canonical(text)) == reading(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\dfrac{1}{2}", r"\frac{1}{2}"),
        (r"\left( 1, 2 \right)", "(1, 2)"),
        ("x = 5 ", "x=5"),
        (r"\displaystyle x", "x"),
    ],
)
def test_habits_have_one_cheap_form(left: str, right: str) -> None:
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(
    ("left", "right"), [("1 2", "12"), ("1, 234", "1,234"), ("a b", "ab"), ("3 + -2", "3+-2")]
)
def test_space_that_parts_stays(left: str, right: str) -> None:
    assert canonical(left) != canonical(right)


@given(st.lists(st.sampled_from(PIECES), max_size=40) | st.text(max_size=60))
def test_any_text_is_read_or_refused(pieces: list[str] | str) -> None:
    text = "".join(pieces)
    node = reading(text)
    if node is not None:
        assert hash(node) == hash(reading(text))


@given(st.sampled_from(PIECES), st.sampled_from(["", "1", "}", "x", ")"]))
def test_floods_of_any_piece_are_bounded(piece: str, end: str) -> None:
    text = piece * (MAX_ANSWER_BYTES // len(piece) - 1) + end
    reading(text)
    reading(f"{text[: len(text) // 2]}{'}' * 40}{')' * 40}")
