import datetime as dt
import json
import math
import random
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier_server.verifiers.code.guest import frames, values
from verifier_server.verifiers.code.guest.decode import decode, no_handles
from verifier_server.verifiers.code.guest.encode import encode
from verifier_server.verifiers.code.guest.faults import BadFrame, Unserialisable


def refuse(value: Any, base: type | None) -> Any:
    if base is None:
        raise Unserialisable(type(value).__name__)
    return None


def crossed(value: Any) -> Any:
    body = frames.pack(encode(value, refuse))[frames.HEADER_BYTES :]
    return decode(frames.unpack(body), no_handles)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types throughout; NaN is itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, list | tuple | deque):
        if isinstance(one, deque) and one.maxlen != other.maxlen:
            return False
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        if isinstance(one, defaultdict) and one.default_factory is not other.default_factory:
            return False
        return same(list(one.items()), list(other.items()))
    if isinstance(one, slice):
        return same((one.start, one.stop, one.step), (other.start, other.stop, other.step))
    if isinstance(one, dt.datetime):
        return (one, one.fold, one.utcoffset()) == (other, other.fold, other.utcoffset())
    return bool(one == other)


text = st.text(st.characters(codec=None), max_size=10)
zones = st.none() | st.just(dt.timezone(dt.timedelta(hours=5, minutes=30)))
hashable = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(1 << 62, 1 << 200)
    | st.floats(allow_nan=False)
    | text
    | st.binary(max_size=8)
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=zones)
    | st.times()
    | st.timedeltas()
    | st.sampled_from([int, str, len, sorted, ValueError, type(None), Ellipsis, NotImplemented])
)
keys = st.recursive(
    hashable, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4
)
plain = st.recursive(
    keys | st.floats() | st.builds(range, st.integers(), st.integers(), st.integers(1)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=3)
        | st.dictionaries(keys, inner, max_size=3).map(OrderedDict)
        | st.dictionaries(keys, inner, max_size=3).map(lambda d: defaultdict(list, d))
        | st.dictionaries(keys, st.integers(), max_size=3).map(Counter)
        | st.sets(keys, max_size=4)
        | st.lists(inner, max_size=3).map(lambda items: deque(items, 5))
        | st.binary(max_size=8).map(bytearray)
        | st.builds(slice, st.integers(), st.none() | st.integers(), st.none())
    ),
    max_leaves=12,
)


@given(plain)
def test_plain_values_survive(value: Any) -> None:
    assert same(crossed(value), value)


def _mutated(form: Any, dice: random.Random) -> Any:
    """A form with something in it replaced, retagged, dropped or doubled."""
    if dice.random() < 0.15:
        junk = [None, True, -1, 1 << 70, 1.5, "", "x", "0x", [], {}, [1], {"t": 1}, {"h": 3}]
        tags = "intNdsFbBcrSQCODqmaATLkvepP"
        return dice.choice([*junk, {dice.choice(tags): form}, [form, form]])
    if isinstance(form, list):
        items = [_mutated(item, dice) for item in form]
        if items and dice.random() < 0.2:
            del items[dice.randrange(len(items))]
        return items
    if isinstance(form, dict):
        return {
            dice.choice("intNdsFbBcrSQCODqmaATLkvepP") if dice.random() < 0.1 else tag: _mutated(
                part, dice
            )
            for tag, part in form.items()
        }
    return form


@settings(max_examples=500)
@given(plain, st.integers())
def test_malformed_values_are_bad_frames_and_nothing_else(value: Any, seed: int) -> None:
    form = _mutated(encode(value, refuse), random.Random(seed))
    try:
        decode(form, no_handles)
    except BadFrame:
        return


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from("intNdsFbBcrSQCODqmaATLkvepPhy"), inner, max_size=2)
        ),
    )
)
def test_any_json_is_a_value_or_a_bad_frame(form: Any) -> None:
    try:
        decode(form, no_handles)
    except BadFrame:
        return


class Liar:
    """Overrides of everything that reading a value could call."""

    def _lie(self, *args: Any) -> Any:
        raise AssertionError("the subclass was asked")

    __eq__ = __iter__ = __len__ = __getitem__ = __int__ = __float__ = __index__ = _lie
    __str__ = __repr__ = __bool__ = __contains__ = __pos__ = __add__ = _lie
    __hash__ = None  # type: ignore[assignment]
    keys = values = items = get = _lie
    __class__ = property(_lie)  # type: ignore[assignment]


def _lying(base: type) -> type:
    return type(f"Lying{base.__name__}", (Liar, base), {})


