import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.code.compare import compare
from verifier_server.verifiers.code.task import Compare, Method

EXACT = Compare(Method.EXACT)
LITERAL = Compare(Method.EXACT, literals=True)
APPROX = Compare(Method.APPROX, abs_tol=1e-6)
RELATIVE = Compare(Method.APPROX, rel_tol=1e-3)
UNORDERED = Compare(Method.UNORDERED)
ANY_DEPTH = Compare(Method.UNORDERED, any_depth=True)
UNORDERED_LITERAL = Compare(Method.UNORDERED, literals=True)
SET = Compare(Method.SET)

Pair = namedtuple("Pair", "x y")
BIG = 10**16


def right(actual: Any, expected: Any, rules: Compare) -> bool:
    return compare(actual, expected, rules) is None


class Hostile:
    """Answers every question in its own favour, and says that it was asked."""

    asked = 0

    def __getattribute__(self, name: str) -> Any:
        Hostile.asked += 1
        return lambda *_: True

    def __eq__(self, other: object) -> bool:
        Hostile.asked += 1
        return True

    def __hash__(self) -> int:
        Hostile.asked += 1
        return 1

    def __lt__(self, other: object) -> bool:
        Hostile.asked += 1
        return True


class Int(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 1),
        (1.0, 1),
        (1, 1.0),
        (-0.0, 0),
        (BIG, float(BIG)),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (True, True),
        (None, None),
        ("é", "é"),
        ([1, "a", None], [1, "a", None]),
        ((1, 2), [1, 2]),
        (Pair(1, (2,)), [1, [2]]),
        ({"a": (1,), "b": 2}, {"b": 2, "a": [1]}),
        (OrderedDict(a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Fraction(1, 2), 0.5),
        (Fraction(4, 2), 2),
        (Decimal("0.5"), 0.5),
        (Decimal("NaN"), math.nan),
        (Decimal("0E-999999999"), 0),
        (2 + 0j, 2),
    ],
)
def test_equal(actual: Any, expected: Any) -> None:
    assert right(actual, expected, EXACT)


@pytest.mark.parametrize(
    ("actual", "expected", "where", "what"),
    [
        (True, 1, "", "type"),
        (1, True, "", "type"),
        (0, False, "", "type"),
        (0, None, "", "type"),
        ("1", 1, "", "type"),
        (b"a", "a", "", "type"),
        (BIG + 1, float(BIG), "", "value"),
        (BIG, BIG + 1, "", "value"),
        (0.1 + 0.2, 0.3, "", "value"),
        (Decimal("0.1"), 0.1, "", "value"),
        (Decimal("sNaN"), 1, "", "type"),
        (Decimal("1E+999999999"), 10, "", "type"),
        (Fraction(1, 3), 1 / 3, "", "value"),
        (math.nan, 1.0, "", "type"),
        (math.inf, -math.inf, "", "value"),
        (1j, 1, "", "value"),
        ([1, 2], [2, 1], "[0]", "value"),
        ([1], [1, 2], "", "length"),
        ([[1, [2, 3]]], [[1, [2, 4]]], "[0][1][1]", "value"),
        ({1, 2}, [1, 2], "", "type"),
        (deque([1]), [1], "", "type"),
        (range(3), [0, 1, 2], "", "type"),
        ({"a": 1}.keys(), ["a"], "", "type"),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}, "['a']['b'][0]", "value"),
        ({"a": 1}, {"b": 1}, "", "keys"),
        ({"a": 1}, {"a": 1, "b": 2}, "", "keys"),
        ({1: 2}, {"1": 2}, "", "keys"),
        ({"a" * 100: 1}, {"a" * 100: 2}, "['" + "a" * 40 + "']", "value"),
        ("abc", "abd", "", "value"),
        ([], {}, "", "type"),
        (Int(1), 1, "", "type"),
        (..., None, "", "type"),
    ],
)
def test_different(actual: Any, expected: Any, where: str, what: str) -> None:
    found = compare(actual, expected, EXACT)
    assert found is not None
    assert (found.where, found.what) == (where, what)


