import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.code.task import Compare, Method
from verifier_server.verifiers.code.tokens import compare_output

TOKENS = Compare(Method.TOKENS)
CLOSE = Compare(Method.TOKENS, abs_tol=1e-6)
RELATIVE = Compare(Method.TOKENS, rel_tol=1e-3)
LINES = Compare(Method.LINES)
EXACT = Compare(Method.EXACT)
FOLDED = Compare(Method.TOKENS, ignore_case=True)


def difference(actual: bytes, expected: bytes, rules: Compare) -> str | None:
    found = compare_output(actual, expected, rules)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("rules", "actual", "expected", "found"),
    [
        (TOKENS, b"1 2\n3", b"1  2 3\r\n", None),
        (TOKENS, b"", b" \n", None),
        (TOKENS, b"1 3", b"1 2", "token 2 differs"),
        (TOKENS, b"1", b"1 2", "token 2 is missing"),
        (TOKENS, b"1 2 3", b"1 2", "token 3 is too much"),
        (TOKENS, b"1.0", b"1", "token 1 differs"),
        (TOKENS, b"Yes", b"YES", "token 1 differs"),
        (TOKENS, b"a\xc2\xa0b", b"a b", "token 1 differs"),
        (TOKENS, b"\xff", "\ufffd".encode(), "token 1 differs"),
        (FOLDED, b"Yes", b"YES", None),
        (FOLDED, "STRASSE ÄÖ".encode(), "straße äö".encode(), None),
        (FOLDED, b"No", b"YES", "token 1 differs"),
        (FOLDED, b"\xff", b"a", "token 1 differs"),
        (CLOSE, b"0.3333333", b"0.33333333333", None),
        (CLOSE, b"0.3334", b"0.3333", "token 1 differs"),
        (CLOSE, b"5", b"5.0", None),
        (CLOSE, b"5.", b"+5", None),
        (CLOSE, b".5", b"0.50e0", None),
        (CLOSE, b"1e3", b"1000", None),
        (CLOSE, b"10000000000000001", b"10000000000000000", "token 1 differs"),
        (Compare(Method.TOKENS, abs_tol=5), b"3", b"4", "token 1 differs"),
        (Compare(Method.TOKENS, abs_tol=5), b"3.0", b"4", None),
        (Compare(Method.TOKENS, abs_tol=0.5), b"1e16", b"10000000000000001", "token 1 differs"),
        (Compare(Method.TOKENS, abs_tol=1), b"1e16", b"10000000000000001", None),
        (CLOSE, b"05", b"5", "token 1 differs"),
        (CLOSE, b"nan", b"nan", None),
        (CLOSE, b"NaN", b"nan", "token 1 differs"),
        (CLOSE, b"inf", b"1e999", "token 1 differs"),
        (CLOSE, b"1e999999999", b"1", "token 1 differs"),
        (CLOSE, b"1", b"1e-999999999", "token 1 differs"),
        (CLOSE, b"1e-999999999", b"0", None),
        (CLOSE, b"1e9999999999", b"1", "token 1 differs"),
        (CLOSE, b"0x10", b"16.0", "token 1 differs"),
        (CLOSE, b"1_0.0", b"10.0", "token 1 differs"),
        (CLOSE, "٣.0".encode(), b"3.0", "token 1 differs"),
        (CLOSE, b"0." + b"3" * 2000, b"0.3333333333333", "token 1 differs"),
        (CLOSE, b"x 1.0 y", b"x 1.0000000001 z", "token 3 differs"),
        (CLOSE, b"1.0", b"1.0 2.0", "token 2 is missing"),
        (RELATIVE, b"1000.9", b"1000", None),
        (RELATIVE, b"1001.1", b"1000", "token 1 differs"),
        (RELATIVE, b"-1000.0", b"1000", "token 1 differs"),
        (RELATIVE, b"0.1", b"0.0", "token 1 differs"),
        (LINES, b"a \nb\t\r\n\n \n", b"a\nb", None),
        (LINES, b"\n\n", b"", None),
        (LINES, b" a", b"a", "line 1 differs"),
        (LINES, b"a\n\nb", b"a\nb", "line 2 differs"),
        (LINES, b"a", b"a\nb", "line 2 is missing"),
        (LINES, b"a\nb", b"a", "line 2 is too much"),
        (EXACT, b"a\n", b"a", None),
        (EXACT, b"a", b"a\n", None),
        (EXACT, b"a\n\n", b"a", "byte 2 is too much"),
        (EXACT, b"a ", b"a", "byte 2 is too much"),
        (EXACT, b"a\r\n", b"a\n", "byte 2 is too much"),
        (EXACT, b"abcd", b"abXd", "byte 3 differs"),
        (EXACT, b"", b"ab", "byte 1 is missing"),
        (Compare(Method.EXACT, ignore_case=True), b"AbC", b"aBc", None),
    ],
)
def test_output(rules: Compare, actual: bytes, expected: bytes, found: str | None) -> None:
    assert difference(actual, expected, rules) == found


def test_methods_of_values_do_not_compare_output() -> None:
    with pytest.raises(ValueError, match="unordered"):
        compare_output(b"", b"", Compare(Method.UNORDERED))


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_exact_finds_the_first_byte(actual: bytes, expected: bytes) -> None:
    one, other = actual.removesuffix(b"\n"), expected.removesuffix(b"\n")
    found = compare_output(actual, expected, EXACT)
    pairs = enumerate(zip(one, other, strict=False), 1)
    first = next((index for index, (a, b) in pairs if a != b), None)
    if first is None and len(one) != len(other):
        first = min(len(one), len(other)) + 1
    assert (found.number if found else None) == first


@given(st.lists(st.integers(), max_size=8), st.lists(st.integers(), max_size=8))
def test_integers_are_equal_only_digit_by_digit(one: list[int], other: list[int]) -> None:
    for rules in (TOKENS, CLOSE, Compare(Method.TOKENS, abs_tol=1e9, rel_tol=0.9)):
        same = compare_output(str(one).encode(), str(other).encode(), rules) is None
        plain = " ".join(map(str, one)).encode(), " ".join(map(str, other)).encode()
        assert (compare_output(*plain, rules) is None) is (one == other)
        assert same is (one == other)


@given(st.binary(max_size=60))
def test_output_is_equal_to_itself(data: bytes) -> None:
    for rules in (TOKENS, CLOSE, LINES, EXACT, FOLDED):
        assert compare_output(data, data, rules) is None
