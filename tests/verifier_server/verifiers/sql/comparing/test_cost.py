"""What adversarial rows cost, counted: the work is bounded, and running out is no acceptance."""

import random

import pytest

from tests.verifier_server.verifiers.sql.comparing.making import answer, sections, unordered
from verifier_server.verifiers.sql.comparing import effort, matching
from verifier_server.verifiers.sql.comparing.bags import hashable
from verifier_server.verifiers.sql.comparing.cells import Tolerance
from verifier_server.verifiers.sql.comparing.columns import search
from verifier_server.verifiers.sql.comparing.comparison import Comparison
from verifier_server.verifiers.sql.comparing.effort import Effort, ExhaustedError
from verifier_server.verifiers.sql.comparing.sections import prepare
from verifier_server.verifiers.sql.comparing.views import Map, View
from verifier_server.verifiers.sql.policy import Columns, Policy
from verifier_server.verifiers.sql.rows import Expectation, Row

PASSES = 12  # over the cells, which an honest search takes at most


def searched(
    gold: Expectation, rows: list[Row], policy: Policy | None = None
) -> tuple[Map | None, int]:
    """The map, and the cells that were looked at to find it."""
    spent = Effort()
    width = len(rows[0])
    found = search([View(prepare(gold, policy or Policy()), rows, width)], spent)
    return found, effort.CELLS - spent.left


def bits(seed: int, height: int, width: int) -> list[Row]:
    draw = random.Random(seed)
    return [tuple([draw.randrange(2) for _ in range(width)]) for _ in range(height)]


def moved(rows: list[Row], seed: int) -> list[Row]:
    """Rows and columns in another order."""
    draw = random.Random(seed)
    columns = list(range(len(rows[0])))
    draw.shuffle(columns)
    shuffled = [tuple([row[column] for column in columns]) for row in rows]
    draw.shuffle(shuffled)
    return shuffled


@pytest.mark.parametrize("seed", range(20))
def test_eight_columns_of_bits(seed: int) -> None:
    rows = bits(seed, 12, 8)
    found, cells = searched(unordered(rows), moved(rows, seed))
    assert found is not None
    assert cells <= 10 * PASSES * 2 * 12 * 8


def test_columns_with_the_same_bag() -> None:
    """Each column is a permutation of the same values: only the rows tell them apart."""
    draw = random.Random(1)
    height, width = 400, 200
    columns = [draw.sample(range(height), height) for _ in range(width)]
    rows: list[Row] = list(zip(*columns, strict=True))
    found, cells = searched(unordered(rows), moved(rows, 2))
    assert found is not None
    assert cells <= PASSES * 2 * height * width
    rows[0], rows[1] = (rows[1][0], *rows[0][1:]), (rows[0][0], *rows[1][1:])
    found, cells = searched(unordered(rows), moved(list(zip(*columns, strict=True)), 2))
    assert found is None
    assert cells <= PASSES * 2 * height * width


def test_two_hundred_columns_of_bits() -> None:
    rows = bits(3, 300, 200)
    found, cells = searched(unordered(rows), moved(rows, 4))
    assert found is not None
    assert cells <= PASSES * 2 * 300 * 200


def test_two_hundred_equal_columns() -> None:
    rows: list[Row] = [(place % 2,) * 200 for place in range(50)]
    found, _ = searched(unordered(rows), list(rows))
    assert found == tuple(range(200))


def test_all_rows_of_bits_but_one() -> None:
    """Every order of the columns fits but for the last rows: each is as good as another."""
    cube: list[Row] = [tuple([place >> bit & 1 for bit in range(9)]) for place in range(512)]
    gold: list[Row] = [*cube, (1, 1, 1, 1, 0, 0, 0, 0, 0), (1, 1, 0, 0, 1, 1, 0, 0, 0)]
    wrong: list[Row] = [*cube, (1, 1, 1, 1, 0, 0, 0, 0, 0), (1, 1, 1, 0, 1, 0, 0, 0, 0)]
    assert Comparison(Policy()).add(unordered(gold), answer(moved(gold, 5))) is None
    difference = Comparison(Policy()).add(unordered(gold), answer(moved(wrong, 5)))
    assert difference is not None


def test_many_more_columns_than_expected() -> None:
    rows = bits(6, 60, 200)
    wanted = [row[150:158] for row in rows]
    found, cells = searched(unordered(wanted), rows, Policy(columns=Columns.SUPERSET))
    assert found is not None
    assert cells <= effort.CELLS // 2


def test_running_out_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = bits(7, 12, 8)
    gold, result = unordered(rows), answer(moved(rows, 8))
    assert Comparison(Policy()).add(gold, result) is None
    monkeypatch.setattr(effort, "CELLS", 100)
    monkeypatch.setattr(Effort.__init__, "__defaults__", (100,))
    difference = Comparison(Policy()).add(gold, result)
    assert difference is not None
    assert difference.reason == "wrong_rows"


def test_fifty_thousand_rows_with_rounding() -> None:
    """One long chain within the tolerance, every value off by rounding."""
    draw = random.Random(9)
    days = [(2_455_000.0 + draw.random() * 4000, draw.randrange(9)) for _ in range(50_000)]
    rows: list[Row] = list(days)
    noisy: list[Row] = [(day * (1 + 3e-16), kind) for day, kind in days]
    draw.shuffle(noisy)
    assert Comparison(Policy()).add(unordered(rows), answer(noisy)) is None
    noisy[7] = (2_460_000.0, 3)
    assert Comparison(Policy()).add(unordered(rows), answer(noisy)) is not None


def test_a_pairing_that_costs_too_much_is_given_up() -> None:
    draw = random.Random(10)
    near = [(1.0 + draw.random(), 1.0 + draw.random()) for _ in range(2_000)]
    others = [(1.0 + draw.random(), 1.0 + draw.random()) for _ in range(2_000)]
    spent = Effort(100_000)
    with pytest.raises(ExhaustedError):
        matching.saturates(near, others, Tolerance(0.0, 0.7), spent)


def colliding(height: int) -> list[Row]:
    """Rows of floats that all have the same hash: it is their value modulo 2**61 - 1."""
    powers = [2.0 ** (61 * power) for power in range(16)]
    return [
        (powers[place & 15], powers[place >> 4 & 15], powers[place >> 8 & 15], powers[place >> 12])
        for place in range(height)
    ]


def test_rows_made_to_collide_are_not_counted() -> None:
    rows = colliding(4_000)
    assert len({hash(row) for row in rows}) == 1
    assert not hashable(rows)
    assert hashable(rows[:1] * 50_000)
    assert hashable([(place, "x") for place in range(50_000)])
    gold = unordered([(1.0, 2.0, 3.0, float(place)) for place in range(4_000)])
    difference = Comparison(Policy()).add(gold, answer(rows))
    assert difference is not None
    assert difference.reason == "wrong_rows"


def test_a_cut_through_many_members() -> None:
    draw = random.Random(11)
    members: list[Row] = [(draw.randrange(10), draw.random()) for _ in range(20_000)]
    gold = sections([(10_000, members)], 2)
    chosen = draw.sample(members, 10_000)
    assert Comparison(Policy()).add(gold, answer(chosen)) is None
    assert Comparison(Policy()).add(gold, answer([(b, a) for a, b in chosen])) is None
    chosen[5] = (3, -1.0)
    assert Comparison(Policy()).add(gold, answer(chosen)) is not None
