import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.json.parse import MAX_DEPTH, parse
from verifier_server.verifiers.json.values import UnusableValueError, exact, key, pointer

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(documents)
def test_a_decoded_document_is_what_would_be_read(document: Any) -> None:
    read = parse(json.dumps(document))
    assert exact(document) == read == exact(read)
    assert key(exact(document)) == key(read)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (float("nan"), ""),
        ({"a": [0, float("-inf")]}, "/a/1"),
        ([Decimal("Infinity")], "/0"),
        ([Decimal("sNaN")], "/0"),
        ({"a/b": Decimal("1e400")}, "/a~1b"),
        ([Decimal("1e-401")], "/0"),
        ([10**1000], "/0"),
        ([-(10**999)], "/0"),
        ({"x": "\ud800"}, "/x"),
        ({"x": {"y\udc00": 1}}, "/x"),
    ],
)
def test_what_no_completion_could_say_is_refused_at_its_place(document: Any, place: str) -> None:
    with pytest.raises(UnusableValueError) as caught:
        exact(document)
    assert pointer(caught.value.path) == place


def test_the_largest_numbers_pass() -> None:
    numbers = [10**1000 - 1, -(10**999) + 1, Decimal("1.7976931348623157e308"), Decimal("1e-400")]
    assert exact(numbers) == numbers


def test_depth_has_a_limit() -> None:
    document: Any = 0
    for _ in range(MAX_DEPTH):
        document = [document]
    assert exact(document) == document
    with pytest.raises(UnusableValueError, match="deeper"):
        exact([document])


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, Decimal("1.0"), True),
        (True, 1, False),
        ("1", 1, False),
        (None, False, False),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
        ([1, 2], [2, 1], False),
        ([], {}, False),
        (2**70, Decimal(2**70), True),
    ],
)
def test_keys_are_equal_for_equal_values(left: Any, right: Any, same: bool) -> None:
    assert (key(left) == key(right)) is same
    assert not same or hash(key(left)) == hash(key(right))
