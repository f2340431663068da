"""The query that returns an accepted query's rows together with what they are ordered by.

Promises: a term of ORDER BY means what SQLite takes it for (lang_select.html, "The ORDER BY
clause", and src/resolve.c): a column's alias or number if it is one as a whole, an expression
over the tables' columns and only then over aliases otherwise. The text of the query stays
verbatim; expressions that are not shown are added behind its columns.

Does not cover: whether the added columns change the rows (DISTINCT, rows picked at will):
`expecting.py` compares them with the query's own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql.gold.lexing import Kind, Token
from verifier_server.verifiers.sql.gold.reading import (
    Arm,
    GoldQuery,
    OrderTerm,
    Projection,
    unwrapped,
)


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: its column among the extended rows, and its COLLATE if the term has one."""

    index: int
    collation: str | None


@dataclass(frozen=True, slots=True)
class Extended:
    """The query without its LIMIT, with `added` key columns behind its own `width`."""

    sql: str
    width: int
    added: int
    keys: tuple[Key, ...]

    def window(self, count: int, offset: int) -> str:
        """Its rows from `offset` on, `count` at most."""
        return f"{self.sql}\nLIMIT {count} OFFSET {offset}"


def extensions(gold: GoldQuery, names: Sequence[str]) -> Iterator[Extended]:
    """Ways to write the extended query; the first that SQLite compiles is the right one.

    Args:
        gold: a query with an outermost ORDER BY.
        names: the names of its result's columns, stars expanded.
    """
    shown = _shown(gold.arms[0], names)
    places = [_place(gold, term, shown, names) for term in gold.order]
    hidden = [term for term, place in zip(gold.order, places, strict=True) if place is None]
    if len(gold.arms) > 1 or not gold.arms[0].projections:
        if not hidden:
            yield _extended(gold, places, [], len(names))
        return
    plain = [_plain(gold, term) for term in hidden]
    yield _extended(gold, places, plain, len(names))
    replaced = [_replaced(gold, term) for term in hidden]
    if replaced != plain:
        yield _extended(gold, places, replaced, len(names))


def probe(extended: Extended, index: int) -> str:
    """A query whose number of rows tells the collation of a column: see `COLLATIONS`.

    A compound compares by the collation of its leftmost SELECT (datatype3.html, 7.1).
    """
    columns = ", ".join(f"c{i}" for i in range(extended.width + extended.added))
    keys = f"WITH q({columns}) AS ({extended.sql}\n) SELECT c{index} FROM q WHERE 0"  # noqa: S608  the task author's own query; the engine lets it read only
    return " UNION ".join([keys, *(f"SELECT {each}" for each in _PROBES)])


_PROBES = ("'a'", "'A'", "'b'", "'b '", "'b  '")
# How many of them are different under each of SQLite's collations.
COLLATIONS = {5: "BINARY", 4: "NOCASE", 3: "RTRIM"}


def _extended(
    gold: GoldQuery, places: Sequence[int | None], hidden: Sequence[str], width: int
) -> Extended:
    behind = gold.arms[0].end
    text = gold.unlimited
    sql = text[:behind] + "".join(f", ({each})" for each in hidden) + text[behind:]
    keys: list[Key] = []
    added = 0
    for term, place in zip(gold.order, places, strict=True):
        if place is None:
            place, added = width + added, added + 1
        keys.append(Key(place, term.collation))
    return Extended(sql, width, added, tuple(keys))


def _shown(arm: Arm, names: Sequence[str]) -> list[str | None]:
    """By which name ORDER BY finds each column of the result, in lower case.

    SQLite names the columns of an expanded star; another column only has a name by AS.
    """
    lowered = [name.lower() for name in names]
    stars = [i for i, each in enumerate(arm.projections) if each.star]
    if not arm.projections or len(stars) > 1:
        return list(lowered)
    aliases = [each.alias for each in arm.projections]
    if not stars:
        return list(aliases)
    before, behind = stars[0], len(aliases) - stars[0] - 1
    middle = lowered[before : len(lowered) - behind]
    return [*aliases[:before], *middle, *aliases[before + 1 :]]


