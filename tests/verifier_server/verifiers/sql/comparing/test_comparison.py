"""Answers compared with what is expected: columns, order, ties, cuts, and what is said."""

import math

import pytest

from tests.verifier_server.verifiers.sql.comparing.making import (
    answer,
    ordered,
    sections,
    unordered,
)
from verifier_server.verifiers.sql.comparing.comparison import Comparison, agree
from verifier_server.verifiers.sql.comparing.difference import Difference
from verifier_server.verifiers.sql.comparing.sections import prepare
from verifier_server.verifiers.sql.policy import Columns, Duplicates, Policy
from verifier_server.verifiers.sql.rows import Expectation, Result, Row

SUPERSET = Policy(columns=Columns.SUPERSET)
SET = Policy(duplicates=Duplicates.SET)


def judged(
    *trials: tuple[Expectation, Result], policy: Policy | None = None
) -> Difference | tuple[int, ...]:
    comparison = Comparison(policy or Policy())
    for expected, result in trials:
        difference = comparison.add(expected, result)
        if difference is not None:
            return difference
    assert comparison.columns is not None
    return comparison.columns


def reason(*trials: tuple[Expectation, Result], policy: Policy | None = None) -> str:
    found = judged(*trials, policy=policy)
    return found.reason if isinstance(found, Difference) else "right"


def message(expected: Expectation, result: Result, policy: Policy | None = None) -> str:
    found = judged((expected, result), policy=policy)
    assert isinstance(found, Difference)
    return found.message


def test_rows_in_any_order() -> None:
    assert judged((unordered([(1, "a"), (2, "b")]), answer([(2, "b"), (1, "a")]))) == (0, 1)


def test_columns_in_another_order() -> None:
    rows: list[Row] = [(1, "a", 2), (2, "b", 1)]
    moved: list[Row] = [("b", 1, 2), ("a", 2, 1)]
    assert judged((unordered(rows), answer(moved))) == (2, 0, 1)


def test_one_permutation_for_all_instances() -> None:
    gold = unordered([(1, 2)])
    swapped = answer([(2, 1)])
    assert judged((gold, swapped), (unordered([(3, 4)]), answer([(4, 3)]))) == (1, 0)
    assert reason((gold, swapped), (unordered([(3, 4)]), answer([(3, 4)]))) == "wrong_columns"


def test_a_later_instance_can_move_the_columns_of_an_earlier_one() -> None:
    alike = (unordered([(1, 1)]), answer([(1, 1)]))
    assert judged(alike, (unordered([(3, 4)]), answer([(4, 3)]))) == (1, 0)


def test_exact_columns() -> None:
    exact = Policy(columns=Columns.EXACT)
    trial = (unordered([(1, 2)]), answer([(2, 1)]))
    assert reason(trial) == "right"
    assert reason(trial, policy=exact) == "wrong_columns"
    assert reason((unordered([(1, 2)]), answer([(2, 3)])), policy=exact) == "wrong_rows"


def test_more_columns() -> None:
    trial = (unordered([(1,), (2,)]), answer([("x", 2), ("y", 1)]))
    assert reason(trial) == "wrong_column_count"
    assert judged(trial, policy=SUPERSET) == (1,)
    assert reason((unordered([(1, 2)]), answer([(1,)])), policy=SUPERSET) == "wrong_column_count"


def test_a_column_is_used_once() -> None:
    assert reason((unordered([(1, 1)]), answer([(1, 2)])), policy=SUPERSET) == "wrong_rows"


def test_constants_side_by_side_fail_on_the_second_instance() -> None:
    shotgun: Row = tuple(range(100))
    trials = [(unordered([(count,)]), answer([shotgun])) for count in (7, 12)]
    assert reason(trials[0], policy=SUPERSET) == "right"
    assert reason(*trials, policy=SUPERSET) == "wrong_columns"


def test_first_and_last_names_of_different_people() -> None:
    gold = unordered([("Ann", "Lee"), ("Bob", "Ray")])
    assert reason((gold, answer([("Ann", "Ray"), ("Bob", "Lee")]))) == "wrong_rows"


def test_no_rows_still_need_the_width() -> None:
    none = sections([(0, [])], 2)
    assert reason((none, answer([], 2))) == "right"
    assert reason((none, answer([], 1))) == "wrong_column_count"
    assert reason((sections([], 2, ordered=True), answer([], 2))) == "right"


