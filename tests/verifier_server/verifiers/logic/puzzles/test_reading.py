"""A task's JSON to a puzzle, and its faults with their places."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.verifier_server.verifiers.logic.puzzles.brute import tasks
from verifier_server.verifiers.logic.puzzles.constraints import (
    MAX_DEPTH,
    MAX_FAULTS,
    PuzzleError,
    Relation,
)
from verifier_server.verifiers.logic.puzzles.reading import read_puzzle

SCHEMA = json.loads(
    files("verifier_server.verifiers.logic.puzzles").joinpath("assignment_schema.json").read_text()
)
VALIDATOR = Draft202012Validator(SCHEMA)
DOMAINS = {
    "seat": [1, 2, 3],
    "row": ["2", "3", "4"],
    "day": ["mon", "tue", "wed"],
    "pet": ["cat", "dog"],
    "cat": ["tue", "wed"],
}
ORDERED = [["mon", "tue", "wed"]]


def task(*constraints, domains=DOMAINS, ordered=ORDERED):
    return {"domains": domains, "ordered": ordered, "constraints": list(constraints)}


def faults(read):
    with pytest.raises(PuzzleError) as caught:
        read_puzzle(read)
    return [(fault.pointer, fault.reason) for fault in caught.value.faults]


def test_integers_stand_for_their_text():
    puzzle = read_puzzle(task(["lt", "seat", "row"], ["eq", "seat", 2], ["lt", "row", 10]))
    assert puzzle.names == tuple(DOMAINS)
    assert puzzle.domains[0] == ("1", "2", "3")
    relation = puzzle.constraints[0]
    assert isinstance(relation, Relation)
    assert relation.ranks is not None
    assert relation.ranks["4"] == 4


@pytest.mark.parametrize(
    ("constraint", "pointer", "reason"),
    [
        ("eq", "", "type"),
        ([], "", "type"),
        ([1], "", "type"),
        (["is", "seat", "1"], "/0", "unknown_word"),
        (["EQ", "seat", "1"], "/0", "unknown_word"),
        (["eq", "seat"], "", "operands"),
        (["eq", "seat", "row", "row"], "", "operands"),
        (["eq", "seat", "chair"], "/2", "unknown"),
        (["eq", "chair", "seat"], "/1", "unknown"),
        (["eq", "seat", "4"], "/2", "unknown"),
        (["eq", "seat", "mon"], "/2", "unknown"),
        (["eq", "mon", "seat"], "/1", "unknown"),
        (["eq", "seat", True], "/2", "type"),
        (["eq", "seat", 1.5], "/2", "type"),
        (["eq", "seat", None], "/2", "type"),
        (["eq", "1", "1"], "", "no_variable"),
        (["eq", "pet", "cat"], "/2", "ambiguous"),
        (["eq", "pet", {"var": "dog"}], "/2/var", "unknown"),
        (["eq", "pet", {"value": "cow"}], "/2/value", "unknown"),
        (["eq", "pet", {"value": "dog", "var": "pet"}], "/2", "type"),
        (["lt", "pet", "day"], "", "no_order"),
        (["lt", "seat", "day"], "", "no_order"),
        (["next", "pet", {"value": "cat"}], "", "no_order"),
        (["apart", "seat", "row", 0], "/3", "type"),
        (["apart", "seat", "row", "1"], "/3", "type"),
        (["apart", "seat", "row"], "", "operands"),
        (["between", "seat", "row"], "", "operands"),
        (["diff", "seat", "row"], "", "operands"),
        (["diff", ["seat"]], "/1", "type"),
        (["diff", ["seat", "seat"]], "/1/1", "duplicate"),
        (["diff", ["seat", "1"]], "/1/1", "type"),
        (["in", "1", ["1"]], "/1", "type"),
        (["in", "seat", []], "/2", "type"),
        (["in", "seat", ["1", "9"]], "/2/1", "unknown"),
        (["not"], "", "operands"),
        (["and"], "", "operands"),
        (["iff", ["eq", "seat", "1"]], "", "operands"),
        (["or", ["eq", "seat", "1"], ["not", ["eq", "seat", "7"]]], "/2/1/2", "unknown"),
        (["exactly", 3, [["eq", "seat", "1"]]], "/1", "type"),
        (["exactly", True, [["eq", "seat", "1"]]], "/1", "type"),
        (["at_most", 1, [["eq", "seat", "1"], ["eq", "seat", 8]]], "/2/1/2", "unknown"),
    ],
)
def test_faults_of_constraints(constraint, pointer, reason):
    assert faults(task(["eq", "seat", "1"], constraint)) == [(f"/constraints/1{pointer}", reason)]


def test_names_that_are_values_too_are_told_apart():
    puzzle = read_puzzle(
        task(["eq", "pet", {"value": "cat"}], ["eq", "day", {"var": "cat"}], ["eq", "day", "mon"])
    )
    assert [each.operands[1].place for each in puzzle.constraints] == [-1, 4, -1]


@pytest.mark.parametrize(
    ("domains", "pointer", "reason"),
    [
        (None, "/domains", "type"),
        ({}, "/domains", "type"),
        ({"a": []}, "/domains/a", "type"),
        ({"a": "xy"}, "/domains/a", "type"),
        ({"a": ["x", "x"]}, "/domains/a/1", "duplicate"),
        ({"a": [1, "1"]}, "/domains/a/1", "duplicate"),
        ({"a": [1.0]}, "/domains/a/0", "value"),
        ({"a": [True]}, "/domains/a/0", "value"),
        ({"a": ["x=y"]}, "/domains/a/0", "value"),
        ({"a": ["x, y"]}, "/domains/a/0", "value"),
        ({"a": ["x."]}, "/domains/a/0", "value"),
        ({"a": [""]}, "/domains/a/0", "value"),
        ({"a": ["x" * 65]}, "/domains/a/0", "value"),
        ({"a": ["\uff58"]}, "/domains/a/0", "value"),
        ({"a": ["x\u200b"]}, "/domains/a/0", "value"),
        ({"a:b": ["x"]}, "/domains/a:b", "name"),
        ({"- a": ["x"]}, "/domains/- a", "name"),
        ({"a/b~;": ["x"]}, "/domains/a~1b~0;", "name"),
        ({"": ["x"]}, "/domains/", "name"),
        ({f"v{number}": ["x"] for number in range(401)}, "/domains", "too_many"),
        ({"a": [str(number) for number in range(101)]}, "/domains/a", "type"),
        (
            {f"v{n}": [f"x{n}-{m}" for m in range(100)] for n in range(11)},
            "/domains",
            "too_many",
        ),
    ],
)
def test_faults_of_domains(domains, pointer, reason):
    assert faults({"domains": domains, "constraints": []}) == [(pointer, reason)]


@pytest.mark.parametrize(
    ("ordered", "pointer", "reason"),
    [
        ("mon", "/ordered", "type"),
        ([["mon", "mon"]], "/ordered/0/1", "duplicate"),
        ([["mon", "1"]], "/ordered/0/1", "ordered_twice"),
        ([["mon"], ["tue", "mon"]], "/ordered/1/1", "ordered_twice"),
    ],
)
def test_faults_of_orders(ordered, pointer, reason):
    assert faults(task(ordered=ordered)) == [(pointer, reason)]


def test_an_order_may_have_values_that_no_variable_has():
    puzzle = read_puzzle(
        task(["next", "a", "b"], domains={"a": ["x"], "b": ["z"]}, ordered=[["x", "y", "z"]])
    )
    assert puzzle.constraints[0].ranks == {"x": 0, "y": 1, "z": 2}


def test_all_faults_are_told_up_to_a_bound():
    assert len(faults(task(["eq"], ["lt"], ["no"]))) == 3
    assert len(faults(task(*[["eq"]] * (MAX_FAULTS + 50)))) == MAX_FAULTS


def test_size_is_bounded_before_anything_is_read():
    deep = ["eq", "seat", "1"]
    for _ in range(MAX_DEPTH - 1):
        deep = ["not", deep]
    assert read_puzzle(task(deep)).constraints
    for _ in range(5_000):
        deep = ["not", deep]
    assert faults(task(deep)) == [("/constraints", "too_large")]
    assert faults(task(["or", *[["eq", "seat", "1"]] * 20_000])) == [("/constraints", "too_large")]
    assert faults(task(*[["eq", "seat", "1"]] * 2_001)) == [("/constraints", "type")]


@given(tasks())
def test_what_is_read_has_the_schemas_form(read):
    VALIDATOR.validate(read)
    assert len(read_puzzle(read).constraints) == len(read["constraints"])


def test_the_schemas_work_does_not_grow_with_a_power_of_the_depth():
    nested = ["eq", "seat", "1"]
    for _ in range(MAX_DEPTH - 2):
        nested = ["xor", ["not", ["eq", "seat", "2"]], ["and", nested]]
    VALIDATOR.validate(task(nested))
    assert not VALIDATOR.is_valid(task(["not", ["xor", nested, ["eq", "seat"]]]))


def test_the_schemas_examples_are_puzzles():
    Draft202012Validator.check_schema(SCHEMA)
    for example in SCHEMA["examples"]:
        VALIDATOR.validate(example)
        assert read_puzzle(example).constraints


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 4) | st.sampled_from(["eq", "in", "diff", "seat"]),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(st.sampled_from(["var", "value"]), parts, max_size=2)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["eq", "lt", "in", "diff", "and", "exactly", "apart"]), st.lists(JSON))
def test_whatever_the_schema_refuses_is_refused(word, parts):
    read = task([word, *parts])
    try:
        read_puzzle(read)
    except PuzzleError as error:
        assert all(each.pointer.startswith("/constraints/0") for each in error.faults)  # noqa: PT017
    else:
        VALIDATOR.validate(read)
