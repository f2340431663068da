"""What holds in the given rows without being declared, and is kept in made-up ones.

Promises: mined from at most SAMPLE_ROWS rows a table, in time linear in them. A
rule is taken up only where there are rows enough to be evidence; without rows
there are none. A rule that only the sample keeps makes instances tamer, never wrong.

Does not cover: rules between rows of several tables, apart from inclusion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import apsw

from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.instances import formats
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Schema, Table

SAMPLE_ROWS = 1000
SAMPLE_VALUES = 40
ENOUGH_ROWS = 8  # for uniqueness, order and inclusion
ENOUGH_NUMBERS = 16  # for uniqueness of numbers, which part by chance
MANY_ROWS = 50  # for uniqueness of what no name says to be an identifier
ENUM_ROWS = 20
ENUM_VALUES = 12
MAX_PAIRED_COLUMNS = 24
MAX_TEXT = 400  # characters of a sampled value

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the rows show of one column.

    `sample` are values of it, each once, in order of occurrence; `distinct`: none occurs
    twice; `unique`: and there are enough to tell of an identifier; `always`: and of anything that
    may be one, which amounts and dates are not; `whole`: all are numbers without a fraction;
    `enum`: there are few, and they repeat; `low` and `high` bound them where all are numbers.
    """

    rows: int
    sample: tuple[Cell, ...]
    nulls: bool
    distinct: bool
    unique: bool
    always: bool
    whole: bool
    enum: bool
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows of all tables show.

    `ordered` are pairs (a, b) of a table's columns with a <= b in every row;
    `determined` are (a, b, map) where a's value gives b's; `contained` are
    (child, parent) columns where every value of the child occurs in the parent.
    Names are in lower case.
    """

    columns: Mapping[Key, ColumnFacts] = field(default_factory=dict)
    ordered: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    determined: Mapping[str, tuple[tuple[str, str, Mapping[Cell, Cell]], ...]] = field(
        default_factory=dict
    )
    contained: tuple[tuple[Key, Key], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rows of a database show whatever a gold asks; `values` are those of each column."""

    facts: Facts
    values: Mapping[Key, frozenset[Cell]]

    def facts_for(self, joined: Sequence[tuple[Key, Key]]) -> Facts:
        """The facts, with inclusions between the columns that are `joined`."""
        contained: list[tuple[Key, Key]] = []
        for one, other in joined:
            for child, parent in ((one, other), (other, one)):
                inside = self.values.get(child, frozenset())
                outside = self.values.get(parent, frozenset())
                enough = len(inside) > 1 and self.facts.columns[child].rows >= ENOUGH_ROWS
                if enough and inside <= outside:
                    contained.append((child, parent))
                    break
        return replace(self.facts, contained=tuple(dict.fromkeys(contained)))


def survey(base: apsw.Connection, schema: Schema) -> Survey:
    """Looks at the rows of a database, once for all golds."""
    columns: dict[Key, ColumnFacts] = {}
    ordered: dict[str, tuple[tuple[str, str], ...]] = {}
    determined: dict[str, tuple[tuple[str, str, Mapping[Cell, Cell]], ...]] = {}
    values: dict[Key, frozenset[Cell]] = {}
    for table in schema.tables:
        name = table.name.lower()
        rows = _rows(base, table)
        by_column = dict(
            zip((c.name.lower() for c in table.columns), zip(*rows, strict=True), strict=False)
        )
        for column, cells in by_column.items():
            columns[name, column] = _column(cells)
            values[name, column] = frozenset(cells) - {None}
        if len(rows) >= ENOUGH_ROWS:
            names = list(by_column)[:MAX_PAIRED_COLUMNS]
            ordered[name] = tuple(
                (a, b) for a in names for b in names if a != b and _ordered(by_column, a, b)
            )
            found = ((a, b, _map(by_column, a, b)) for a in names for b in names if a != b)
            determined[name] = tuple((a, b, m) for a, b, m in found if m is not None)
    return Survey(Facts(columns, ordered, determined), values)


def _rows(base: apsw.Connection, table: Table) -> list[tuple[Cell, ...]]:
    names = ", ".join(quote(column.name) for column in table.columns)
    sql = f"SELECT {names} FROM {quote(table.name)} LIMIT {SAMPLE_ROWS}"  # noqa: S608 - quoted
    try:
        return list(base.execute(sql))
    except (apsw.Error, UnicodeDecodeError):
        return []  # a virtual table, or text that is not UTF-8: no evidence


def _column(cells: Sequence[Cell]) -> ColumnFacts:
    known = [each for each in cells if each is not None]
    distinct = list(dict.fromkeys(known))
    short = [e for e in distinct if not isinstance(e, str | bytes) or len(e) <= MAX_TEXT]
    numbers = [each for each in known if isinstance(each, int | float)]
    numeric = bool(numbers) and len(numbers) == len(known)
    step = max(1, len(short) // SAMPLE_VALUES)
    return ColumnFacts(
        rows=len(cells),
        sample=tuple(short[::step][:SAMPLE_VALUES]),
        nulls=len(known) < len(cells),
        distinct=len(distinct) == len(known),
        whole=numeric and all(float(each).is_integer() for each in numbers),
        unique=len(known) >= (ENOUGH_NUMBERS if numeric else ENOUGH_ROWS)
        and len(distinct) == len(known),
        always=len(distinct) == len(known) >= MANY_ROWS
        and not any(isinstance(each, float) or formats.is_date(each) for each in known),
        enum=len(known) >= ENUM_ROWS
        and not any(isinstance(each, float) for each in known)
        and len(distinct) <= min(ENUM_VALUES, len(known) // 2),
        low=float(min(numbers)) if numeric else None,
        high=float(max(numbers)) if numeric else None,
    )


def _ordered(by_column: Mapping[str, Sequence[Cell]], a: str, b: str) -> bool:
    pairs = [
        (x, y)
        for x, y in zip(by_column[a], by_column[b], strict=True)
        if x is not None and y is not None
    ]
    if len(pairs) < ENOUGH_ROWS or len({x for x, _ in pairs}) < 3:
        return False
    if all(isinstance(x, str) and isinstance(y, str) for x, y in pairs):
        dated = all(str(x)[:2].isdigit() and str(y)[:2].isdigit() for x, y in pairs)
        return dated and all(str(x) <= str(y) for x, y in pairs)
    return all(
        isinstance(x, int | float) and isinstance(y, int | float) and x <= y for x, y in pairs
    )


def _map(by_column: Mapping[str, Sequence[Cell]], a: str, b: str) -> Mapping[Cell, Cell] | None:
    """b as a function of a, if it is one and the rows show it often enough."""
    found: dict[Cell, Cell] = {}
    repeats = 0
    for x, y in zip(by_column[a], by_column[b], strict=True):
        if x is None or y is None:
            return None
        if x in found:
            repeats += 1
            if found[x] != y:
                return None
        else:
            found[x] = y
    varied = len(set(found.values())) > 1
    return found if varied and repeats >= max(ENOUGH_ROWS, len(found)) else None
