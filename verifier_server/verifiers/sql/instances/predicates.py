"""What an accepted query asks of rows: conditions over columns of its tables.

Promises: plain data. A gold becomes a tree of blocks (one a SELECT); each block
has the tables it reads and the condition under which their rows count, as
far as it can be said of single columns and pairs of them.

Does not cover: reading SQL (`skeleton.py`), or finding values (`probing.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from verifier_server.verifiers.sql.schema import Table

Constant = int | float | str

Ref = tuple[int, str]
"""A column of one source: the source's number, the column's name in lower case."""


@dataclass(frozen=True, slots=True)
class Source:
    """One occurrence of a table in a gold. `number` is its own in all golds together."""

    number: int
    table: Table


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A condition on one or more columns, to be decided by SQLite.

    `expression` is as in the gold; `refs` are its columns, in the order of
    first occurrence, and `places` the texts of the column nodes that mean them.
    """

    expression: exp.Expr
    refs: tuple[Ref, ...]
    places: tuple[tuple[str, int], ...]  # column as written -> index in refs


@dataclass(frozen=True, slots=True, eq=False)
class Equal:
    """Two columns have the same value."""

    left: Ref
    right: Ref


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """All of `children` hold (AND)."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One of `children` holds (OR)."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Negation:
    """`child` does not hold."""

    child: "Node"


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """`block` has a row in which each pair of `pairs` is equal (IN, EXISTS, = (SELECT ...))."""

    block: "Block"
    pairs: tuple[tuple[Ref, Ref], ...]


Node = Leaf | Equal | Both | Either | Negation | Member


@dataclass(frozen=True, slots=True)
class Threshold:
    """HAVING compares an aggregate with `number`; `counts` says that it is a COUNT.

    `ref` is the column whose sum it is, if `adds`, or whose mean, least or greatest value.
    """

    number: float
    counts: bool
    ref: Ref | None = None
    adds: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One SELECT.

    Rows of `sources` and of every block in `derived` count together when
    `condition` holds; `optional` blocks (right sides of LEFT JOIN, scalar
    subqueries) may or may not have rows. `options` are conditions that choose
    but do not filter (CASE, FILTER). `grouped` are the columns of GROUP BY, `loosely` those of them
    of which only something computed counts,
    `projected` what is selected (None where it is no plain column), `extremal` what is
    sorted by, or of which the least or greatest is taken, `limit` the number of rows of LIMIT
    with OFFSET, 0 where there is none.
    """

    sources: tuple[Source, ...]
    condition: Both
    derived: "tuple[Block, ...]" = ()
    optional: "tuple[Block, ...]" = ()
    options: tuple[Node, ...] = ()
    grouped: tuple[Ref, ...] = ()
    loosely: tuple[Ref, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    projected: tuple[Ref | None, ...] = ()
    extremal: tuple[Ref, ...] = ()
    limit: int = 0


def blocks_of(block: Block) -> Iterator[Block]:
    """`block` and every block in it, outermost first."""
    yield block
    for inner in block.derived + block.optional:
        yield from blocks_of(inner)
    for node in nodes_of(block):
        if isinstance(node, Member):
            yield from blocks_of(node.block)


def nodes_of(block: Block) -> Iterator[Node]:
    """Every condition of `block` itself, without those of the blocks in it."""
    waiting: list[Node] = [block.condition, *block.options]
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, Both | Either):
            waiting.extend(node.children)
        elif isinstance(node, Negation):
            waiting.append(node.child)


@dataclass(frozen=True, slots=True)
class Hint:
    """A column is compared with `value` by `comparison` (sqlglot's class, in lower case).

    `wrapped` are the kinds of functions around the column, innermost first: date,
    substr:START, length, instr, concat, arithmetic, function; `inside` marks
    a constant that is an operand on the column's own side.
    """

    value: Constant
    comparison: str
    wrapped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What all golds together say of one column.

    `truncated`: a gold takes the date of it. `nulls`: a gold asks whether it is NULL, or says
    what to put in its place.
    `folded`: a gold compares it without case. `number`: it is used as a number,
    whatever its type is; `date`: a date function reads it; `once`: equal values of it count once.
    """

    hints: tuple[Hint, ...] = ()
    nulls: bool = False
    folded: bool = False
    number: bool = False
    date: bool = False
    truncated: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What the golds ask: `roots` (a list a gold: the sides of set operations), and usages.

    `usages` is by (table, column), `joined` are pairs of such columns that a
    gold compares for equality, all in lower case.
    """

    roots: tuple[tuple[Block, ...], ...]
    usages: Mapping[tuple[str, str], Usage]
    joined: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
