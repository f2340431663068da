"""Reads an accepted query: its shape by tokens, its tree by sqlglot.

Promises: whether its rows are ordered and limited is what SQLite's grammar says of
the outermost SELECT, compounds and WITH included: never what a subquery, a
window, a text or a comment says. It is read from tokens, so that it holds for what
sqlglot cannot parse too. `tree` is None for those: they have no mutants.

Does not cover: whether SQLite runs it (`expecting.py`), other dialects
(`dialects`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.gold.lexing import Kind, LexicalError, Token, tokens

DIALECT = "sqlite"

_COMPOUNDING = frozenset({"UNION", "INTERSECT", "EXCEPT"})
# What may follow the projections of a SELECT at its own depth.
_CLAUSES = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"}) | _COMPOUNDING
# Words before a parenthesis that are not the names of functions.
_NOT_FUNCTIONS = frozenset(
    "ALL AND AS BETWEEN BY CASE CROSS DISTINCT ELSE ESCAPE EXCEPT EXISTS FILTER FROM GROUP HAVING "
    "IN INTERSECT IS ISNULL JOIN LIMIT MATERIALIZED NATURAL NOT NOTNULL OFFSET ON OR ORDER OVER "
    "PARTITION RECURSIVE RETURNING SELECT THEN UNION USING VALUES WHEN WHERE WINDOW WITH "
    "COLLATE".split()
)
# Not the same in every run, or reaching out of the database, whatever allows them.
_REFUSED = frozenset({"random", "randomblob", "load_extension", "fts3_tokenizer"})
# Words that end an operand, so that an identifier after them is an alias without AS.
_OPERAND_ENDS = frozenset({"END", "NULL", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"})
_NO_OPERANDS = frozenset(
    "ALL AND AS BETWEEN CASE COLLATE DISTINCT ELSE ESCAPE EXISTS FROM GLOB IN IS ISNULL LIKE MATCH "
    "NOT NOTNULL OR OVER REGEXP THEN WHEN END NULL".split()
)


class GoldError(Exception):
    """An accepted query cannot be used; the message is for the task's author.

    Attributes:
        message: what is wrong with it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Projection:
    """One item of a SELECT: `alias` in lower case where it has one; `star` for * and t.*."""

    tokens: tuple[Token, ...]
    alias: str | None
    star: bool


@dataclass(frozen=True, slots=True)
class Arm:
    """One SELECT of the outermost level (a compound has several).

    `start` is where its SELECT begins and `end` where its projections end, both
    character offsets. VALUES has no projections.
    """

    start: int
    end: int
    distinct: bool
    projections: tuple[Projection, ...]


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of the outermost ORDER BY, without its direction.

    `whole` is the expression as written; `core` is it without parentheses around it and
    without `collation`, which is the COLLATE behind a single name or number.
    """

    whole: tuple[Token, ...]
    core: tuple[Token, ...]
    collation: str | None


@dataclass(frozen=True, slots=True)
class Limit:
    """The outermost LIMIT: its expressions verbatim, and the offset at which it begins."""

    start: int
    count: str
    offset: str | None


@dataclass(frozen=True)
class GoldQuery:
    """An accepted query.

    Attributes:
        text: the statement, without what closes it.
        body: where its first SELECT or VALUES begins (behind WITH): an offset.
        arms: its outermost SELECTs.
        order: the outermost ORDER BY, empty where there is none.
        limit: the outermost LIMIT.
        functions: names of functions that it calls, in lower case.
    """

    text: str
    body: int
    arms: tuple[Arm, ...]
    order: tuple[OrderTerm, ...]
    limit: Limit | None
    functions: frozenset[str]

    @property
    def ordered(self) -> bool:
        """Whether it has an outermost ORDER BY."""
        return bool(self.order)

    @property
    def unlimited(self) -> str:
        """Its text without the outermost LIMIT."""
        return self.text if self.limit is None else self.text[: self.limit.start].rstrip()

    @cached_property
    def tree(self) -> exp.Expr | None:
        """sqlglot's tree, to be read only; None if sqlglot cannot parse it."""
        try:
            return sqlglot.parse_one(self.text, read=DIALECT)
        except (SqlglotError, RecursionError):
            return None


def read(sql: str) -> GoldQuery:
    """Reads one query of SQLite's dialect.

    Raises:
        GoldError: it is empty, too long, not one statement, or not a query.
    """
    if len(sql.encode("utf-8", "surrogatepass")) > limits.MAX_SQL_BYTES:
        raise GoldError(f"the accepted query is longer than {limits.MAX_SQL_BYTES} bytes")
    try:
        found = tokens(sql)
    except LexicalError as error:
        raise GoldError(f"the accepted query is not SQL: {error}") from error
    while found and found[-1].text == ";":
        found.pop()
    if not found:
        raise GoldError("the accepted query is empty")
    if any(token.text == ";" and token.kind is Kind.OPERATOR for token in found):
        raise GoldError("the accepted query is more than one statement")
    if found[0].word not in ("SELECT", "WITH", "VALUES"):
        raise GoldError(f"the accepted query begins with {found[0].text!r}: it must be a SELECT")
    functions = frozenset(_functions(found))
    for name in sorted(functions & _REFUSED):
        raise GoldError(f"the accepted query calls {name}(): its answer is not determined")
    text = sql[: found[-1].end]
    outer = list(_outer(found))
    first = next((i for i in outer if found[i].word in ("SELECT", "VALUES")), None)
    if first is None:
        raise GoldError("the accepted query has no SELECT")
    heads = [i for i in outer if i >= first]
    order = next((i for i in heads if found[i].word == "ORDER"), None)
    limit = next((i for i in heads if found[i].word == "LIMIT"), None)
    return GoldQuery(
        text=text,
        body=found[first].start,
        arms=tuple(_arms(found, heads)),
        order=() if order is None else tuple(_order(found, order, limit or len(found))),
        limit=None if limit is None else _limit(text, found, limit),
        functions=functions,
    )


