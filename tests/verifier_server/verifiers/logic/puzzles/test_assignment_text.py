"""Answers to puzzles as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.puzzles.assignment_text import (
    MAX_CHARACTERS,
    AssignmentError,
    AssignmentReader,
)
from verifier_server.verifiers.logic.puzzles.reading import read_puzzle

DOMAINS = {
    "ann": ["knight", "knave"],
    "seat_red": [1, 2, 3],
    "Ben's day": ["mon", "tue", "10:30"],
    "c-4": ["tom-co", "red house"],
}
RIGHT = ("knave", "2", "10:30", "red house")
READER = AssignmentReader.of(read_puzzle({"domains": DOMAINS, "constraints": []}))


@pytest.mark.parametrize(
    "text",
    [
        "ann=knave; seat_red=2; Ben's day=10:30; c-4=red house",
        "ann = knave, seat_red = 2, Ben's day = 10:30, c-4 = red house.",
        "ann: knave\nseat_red: 2\nBen's day: 10:30\nc-4: red house",
        "- ann: knave\n* seat_red=2\n\u2022 Ben's day: 10:30\n\n- c-4: red house.\n",
        '"ann" = "knave"; **seat_red**: 2; `Ben\'s day`=`10:30`; c-4=\'red house\';',
        "c-4=red house;;ann=knave\r\nseat_red=2;ann=knave,\n Ben's day=10:30",
        "ann \u2192 knave; seat_red -> 2, Ben's day \u2192 10:30\nc-4 -> red house",
        "|who|what|\n|:--|-|\n|ann | knave|\n|seat_red|2|\n|Ben's day|10:30|\n|**c-4**|red house|",
        '{"ann": "knave", "seat_red": 2, "Ben\'s day": "10:30", "c-4": "red house"}',
        '{"seat_red":"2","ann":"knave","ann":"knave","c-4":"red house","Ben\'s day":"10:30"}\n',
    ],
)
def test_ways_to_write_an_assignment(text):
    assert READER.read(text) == RIGHT


FULL = "seat_red=2; Ben's day=10:30; c-4=red house; "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "assignment_incomplete"),
        (FULL, "assignment_incomplete"),
        ("{}", "assignment_incomplete"),
        (FULL + "ann=knave; ann=knight", "assignment_duplicate"),
        (FULL + "ann=knave; ann=king", "assignment_duplicate"),
        ('{"ann": "knave", "ann": "knight"}', "assignment_duplicate"),
        (FULL + "ann=king", "assignment_out_of_domain"),
        ("| who | what |\n|--|--|\n| ann | knave |\n| ann | knight |", "assignment_duplicate"),
        ("| who | what |\n|--|--|\n| ann | knave |", "assignment_incomplete"),
        ("| who | what | why |\n|--|--|--|\n| ann | knave | x |", "parse_error.syntax"),
        ("| who | what |\n| ann | knave |", "parse_error.syntax"),
        ("| who | what |\n|--|--|\n| ann | knave | |", "parse_error.syntax"),
        ("| who | what |\n|--|--|\n| ann | |", "parse_error.syntax"),
        ("|", "parse_error.syntax"),
        (FULL + "ann=Knave", "assignment_out_of_domain"),
        (FULL + "ann=knave or knight", "assignment_out_of_domain"),
        (FULL + "ann=kn\u0430ve", "assignment_out_of_domain"),
        (FULL + "ann=knave\u200b", "assignment_out_of_domain"),
        (FULL + "ann==knave", "assignment_out_of_domain"),
        (FULL + "ann=knave; Ann=knave", "assignment_unknown_variable"),
        (FULL + "dan=knave", "assignment_unknown_variable"),
        ("seat_red=02", "assignment_out_of_domain"),
        (FULL + "ann is a knave", "parse_error.syntax"),
        (FULL + "ann=", "parse_error.syntax"),
        (FULL + "=knave", "parse_error.syntax"),
        (FULL + 'ann=""', "assignment_out_of_domain"),
        ('{"ann": ["knave"]}', "parse_error.syntax"),
        ('{"ann": {"is": "knave"}}', "parse_error.syntax"),
        ('{"ann": true}', "parse_error.syntax"),
        ('{"ann": null}', "parse_error.syntax"),
        ('{"seat_red": 2.0}', "parse_error.syntax"),
        ('{"seat_red": NaN}', "parse_error.syntax"),
        ('{"seat_red": ' + "9" * 90_000 + "}", "parse_error.syntax"),
        ('{"ann": "knave"', "parse_error.syntax"),
        ('{"ann": "knave"} {"ann": "knave"}', "parse_error.syntax"),
        ("{" * 90_000, "parse_error.syntax"),
        ('{"a":' * 15_000, "parse_error.syntax"),
        ("[" * 90_000, "parse_error.syntax"),
        ("[" * 1_000_000, "parse_error.too_long"),
        (" " * 1_000_000, "parse_error.too_long"),
        ("; ".join(f"v{number}=1" for number in range(100_000)), "parse_error.too_long"),
        ("; ".join(f"v{number}=1" for number in range(9_000)), "assignment_unknown_variable"),
        ("ann=knave;" * 9_000, "assignment_incomplete"),
        ("=" * MAX_CHARACTERS, "parse_error.syntax"),
        (":" * MAX_CHARACTERS, "parse_error.syntax"),
        ("\n" * MAX_CHARACTERS, "assignment_incomplete"),
        ("ann=" + " " * 90_000 + "x", "assignment_out_of_domain"),
    ],
)
def test_faults(text, reason):
    with pytest.raises(AssignmentError) as caught:
        READER.read(text)
    assert caught.value.reason == reason
    assert len(str(caught.value)) <= 300


def test_a_tasks_own_solution():
    given_values = {"seat_red": 2, "ann": "knave", "Ben's day": "10:30", "c-4": "red house"}
    assert READER.read_object(given_values) == RIGHT
    for wrong in ({}, {**given_values, "x": "1"}, {**given_values, "ann": None}):
        with pytest.raises(AssignmentError):
            READER.read_object(wrong)


WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9_' -]{0,8}[a-z0-9]", fullmatch=True)


@st.composite
def written(draw):
    """A puzzle, one of its assignments, and a text that says it."""
    names = draw(st.lists(WORD, min_size=1, max_size=6, unique=True))
    domains = {name: draw(st.lists(WORD, min_size=1, max_size=4, unique=True)) for name in names}
    values = {name: draw(st.sampled_from(domain)) for name, domain in domains.items()}
    pairs = draw(st.permutations(list(values.items())))
    if draw(st.booleans()):
        return domains, values, json.dumps(dict(pairs))
    joint = draw(st.sampled_from(["; ", ", ", "\n", ";\n", " ;", "\n- "]))
    sign = draw(st.sampled_from(["=", " = ", ": ", ":"]))
    text = joint.join(name + sign + value for name, value in pairs)
    return domains, values, text + draw(st.sampled_from(["", ".", "\n", ";"]))


@given(written())
def test_what_is_written_is_read(puzzle):
    domains, values, text = puzzle
    reader = AssignmentReader.of(read_puzzle({"domains": domains, "constraints": []}))
    assert reader.read(text) == tuple(values.values())


@given(st.lists(st.sampled_from(["ann", "=", ":", ";", "knave", "{", "}", '"', ",", " ", "- "])))
def test_any_text_is_answered(pieces):
    reader = AssignmentReader.of(read_puzzle({"domains": {"ann": ["knave"]}, "constraints": []}))
    try:
        assert reader.read("".join(pieces)) == ("knave",)
    except AssignmentError as error:
        assert "_error" in error.reason or "assignment_" in error.reason  # noqa: PT017
