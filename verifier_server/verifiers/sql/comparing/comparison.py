"""An answer compared with what is expected, one instance after the other.

Promises: None only while one map of columns is right on every instance so far; where
the effort runs out it is a difference. Rows as the accepted query returns them cost
one comparison of lists.

Does not cover: several accepted queries: each has a `Comparison` of its own.
"""

from collections.abc import Sequence

from verifier_server.verifiers.sql.comparing import difference
from verifier_server.verifiers.sql.comparing.columns import search
from verifier_server.verifiers.sql.comparing.difference import Difference
from verifier_server.verifiers.sql.comparing.effort import Effort, ExhaustedError
from verifier_server.verifiers.sql.comparing.sections import Prepared, prepare
from verifier_server.verifiers.sql.comparing.views import Map, View, hopeless, project
from verifier_server.verifiers.sql.policy import Columns, Policy
from verifier_server.verifiers.sql.rows import Expectation, Result, Row

MOVED = "the right rows, with the columns in another order"
NO_ONE_MAP = "the columns fit in one order on some databases and in another one on others"


class Comparison:
    """One answer, narrowed down to one column map by every instance.

    `columns` is the map in force: for each expected column the answer's column; None before
    the first instance. After a difference nothing more is to be added.
    """

    def __init__(self, policy: Policy) -> None:
        self.columns: Map | None = None
        self._policy = policy
        self._effort = Effort()
        self._views: list[View] = []

    def add(self, expectation: Expectation | Prepared, result: Result) -> Difference | None:
        """Compare the answer's rows on one more instance.

        Args:
            expectation: what they should be; `Prepared` with this policy where it is used often.
            result: what the answer returned; as many columns on every instance.

        Returns:
            The first difference, or None.
        """
        expected = (
            expectation if isinstance(expectation, Prepared) else prepare(expectation, self._policy)
        )
        width = len(result.names)
        if width != expected.width and (
            self._policy.columns is not Columns.SUPERSET or width < expected.width
        ):
            at_least = self._policy.columns is Columns.SUPERSET
            return difference.column_count(width, expected.width, at_least=at_least)
        if len(result.rows) != expected.count and not expected.as_set:
            return difference.row_count(len(result.rows), expected)
        rows = expected.rows(result.rows)
        view = View(expected, rows, width)
        self._views.append(view)
        columns = self.columns or tuple(range(expected.width))
        try:
            if view.right(columns, self._effort):
                self.columns = columns
                return None
            return self._moved(view, columns, result.names)
        except ExhaustedError:
            return _told(view, columns, result.names)

    def _moved(self, view: View, columns: Map, names: Sequence[str]) -> Difference | None:
        """Look for another map; the difference if there is none."""
        if view.width > 1 and not hopeless(view):
            found = search([view], self._effort)
            if found is not None and self._policy.columns is Columns.EXACT:
                return difference.wrong_columns(MOVED)
            if found is not None and len(self._views) > 1:
                found = search(self._views, self._effort)
                if found is None:
                    return difference.wrong_columns(NO_ONE_MAP)
            if found is not None:
                self.columns = found
                return None
        if view.expected.ordered and _right_unordered(view, columns, self._effort):
            return difference.wrong_order(project(view.rows, columns, view.width), view.expected)
        return _told(view, columns, names)


def agree(
    expectation: Expectation | Prepared,
    rows: Sequence[Row],
    policy: Policy,
    columns: Map | None,
) -> Difference | None:
    """Compare rows under a column map that is settled.

    Args:
        expectation: what they should be.
        rows: all of one width, which `columns` fits.
        policy: how rows are compared.
        columns: for each expected column the answer's; None for the first ones.

    Returns:
        The first difference, or None.
    """
    expected = expectation if isinstance(expectation, Prepared) else prepare(expectation, policy)
    if len(rows) != expected.count and not expected.as_set:
        return difference.row_count(len(rows), expected)
    width = len(rows[0]) if rows else expected.width
    settled = columns or tuple(range(expected.width))
    view = View(expected, expected.rows(rows), width)
    effort = Effort()
    try:
        if view.right(settled, effort):
            return None
        if expected.ordered and view.right(settled, effort, ordered=False):
            return difference.wrong_order(project(view.rows, settled, width), expected)
    except ExhaustedError:
        pass
    return difference.wrong_rows(project(view.rows, settled, width), expected, ())


def _right_unordered(view: View, columns: Map, effort: Effort) -> bool:
    if view.right(columns, effort, ordered=False):
        return True
    return (
        view.width > 1 and not hopeless(view) and search([view], effort, ordered=False) is not None
    )


def _told(view: View, columns: Map, names: Sequence[str]) -> Difference:
    rows = project(view.rows, columns, view.width)
    return difference.wrong_rows(rows, view.expected, [names[column] for column in columns])
