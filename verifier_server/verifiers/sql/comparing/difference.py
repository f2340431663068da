"""What is wrong with an answer's rows, in words.

Promises: `message` is open: shape, place, kinds and the answer's own column names,
never a value of the accepted query's rows or of the data. `detail` is privileged and bounded.

Does not cover: whether there is a difference (`comparison`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql.comparing.cells import close, rows_close
from verifier_server.verifiers.sql.comparing.sections import Prepared, Span
from verifier_server.verifiers.sql.rows import Cell, Row

MAX_CELL_TEXT = 80
MAX_ROW_TEXT = 400
MAX_NAME_TEXT = 60
# Rows that equality did not pair, among which one that is close to no other is looked for.
MAX_ROWS_TRIED = 50

_KINDS: dict[type, str] = {
    type(None): "NULL",
    int: "a number",
    float: "a number",
    str: "a text",
    bytes: "a blob",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference of an answer from what is expected.

    `reason` is one of wrong_column_count, wrong_row_count, wrong_rows, wrong_order and
    wrong_columns; `message` may be shown to the model; `detail` may not.
    """

    reason: str
    message: str
    detail: str


def column_count(found: int, expected: int, *, at_least: bool) -> Difference:
    """The answer has `found` columns."""
    wanted = f"at least {expected}" if at_least else str(expected)
    return Difference("wrong_column_count", f"{_count(found, 'column')}, expected {wanted}", "")


def row_count(found: int, expected: Prepared) -> Difference:
    """The answer has `found` rows."""
    return Difference("wrong_row_count", f"{_count(found, 'row')}, expected {expected.count}", "")


def wrong_columns(message: str) -> Difference:
    """The rows are right, but not with the columns where they are."""
    return Difference("wrong_columns", message, "")


def wrong_order(rows: Sequence[Row], expected: Prepared) -> Difference:
    """The right rows in a wrong order."""
    for span in expected.spans:
        members = set(span.members)
        for place in range(span.start, min(span.stop, len(rows))):
            row = rows[place]
            if row not in members and not _near(row, span.members, expected):
                return Difference(
                    "wrong_order",
                    f"the right rows in another order: first at row {place + 1}",
                    _detail(span.members[0], row),
                )
    return Difference("wrong_order", "the right rows in another order", "")


def wrong_rows(rows: Sequence[Row], expected: Prepared, names: Sequence[str]) -> Difference:
    """The first row that is not expected, and a hint at a cell of another kind.

    Args:
        rows: the answer's, read, with the columns that are compared.
        expected: what they should be.
        names: of those columns, as the answer has them; none where they are not known.
    """
    if expected.ordered and not expected.as_set:
        return _first_in_order(rows, expected, names)
    left = Counter(expected.members)
    strange: list[int] = []
    for place, row in enumerate(rows):
        if left.get(row, 0):
            left[row] -= 1
        elif not (expected.as_set and row in left):
            strange.append(place)
    missing = [row for row, count in left.items() if count]
    if expected.as_set:
        present = set(rows)
        missing = [row for row in missing if row not in present]
    if not strange:
        return Difference(
            "wrong_rows", "rows are missing", _detail(next(iter(missing), None), None)
        )
    place = next(
        (each for each in strange[:MAX_ROWS_TRIED] if not _near(rows[each], missing, expected)),
        strange[0],
    )
    row = rows[place]
    kind = _kind_hint(row, expected, names)
    again = row in expected.counts
    told = kind or ("occurs too often" if again else "is not among the expected rows")
    separator = ", " if kind else " "
    return Difference(
        "wrong_rows",
        f"row {place + 1}{separator}{told}",
        _detail(next(iter(missing), None), row),
    )


def _first_in_order(rows: Sequence[Row], expected: Prepared, names: Sequence[str]) -> Difference:
    for span in expected.spans:
        for place in range(span.start, min(span.stop, len(rows))):
            row = rows[place]
            if row in span.members[:MAX_ROWS_TRIED] or _near(row, span.members, expected):
                continue
            return Difference(
                "wrong_rows",
                _told_in_order(place, row, span, expected, names),
                _detail(span.members[0], row),
            )
    return Difference("wrong_rows", "rows of equal rank differ", "")


def _told_in_order(
    place: int, row: Row, span: Span, expected: Prepared, names: Sequence[str]
) -> str:
    kind = _kind_hint(row, expected, names)
    if kind:
        return f"row {place + 1}, {kind}"
    if len(span.members) == 1:
        for column, (ours, theirs) in enumerate(zip(row, span.members[0], strict=True)):
            if not close(ours, theirs, expected.allowed):
                return f"row {place + 1}, {_column(column, names)}: another value is expected"
    return f"row {place + 1} is not expected there"


def _kind_hint(row: Row, expected: Prepared, names: Sequence[str]) -> str:
    """A cell of a kind that its column never has."""
    for column, cell in enumerate(row):
        kinds = expected.columns[column][1]
        if type(cell) in kinds or not kinds:
            continue
        wanted = {_KINDS[kind] for kind in kinds}
        found = _KINDS[type(cell)]
        if found not in wanted:
            told = " or ".join(sorted(wanted))
            return f"{_column(column, names)}: {found} where {told} is expected"
    return ""


def _near(row: Row, others: Sequence[Row], expected: Prepared) -> bool:
    return any(rows_close(row, other, expected.allowed) for other in others[:MAX_ROWS_TRIED])


def _column(column: int, names: Sequence[str]) -> str:
    name = f" ({_bounded(names[column], MAX_NAME_TEXT)})" if names else ""
    return f"column {column + 1}{name}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _detail(expected: Row | None, got: Row | None) -> str:
    return f"expected {_shown(expected)}, got {_shown(got)}"


def _shown(row: Row | None) -> str:
    if row is None:
        return "no row"
    cells: list[str] = []
    length = 0
    for cell in row:
        cells.append("NULL" if cell is None else _bounded(cell, MAX_CELL_TEXT))
        length += len(cells[-1]) + 2
        if length > MAX_ROW_TEXT:
            cells.append("...")
            break
    return f"({', '.join(cells)})"


def _bounded(cell: Cell, length: int) -> str:
    """A literal, cut; cut before it is written, so that a long one costs nothing."""
    if isinstance(cell, str | bytes):
        cut = len(cell) > length
        return repr(cell[:length])[: 2 * length] + ("..." if cut else "")
    return repr(cell)[:length]
