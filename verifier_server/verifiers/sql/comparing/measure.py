"""How much of a wrong answer is right, for a reward that is shaped.

Promises: in [0, 1], and 1.0 only if the rows are right but for their order. It is F1 over
cells: columns are assigned to expected columns one to one, so that a column that is there
twice pays once, and what is too much costs precision. Deterministic, of bounded cost.

Does not cover: whether the answer is right (`comparison`), and whether to pay for less.
"""

from collections import Counter
from collections.abc import Sequence

from verifier_server.verifiers.sql.comparing import bags
from verifier_server.verifiers.sql.comparing.chains import Token
from verifier_server.verifiers.sql.comparing.columns import search
from verifier_server.verifiers.sql.comparing.effort import Effort, ExhaustedError
from verifier_server.verifiers.sql.comparing.sections import Prepared, prepare
from verifier_server.verifiers.sql.comparing.views import View, tolerant
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Expectation, Row

# What the best wrong answer gets: all cells may be right where no row is.
NEARLY = 0.99
# Above this many cells to compare, a column can only stand in its own place.
MAX_CROSS_CELLS = 1_000_000
MAX_SEARCH_CELLS = 1_000_000


def measure(expectation: Expectation | Prepared, rows: Sequence[Row], policy: Policy) -> float:
    """The F1 of an answer's cells on one instance.

    Args:
        expectation: what the rows should be.
        rows: the answer's, all of one width; no rows are as good as any width.
        policy: how rows are compared; its `columns` and `order` do not count here.
    """
    expected = expectation if isinstance(expectation, Prepared) else prepare(expectation, policy)
    answer = expected.rows(rows)
    if not bags.hashable(answer):
        return 0.0
    if expected.as_set:
        answer = list(dict.fromkeys(answer))
    if not answer or not expected.count:
        return float(len(answer) == expected.count)
    view = View(expected, answer, len(answer[0]))
    effort = Effort(MAX_SEARCH_CELLS)
    try:
        if view.width == expected.width and expected.agrees_unordered(answer, effort):
            return 1.0
        value = _f1(view)
        if value <= NEARLY:
            return value
        same = view.width == expected.width and search([view], effort, ordered=False) is not None
    except ExhaustedError:
        return min(_f1(view), NEARLY)
    return 1.0 if same else NEARLY


def _f1(view: View) -> float:
    expected = view.expected
    # One pass over the cells, whatever they hold: nothing to run out of.
    side = tolerant(view, ordered=False, effort=Effort())
    loose = side.links.loose if side.links is not None else frozenset[tuple[int]]()
    gold = _bags(side.gold, expected.members, loose)
    answer = _bags(side.answer, view.rows, loose)
    cross = len(gold) * len(answer) * len(view.rows) <= MAX_CROSS_CELLS
    pairs: list[tuple[int, bool, int, int]] = []
    for column, wanted in enumerate(gold):
        places = range(len(answer)) if cross else range(column, min(column + 1, len(answer)))
        for place in places:
            shared = min(_shared(wanted, answer[place]), expected.count)
            pairs.append((-shared, column != place, column, place))
    right = 0
    columns_taken: set[int] = set()
    places_taken: set[int] = set()
    for shared, _, column, place in sorted(pairs):
        if column not in columns_taken and place not in places_taken:
            columns_taken.add(column)
            places_taken.add(place)
            right -= shared
    cells = expected.count * expected.width + len(view.rows) * view.width
    return 2 * right / cells


def _bags(
    columns: Sequence[Sequence[Token]], rows: Sequence[Row], loose: frozenset[tuple[int]]
) -> list[Counter[Token]]:
    """Each column's cells; those of a loose chain stand for themselves."""
    return [
        Counter(
            [rows[place][column] if token in loose else token for place, token in enumerate(tokens)]
        )
        for column, tokens in enumerate(columns)
    ]


def _shared(wanted: Counter[Token], found: Counter[Token]) -> int:
    return sum([min(count, wanted[token]) for token, count in found.items() if token in wanted])
