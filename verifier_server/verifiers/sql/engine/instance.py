"""One database on which queries are run.

Promises: a query cannot change the image, reach a file, or learn the time; it ends in a
`Result` or a `QueryError`, decided by counts alone, so that neither what ran before
nor load matters. Nothing else is raised, whatever the text, unless the image is damaged.

LIKE and GLOB are charged for what they cost (`likeness`). Where a text is not UTF-8, which no
function of Python's can be given, a query that may use them runs again with SQLite's own,
and each of its steps counts more.

Does not cover: CPU time. A step is not a time: with values at their bounds a query made for
it takes seconds, and with LIKE on texts that are not UTF-8 more; the worker's CPU limit is what
stops that. Nor does it cover use from several threads at once.
"""

import re
from dataclasses import replace
from itertools import chain, islice
from sys import getsizeof

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.dialects import functions as dialects
from verifier_server.verifiers.sql.engine import (
    clock,
    errors,
    likeness,
    opening,
    statement,
    texts,
)
from verifier_server.verifiers.sql.engine.clock import DEFAULT_NOW
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.guard import Guard
from verifier_server.verifiers.sql.engine.lengths import longest_value
from verifier_server.verifiers.sql.rows import Result, Row

# What a query that met an invalid text is run again for.
_LIKENESS = re.compile("like|glob", re.IGNORECASE)
_TABLES = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
_INTERNAL = "sqlite_"
_MAX_BATCH = 1000  # rows


