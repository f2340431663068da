import re
import string
import unicodedata
from collections.abc import Callable

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.json.schema import python_patterns
from verifier_server.verifiers.json.schema import compile_schema, oracle
from verifier_server.verifiers.json.schema.ecma import PatternError, read
from verifier_server.verifiers.json.schema.patterns import OPTIONS, is_pattern, linear


def found_by_engine(pattern: str, text: str) -> bool:
    schema = {"pattern": linear(pattern)}
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=OPTIONS).is_valid(text)


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("^abc$", "abc", "abc\n"),
        (r"^\d+$", "123", "٣"),
        (r"^\D$", "٣", "3"),
        (r"^\w+$", "aZ_9", "é"),
        (r"^\W$", "é", "e"),
        (r"^\s$", "\ufeff", "\x1c"),
        (r"^\s$", "\u3000", "\x85"),
        (r"^\S$", "\x1c", "\u2029"),
        (r"^[^\s]$", "\x85", "\xa0"),
        (r"^[\d-]+$", "1-2", "٣"),
        (r"^[\w-.]+$", "a-b.c", "/"),
        (r"^[\W\d]$", "é", "a"),
        (r"^.$", "\x85", "\r"),
        (r"^.$", "😀", "\u2028"),
        (r"^[^]$", "\n", ""),
        (r"a|[]", "a", "b"),
        (r"\bé", "aé", "é"),
        (r"^\B$", "", "a"),
        (r"^\$$", "$", ""),
        (r"^[$]$", "$", "\n"),
        (r"^[\b]$", "\b", "b"),
        (r"^[[&&--||~~]$", "[", "a"),
        (r"^[+--]$", ",", "."),
        (r"^\cJ\0\x41\u0042\u{1F600}\ud83d\ude00$", "\n\0AB😀😀", "\n\0AB😀"),
        (r"^\-\/\@\ \"$", '-/@ "', "-/@ "),
        (r"^(?<year>[0-9]{4})-(a|b)$", "2024-b", "2024-c"),
        (r"^\p{Lu}[\p{Script=Greek}\d]\P{L}$", "Aλ1", "aλ1"),
        (r"^[^\p{L}]$", "1", "é"),
        (r"^\p{digit}\p{Script_Extensions=Greek}$", "٣λ", "λλ"),
        (r"^\p{ASCII}\P{ASCII}\p{Any}$", "aé\n", "éa\n"),
        (r"^[\P{Any}x\ud800-\udbff]$", "x", "y"),
        (r"^\P{Cs}[^\p{gc=Surrogate}][\p{Cs}a]$", "a\na", "aab"),
        (r"[\ud800-\udfff]|\ud800|x", "x", "y"),
        (r"aé\B", "aé", "aéa"),
        (r"a\u{1F600}|\x61\u0062", "ab", "a"),
        (r"\\u{2}x", "\\uux", "\\ux"),
        (r"^a{2}b{1,}c{0,1}?$", "aabb", "ab"),
        (r"^{x}]$", "{x}]", "x"),
        (r"^a{,3}$", "a{,3}", "aa"),
        ("^a b#c$", "a b#c", "ab"),
        ("", "anything", None),
    ],
)
def test_what_a_pattern_finds(pattern: str, found: str, not_found: str | None) -> None:
    assert found_by_engine(pattern, found)
    assert not_found is None or not found_by_engine(pattern, not_found)
    if "Script_Extensions" not in pattern:
        assert oracle.matches(linear(pattern), found)
        assert not_found is None or not oracle.matches(linear(pattern), not_found)


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "(a))", "[a", "[", "a\\", "[a\\", "*a", "a**", "a*+", "a++", "a?+", "a{2}+"),
        *("a{2,1}", "^*", r"\b+", "(?=a)*", "|*", "(*)", "[z-a]"),
        *(r"\1", r"(a)\2", r"\k<a>", r"(?<b>.)\k<a>", r"\99999999999", r"\k"),
        *(r"\A", r"\Z", r"\z", r"\a", r"\e", r"\c1", r"\01", r"\x4", r"\u{110000}", r"\u12"),
        *(r"[\B]", r"\é", r"\p{}", r"\p{letter}", r"\p", r"\pL", r"[a-\p{L}]", r"\p{sc=greek}"),
        *(r"\p{RGI_Emoji}", r"\p{Greek}", r"\p{gc=Greek}", r"\p{Age=3.0}", r"\p{L"),
        *("(?P<n>a)", "(?P=n)", "(?i)a", "(?#a)", "(?>a)", "(?(1)a)", "(?<1>a)", "(?"),
        *("(?<a>)(?<a>)", "(?<>a)", "(?ii:a)", "(?-:a)", "(?x:a)", "(" * 5000, "(?:a" * 2000),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        read(pattern)
    assert not is_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        ("^(?=a)b", "allOf"),
        ("(?!a)", "not"),
        ("(?<=a+)b", "allOf"),
        ("(?<!a)b", "allOf"),
        (r"(a)\1", "enum"),
        (r"(?<n>a)\k<n>", "enum"),
        (r"\1(a)", "enum"),
        ("(?i:a)", r"\[Aa\]"),
        ("(?s-i:a)", r"\[Aa\]"),
        ("(" * 5000 + ")" * 5000, "maxLength"),
        ("a{1,99999999999}", "maxLength"),
        ("((a{1,1000}){1,1000}){1,1000}", "maxLength"),
        (r"\p{sc=Nowhere}", "script"),
    ],
)
def test_what_no_linear_engine_has_is_refused_with_what_to_write(
    pattern: str, instead: str
) -> None:
    assert is_pattern(pattern)
    with pytest.raises(PatternError, match=instead):
        linear(pattern)