def _place(
    gold: GoldQuery, term: OrderTerm, shown: Sequence[str | None], names: Sequence[str]
) -> int | None:
    """The result's column that the term is, None for an expression that is not shown."""
    if (number := _integer(term.core)) is not None:
        return number - 1 if 0 < number <= len(names) else None
    if len(term.core) == 1:
        token = term.core[0]
        if token.kind in (Kind.WORD, Kind.QUOTED) and token.name.lower() in shown:
            return shown.index(token.name.lower())
    if len(gold.arms) == 1:
        return None
    return next((i for arm in gold.arms for i in _matching(term, arm)), None)


def _integer(core: Sequence[Token]) -> int | None:
    """The column's number that a term is: also +2 and 0x2 (sqlite3ExprIsInteger in src/expr.c)."""
    sign = 1
    while len(core) > 1 and core[0].text in ("+", "-"):
        sign *= -1 if core[0].text == "-" else 1
        core = unwrapped(core[1:])
    if len(core) == 3 and core[1].word == "COLLATE":
        core = core[:1]
    if len(core) != 1 or core[0].kind is not Kind.NUMBER:
        return None
    digits = core[0].text.replace("_", "").lower()
    if digits.isdigit():
        return sign * int(digits)
    return sign * int(digits, 16) if digits.startswith("0x") else None


def _matching(term: OrderTerm, arm: Arm) -> Iterator[int]:
    """The columns of one SELECT of a compound that the term is, as a name or an expression."""
    wanted = _normal(term.core)
    if any(each.star for each in arm.projections):
        return
    for i, each in enumerate(arm.projections):
        if wanted == [each.alias]:
            yield i
    for i, each in enumerate(arm.projections):
        have = _normal(_unaliased(each))
        if have == wanted or (len(wanted) == 1 and len(have) == 3 and have[1:] == [".", *wanted]):
            yield i


def _normal(tokens: Sequence[Token]) -> list[str | None]:
    return [
        token.name.lower() if token.kind in (Kind.WORD, Kind.QUOTED) else token.text
        for token in tokens
    ]


def _unaliased(projection: Projection) -> tuple[Token, ...]:
    if projection.alias is None:
        return projection.tokens
    kept = projection.tokens[:-1]
    return kept[:-1] if kept[-1].word == "AS" else kept


def _plain(gold: GoldQuery, term: OrderTerm) -> str:
    """The term as an expression; "alias" as [alias], lest SQLite take it for a text."""
    aliases = {each.alias for each in gold.arms[0].projections}
    return _rewritten(
        gold,
        term,
        lambda token: (
            f"[{token.name}]"
            if token.text[0] == '"' and token.name.lower() in aliases and "]" not in token.name
            else None
        ),
    )


def _replaced(gold: GoldQuery, term: OrderTerm) -> str:
    """The term with the expressions of aliases in their places."""
    meanings: dict[str, str] = {}
    for each in gold.arms[0].projections:
        if each.alias is not None:
            kept = _unaliased(each)
            meanings.setdefault(each.alias, f"({gold.text[kept[0].start : kept[-1].end]})")
    return _rewritten(gold, term, lambda token: meanings.get(token.name.lower()))


def _rewritten(gold: GoldQuery, term: OrderTerm, change: Callable[[Token], str | None]) -> str:
    """The text of the term with its unqualified names changed."""
    start = term.whole[0].start
    written: list[str] = []
    for i, token in enumerate(term.whole):
        if token.kind not in (Kind.WORD, Kind.QUOTED):
            continue
        before = term.whole[i - 1].text if i else ""
        after = term.whole[i + 1].text if i + 1 < len(term.whole) else ""
        new = None if before == "." or after in (".", "(") else change(token)
        if new is not None:
            written += [gold.text[start : token.start], new]
            start = token.end
    return "".join([*written, gold.text[start : term.whole[-1].end]])