@pytest.mark.parametrize(
    "value",
    [
        5,
        2.5,
        "text",
        b"bytes",
        [1, 2],
        (1, 2),
        {"a": 1},
        {1, 2},
        frozenset([3]),
        1 + 2j,
        bytearray(b"x"),
    ],
)
def test_subclasses_are_stripped_without_asking_them(value: Any) -> None:
    assert same(crossed(_lying(type(value))(value)), value)


class Point(NamedTuple):
    x: int
    y: int


def test_named_tuples_keep_their_fields() -> None:
    point = crossed(Point(1, 2))
    assert (point.x, point.y, point) == (1, 2, (1, 2))
    assert type(point).__name__ == "Point"
    assert type(crossed(Point(3, 4))) is type(point)


def test_views_stay_views() -> None:
    source = {"a": 1, "b": 2}
    assert crossed(source.keys()) == source.keys()
    assert crossed(source.items()) == source.items()
    assert list(crossed(source.values())) == [1, 2]


def test_cyclic_deep_and_exploding_values_are_refused() -> None:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    bomb: Any = 1
    for _ in range(60):
        bomb = [bomb, bomb]
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    for value in (cyclic, bomb, deep, [cyclic] * 3):
        with pytest.raises(Unserialisable):
            encode(value, refuse)


P61 = (1 << 61) - 1


@pytest.mark.parametrize(
    "keys",
    [
        [{"i": hex(i * P61)} for i in range(1, 5000)],
        [{"t": [{"i": hex(i * P61)}]} for i in range(1, 5000)],
        [{"q": [{"i": hex(i * P61)}, 1]} for i in range(1, 5000)],
        [{"m": str(i * P61)} for i in range(1, 5000)],
    ],
)
@pytest.mark.parametrize("tag", ["s", "F", "d", "C", "O", "k"])
def test_colliding_keys_are_refused(keys: list[Any], tag: str) -> None:
    flat = [part for key in keys for part in (key, 1)] if tag in "dCO" else keys
    with pytest.raises(BadFrame, match="collide"):
        decode({tag: flat}, no_handles)


def test_honest_collisions_are_accepted() -> None:
    grid = {(x, y, z) for x in range(-8, 8) for y in range(-8, 8) for z in range(-8, 8)}
    assert crossed(grid) == grid


@pytest.mark.parametrize(
    "form",
    [
        {"i": "0x" + "f" * (values.MAX_INT_DIGITS + 5)},
        {"q": [{"i": "0x" + "f" * 100_000}, 3]},
        {"q": [1, 0]},
        {"m": "1" * 100_000},
        {"m": "not a number"},
        {"r": [0, 1, 0]},
        {"n": "eval"},
        {"n": "__import__"},
        {"N": ["a b", ["x"], [1]]},
        {"N": ["A", ["x", "x"], [1, 2]]},
        {"N": ["A", ["_x"], [1]]},
        {"N": ["A", ["x=print()"], [1]]},
        {"N": ["A", ["x"], [1, 2]]},
        {"s": [[1]]},
        {"d": [1]},
        {"D": ["eval", []]},
        {"a": [2020, 13, 1]},
        {"Q": [-1, []]},
        {"p": ["|O8", [1], "AAAAAAAAAAA="]},
        {"p": ["<i8", [1 << 40], ""]},
        {"p": ["<i8", [2], "AAAAAAAAAAA="]},
        {"h": {"i": 1}},
        {"y": 1},
        {"t": [], "s": []},
        {},
    ],
)
def test_malformed_values(form: Any) -> None:
    with pytest.raises(BadFrame):
        decode(form, no_handles)


def test_a_huge_exponent_costs_nothing() -> None:
    value = decode({"s": [{"m": "1e999999999"}, {"m": "1e-999999999"}, 5]}, no_handles)
    assert Decimal("1e999999999") in value


def test_wide_values_are_cheap_to_write() -> None:
    value = list(range(100_000))
    assert encode(value, refuse) == value
    assert json.loads(json.dumps(encode([1, True, 2.0], refuse))) == [1, True, 2.0]
    assert math.isnan(crossed([math.nan])[0])


def test_numpy_crosses() -> None:
    numpy = pytest.importorskip("numpy")
    for array in (
        numpy.arange(6).reshape(2, 3),
        numpy.array([1.5, float("nan")]),
        numpy.array(["ab", "c"]),
        numpy.zeros((0, 3)),
        numpy.array(7),
    ):
        other = crossed(array)
        assert other.dtype == array.dtype
        assert other.shape == array.shape
        numpy.testing.assert_array_equal(other, array)
        other.sum() if other.dtype.kind in "if" else None
    assert same(crossed(numpy.float64(2.5)), numpy.float64(2.5))
    assert type(crossed(numpy.int32(3))) is numpy.int32
    with pytest.raises(Unserialisable):
        encode(numpy.array([object()]), refuse)
