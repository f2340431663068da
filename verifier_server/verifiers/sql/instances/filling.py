"""Rows of one instance, made one at a time.

Promises: every row that is kept satisfies the declared constraints (SQLite
checks each), refers to rows that exist, and keeps the facts of the given rows. At most
MAX_ROWS rows a table are made for their own sake, and MAX_PARENTS in all.

Does not cover: which rows are wanted (`planting.py`, `generate.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.instances import formats
from verifier_server.verifiers.sql.instances.domains import Domain, Model, Reference
from verifier_server.verifiers.sql.instances.values import coerce
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Affinity, Column, Table

MAX_ROWS = 40
MAX_PARENTS = 60
MAX_DEPTH = 6
TRIES = 3
NULL_RATE = 0.2
# Of one instance, about a microsecond each: of a column of a row, of a row or value looked at.
# When they are used up nothing more is put in.
MAX_EFFORT = 40_000
ROW_EFFORT = 10
COLUMN_EFFORT = 3
FRESH = 10_000  # texts that are tried for one that a column does not have

Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Style:
    """How the rows of one instance are, on the whole.

    `repeat`: how often a value is one that the column has already. `fresh`: how often a number
    is any in the range rather than one of the pool. `share`: how often a row refers to a row
    that exists rather than to a new one. `width`: how many values of a pool are used;
    `constants`: how often one near a gold's constant.
    """

    repeat: float
    fresh: float
    share: float
    width: int
    constants: float


class Rows:
    """The rows of one instance, by table in lower case.

    Args:
        template: an image with the schema and no rows.
        model: the domains and rules.
        style: how rows are, on the whole.
        rng: decides everything that is left open.
    """

    def __init__(self, template: bytes, model: Model, style: Style, rng: Random) -> None:
        self.model, self.style, self.rng = model, style, rng
        self.rows: dict[str, list[Row]] = {name: [] for name in model.tables}
        self.effort = 0
        self.apart = False  # whether rows get parents of their own, and are reserved
        self._reserved: set[int] = set()
        self._connection = apsw.Connection(":memory:")
        self._connection.deserialize("main", template)
        # As in the script of the schema, whose CHECKs compute with the rows.
        self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, limits.MAX_STORED_VALUE_BYTES)
        self._connection.execute("PRAGMA foreign_keys=0; BEGIN")
        self._index: dict[tuple[str, tuple[str, ...]], dict[tuple[Cell, ...], Row]] = {}
        self._names = {
            name: tuple(c.name.lower() for c in table.columns if not c.generated)
            for name, table in model.tables.items()
        }
        self._statements = {
            name: _insertion(model.tables[name], names) for name, names in self._names.items()
        }
        self._pending: list[tuple[str, Row]] = []
        self._spans: dict[tuple[str, str], int] = {}
        self._narrow: dict[tuple[str, str], tuple[Cell, ...]] = {}

    def image(self) -> bytes:
        """The instance, serialized. No row can be added any more."""
        self._connection.execute("COMMIT")
        self._sweep()
        image = self._connection.serialize("main")
        self._connection.close()
        return image

    def open_to_all(self, rows: Iterable[Row]) -> list[Row]:
        """Those of `rows` that are not reserved, and so are taken where any row will do."""
        return [each for each in rows if id(each) not in self._reserved]

    @property
    def exhausted(self) -> bool:
        """Whether no more work is done on this instance."""
        return self.effort >= MAX_EFFORT

    def full(self, table: str) -> bool:
        """Whether no more rows of `table` are made for their own sake."""
        return len(self.rows[table]) >= MAX_ROWS

    def add(self, table: str, bound: Mapping[str, Cell], depth: int = 0) -> Row | None:
        """A row of `table` with the values `bound`, new unless a key says that it exists.

        None if there can be no such row, or the table is full.
        """
        if table not in self.rows or len(self.rows[table]) >= MAX_PARENTS or self.exhausted:
            return None
        columns = self.model.tables[table]
        wanted = {
            name: coerce(value, column.affinity)
            for name, value in bound.items()
            if (column := columns.column(name)) is not None
            and not column.generated
            and (value is not None or self.model.domains[table, name].nulls)
        }
        existing = self._existing(table, wanted)
        if existing is not None:
            return existing
        for _ in range(TRIES):
            self.effort += ROW_EFFORT + COLUMN_EFFORT * len(columns.columns)
            row = self._complete(table, dict(wanted), depth)
            if row is not None and self._store(table, row):
                return row
        return None

    # -- making a row --------------------------------------------------------

    def _complete(self, table: str, row: Row, depth: int) -> Row | None:
        self._pending.append((table, row))
        bound = frozenset(row)
        try:
            for key in self.model.keys[table]:
                if len(key) == 1 and key[0] not in row and not self._refers(table, key[0]):
                    empty = self.model.domains[table, key[0]].nulls
                    missing = empty and self.rng.random() < NULL_RATE
                    row[key[0]] = None if missing else self._fresh(table, key[0])
            for reference in self.model.references[table]:
                if not self._refer(table, row, reference, depth):
                    return None
            for column in self.model.tables[table].columns:
                name = column.name.lower()
                if name not in row and not column.generated:
                    row[name] = self._value(table, name)
            self._settle(table, row, bound)
        finally:
            self._pending.pop()
        return row

    def _refers(self, table: str, column: str) -> bool:
        return any(column in each.columns for each in self.model.references[table])

    def _refer(self, table: str, row: Row, reference: Reference, depth: int) -> bool:
        """Binds the columns of `reference` to a row that exists, which may be made for it."""
        known = {
            theirs: row[mine]
            for mine, theirs in zip(reference.columns, reference.target_columns, strict=True)
            if mine in row
        }
        if any(value is None for value in known.values()):
            return True
        if len(known) < len(reference.columns) and self._may_miss(table, reference):
            for mine in reference.columns:
                row.setdefault(mine, None)
            return True
        parent = self._parent(table, reference, known, depth)
        if parent is None:
            return len(known) == len(reference.columns) and not reference.declared
        for mine, theirs in zip(reference.columns, reference.target_columns, strict=True):
            column = self.model.tables[table].column(mine)
            row.setdefault(
                mine, coerce(parent[theirs], column.affinity if column else Affinity.BLOB)
            )
        return True

    def _may_miss(self, table: str, reference: Reference) -> bool:
        """Whether the columns are NULL this time."""
        domains = [self.model.domains[table, name] for name in reference.columns]
        return all(each.nulls for each in domains) and self.rng.random() < NULL_RATE

    def _parent(
        self, table: str, reference: Reference, known: Mapping[str, Cell], depth: int
    ) -> Row | None:
        target = reference.target
        there = self.rows[target]
        if known:
            affinities = {c.name.lower(): c.affinity for c in self.model.tables[target].columns}
            wanted = {name: coerce(value, affinities[name]) for name, value in known.items()}
            there = [
                each for each in there if all(each[name] == value for name, value in wanted.items())
            ]
            if there:
                return self.rng.choice(there)
            pending = self._pending_row(target, wanted)
            if pending is not None:
                return pending
            return self.add(target, wanted, depth + 1) if depth < MAX_DEPTH else None
        alone = reference.columns in self.model.keys[table]
        if alone and there:
            position = {name: place for place, name in enumerate(reference.columns)}
            taken = {tuple(each[name] for name in position) for each in self.rows[table]}
            there = [
                each for each in there if tuple(self._as_child(table, reference, each)) not in taken
            ]
        open_ = [] if self.apart else self.open_to_all(there)
        if open_ and self.rng.random() < self.style.share:
            return self.rng.choice(open_)
        if there and depth >= MAX_DEPTH:
            return self.rng.choice(there)
        if target == table and self.rows[table]:
            return self.rng.choice(self.rows[table])
        pending = self._pending_row(target, {})
        if pending is not None and all(name in pending for name in reference.target_columns):
            return pending
        made = self.add(target, {}, depth + 1) if depth < MAX_DEPTH else None
        return made if made is not None or not there else self.rng.choice(there)

    def _as_child(self, table: str, reference: Reference, parent: Row) -> list[Cell]:
        found: list[Cell] = []
        for mine, theirs in zip(reference.columns, reference.target_columns, strict=True):
            column = self.model.tables[table].column(mine)
            found.append(coerce(parent[theirs], column.affinity if column else Affinity.BLOB))
        return found

    def _pending_row(self, table: str, wanted: Mapping[str, Cell]) -> Row | None:
        """A row that is being made further up, for tables that refer to each other."""
        for name, row in reversed(self._pending):
            if name == table and all(row.get(each) == value for each, value in wanted.items()):
                return row
        return None

    def _fresh(self, table: str, name: str) -> Cell:
        """A value that the column, a key, does not have yet."""
        domain = self.model.domains[table, name]
        taken = {row[name] for row in self.rows[table]}
        listed = domain.closed or domain.form in ("text", "digits", "date", "datetime")
        if listed or self.rng.random() < 0.2:
            free = [value for value in domain.pool if value is not None and value not in taken]
            if free:
                return self.rng.choice(free)
        texts = [value for value in domain.common if isinstance(value, str)]
        if texts or (domain.column.affinity is Affinity.TEXT and domain.form == "text"):
            stem = self.rng.choice(texts or ["k"])
            others = (formats.another(stem, n) for n in range(1, FRESH))
            return next((each for each in others if each not in taken), f"{stem}{len(taken)}")
        low = max(1, int(domain.low)) if self.model.facts.columns.get((table, name)) else 1
        span = self._spans.setdefault((table, name), self.rng.choice((12, 20, 45)))
        for _ in range(40):
            value = coerce(low + self.rng.randrange(span + len(taken) * 2), domain.column.affinity)
            if value not in taken:
                return value
        return coerce(low + span + len(taken) * 3 + 1, domain.column.affinity)

    def _value(self, table: str, name: str) -> Cell:
        domain, style, rng = self.model.domains[table, name], self.style, self.rng
        if domain.nulls and rng.random() < NULL_RATE:
            return None
        there = self.rows[table]
        if there and rng.random() < style.repeat:
            value = rng.choice(there)[name]
            if value is not None:
                return value
        if rng.random() < style.constants:
            value = self._any(domain.pool) if domain.pool else None
            if value is not None:
                return value
        if domain.free and rng.random() < style.fresh:
            return self._number(domain)
        common = self._narrow.get((table, name))
        if common is None:
            count = min(style.width, len(domain.common))
            common = tuple(rng.sample(domain.common, count))
            self._narrow[table, name] = common
        if common:
            return self._any(common)
        return None if domain.nulls else coerce(1, domain.column.affinity)

    def _any(self, among: Sequence[Cell]) -> Cell:
        """One of `among`; an empty text stands for nothing, and is rarer than others."""
        value = self.rng.choice(among)
        return self.rng.choice(among) if value == "" else value

    def _number(self, domain: Domain) -> Cell:
        low, high = int(domain.low), max(int(domain.high), int(domain.low) + 1)
        if domain.form == "real" and not all(
            isinstance(each, float) and each.is_integer() for each in domain.common
        ):
            return coerce(round(self.rng.uniform(low, high), 2), domain.column.affinity)
        return coerce(self.rng.randint(low, high), domain.column.affinity)

    def _settle(self, table: str, row: Row, bound: frozenset[str]) -> None:
        """Makes the row keep what the given rows keep among columns that are not `bound`."""
        for a, b in self.model.ordered[table]:
            if not _after(row[a], row[b]):
                continue
            if b not in bound and a not in bound:
                row[a], row[b] = row[b], row[a]
            elif b not in bound:
                row[b] = row[a]
            else:
                row[a] = row[b]
        for a, b, found in self.model.determined[table]:
            if row[a] not in found:
                continue
            if b not in bound:
                row[b] = found[row[a]]
            elif found[row[a]] != row[b] and a not in bound:
                fitting = [x for x, y in found.items() if y == row[b]]
                if fitting:
                    row[a] = self.rng.choice(fitting)

    # -- keeping it ----------------------------------------------------------

    def _existing(self, table: str, wanted: Mapping[str, Cell]) -> Row | None:
        for key in self.model.keys[table]:
            if all(wanted.get(name) is not None for name in key):
                found = self._index.get((table, key), {}).get(tuple(wanted[n] for n in key))
                if found is not None:
                    return found
        return None

    def _store(self, table: str, row: Row) -> bool:
        keys = self.model.keys[table]
        if self._existing(table, row) is not None:
            return False
        try:
            self._connection.execute(
                self._statements[table], [row[name] for name in self._names[table]]
            )
        except (apsw.ConstraintError, apsw.MismatchError, apsw.SQLError, apsw.TooBigError):
            return False
        self.rows[table].append(row)
        if self.apart:
            self._reserved.add(id(row))
        for key in keys:
            if all(row[name] is not None for name in key):
                self._index.setdefault((table, key), {})[tuple(row[n] for n in key)] = row
        return True

    def _sweep(self) -> None:
        """Deletes rows that refer to nothing: tables that refer to each other may leave some."""
        for _ in range(MAX_DEPTH):
            try:
                found = list(self._connection.execute("PRAGMA foreign_key_check"))
            except apsw.Error:
                return  # a key that does not fit its target: nothing can be checked
            if not found:
                return
            for table, rowid, target, _ in found:
                # A table that is not there at all takes no rows away.
                if rowid is not None and str(target).lower() in self.rows:
                    statement = f"DELETE FROM {quote(table)} WHERE rowid=?"  # noqa: S608 - quoted
                    self._connection.execute(statement, (rowid,))


def column_of(table: Table, name: str) -> Column:
    """The column `name` of `table`, which has it."""
    column = table.column(name)
    assert column is not None
    return column


def _insertion(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(quote(column_of(table, name).name) for name in names)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - quoted


def _after(x: Cell, y: Cell) -> bool:
    if isinstance(x, int | float) and isinstance(y, int | float):
        return x > y
    return isinstance(x, str) and isinstance(y, str) and x > y