@pytest.mark.parametrize(
    ("actual", "expected", "same"),
    [
        ((1, 2), (1, 2), True),
        ([1, 2], (1, 2), False),
        ((1, 2), [1, 2], False),
        (Pair(1, 2), (1, 2), True),
        ({1, 2}, {2, 1}, True),
        (frozenset({1}), {1}, True),
        ({True}, {1}, False),
        ({1.0}, {1}, True),
        ({1: "a"}, {1: "a"}, True),
        ({True: "a"}, {1: "a"}, False),
        ({(1, 2): [3]}, {(1, 2): [3]}, True),
        ({(1, 2): [3]}, {(1, 2): [4]}, False),
        ({"a": 1, 2: 3, None: 4}, {None: 4, 2: 3, "a": 1}, True),
        (b"x", b"x", True),
        (bytearray(b"x"), b"x", True),
        (..., ..., True),
        (1 + 2j, 1 + 2j, True),
        (1 + 2j, 1 + 3j, False),
        ([math.nan], [math.nan], True),
        ({math.nan}, {math.nan}, True),
    ],
)
def test_literals(actual: Any, expected: Any, same: bool) -> None:
    assert right(actual, expected, LITERAL) is same


@pytest.mark.parametrize(
    ("rules", "actual", "expected", "same"),
    [
        (APPROX, 0.1 + 0.2, 0.3, True),
        (APPROX, [{"a": (1.0000001,)}], [{"a": [1]}], True),
        (APPROX, 1.00001, 1.0, False),
        (APPROX, 1.00001, 1, False),
        (APPROX, 2, 1, False),
        (Compare(Method.APPROX, abs_tol=5.0), 2, 1, False),  # integers are exact
        (Compare(Method.APPROX, abs_tol=5.0), 2.0, 1, True),
        (Compare(Method.APPROX, abs_tol=0.5), float(BIG), BIG + 1, False),
        (Compare(Method.APPROX, abs_tol=1.0), float(BIG), BIG + 1, True),
        (Compare(Method.APPROX, abs_tol=5.0), True, 1.0, False),
        (RELATIVE, 1000.9, 1000.0, True),
        (RELATIVE, 1001.1, 1000.0, False),
        (RELATIVE, -1000.0, 1000.0, False),
        (RELATIVE, 1e-9, 0.0, False),
        (APPROX, math.inf, math.inf, True),
        (APPROX, math.inf, 1e308, False),
        (RELATIVE, 1e308, math.inf, False),
        (RELATIVE, -1.7e308, 1.7e308, False),
        (APPROX, math.nan, math.nan, True),
        (APPROX, math.nan, 0.0, False),
        (APPROX, 10**1000, 1.0, False),
        (APPROX, 1.0, 10**1000, False),
        (APPROX, Decimal("0.3000000001"), 0.3, True),
        (APPROX, Fraction(1, 3), 0.3333333, True),
        (APPROX, 1 + 1e-9j, 1, True),
        (APPROX, complex(1e308, 1e308), 1.0, False),
        (APPROX, complex(math.inf, 1), complex(math.inf, 1), True),
        (APPROX, "1.0", 1.0, False),
    ],
)
def test_approx(rules: Compare, actual: Any, expected: Any, same: bool) -> None:
    assert right(actual, expected, rules) is same


@pytest.mark.parametrize(
    ("rules", "actual", "expected", "same"),
    [
        (UNORDERED, [3, 1, 2], [1, 2, 3], True),
        (UNORDERED, (3, 1, 2), [1, 2, 3], True),
        (UNORDERED, {3, 1, 2}, [1, 2, 3], True),
        (UNORDERED, [1, 1, 2], [1, 2, 2], False),
        (UNORDERED, [1, 2], [1, 2, 2], False),
        (UNORDERED, [True], [1], False),
        (UNORDERED, [[1, 2], [3]], [[3], [1, 2]], True),
        (UNORDERED, [[2, 1], [3]], [[3], [1, 2]], False),
        (UNORDERED, [{"a": 1}, None, "x", 1.5], [1.5, "x", {"a": 1}, None], True),
        (UNORDERED, [10**30, 1.5, math.inf, math.nan], [math.nan, 1.5, math.inf, 10**30], True),
        (UNORDERED, [{1: 2}], [{"1": 2}], False),
        (UNORDERED, 3, 3, True),
        (UNORDERED, {"a": [1, 2]}, {"a": [2, 1]}, False),
        (UNORDERED_LITERAL, (2, 1), (1, 2), True),
        (UNORDERED_LITERAL, [2, 1], (1, 2), False),
        (ANY_DEPTH, [[2, 1], [3]], [[3], [1, 2]], True),
        (ANY_DEPTH, {"a": [[2, 1], 3]}, {"a": [3, [1, 2]]}, True),
        (ANY_DEPTH, {"a": [[2, 1], 3]}, {"a": [3, [1, 1]]}, False),
        (ANY_DEPTH, 3, 3, True),
        (ANY_DEPTH, [object()], [object()], False),
        (SET, [1, 1, 2], [2, 1], True),
        (SET, {1, 2}, [2, 1, 1], True),
        (SET, [1, 3], [1, 2], False),
        (SET, [], [], True),
        (SET, [], [1], False),
        (SET, [[1], [1]], [[1]], True),
        (SET, "ab", ["a", "b"], False),
        (Compare(Method.SET, literals=True), [1, 2], {1, 2}, True),
    ],
)
def test_without_order(rules: Compare, actual: Any, expected: Any, same: bool) -> None:
    assert right(actual, expected, rules) is same


