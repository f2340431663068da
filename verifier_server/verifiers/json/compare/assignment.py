"""The best pairing of two lists.

Promises: the sum of the chosen entries is the largest that any pairing has
(scipy's linear_sum_assignment: Crouse, "On implementing 2D rectangular
assignment algorithms", 2016). Entries are whole numbers whose sums a double
holds exactly, so nothing is rounded on the way.

Does not cover: what a pairing may cost; the caller has spent `cost` steps.
"""

from collections.abc import Sequence

from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]  # has none

# The worst matrices take some 0.6 ns per n * n * m, a step some 0.2 us.
_OPERATIONS_PER_STEP = 300


def cost(rows: int, columns: int) -> int:
    """The steps of filling and solving a matrix, without what each entry costs."""
    less, more = min(rows, columns), max(rows, columns)
    return rows * columns + less * less * more // _OPERATIONS_PER_STEP


def best_pairs(gains: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The (row, column) pairs whose gains have the largest sum; none that gains nothing.

    Args:
        gains: a matrix of at least one row and one column, of numbers of at least 0.
    """
    if len(gains) == 1:
        row = gains[0]
        chosen = [(0, max(range(len(row)), key=row.__getitem__))]
    elif len(gains[0]) == 1:
        chosen = [(max(range(len(gains)), key=lambda row: gains[row][0]), 0)]
    else:
        rows, columns = linear_sum_assignment(gains, maximize=True)
        chosen = list(zip(rows.tolist(), columns.tolist(), strict=True))
    return [(row, column) for row, column in chosen if gains[row][column]]
