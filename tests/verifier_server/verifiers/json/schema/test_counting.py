from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.schema import counting
from verifier_server.verifiers.json.schema.counting import Bounds, Top
from verifier_server.verifiers.json.schema.keywords import Reach

NAMES = "abc"
NUMBERS = [1, 2, 3]
texts = st.text("xyz", max_size=3) | st.just("x" * 200)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts | st.sampled_from(NAMES), inner)
    ),
    max_leaves=20,
)
kinds = st.one_of(
    st.tuples(st.just(Reach.MEMBER), st.sampled_from(NAMES)),
    st.tuples(st.just(Reach.MEMBERS), st.none()),
    st.tuples(st.just(Reach.ITEM), st.integers(0, 2)),
    st.tuples(st.just(Reach.ITEMS), st.none()),
)
applied = st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 3), min_size=1, max_size=2)
tops = st.fixed_dictionaries(
    {
        number: st.builds(Top, st.integers(1, 5), st.dictionaries(kinds, applied, max_size=3))
        for number in NUMBERS
    }
)


def costs(value: Any, times: dict[int, int], tops: dict[int, Top]) -> Iterator[int]:
    """Of every value, by the definition."""
    long = len(value) if isinstance(value, str) else 0
    if isinstance(value, dict):
        long = sum(len(name) for name in value)
    own = sum(count * tops[top].own for top, count in times.items())
    yield (1 + own) * (1 + long // counting.CHARS_PER_UNIT)
    below: list[tuple[Any, Any, list[Any]]] = []
    if isinstance(value, dict):
        below = [
            (item, name, [(Reach.MEMBER, name), (Reach.MEMBERS, None)])
            for name, item in value.items()
        ]
    elif isinstance(value, list):
        below = [
            (item, index, [(Reach.ITEM, index), (Reach.ITEMS, None)])
            for index, item in enumerate(value)
        ]
    for item, _, whiches in below:
        inner: dict[int, int] = {}
        for top, count in times.items():
            for which in whiches:
                for target, more in tops[top].children.get(which, {}).items():
                    inner[target] = inner.get(target, 0) + count * more
        yield from costs(item, inner, tops)


@pytest.mark.parametrize("kept", [0, 2, counting.REMEMBERED])
@given(tops, st.lists(documents, min_size=1, max_size=3), st.integers(-2, 2))
def test_what_is_counted_is_every_value(
    kept: int, tops: dict[int, Top], found: list[Any], more: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "REMEMBERED", kept)
        bounds = Bounds(1, tops)
        for document in found:
            total = sum(costs(document, {1: 1}, tops))
            assert bounds.within(document, total + more) is (more >= 0)


def test_the_number_may_be_exponential_in_the_depth() -> None:
    document: Any = 1
    for _ in range(64):
        document = [document]
    bounds = Bounds(1, {1: Top(1, {(Reach.ITEMS, None): {1: 2}})})
    assert bounds.within(document, 2**65 + 64)
    assert not bounds.within(document, 2**65 + 63)