@pytest.mark.parametrize("rules", [EXACT, LITERAL, APPROX, UNORDERED, ANY_DEPTH, SET])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"a": x}, lambda x: [[x]]])
def test_what_is_no_plain_value_is_never_asked(rules: Compare, wrap: Any) -> None:
    Hostile.asked = 0
    assert not right(wrap(Hostile()), wrap(1), rules)
    assert not right(Hostile(), wrap(1), rules)
    assert Hostile.asked == 0


@pytest.mark.parametrize("rules", [EXACT, LITERAL, APPROX, UNORDERED, ANY_DEPTH, SET])
def test_a_deep_value_is_just_different(rules: Compare) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert not right(deep, [[1]], rules)
    assert not right([deep], [[[]]], rules)
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    assert not right(cyclic, [[1]], rules)
    # Taken apart from outside: the interpreter would recurse to free it.
    while deep:
        deep = deep.pop()


def test_colliding_hashes_cost_nothing() -> None:
    """As keys of a table, so many integers of one hash would take minutes."""
    collide = [index * (2**61 - 1) for index in range(60_000)]
    assert right(collide[::-1], collide, UNORDERED)
    assert right([collide, [1]], [[1], collide[::-1]], ANY_DEPTH)
    assert not right(collide[1:], collide, SET)


def test_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    assert right(numpy.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], EXACT)
    assert right([numpy.float64(0.5), numpy.int8(3), numpy.bool_(True)], [0.5, 3, True], EXACT)
    assert not right(numpy.bool_(True), 1, EXACT)
    assert not right(numpy.array([1.5]), [1], EXACT)
    assert right(numpy.array([0.1 + 0.2]), [0.3], APPROX)
    assert not right(numpy.array([1]), [1], LITERAL)
    assert not right(numpy.array(["2020-01-01"], dtype="M8[D]"), ["2020-01-01"], EXACT)
    assert not right(numpy.zeros((1 << 24, 1 << 16, 0)), [], EXACT)
    assert not right(numpy.array([1], dtype="g"), [2], EXACT)


NUMBERS = st.integers() | st.floats() | st.booleans() | st.none()
JSON = st.recursive(
    NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(JSON)
def test_every_value_equals_itself(value: Any) -> None:
    for rules in (EXACT, LITERAL, APPROX, RELATIVE, UNORDERED, ANY_DEPTH, SET):
        assert right(value, value, rules)


@given(JSON, JSON)
def test_methods_agree(one: Any, other: Any) -> None:
    exact = right(one, other, EXACT)
    assert exact == right(other, one, EXACT)
    if exact:
        assert all(right(one, other, rules) for rules in (APPROX, UNORDERED, ANY_DEPTH, SET))
    if right(one, other, UNORDERED):
        assert right(one, other, ANY_DEPTH)
        assert right(one, other, SET)


@given(st.lists(JSON, max_size=6), st.randoms())
def test_any_order_is_as_good(values: list[Any], random: Any) -> None:
    mixed = random.sample(values, len(values))
    assert right(mixed, values, UNORDERED)
    assert right([mixed], [values], ANY_DEPTH)
    assert right(mixed + values, values, SET)
    assert not right([*mixed, 1], values, UNORDERED)
