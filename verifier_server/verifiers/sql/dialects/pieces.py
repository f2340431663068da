"""SQL text under construction: a piece and what is known of its value.

Promises: a piece carries its precedence, so that parentheses come where SQLite
needs them and nowhere else.

Does not cover: how pieces are made (the rules).
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.faults import UntranslatableError


class Kind(StrEnum):
    """What a value is in its own dialect."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    REAL = "real"
    TEXT = "text"
    DATE = "date"  # 'YYYY-MM-DD'
    TIMESTAMP = "timestamp"  # 'YYYY-MM-DD HH:MM:SS'
    TIME = "time"
    BOOLEAN = "boolean"
    INTERVAL = "interval"
    NULL = "null"
    UNKNOWN = "unknown"


NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.REAL})
DATES = frozenset({Kind.DATE, Kind.TIMESTAMP})

# Precedence, sqlite.org/lang_expr.html: smaller binds tighter.
ATOM, UNARY, COLLATED, JOINED, TIMES, PLUS, BITS, LESS, EQUAL, NOT, AND, OR = range(12)


@dataclass(frozen=True, slots=True)
class Step:
    """`amount` times a unit of an interval; `amount` is SQL text of an integer, or one."""

    amount: int | str
    unit: str  # year month day hour minute second


@dataclass(frozen=True, slots=True)
class Piece:
    """SQLite text and what is known of its value.

    `level` is its precedence. `real`: it is stored as REAL whenever it is a number.
    `scale`: digits after the point of a DECIMAL. `literal`: the text of a string literal.
    `wide`: PostgreSQL's type is bigint, whose SUM is numeric. `steps`: an interval's
    parts. `span`: the interval between two instants (later, earlier); `age` says that it counts
    in calendar months.
    """

    sql: str
    kind: Kind = Kind.UNKNOWN
    level: int = ATOM
    real: bool = False
    scale: int | None = None
    literal: str | None = None
    wide: bool = False
    steps: tuple[Step, ...] = ()
    span: tuple[str, str] | None = None
    age: bool = False

    def tight(self, level: int) -> str:
        """The text, in parentheses unless it binds at least as tightly as `level`."""
        return self.sql if self.level <= level else f"({self.sql})"

    @property
    def atom(self) -> str:
        """The text as an operand of anything."""
        return self.tight(ATOM)

    def like(self, sql: str, level: int = ATOM) -> "Piece":
        """Another text, whose value is of the same type."""
        return Piece(sql, self.kind, level, real=self.real, scale=self.scale, wide=self.wide)


def call(name: str, *arguments: str, kind: Kind = Kind.UNKNOWN, real: bool = False) -> Piece:
    """A function call."""
    return Piece(f"{name}({', '.join(arguments)})", kind, real=real)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def refuse(node: exp.Expr, message: str) -> UntranslatableError:
    """The refusal of a node, with the first position known inside it."""
    for each in node.walk():
        if "line" in each.meta:
            return UntranslatableError(message, int(each.meta["line"]), int(each.meta["col"]))
    return UntranslatableError(message)


def common(pieces: list[Piece]) -> Piece:
    """What is known of a value that is one of the pieces' (`sql` is empty)."""
    known = [piece for piece in pieces if piece.kind is not Kind.NULL]
    kinds = {piece.kind for piece in known}
    real = bool(known) and all(piece.real for piece in known)
    scales = {piece.scale for piece in known}
    scale = scales.pop() if len(scales) == 1 else None
    wide = any(piece.wide for piece in known)
    if not kinds:
        return Piece("", Kind.NULL)
    if len(kinds) == 1:
        return Piece("", kinds.pop(), real=real, scale=scale, wide=wide)
    if kinds <= NUMBERS:
        return Piece("", Kind.REAL if Kind.REAL in kinds else Kind.DECIMAL, real=real)
    if kinds <= DATES:
        return Piece("", Kind.TIMESTAMP)
    literals = [piece for piece in known if piece.literal is not None]
    others = {piece.kind for piece in known if piece.literal is None}
    if literals and len(others) == 1 and others <= DATES:
        return Piece("", others.pop())
    return Piece("", Kind.UNKNOWN)
