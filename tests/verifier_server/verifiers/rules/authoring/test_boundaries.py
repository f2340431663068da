"""Values at the ends of a schema, and the answers made of them."""

from decimal import Decimal
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.rules.authoring.boundaries import (
    ABSENT,
    changed,
    pairwise,
    singly,
    values_of,
)
from verifier_server.verifiers.rules.authoring.schemas import Siblings, fields_of

SCHEMA = {
    "type": "object",
    "$defs": {"drug": {"enum": ["a", "b", "none"]}},
    "properties": {
        "drug": {"$ref": "#/$defs/drug"},
        "dose": {"type": ["number", "null"], "minimum": 0, "maximum": 2.5},
        "count": {"type": "integer", "maximum": 7},
        "sure": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "code": {"type": "string", "pattern": "^[A-Z]{2}$", "maxLength": 2},
        "parts": {"type": "array", "items": {"enum": ["x", "y"]}, "uniqueItems": True},
        "stay": {
            "type": "object",
            "properties": {"nights": {"type": "integer"}},
            "required": ["nights"],
            "additionalProperties": False,
        },
        "steps": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {"what": {"enum": ["p", "q"]}, "n": {"type": "integer"}},
                "required": ["what"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["drug", "dose", "count", "sure", "at", "code", "parts", "stay", "steps"],
    "additionalProperties": False,
}
FIELDS = fields_of("answer", SCHEMA, free=False)


def values(name, seen=()):
    return values_of(FIELDS[f"answer.{name}"], seen)


def test_fields_are_named_as_expressions_write_them():
    assert list(FIELDS) == [
        f"answer.{name}"
        for name in ("drug dose count sure at day code parts stay stay.nights steps".split())
    ]
    assert FIELDS["answer.stay"].is_container
    assert FIELDS["answer.stay.nights"].path == ("stay", "nights")
    numeric = [name for name, field in FIELDS.items() if field.is_numeric]
    assert numeric == ["answer.dose", "answer.count", "answer.stay.nights"]


def test_values_at_the_ends():
    assert values("drug") == ["a", "b", "none"]
    assert values("sure") == [True, False]
    assert {0, 1, -1, 7, 2**63 - 1, -(2**63), 2**53 - 1} <= set(values("count"))
    assert {None, Decimal("2.5"), Decimal("1e308"), Decimal("5e-324")} <= set(values("dose"))
    assert "9999-12-31T23:59:59Z" in values("at")
    assert "2024-02-29" in values("day")
    assert ABSENT in values("day")
    assert ABSENT not in values("at")
    assert values("code", ["AB"])[0] == "AB"


def test_true_is_not_taken_for_one():
    assert [type(each) for each in values("sure", [1, True])] == [int, bool, bool]


def test_lists_are_empty_full_and_of_one():
    lists = values("parts")
    assert [each for each in ([], ["x", "y"], ["x"], ["y"]) if each in lists] == [
        [],
        ["x", "y"],
        ["x"],
        ["y"],
    ]
    steps = values("steps")
    assert [] in steps
    assert [{"what": "p"}] in steps
    assert any(len(each) == 3 for each in steps)
    assert all(step["what"] in ("p", "q") for each in steps for step in each)


def test_changing_an_answer_leaves_it_alone():
    answer = {"a": {"b": 1, "c": 2}, "d": 3}
    varied = changed(answer, {("a", "b"): 5, ("d",): ABSENT, ("e",): None})
    assert varied == {"a": {"b": 5, "c": 2}, "e": None}
    assert answer == {"a": {"b": 1, "c": 2}, "d": 3}


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcd")), st.lists(st.integers(), max_size=4, unique=True)
    )
)
def test_every_value_and_every_pair_of_two_fields_is_tried_once(given_values):
    ones = [next(iter(each.items())) for each in singly(given_values)]
    assert sorted(ones) == sorted(
        (name, each) for name in given_values for each in given_values[name]
    )
    pairs = [tuple(sorted(each.items())) for each in pairwise(given_values)]
    expected = {
        tuple(sorted({one: a, other: b}.items()))
        for one in given_values
        for other in given_values
        if one != other
        for a in given_values[one]
        for b in given_values[other]
    }
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected


def test_pairs_of_all_fields_come_early():
    names = {("a",): range(9), ("b",): range(9), ("c",): range(9)}
    assert {frozenset(each) for each in islice(pairwise(names), 3)} == {
        frozenset({("a",), ("b",)}),
        frozenset({("a",), ("c",)}),
        frozenset({("b",), ("c",)}),
    }


def test_siblings_are_of_the_same_enum():
    sibling = Siblings(FIELDS)
    assert sibling("a", "answer.drug") == "b"
    assert sibling("none", "answer.drug") == "a"
    assert sibling("x", "answer.drug") is None
    assert sibling("x", "answer.parts") == "y"
    assert sibling("y", None) == "x"
    assert sibling("b", "derived.drug") == "none"
    assert sibling("unknown", None) is None