class Instance:
    """A database image, opened for queries.

    Args:
        name: what it is called in reports.
        image: a serialized SQLite database (`scripts.build_image`).
        now: the instant that 'now' is, ISO 8601.
        functions: names of functions to allow beyond `functions.ALLOWED`.
        charged: whether LIKE and GLOB are charged by the call; else by the weight of every step.

    Raises:
        apsw.Error: `image` is not a SQLite database.
        ValueError: `now` is not an instant.
    """

    def __init__(
        self,
        name: str,
        image: bytes,
        *,
        now: str = DEFAULT_NOW,
        functions: frozenset[str] = frozenset(),
        charged: bool = True,
    ) -> None:
        self.name = name
        self.size = len(image)
        self._clock, self._functions = now, functions
        self._now = clock.julian_ms(now)
        self._connection = opening.open_image(image)
        tables = frozenset(
            str(table)
            for (table,) in self._connection.execute(_TABLES)
            if not str(table).startswith(_INTERNAL)
        )
        opening.close_to_writing(self._connection)
        texts.register(self._connection, self._charge)
        dialects.register(self._connection, self._charge)
        self._charged = charged
        if charged:
            likeness.register(self._connection, self._charge)
        self._guard = Guard(tables, functions)
        self._watch(True)
        self._reversed = False
        self._short = opening.SHORT if charged else opening.UNCHARGED
        self._long: opening.Allowance | None = None
        self._allowed = self._short
        opening.allow(self._connection, self._allowed)
        self._steps = self._budget = 0
        self._names: tuple[str, ...] | None = None
        self._too_long = False

    def run(self, sql: str, *, steps: int = limits.STEPS, reverse: bool = False) -> Result:
        """The rows of the query `sql`.

        `steps` is its budget of VDBE operations; `reverse` turns the order of rows that
        no ORDER BY decides, where SQLite can.

        Raises:
            QueryError: it gave no rows.
            apsw.CorruptError, apsw.NotADBError: the image is damaged, which is no query's fault.
        """
        statement.check(sql)
        if reverse != self._reversed:
            self._connection.config(apsw.SQLITE_DBCONFIG_REVERSE_SCANORDER, int(reverse))
            self._reversed = reverse
        self._budget = steps
        clock.stop_at(self._now)
        try:
            return self._run_in_bounds(sql)
        except QueryError as error:
            if error.fault is not Fault.TEXT or not self._charged or not _LIKENESS.search(sql):
                raise
        return self._run_uncharged(sql)

    def close(self) -> None:
        """Frees the image. Nothing can be run any more."""
        self._connection.close()

    def _run_uncharged(self, sql: str) -> Result:
        """The result with SQLite's own LIKE and GLOB, on a copy that is not kept."""
        copy = Instance(
            self.name,
            self._connection.serialize("main"),
            now=self._clock,
            functions=self._functions,
            charged=False,
        )
        try:
            return copy.run(sql, steps=self._budget, reverse=self._reversed)
        finally:
            copy.close()

    def _run_in_bounds(self, sql: str) -> Result:
        """The result; with longer values if it needs them."""
        try:
            return self._run(sql, self._short)
        except QueryError:
            if not self._too_long:
                raise
        if self._long is None:  # how long those of the database are is found out once
            self._long = self._measure()
            if self._short.value_bytes != opening.SHORT.value_bytes:
                return self._run_in_bounds(sql)
        return self._run(sql, self._long)

    def _measure(self) -> opening.Allowance:
        """The allowance of long values; the other one becomes what reads all of the database."""
        self._watch(False)
        for limit in (apsw.SQLITE_LIMIT_LENGTH, apsw.SQLITE_LIMIT_SQL_LENGTH):
            self._connection.limit(limit, limits.MAX_DATABASE_BYTES)
        try:
            longest = min(longest_value(self._connection), limits.MAX_STORED_VALUE_BYTES)
        except apsw.Error:  # a damaged image; queries will say so
            longest = 0
        self._connection.limit(apsw.SQLITE_LIMIT_SQL_LENGTH, limits.MAX_SQL_BYTES)
        opening.allow(self._connection, self._allowed)
        self._watch(True)
        self._short = replace(self._short, value_bytes=max(self._short.value_bytes, longest))
        return replace(opening.LONG, value_bytes=max(opening.LONG.value_bytes, longest))

    def _watch(self, on: bool) -> None:
        self._connection.authorizer = self._guard.authorize if on else None
        self._connection.exec_trace = self._trace if on else None
        self._connection.set_progress_handler(self._progress if on else None, limits.STEP_PORTION)

    def _run(self, sql: str, allowance: opening.Allowance) -> Result:
        if allowance is not self._allowed:
            opening.allow(self._connection, allowance)
            self._allowed = allowance
        self._guard.reset()
        self._steps, self._names, self._too_long = 0, None, False
        # Without the pages that earlier queries left in the cache: these change no verdict.
        cached = self._connection.status(apsw.SQLITE_DBSTATUS_CACHE_USED)[0]
        before = apsw.hard_heap_limit(apsw.memory_used() - cached + limits.HEAP_BYTES)
        cursor = self._connection.cursor()
        try:
            rows = self._fetch(cursor.execute(sql))
        except (QueryError, *errors.DAMAGE):
            raise
        except errors.OF_QUERIES as error:
            raise self._error(error) from None
        finally:
            cursor.close(True)
            apsw.hard_heap_limit(before)
        assert self._names is not None
        return Result(self._names, rows, self._steps, self._guard.reads)

    def _fetch(self, cursor: apsw.Cursor) -> list[Row]:
        """The rows, in batches small enough that no batch is too large."""
        width = max(len(self._names or ()), 1)
        within_size = limits.MAX_RESULT_BYTES // self._allowed.value_bytes
        batch = max(1, min(_MAX_BATCH, within_size // width))
        rows: list[Row] = list(islice(cursor, batch))
        got = len(rows)
        if got < batch:
            return rows
        most = min(limits.MAX_ROWS, limits.MAX_CELLS // width)
        size = _size(rows)
        while got:
            if len(rows) > most:
                raise QueryError(
                    Fault.ROWS, f"more than {most} rows of {width} columns", steps=self._steps
                )
            if size > limits.MAX_RESULT_BYTES:
                raise QueryError(
                    Fault.SIZE,
                    f"a result of more than {limits.MAX_RESULT_BYTES} bytes",
                    steps=self._steps,
                )
            more: list[Row] = list(islice(cursor, batch))
            rows += more
            got = len(more)
            size += _size(more)
        return rows

    def _error(self, error: Exception) -> QueryError:
        if self._steps >= self._budget and isinstance(
            error, apsw.InterruptError | errors.SpentError
        ):
            return QueryError(Fault.STEPS, f"more than {self._budget} steps", steps=self._steps)
        self._too_long = isinstance(error, apsw.TooBigError)
        if self._guard.denied is not None:
            fault, message, name = self._guard.denied
        else:
            fault, message, name = errors.fault(error, self._names is not None)
        return QueryError(fault, message, name, self._steps)

    def _trace(self, cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        """Called before the first step; the columns are known only until the last row."""
        if self._names is None:  # and not what follows the last semicolon
            self._names = tuple(column[0] for column in cursor.get_description())
        return True

    def _charge(self, steps: int) -> None:
        self._steps += steps
        if self._steps >= self._budget:
            raise errors.SpentError

    def _progress(self) -> bool:
        self._steps += limits.STEP_PORTION * self._allowed.weight
        return self._steps >= self._budget


def _size(rows: list[Row]) -> int:
    """About how much memory the cells take, in bytes."""
    return sum(map(getsizeof, chain.from_iterable(rows)))
