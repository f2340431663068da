"""Answers beside what is expected, column by column.

Promises: plain data for the search of a column map; tokens are equal wherever cells could be.

Does not cover: the search (`columns`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from verifier_server.verifiers.sql.comparing.bags import has_floats
from verifier_server.verifiers.sql.comparing.chains import Chains, Token, chains
from verifier_server.verifiers.sql.comparing.effort import Effort
from verifier_server.verifiers.sql.comparing.sections import Prepared
from verifier_server.verifiers.sql.rows import Cell, Row

type Map = tuple[int, ...]  # for each expected column, the answer's column
type Columns = list[Sequence[Token]]


@dataclass(frozen=True, slots=True)
class View:
    """One instance's answer, read, beside what is expected; `width` is the answer's."""

    expected: Prepared
    rows: list[Row]
    width: int

    def right(self, columns: Map, effort: Effort, *, ordered: bool = True) -> bool:
        """Whether the answer is right under a map.

        Raises:
            ExhaustedError: the effort does not suffice to tell.
        """
        rows = project(self.rows, columns, self.width)
        if ordered:
            return self.expected.agrees(rows, effort)
        return self.expected.agrees_unordered(rows, effort)


def project(rows: list[Row], columns: Map, width: int) -> list[Row]:
    """Rows of `width` columns with `columns` in their place."""
    if columns == tuple(range(width)):
        return rows
    if len(columns) == 1:
        only = columns[0]
        return [(row[only],) for row in rows]
    return list(map(itemgetter(*columns), rows))


def with_floats(view: View) -> bool:
    """Whether a tolerance could matter."""
    return has_floats(view.rows) or has_floats(view.expected.members)


def hopeless(view: View) -> bool:
    """Whether some expected column is none of the answer's, as a plain bag of cells tells.

    False where that cannot be told so cheaply: the usual wrong answer ends here.
    """
    expected = view.expected
    if expected.cut or expected.as_set or not view.rows:
        return False
    columns = list(zip(*view.rows, strict=True))
    tolerant = any(float in set(map(type, column)) for column in columns)
    bags: list[dict[Cell, int]] = []
    for wanted, types in expected.columns:
        if float in types or (tolerant and int in types):
            continue
        bags = bags or [Counter(column) for column in columns]
        if not any(dict.__eq__(bag, wanted) for bag in bags):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Side:
    """The columns of both sides in one view, and each row's first class.

    Rows of different sections have different classes from the start. `links` are the chains
    that stand for numbers, None where numbers stand for themselves.
    """

    view: View
    gold: Columns
    answer: Columns
    gold_classes: list[int]
    answer_classes: list[int]
    links: Chains | None


def exact(view: View, *, ordered: bool) -> Side:
    """The columns with each cell standing for itself."""
    expected = view.expected
    gold: Columns = list(zip(*expected.members, strict=True)) or [()] * expected.width
    answer: Columns = list(zip(*view.rows, strict=True)) or [()] * view.width
    gold_classes, answer_classes = [0] * len(expected.members), [0] * len(view.rows)
    if ordered and not expected.as_set:
        gold_classes = [k for k, span in enumerate(expected.spans) for _ in span.members]
        answer_classes = [
            k for k, span in enumerate(expected.spans) for _ in range(span.start, span.stop)
        ]
    return Side(view, gold, answer, gold_classes, answer_classes, None)


def tolerant(view: View, *, ordered: bool, effort: Effort) -> Side:
    """As `exact`, with chains for numbers: what could be equal has the same token."""
    side = exact(view, ordered=ordered)
    members, rows = view.expected.members, view.rows
    effort.spend(view.expected.size + len(rows) * view.width)
    links = chains((cell for row in chain(members, rows) for cell in row), view.expected.allowed)
    gold: Columns = [links.tokens(column) for column in zip(*members, strict=True)]
    answer: Columns = [links.tokens(column) for column in zip(*rows, strict=True)]
    return Side(
        view,
        gold or side.gold,
        answer or side.answer,
        side.gold_classes,
        side.answer_classes,
        links,
    )