def test_duplicates_count_unless_they_do_not() -> None:
    gold = unordered([(1,), (1,), (2,)])
    assert reason((gold, answer([(1,), (2,), (2,)]))) == "wrong_rows"
    assert reason((gold, answer([(1,), (2,)]))) == "wrong_row_count"
    assert reason((gold, answer([(2,), (1,)])), policy=SET) == "right"
    assert reason((gold, answer([(1,)])), policy=SET) == "wrong_rows"
    assert reason((gold, answer([(1,), (2,), (3,)])), policy=SET) == "wrong_rows"


def test_ordered_sets_go_by_the_first_of_equal_rows() -> None:
    gold = ordered([("a",), ("b",), ("a",), ("c",)])
    assert reason((gold, answer([("a",), ("b",), ("c",)])), policy=SET) == "right"
    assert reason((gold, answer([("a",), ("a",), ("b",), ("c",)])), policy=SET) == "right"
    assert reason((gold, answer([("b",), ("a",), ("c",)])), policy=SET) == "wrong_order"


def test_a_cut_counts_rows_also_in_sets() -> None:
    gold = sections([(2, [(1,), (1,), (2,)])], 1)
    assert reason((gold, answer([(1,), (1,)])), policy=SET) == "right"
    assert reason((gold, answer([(1,)])), policy=SET) == "wrong_row_count"


def test_order_counts_where_it_is_given() -> None:
    gold = ordered([(1,), (2,), (3,)])
    assert reason((gold, answer([(1,), (2,), (3,)]))) == "right"
    assert reason((gold, answer([(1,), (3,), (2,)]))) == "wrong_order"
    assert reason((gold, answer([(1,), (2,), (4,)]))) == "wrong_rows"


def test_ties_in_any_order() -> None:
    gold = sections([(2, [(1, "a"), (1, "b")]), (1, [(2, "c")])], 2, ordered=True)
    assert reason((gold, answer([(1, "b"), (1, "a"), (2, "c")]))) == "right"
    assert reason((gold, answer([(1, "a"), (2, "c"), (1, "b")]))) == "wrong_order"


def test_a_limit_through_a_tie_takes_any_of_it() -> None:
    tie: list[Row] = [("a",), ("b",), ("b",)]
    gold = sections([(1, [("z",)]), (2, tie)], 1, ordered=True)
    for rest in ([("a",), ("b",)], [("b",), ("b",)], [("b",), ("a",)]):
        assert reason((gold, answer([("z",), *rest]))) == "right"
    for rest in ([("a",), ("a",)], [("a",), ("c",)]):
        assert reason((gold, answer([("z",), *rest]))) == "wrong_rows"
    assert reason((gold, answer([("a",), ("z",), ("b",)]))) == "wrong_order"


def test_order_is_only_wrong_where_every_row_that_must_be_there_is() -> None:
    gold = sections([(1, [("z",)]), (2, [("a",), ("b",), ("c",)])], 1, ordered=True)
    assert reason((gold, answer([("a",), ("b",), ("c",)]))) == "wrong_rows"


def test_columns_are_told_apart_by_the_order_too() -> None:
    gold = ordered([(1, 2), (2, 1)])
    assert judged((gold, answer([(2, 1), (1, 2)]))) == (1, 0)


def test_a_tolerance_that_needs_another_pairing() -> None:
    wide = Policy(relative=0.0, absolute=1.0)
    gold = unordered([(0.0, 0.0), (-1.0, 0.0)])
    assert reason((gold, answer([(0.0, 0.0), (1.0, 0.0)])), policy=wide) == "right"
    assert reason((gold, answer([(0.0, 0.0), (1.5, 0.0)])), policy=wide) == "wrong_rows"


def test_integers_are_exact_beside_floats() -> None:
    gold = unordered([(10**7,), (10**7 + 1.0,)])
    assert reason((gold, answer([(10**7 + 1,), (10**7 + 1e-4,)]))) == "right"
    assert reason((gold, answer([(10**7 + 1,), (10**7 + 2.0,)]))) == "wrong_rows"
    assert reason((gold, answer([(10**7 + 1,), (10**7 + 2,)]))) == "wrong_rows"


def test_infinities() -> None:
    assert reason((unordered([(math.inf,)]), answer([(math.inf,)]))) == "right"
    assert reason((unordered([(math.inf,)]), answer([(1e308,)]))) == "wrong_rows"


def test_texts_by_policy() -> None:
    trial = (unordered([("80", "Ann", "2009-06-01")]), answer([(80.0, "ANN", "2009-06-01 00:00")]))
    assert reason(trial) == "wrong_rows"
    liberal = Policy(numeric_text=True, casefold=True, instants=True)
    assert judged(trial, policy=liberal) == (0, 1, 2)


