"""Cells: what texts stand for under a policy, and when two cells are equal."""

import math

import pytest

from verifier_server.verifiers.sql.comparing.cells import Tolerance, close, reader, within
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Cell

TOLERANCE = Tolerance(1e-6, 1e-9)


def read(text: str, policy: Policy) -> Cell:
    reads = reader(policy)
    assert reads is not None
    return reads(text)


def test_texts_stand_as_they_are() -> None:
    assert reader(Policy()) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("80", 80),
        ("80.0", 80),
        ("007", 7),
        ("-1.5", -1.5),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_numbers_as_texts(text: str, number: float) -> None:
    assert read(text, Policy(numeric_text=True)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 80",
        "80 ",
        "80\n",
        "nan",
        "inf",
        "-Infinity",
        "1e999",
        "0x10",
        "1_000",
        "1,000",
        "٣",
        ".",
        "1e",
        "--1",
        "e5",
        "9" * 65,
    ],
)
def test_texts_that_are_no_numbers(text: str) -> None:
    assert read(text, Policy(numeric_text=True)) == text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2009-06-01", "2009-06-01 00:00:00"),
        ("2009-06-01", "2009-06-01T00:00:00.000"),
        ("2009-06-01 12:30", "2009-06-01 12:30:00"),
        ("2009-06-01T00:00:00Z", "2009-06-01"),
        ("2009-06-01T02:00:00+02:00", "2009-06-01 00:00:00"),
        ("2009-05-31T21:30:00-02:30", "2009-06-01"),
        ("2009-06-01 00:00:00.12", "2009-06-01T00:00:00.120"),
    ],
)
def test_the_same_instant(left: str, right: str) -> None:
    policy = Policy(instants=True)
    assert read(left, policy) == read(right, policy)
    assert read(left, policy) == read(left, Policy(instants=True, casefold=True))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2009-06-01", "2009-06-02"),
        ("2009-06-01", "2009-06-01 00:00:01"),
        ("2009-06-01", "2009-06-01 00:00:00.0000001"),
        ("2009-06-01", "2009-06-01T00:00:00+01:00"),
        ("2009-06-01", " 2009-06-01"),
        ("2009-06-01", "2009-6-1"),
        ("2009-02-30", "2009-03-02"),
    ],
)
def test_other_instants(left: str, right: str) -> None:
    policy = Policy(instants=True)
    assert read(left, policy) != read(right, policy)


@pytest.mark.parametrize(
    "text",
    [
        "2009-02-30",
        "2009-13-01",
        "2009-06-01 24:00:00",
        "2009-06-01 12",
        "20090601",
        "June 1",
        "0001-01-01T00:00:00+23:00",
        "2009-06-01T00:00:00+24:00",
        "2009-06-01T00:00:00+00:60",
    ],
)
def test_texts_that_are_no_instants(text: str) -> None:
    assert read(text, Policy(instants=True)) == text


def test_case_is_folded() -> None:
    policy = Policy(casefold=True)
    assert read("Straße", policy) == read("STRASSE", policy)
    assert read("a", policy) != read("b", policy)


EQUAL: list[tuple[Cell, Cell]] = [
    (80, 80.0),
    (0, -0.0),
    (None, None),
    (1.0, 1.0 + 1e-7),
    (0.0, 1e-10),
    (1e9, 1e9 + 100.0),
    (10**9, 10**9 + 1e-4),
    (100, 100.00001),
    (math.inf, math.inf),
    (b"a", b"a"),
    (2**53, 2.0**53),
    (2**53 + 1, 2.0**53),  # one is a REAL, and they are within the tolerance
]
DIFFERENT: list[tuple[Cell, Cell]] = [
    (80, "80"),
    (None, 0),
    (None, ""),
    ("a", "A"),
    ("a", b"a"),
    (1.0, 1.0 + 1e-5),
    (0.0, 1e-8),
    (10**9, 10**9 + 1),  # integers are exact
    (2**53, 2**53 + 1),
    (10**9, 10**9 + 1.0),  # an identifier, and its neighbour's as a REAL
    (10**9, 10**9 + 0.5),
    (10**18, 10**18 + 1e6),
    (1234567890, 1234567890.01),
    (math.inf, 1e308),
    (math.inf, -math.inf),
    (-math.inf, 2**63 - 1),
    (1e308, -1e308),
    (0.0, None),
    (0.0, ""),
    (0.0, b""),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_cells(left: Cell, right: Cell) -> None:
    assert close(left, right, TOLERANCE)
    assert close(right, left, TOLERANCE)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_cells(left: Cell, right: Cell) -> None:
    assert not close(left, right, TOLERANCE)
    assert not close(right, left, TOLERANCE)


def test_beyond_the_integers_of_a_float_equality_is_exact_without_a_tolerance() -> None:
    assert not close(2**53 + 1, 2.0**53, Tolerance(0.0, 0.0))
    assert close(2**53, 2.0**53, Tolerance(0.0, 0.0))


def test_an_infinity_is_within_no_tolerance() -> None:
    assert not within(math.inf, 1.0, Tolerance(1.0, math.inf))
