"""What a wrong answer gets."""

import pytest

from tests.verifier_server.verifiers.sql.comparing.making import ordered, sections, unordered
from verifier_server.verifiers.sql.comparing.measure import NEARLY, measure
from verifier_server.verifiers.sql.policy import Duplicates, Policy
from verifier_server.verifiers.sql.rows import Row

POLICY = Policy()
GOLD: list[Row] = [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


def test_equal_bags_are_whole() -> None:
    assert measure(unordered(GOLD), GOLD[::-1], POLICY) == 1.0
    assert measure(ordered(GOLD), GOLD[::-1], POLICY) == 1.0
    assert measure(unordered(GOLD), [(b, a) for a, b in GOLD], POLICY) == 1.0
    assert measure(unordered([(0.1 + 0.2,)]), [(0.3,)], POLICY) == 1.0


def test_equal_columns_are_not_equal_rows() -> None:
    crossed: list[Row] = [("a", 2), ("b", 1), ("c", 3), ("d", 4)]
    assert measure(unordered(GOLD), crossed, POLICY) == NEARLY


def test_a_column_pays_once() -> None:
    half = measure(unordered(GOLD), [(a,) for a, _ in GOLD], POLICY)
    assert half == pytest.approx(2 / 3)
    twice = measure(unordered(GOLD), [(a, a) for a, _ in GOLD], POLICY)
    assert twice == pytest.approx(1 / 2)
    for times in (10, 200):
        assert measure(unordered(GOLD), [(a,) * times for a, _ in GOLD], POLICY) < 1 / 2


def test_what_is_too_much_costs() -> None:
    assert measure(unordered(GOLD), [(*row, 0) for row in GOLD], POLICY) == pytest.approx(0.8)
    assert measure(unordered(GOLD), GOLD * 100, POLICY) < 0.02
    assert measure(unordered(GOLD), GOLD[:2], POLICY) == pytest.approx(2 / 3)


def test_nothing() -> None:
    assert measure(unordered(GOLD), [], POLICY) == 0.0
    assert measure(sections([(0, [])], 2), GOLD, POLICY) == 0.0
    assert measure(sections([(0, [])], 2), [], POLICY) == 1.0
    assert measure(unordered(GOLD), [("x", 9)] * 4, POLICY) == 0.0


def test_sets_and_cuts() -> None:
    assert measure(unordered(GOLD), GOLD * 3, Policy(duplicates=Duplicates.SET)) == 1.0
    cut = sections([(2, GOLD)], 2)
    assert measure(cut, GOLD[1:3], POLICY) == 1.0
    assert measure(cut, [GOLD[1], ("x", 9)], POLICY) == pytest.approx(1 / 2)
