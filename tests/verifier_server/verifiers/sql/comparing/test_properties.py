"""Comparing agrees with trying everything, and never depends on the order of rows."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.verifier_server.verifiers.sql.comparing import oracle
from tests.verifier_server.verifiers.sql.comparing.making import answer, sections
from verifier_server.verifiers.sql.comparing.comparison import Comparison, agree
from verifier_server.verifiers.sql.comparing.measure import measure
from verifier_server.verifiers.sql.policy import Columns, Duplicates, Policy
from verifier_server.verifiers.sql.rows import Cell, Expectation, Row

EXACT_CELLS = st.sampled_from([0, 1, 2, None, "0", "a", b"a"])
BITS = st.sampled_from([0, 1])
# Distances that are just within, and just beyond, a tolerance of a half; exact in binary.
NEAR = st.sampled_from([0, 1, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, float("inf"), None])
WIDE = Policy(relative=0.0, absolute=0.5)

type Trial = tuple[Expectation, list[Row], int]


@st.composite
def tables(
    draw: st.DrawFn, cells: st.SearchStrategy[Cell], width: int, least: int = 0, most: int = 4
) -> list[Row]:
    return draw(st.lists(st.tuples(*[cells] * width), min_size=least, max_size=most))


@st.composite
def trials(
    draw: st.DrawFn, cells: st.SearchStrategy[Cell], extra: int = 0, *, cuts: bool = True
) -> list[Trial]:
    """Instances of one question; the answers are right under some maps, or nearly so."""
    width = draw(st.integers(1, 3))
    wide = width + extra
    honest = draw(st.permutations(range(wide)))
    made: list[Trial] = []
    for _ in range(draw(st.integers(1, 3))):
        columns = honest if draw(st.integers(0, 3)) else draw(st.permutations(range(wide)))
        parts: list[tuple[int, list[Row]]] = []
        rows: list[Row] = []
        is_ordered = draw(st.booleans())
        for _ in range(draw(st.integers(1, 3)) if is_ordered else 1):
            members = draw(tables(cells, width))
            count = len(members)
            if cuts and draw(st.booleans()):
                count = draw(st.integers(0, count))
            parts.append((count, members))
            rows += draw(st.permutations(members))[:count]
        answered: list[Row] = []
        for row in rows:
            placed: dict[int, Cell] = dict(zip(columns, row, strict=False))
            answered.append(tuple([placed[p] if p in placed else draw(cells) for p in range(wide)]))
        if answered and draw(st.integers(0, 3)) == 0:
            place = draw(st.integers(0, len(answered) - 1))
            answered[place] = draw(st.tuples(*[cells] * wide))
        if draw(st.integers(0, 5)) == 0:
            answered = draw(st.permutations(answered))
        made.append((sections(parts, width, ordered=is_ordered), answered, wide))
    return made


def judged(given_trials: Sequence[Trial], policy: Policy) -> tuple[int, ...] | None:
    comparison = Comparison(policy)
    for expected, rows, width in given_trials:
        if comparison.add(expected, answer(rows, width)) is not None:
            return None
    assert comparison.columns is not None
    for expected, rows, _ in given_trials:
        assert agree(expected, rows, policy, comparison.columns) is None
    return comparison.columns


def check(given_trials: Sequence[Trial], policy: Policy) -> None:
    found = judged(given_trials, policy)
    assert (found is None) == (oracle.right(given_trials, policy) is None)


@given(trials(EXACT_CELLS))
def test_exact_cells(made: list[Trial]) -> None:
    check(made, Policy())


@given(trials(BITS))
def test_cells_that_look_alike(made: list[Trial]) -> None:
    check(made, Policy())


@given(trials(BITS), st.sampled_from(list(Columns)))
def test_columns_in_their_places(made: list[Trial], columns: Columns) -> None:
    check(made, Policy(columns=columns))


@given(trials(BITS, extra=1))
def test_more_columns(made: list[Trial]) -> None:
    check(made, Policy(columns=Columns.SUPERSET))


@given(trials(BITS, extra=1))
def test_more_columns_are_refused(made: list[Trial]) -> None:
    check(made, Policy())


@given(trials(EXACT_CELLS), st.sampled_from(list(Columns)))
def test_sets(made: list[Trial], columns: Columns) -> None:
    check(made, Policy(duplicates=Duplicates.SET, columns=columns))


@given(trials(BITS, extra=1))
def test_sets_with_more_columns(made: list[Trial]) -> None:
    check(made, Policy(duplicates=Duplicates.SET, columns=Columns.SUPERSET))


@given(trials(NEAR))
def test_tolerance(made: list[Trial]) -> None:
    check(made, WIDE)


@given(trials(NEAR, extra=1))
def test_tolerance_with_more_columns(made: list[Trial]) -> None:
    check(made, Policy(relative=0.0, absolute=0.5, columns=Columns.SUPERSET))


@given(trials(st.sampled_from([1, 2, 3, 4.0, 6.0, 9.0, -1.0, -2.0])))
def test_relative_tolerance(made: list[Trial]) -> None:
    check(made, Policy(relative=0.5, absolute=0.0))


@given(st.data())
def test_one_instance_after_the_other_narrows(data: st.DataObject) -> None:
    made = data.draw(trials(BITS))
    judgements = [judged(made[: stop + 1], Policy()) is not None for stop in range(len(made))]
    assert judgements == sorted(judgements, reverse=True)


@given(trials(NEAR), st.data(), st.sampled_from(list(Duplicates)))
def test_the_order_of_rows_decides_nothing(
    made: list[Trial], data: st.DataObject, duplicates: Duplicates
) -> None:
    policy = Policy(relative=0.0, absolute=0.5, duplicates=duplicates)
    again: list[Trial] = []
    for expected, rows, width in made:
        parts = [
            (section.count, data.draw(st.permutations(section.members)))
            for section in expected.sections
        ]
        moved: list[Row] = []
        start = 0
        for section in expected.sections:
            moved += data.draw(st.permutations(rows[start : start + section.count]))
            start += section.count
        as_drawn = duplicates is Duplicates.SET and expected.ordered
        kept = sections(parts, expected.width, ordered=expected.ordered)
        again.append((kept, rows if as_drawn else moved, width))
    assert (judged(made, policy) is None) == (judged(again, policy) is None)


@given(trials(EXACT_CELLS, cuts=False), st.sampled_from(list(Duplicates)))
def test_the_measure_is_whole_only_for_equal_bags(
    made: list[Trial], duplicates: Duplicates
) -> None:
    policy = Policy(duplicates=duplicates)
    for expected, rows, _ in made:
        value = measure(expected, rows, policy)
        assert 0.0 <= value <= 1.0
        # These cells have no floats, so that bags can be counted.
        wanted = Counter([row for section in expected.sections for row in section.members])
        equal = [
            Counter([tuple([row[place] for place in columns]) for row in rows]) == wanted
            for columns in permutations(range(expected.width))
        ]
        if duplicates is Duplicates.BAG:
            assert (value == 1.0) == any(equal)
        else:
            assert value == 1.0 or not any(equal)
