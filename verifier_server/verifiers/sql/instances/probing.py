"""Which values satisfy a condition: SQLite is asked.

Promises: the truth of a condition is what SQLite says of it, with the column's
own affinity and collation, for every value of the columns' pools (all
combinations for conditions on two or three columns, up to MAX_COMBINATIONS). Runs on
a guarded instance.

Does not cover: conditions that SQLite refuses; they have no table.
"""

import itertools
from collections.abc import Mapping, Sequence

import apsw
from sqlglot import exp

from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.instances.predicates import Leaf, Ref
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Column

MAX_COMBINATIONS = 400
MAX_LEAVES = 80
PROBE_STEPS = 400_000

Truth = bool | None
Table = Mapping[tuple[Cell, ...], Truth]


def probe(
    leaves: Sequence[Leaf],
    columns: Mapping[Ref, Column],
    pools: Mapping[Ref, Sequence[Cell]],
    functions: frozenset[str],
) -> dict[int, Table]:
    """The truth tables of `leaves`, by the leaf's index.

    A table goes from values, one a column in the order of `leaf.refs`, to True,
    False, or None for NULL.
    """
    used = list(leaves)[:MAX_LEAVES]
    connection = apsw.Connection(":memory:")
    for index, leaf in enumerate(used):
        _make_table(connection, index, leaf, columns, pools)
    image = connection.serialize("main")
    connection.close()
    found: dict[int, Table] = {}
    instance = Instance("probe", image, functions=functions)
    try:
        for index, leaf in enumerate(used):
            names = [f"c{place}" for place in range(len(leaf.refs))]
            test = over(leaf, names)
            try:
                query = f"SELECT {', '.join(names)}, ({test}) FROM p{index}"  # noqa: S608 - guarded
                rows = instance.run(query, steps=PROBE_STEPS).rows
            except QueryError:
                continue
            found[index] = {tuple(row[:-1]): truth(row[-1]) for row in rows}
    finally:
        instance.close()
    return found


def truth(value: Cell) -> Truth:
    """A value as a condition. A text counts by its leading number: words are false."""
    if value is None:
        return None
    return value != 0 if isinstance(value, int | float) else False


def _make_table(
    connection: apsw.Connection,
    index: int,
    leaf: Leaf,
    columns: Mapping[Ref, Column],
    pools: Mapping[Ref, Sequence[Cell]],
) -> None:
    parts: list[str] = []
    for place, ref in enumerate(leaf.refs):
        column = columns[ref]
        collation = f" COLLATE {quote(column.collation)}" if column.collation else ""
        parts.append(f"c{place} {column.affinity.value}{collation}")
    connection.execute(f"CREATE TABLE p{index} ({', '.join(parts)})")
    width = max(2, int(MAX_COMBINATIONS ** (1 / len(leaf.refs))))
    chosen = [
        list(pools[ref]) if len(leaf.refs) == 1 else list(pools[ref])[:width] for ref in leaf.refs
    ]
    marks = ", ".join("?" * len(parts))
    statement = f"INSERT INTO p{index} VALUES ({marks})"  # noqa: S608 - no names
    connection.executemany(statement, list(itertools.product(*chosen)))


def over(leaf: Leaf, names: Sequence[str]) -> str:
    """The condition with its columns replaced by those of the probe."""
    places = dict(leaf.places)
    tree = leaf.expression.copy()
    holder = exp.Paren(this=tree)
    for column in list(holder.find_all(exp.Column)):
        place = places.get(column.sql("sqlite"))
        if place is not None:
            column.replace(exp.column(names[place]))
    return str(holder.sql("sqlite"))
