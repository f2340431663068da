"""Which neighbouring rows tie."""

import pytest

from verifier_server.verifiers.sql.gold import ties
from verifier_server.verifiers.sql.rows import Cell, Row


def sizes(rows: list[Row], *collations: str) -> list[int]:
    width = len(rows[0])
    found = ties.groups(rows, range(width), collations or ["BINARY"] * width)
    return [end - start for start, end in found]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([None, None, 1], [2, 1]),
        ([1, 1.0, 2], [2, 1]),
        (["a", b"a"], [1, 1]),
        (["1", 1], [1, 1]),
        ([0.3, 0.1 + 0.2, 0.4], [2, 1]),
        ([3, 3.0000000001], [2]),
        ([10**15, 10**15 + 1], [1, 1]),
        ([float("inf"), float("inf")], [2]),
        ([1e308, float("inf")], [1, 1]),
        ([0.0, 1e-300], [1, 1]),
    ],
)
def test_one_key(cells: list[Cell], expected: list[int]) -> None:
    assert sizes([(cell,) for cell in cells]) == expected


def test_no_rows_have_no_groups() -> None:
    assert ties.groups([], [0], ["BINARY"]) == []


def test_collations_are_sqlites() -> None:
    rows: list[Row] = [("A",), ("a",), ("a ",), ("Ä",), ("ä",)]
    assert sizes(rows, "BINARY") == [1] * 5
    assert sizes(rows, "NOCASE") == [2, 1, 1, 1]
    assert sizes(rows, "RTRIM") == [1, 2, 1, 1]


def test_a_later_key_parts_rows_that_are_equal_before_it() -> None:
    assert sizes([(1, "a"), (1, "b"), (2, "b")]) == [1, 1, 1]
    assert sizes([(1, "a"), (1, "a"), (2, "b")]) == [2, 1]


def test_keys_behind_one_that_rounding_parts_decide_nothing() -> None:
    near = 0.1 + 0.2
    assert sizes([(0.3, "a"), (0.3, "b"), (near, "a"), (near, "c"), (0.4, "a")]) == [4, 1]
    assert sizes([(1, 0.3), (1, near), (2, near), (2, near)]) == [2, 2]


def test_a_chain_of_roundings_is_one_group() -> None:
    step = 1 + 5e-10
    assert sizes([(step**i,) for i in range(5)]) == [5]


def test_a_collation_is_asked_for_only_where_it_matters() -> None:
    assert not ties.needs_collation([("a",), ("b",), (None,), (1,)], 0)
    assert not ties.needs_collation([("a",), ("a",)], 0)
    assert ties.needs_collation([("A",), ("a",)], 0)
    assert ties.needs_collation([("a",), ("a ",)], 0)
