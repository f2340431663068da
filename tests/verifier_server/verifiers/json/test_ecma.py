import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.ecma import PatternError, translate


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
        (r"^(?=a)(?!ab)(?:a)", "ac", "ab"),
        (r"(?<=a)b(?<!cb)", "ab", "cb"),
        (r"^a{2}b{1,}c{0,1}?$", "aabb", "ab"),
        (r"^{x}]$", "{x}]", "x"),
        (r"^a{,3}$", "a{,3}", "aa"),
        ("^a b#c$", "a b#c", "ab"),
        ("", "anything", None),
    ],
)
def test_what_a_pattern_finds(pattern: str, found: str, not_found: str | None) -> None:
    translated = translate(pattern)
    assert re.search(translated, found)
    assert not_found is None or not re.search(translated, not_found)
    assert re.search(f"(?a:x)|{translated}", found), "it can be joined to others"


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "(a))", "[a", "[", "a\\", "[a\\", "*a", "a**", "a*+", "a++", "a?+", "a{2}+"),
        *("a{1,99999999999}", "a{2,1}", "^*", r"\b+", "(?=a)*", "|*", "(*)", "[z-a]"),
        *(r"(a)\1", r"\k<a>", r"\p{L}", r"\A", r"\Z", r"\z", r"\a", r"\e", r"\c1", r"\01", r"\8"),
        *(r"\x4", r"\u{110000}", r"\u12", r"[\B]", r"\é", r"[\p{L}]"),
        *("(?P<n>a)", "(?P=n)", "(?i)a", "(?i:a)", "(?#a)", "(?>a)", "(?(1)a)", "(?<1>a)", "(?"),
        *("(?<=a+)b", "(" * 5000 + ")" * 5000, "(?:a" * 2000),
    ],
)
def test_what_has_no_exact_counterpart_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        translate(pattern)


@given(st.text() | st.text(alphabet="^$.*+?()[]{}|\\-,:=!<>PbBdDwWsScxu0129afZ &~#é\n"))
def test_any_pattern_is_translated_or_refused(pattern: str) -> None:
    try:
        translated = translate(pattern)
    except PatternError:
        return
    re.compile(translated)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.sampled_from("\n a0é٣"))
def test_literal_text_finds_itself_and_nothing_longer(text: str, more: str) -> None:
    pattern = "^" + "".join(f"\\u{{{ord(char):x}}}" for char in text) + "$"
    assert re.search(translate(pattern), text)
    assert not re.search(translate(pattern), text + more)