def _outer(found: Sequence[Token]) -> Iterator[int]:
    """The tokens outside of all parentheses."""
    depth = 0
    for i, token in enumerate(found):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth < 0:
                raise GoldError("the accepted query has an unmatched parenthesis")
        elif depth == 0:
            yield i
    if depth:
        raise GoldError("the accepted query has an unmatched parenthesis")


def _is_clause(found: Sequence[Token], i: int) -> bool:
    """Whether a clause begins here (the FROM of IS [NOT] DISTINCT FROM does not)."""
    word = found[i].word
    if word == "FROM":
        return found[i - 1].word != "DISTINCT"
    return word in _CLAUSES


def _arms(found: Sequence[Token], outer: Sequence[int]) -> Iterator[Arm]:
    """The SELECTs and VALUES among the outermost tokens."""
    for start in outer:
        if found[start].word == "VALUES":
            yield Arm(found[start].start, found[start].end, False, ())
        if found[start].word != "SELECT":
            continue
        end = next((i for i in outer if i > start and _is_clause(found, i)), len(found))
        first = start + 1
        distinct = first < end and found[first].word == "DISTINCT"
        if first < end and found[first].word in ("DISTINCT", "ALL"):
            first += 1
        items = split(found[first:end])
        if not all(items):
            raise GoldError("the accepted query has an empty column")
        yield Arm(
            start=found[start].start,
            end=found[end - 1].end,
            distinct=distinct,
            projections=tuple(_projection(item) for item in items),
        )


def split(found: Sequence[Token]) -> list[tuple[Token, ...]]:
    """What stands between the commas outside of parentheses."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token.text == "," and depth == 0:
            items.append([])
            continue
        depth += (token.text == "(") - (token.text == ")")
        items[-1].append(token)
    return [tuple(item) for item in items]


def _projection(item: tuple[Token, ...]) -> Projection:
    star = item[-1].text == "*" and (len(item) == 1 or item[-2].text == ".")
    alias = None
    if len(item) >= 2 and item[-1].kind in (Kind.WORD, Kind.QUOTED, Kind.STRING):
        before = item[-2]
        if before.word == "AS" or (item[-1].word not in _NO_OPERANDS and _ends_operand(before)):
            alias = item[-1].name.lower()
    return Projection(item, alias, star)


def _ends_operand(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return token.text == ")"
    if token.word in _OPERAND_ENDS:
        return True
    return token.word not in _NO_OPERANDS


def _order(found: Sequence[Token], order: int, end: int) -> Iterator[OrderTerm]:
    if found[order + 1 : order + 2] == [] or found[order + 1].word != "BY":
        raise GoldError("the accepted query has an ORDER without BY")
    for item in split(found[order + 2 : end]):
        core = list(item)
        if len(core) > 2 and core[-1].word in ("FIRST", "LAST") and core[-2].word == "NULLS":
            del core[-2:]
        if len(core) > 1 and core[-1].word in ("ASC", "DESC"):
            core.pop()
        if not core:
            raise GoldError("the accepted query has an empty ORDER BY term")
        collation = None
        bare = unwrapped(core)
        if len(bare) > 2 and bare[-2].word == "COLLATE":
            inner = unwrapped(bare[:-2])
            # It binds tighter than operators: in a || b COLLATE NOCASE it is b's.
            if len(inner) == 1 or (len(inner) == 3 and inner[1].text == "."):
                collation, bare = bare[-1].name.upper(), inner
        yield OrderTerm(tuple(core), tuple(bare), collation)


def unwrapped(core: Sequence[Token]) -> Sequence[Token]:
    """Without parentheses around the whole."""
    while len(core) > 2 and core[0].text == "(" and core[-1].text == ")":
        depth = 0
        for token in core[:-1]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return core
        core = core[1:-1]
    return core


def _limit(text: str, found: Sequence[Token], limit: int) -> Limit:
    items = split(found[limit + 1 :])
    if not all(items) or len(items) > 2:
        raise GoldError("the accepted query has a LIMIT that cannot be read")
    if len(items) == 2:  # LIMIT offset, count
        return Limit(found[limit].start, _text(text, items[1]), _text(text, items[0]))
    depth = 0
    for i, token in enumerate(items[0]):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word == "OFFSET" and 0 < i < len(items[0]) - 1:
            count, offset = items[0][:i], items[0][i + 1 :]
            return Limit(found[limit].start, _text(text, count), _text(text, offset))
    return Limit(found[limit].start, _text(text, items[0]), None)


def _text(text: str, item: Sequence[Token]) -> str:
    return text[item[0].start : item[-1].end]


def _functions(found: Sequence[Token]) -> Iterator[str]:
    for i, token in enumerate(found[1:-1], 1):
        if found[i + 1].text != "(" or token.kind not in (Kind.WORD, Kind.QUOTED):
            continue
        # Behind AS stands a type with its length.
        if token.word not in _NOT_FUNCTIONS and found[i - 1].word != "AS":
            yield token.name.lower()
