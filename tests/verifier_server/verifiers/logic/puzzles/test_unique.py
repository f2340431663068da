"""Evaluation and uniqueness, against enumeration and on puzzles whose answer is known."""

from itertools import product

import pytest
from hypothesis import given

from tests.verifier_server.verifiers.logic.puzzles.brute import solutions, tasks
from verifier_server.verifiers.logic.puzzles.evaluate import first_violated, violates
from verifier_server.verifiers.logic.puzzles.reading import read_puzzle
from verifier_server.verifiers.logic.puzzles.tables import can, tables_of
from verifier_server.verifiers.logic.puzzles.unique import Status, uniqueness


@given(tasks(least_constraints=1))
def test_evaluation_is_that_of_enumeration(task):
    puzzle = read_puzzle(task)
    right = set(solutions(task))
    for values in product(*puzzle.domains):
        place = first_violated(puzzle, values)
        assert (place == 0) is (values in right)
        if place:
            before = {**task, "constraints": task["constraints"][: place - 1]}
            assert first_violated(read_puzzle(before), values) == 0


@given(tasks())
def test_uniqueness_is_that_of_enumeration(task):
    right = solutions(task)
    found = uniqueness(read_puzzle(task))
    expected = (Status.UNSOLVABLE, Status.UNIQUE, Status.NOT_UNIQUE)[min(2, len(right))]
    assert found.status is expected
    assert len(set(found.solutions)) == min(2, len(right))
    assert set(found.solutions) <= set(right)


@given(tasks(least_constraints=1))
def test_what_can_be_is_never_denied(task):
    puzzle = read_puzzle(task)
    tables = tables_of(puzzle, lambda _: None)
    bits = {value: 1 << place for place, value in enumerate(tables.values)}
    for values in product(*puzzle.domains):
        fixed = [bits[value] for value in values]
        held = first_violated(puzzle, values) == 0
        assert all(can(table, fixed) == (True, False) for table in tables.constraints) is held
        for table in tables.constraints:
            true, false = can(table, tables.domains)
            now = can(table, fixed)
            assert now in ((True, False), (False, True))
            assert (true or not now[0]) and (false or not now[1])  # noqa: PT018


@given(tasks())
def test_steps_are_counted_alike_and_bound_the_search(task):
    puzzle = read_puzzle(task)
    found = uniqueness(puzzle)
    assert uniqueness(puzzle) == found
    assert uniqueness(puzzle, max_steps=found.steps) == found
    if found.steps:
        short = uniqueness(puzzle, max_steps=found.steps - 1)
        assert short.status is Status.UNDECIDED
        assert short.steps < found.steps


def test_a_given_solution_must_be_the_one():
    task = {
        "domains": {"ann": ["1", "2"], "ben": ["1", "2"]},
        "constraints": [["lt", "ann", "ben"]],
    }
    puzzle = read_puzzle(task)
    assert uniqueness(puzzle, ("1", "2")).status is Status.UNIQUE
    wrong = uniqueness(puzzle, ("2", "1"))
    assert (wrong.status, wrong.violated) == (Status.WRONG_SOLUTION, 1)
    assert wrong.solutions == (("1", "2"),)
    undecided = uniqueness(puzzle, ("2", "1"), max_steps=0)
    assert undecided.status is Status.WRONG_SOLUTION
    assert violates(wrong.violated) == "assignment_violates@1"


def test_knights_and_knaves():
    # a: "All of us are knaves." b: "Just one of us is a knight."
    knight = {name: ["eq", name, "knight"] for name in "abc"}
    task = {
        "domains": {name: ["knight", "knave"] for name in "abc"},
        "constraints": [
            ["iff", knight["a"], ["exactly", 0, list(knight.values())]],
            ["iff", knight["b"], ["exactly", 1, list(knight.values())]],
        ],
    }
    found = uniqueness(read_puzzle(task))
    assert found.status is Status.UNIQUE
    assert found.solutions == (("knave", "knight", "knave"),)


def _grid(clues):
    """A Sudoku; a clue is a digit, a dot is none."""
    names = [[f"r{row}c{column}" for column in range(9)] for row in range(9)]
    units = [*names, *map(list, zip(*names, strict=True))]
    units += [
        [names[3 * box + row][3 * stack + column] for row in range(3) for column in range(3)]
        for box in range(3)
        for stack in range(3)
    ]
    flat = [name for row in names for name in row]
    fixed = [
        ["eq", name, clue] for name, clue in zip(flat, "".join(clues), strict=True) if clue != "."
    ]
    digits = [str(digit) for digit in range(1, 10)]
    return {
        "domains": dict.fromkeys(flat, digits),
        "constraints": [*[["diff", unit] for unit in units], *fixed],
    }


def test_a_sudoku():
    # A full grid that is right by its making, with clues taken away.
    full = ["".join(str((3 * (r % 3) + r // 3 + c) % 9 + 1) for c in range(9)) for r in range(9)]
    puzzle = read_puzzle(_grid(full))
    assert uniqueness(puzzle).status is Status.UNIQUE
    # Without the 1s and 2s these two can change places.
    thin = [row.replace("1", ".").replace("2", ".") for row in full]
    found = uniqueness(read_puzzle(_grid(thin)))
    assert found.status is Status.NOT_UNIQUE
    # With one digit left out all others follow.
    rest = [row.replace("1", ".") for row in full]
    assert uniqueness(read_puzzle(_grid(rest))).solutions == (tuple("".join(full)),)
    none = uniqueness(read_puzzle(_grid(["." * 9] * 9)))
    assert none.status is Status.NOT_UNIQUE


def _pigeons(count):
    """One hole too few, said so that no constraint sees it at once."""
    names = [f"p{number}" for number in range(count)]
    holes = [f"h{number}" for number in range(count - 1)]
    apart = [["ne", one, other] for place, one in enumerate(names) for other in names[:place]]
    return {"domains": dict.fromkeys(names, holes), "constraints": apart}


def test_pigeons_are_too_many_to_try_but_not_to_count():
    assert uniqueness(read_puzzle(_pigeons(5))).status is Status.UNSOLVABLE
    hard = uniqueness(read_puzzle(_pigeons(12)), max_steps=50_000)
    assert hard.status is Status.UNDECIDED
    counted = _pigeons(12)
    counted["constraints"] = [["diff", list(counted["domains"])]]
    assert uniqueness(read_puzzle(counted)).status is Status.UNSOLVABLE


def test_many_variables_without_constraints_end_at_once():
    task = {
        "domains": {f"v{n}": [str(m) for m in range(100)] for n in range(400)},
        "constraints": [],
    }
    assert uniqueness(read_puzzle(task)).status is Status.NOT_UNIQUE


@pytest.mark.parametrize("order", [["low", "mid", "high"], ["high", "mid", "low"]])
def test_the_order_is_the_tasks(order):
    task = {
        "domains": {name: ["low", "mid", "high"] for name in "ab"},
        "ordered": [order],
        "constraints": [["succ", "a", "b"], ["ne", "a", "mid"]],
    }
    assert uniqueness(read_puzzle(task)).solutions == ((order[0], "mid"),)
