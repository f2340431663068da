"""Names of a query: which sources it has, which columns they have, of which kind.

Promises: only tells kinds; a name that is not known here is written as it stands, for
SQLite to find or refuse.

Does not cover: whether a name exists.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier_server.verifiers.sql.dialects.pieces import Kind, Piece
from verifier_server.verifiers.sql.schema import Affinity, Column, Table

Columns = dict[str, Piece]  # by lower-case name, in order; pieces without text

_SCALE = re.compile(r"\(\s*\d+\s*,\s*(\d+)\s*\)", re.ASCII)
_DECLARED = (
    ("bool", Kind.BOOLEAN),
    ("timestamp", Kind.TIMESTAMP),
    ("datetime", Kind.TIMESTAMP),
    ("date", Kind.DATE),
    ("time", Kind.TIME),
    ("decimal", Kind.DECIMAL),
    ("numeric", Kind.DECIMAL),
    ("number", Kind.DECIMAL),
    ("money", Kind.DECIMAL),
)
_WIDE = ("bigint", "int8", "bigserial")
_AFFINITIES = {
    Affinity.INTEGER: Kind.INTEGER,
    Affinity.REAL: Kind.REAL,
    Affinity.TEXT: Kind.TEXT,
}


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT, and what encloses it.

    `sources` maps a source's name in lower case to its columns, None where they are not
    known; `tables` the common table expressions in force. `natives` are the names that a
    common table expression has and that mean the table here.
    """

    parent: "Scope | None" = None
    sources: dict[str, Columns | None] = field(default_factory=dict)
    tables: dict[str, Columns | None] = field(default_factory=dict)
    natives: frozenset[str] = frozenset()

    def common_table(self, name: str) -> bool:
        """Whether the name is a common table expression's."""
        here: Scope | None = self
        while here is not None:
            if name in here.natives:
                return False
            if name in here.tables:
                return True
            here = here.parent
        return False

    def is_native(self, name: str) -> bool:
        """Whether the name must be written so that it means the table."""
        here: Scope | None = self
        while here is not None:
            if name in here.natives:
                return True
            here = here.parent
        return False

    def columns_of(self, name: str) -> Columns | None:
        """The columns of a common table expression."""
        here: Scope | None = self
        while here is not None:
            if name in here.tables:
                return here.tables[name]
            here = here.parent
        return None

    def find(self, column: str, source: str) -> Piece | None:
        """What is known of a column."""
        here: Scope | None = self
        while here is not None:
            for name, columns in here.sources.items():
                if source and name != source:
                    continue
                if columns is not None and column in columns:
                    return columns[column]
            here = here.parent
        return None


def columns_of_table(table: Table) -> Columns:
    """The columns of a table of the schema."""
    return {column.name.lower(): described(column) for column in table.columns}


def described(column: Column) -> Piece:
    """What a column's declaration says of its values."""
    declared = column.declared.lower()
    for word, kind in _DECLARED:
        if word in declared:
            scale = _SCALE.search(declared)
            return Piece("", kind, scale=int(scale[1]) if scale else None)
    kind = _AFFINITIES.get(column.affinity, Kind.UNKNOWN)
    wide = kind is Kind.INTEGER and any(word in declared for word in _WIDE)
    return Piece("", kind, real=kind is Kind.REAL, wide=wide)


def renamed(columns: Columns, names: Sequence[str]) -> Columns:
    """The columns under other names, the first ones first."""
    known = list(columns.values())
    made = {name.lower(): known[i] if i < len(known) else Piece("") for i, name in enumerate(names)}
    rest = list(columns.items())[len(names) :]
    return {**made, **dict(rest)}