def test_a_settled_map() -> None:
    gold = unordered([(1, 2)])
    assert agree(gold, [(2, 1)], Policy(), (1, 0)) is None
    assert agree(gold, [(9, 1, 2)], SUPERSET, (1, 2)) is None
    for rows, expected in (([(1, 2)], "wrong_rows"), ([], "wrong_row_count")):
        difference = agree(gold, rows, Policy(), (1, 0))
        assert difference is not None
        assert difference.reason == expected
    moved = agree(ordered([(1,), (2,)]), [(2,), (1,)], Policy(), None)
    assert moved is not None
    assert moved.reason == "wrong_order"


def test_what_is_prepared_serves_many_answers() -> None:
    ready = prepare(unordered([(1, "a"), (2, "b")]), Policy())
    for _ in range(2):
        assert Comparison(Policy()).add(ready, answer([("b", 2), ("a", 1)])) is None
        assert Comparison(Policy()).add(ready, answer([("a", 2), ("b", 1)])) is not None


def test_counts_in_words() -> None:
    gold = unordered([(1, 2)] * 4)
    assert message(gold, answer([(1, 2, 3)])) == "3 columns, expected 2"
    assert message(gold, answer([(1,)])) == "1 column, expected 2"
    assert message(gold, answer([(1, 2)] * 7)) == "7 rows, expected 4"
    assert message(gold, answer([(1,)]), SUPERSET) == "1 column, expected at least 2"


def test_kinds_in_words() -> None:
    gold = unordered([("a", 1), ("b", 2), ("c", 3)])
    rows: list[Row] = [("a", 1), ("b", 2), ("c", "3")]
    wanted = "row 3, column 2 ('a1'): a text where a number is expected"
    assert message(gold, answer(rows)) == wanted
    in_order = ordered([("a", 1), ("b", None), ("c", 3)])
    wanted = "row 3, column 2 ('a1'): a text where NULL or a number is expected"
    assert message(in_order, answer([("a", 1), ("b", None), ("c", "x")])) == wanted


def test_places_in_words() -> None:
    gold = ordered([(5, "a"), (6, "b"), (7, "c"), (8, "d"), (9, "e")])
    moved: list[Row] = [(5, "a"), (6, "b"), (7, "c"), (9, "e"), (8, "d")]
    assert message(gold, answer(moved)) == "the right rows in another order: first at row 4"
    wrong: list[Row] = [(5, "a"), (6, "z"), (7, "c"), (8, "d"), (9, "e")]
    assert message(gold, answer(wrong)) == "row 2, column 2 ('a1'): another value is expected"
    bag = unordered([(1,), (1,), (2,)])
    assert message(bag, answer([(1,), (2,), (2,)])) == "row 3 occurs too often"
    assert message(bag, answer([(1,), (1,), (3,)])) == "row 3 is not among the expected rows"
    assert message(bag, answer([(1,)]), SET) == "rows are missing"


SECRET, PRIVATE = "s3cret", 918273645.5


@pytest.mark.parametrize(
    "rows",
    [
        [("s3cret", 1.0), ("x", 2.0)],
        [("x", PRIVATE), ("s3cret", 2.0)],
        [("x", 2.0), (SECRET, PRIVATE)],
        [(PRIVATE, SECRET), ("x", 2.5)],
        [(None, b"s3cret"), (None, None)],
        [(SECRET, PRIVATE)],
        [(SECRET, PRIVATE, 1)],
    ],
)
@pytest.mark.parametrize("policy", [Policy(), SET, SUPERSET, Policy(columns=Columns.EXACT)])
def test_open_words_hold_no_values(rows: list[Row], policy: Policy) -> None:
    for gold in (
        ordered([(SECRET, PRIVATE), ("x", 2.0)]),
        unordered([(SECRET, PRIVATE), ("x", 2.0)]),
        sections([(2, [(SECRET, PRIVATE), ("x", 2.0), ("x", 2.0)])], 2),
    ):
        found = judged((gold, answer(rows)), policy=policy)
        if isinstance(found, Difference):
            assert SECRET not in found.message
            assert "9182" not in found.message
            assert "g0" not in found.message


def test_the_detail_has_the_first_difference() -> None:
    found = judged((unordered([("a", 1), ("b", None)]), answer([("a", 1), ("b", 2.5)])))
    assert isinstance(found, Difference)
    assert found.detail == "expected ('b', NULL), got ('b', 2.5)"


def test_words_are_bounded() -> None:
    long = "\x00" * 60_000
    wide: Row = (long,) * 200
    result = Result((long,) * 200, [(1, *wide[1:])], 0, frozenset())
    found = judged((unordered([wide]), result))
    assert isinstance(found, Difference)
    assert len(found.message) < 300
    assert len(found.detail) < 2_000