SYNTAX = st.text(alphabet="^$.*+?()[]{}|\\-,:=!<>PbBdDwWsScxu0129afZ &~#é\n", max_size=12)
PIECES = st.lists(
    st.sampled_from(
        r"a b \d \D \w \W \s \S . [^a] [a-c] [\d-] [^\s] \b \B ^ $ | ( ) (?: * + ? {1,2} *? [] [^]"
        r" \n \r \u2028 é [é-ü] \u{1F600} [&&~~--] [[] []a] \0 \cJ # - \- \/".split()
    ),
    max_size=8,
).map("".join)
TEXTS = st.text(alphabet="abc019 _-\n\r\u2028\u2029\ufeff\xa0éü😀٣&~[]#/\0", max_size=5)


@given(st.text() | SYNTAX)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        linear(text)
    except PatternError:
        return
    found_by_engine(text, "a")


@given(SYNTAX | PIECES, st.lists(TEXTS, max_size=4))
def test_patterns_find_what_python_finds(pattern: str, texts: list[str]) -> None:
    try:
        expected = python_patterns.translate(pattern)
    except python_patterns.PatternError:
        assume(False)
    try:
        written = linear(pattern)
    except PatternError:
        # Python's engine repeats anything at all, and looks around.
        assert read(pattern).obstacle or "{" in pattern
        return
    for text in texts:
        found = re.search(expected, text) is not None
        assert found_by_engine(pattern, text) is found, (pattern, written, text)
        assert oracle.matches(written, text) is found, (pattern, written, text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.sampled_from("\n a0é٣"))
def test_literal_text_finds_itself_and_nothing_longer(text: str, more: str) -> None:
    pattern = "^" + "".join(f"\\u{{{ord(char):x}}}" for char in text) + "$"
    assert found_by_engine(pattern, text)
    assert not found_by_engine(pattern, text + more)


def test_plain_patterns_stay_as_they_are() -> None:
    for pattern in ("^abc$", "^(get|put)$", "[a-z]+@[0-9]{2,3}", "^x-", r"\.json$", "é😀"):
        assert linear(pattern) == pattern


def _white_space(char: str) -> bool:
    """ECMA-262 12.2 and 12.3: four named signs, Unicode's Zs, and the line terminators."""
    return char in "\t\v\f\ufeff\n\r\u2028\u2029" or unicodedata.category(char) == "Zs"


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        (r"^\d$", lambda char: char in string.digits),
        (r"^\w$", lambda char: char in string.digits + string.ascii_letters + "_"),
        (r"^\s$", _white_space),
        (r"^.$", lambda char: char not in "\n\r\u2028\u2029"),
    ],
)
def test_classes_are_those_of_the_specification(pattern: str, holds: Callable[[str], bool]) -> None:
    validate = compile_schema({"items": {"pattern": pattern}})
    outside = [chr(code) for code in range(0x3100) if not holds(chr(code))]
    inside = [chr(code) for code in range(0x3100) if holds(chr(code))] + list(
        "\ufeff" * (r"\s" in pattern)
    )
    assert validate(inside) == []
    for char in outside:
        assert len(validate([char])) == 1, ascii(char)
