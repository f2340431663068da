"""Comparisons, LIKE, regular expressions, IN, BETWEEN, IS.

Promises: LIKE heeds case where the dialect's does; a date compared with a timestamp is
its midnight; a pattern whose meaning could differ is refused.

Does not cover: collations other than the data's own in = and ORDER BY: a database
that ignores case says so in its columns (COLLATE NOCASE).
"""

import re

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.callables.patterns import matches
from verifier_server.verifiers.sql.dialects.callables.values import ArgumentError
from verifier_server.verifiers.sql.dialects.pieces import (
    AND,
    DATES,
    EQUAL,
    LESS,
    NUMBERS,
    OR,
    Kind,
    Piece,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts, intervals
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer

_NUMERAL = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)
_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "IS", exp.NullSafeNEQ: "IS NOT", exp.EqualNull: "IS",
}  # fmt: skip


def _compare(node: exp.Expr, writer: Writer) -> Piece:
    sign = _SIGNS[type(node)]
    other = node.args.get("expression")
    if isinstance(other, exp.Anonymous) and other.name.upper() == "ALL":
        # ALL (ARRAY[...]) is read as a function.
        other = exp.All(this=exp.Tuple(expressions=other.expressions))
        if len(other.this.expressions) == 1:
            other = exp.All(this=other.this.expressions[0])
    if isinstance(other, exp.Any | exp.All):
        return _quantified(node, sign, other, writer)
    left, right = writer.of(node), writer.of(node, "expression")
    return comparison(node, sign, left, right, writer)


def comparison(node: exp.Expr, sign: str, left: Piece, right: Piece, writer: Writer) -> Piece:
    """`left sign right`, both made comparable."""
    if Kind.INTERVAL in (left.kind, right.kind):
        left, right = _lengths(node, left, right)
    first, second = alike(node, left, right, sign, writer)
    level = LESS if sign[0] in "<>" and sign != "<>" else EQUAL
    return Piece(f"{first.tight(level - 1)} {sign} {second.tight(level - 1)}", Kind.BOOLEAN, level)


def _lengths(node: exp.Expr, left: Piece, right: Piece) -> tuple[Piece, Piece]:
    sides = [
        intervals.text_interval(node, side.literal) if side.literal is not None else side
        for side in (left, right)
    ]
    if any(side.kind is not Kind.INTERVAL for side in sides):
        raise refuse(node, "an interval is compared with another type")
    return intervals.seconds(node, sides[0]), intervals.seconds(node, sides[1])


def form(piece: Piece) -> Kind:
    """Whether a value is written as a date, as a timestamp, or as neither."""
    if piece.literal is not None and casts.is_stamp(piece.literal):
        return Kind.DATE if len(piece.literal.strip()) == 10 else Kind.TIMESTAMP
    return piece.kind


def alike(
    node: exp.Expr, left: Piece, right: Piece, sign: str, writer: Writer
) -> tuple[Piece, Piece]:
    """Both sides so that SQLite compares what the dialect compares."""
    left, right = instants(node, [left, right], writer)
    forms = {form(left), form(right)}
    if forms == {Kind.DATE, Kind.TIMESTAMP} and (left.kind in DATES or right.kind in DATES):
        # As texts, '2024-01-31' < '2024-01-31 00:00:00': right for < and >= of a timestamp
        # and a date, wrong for the rest.
        ahead = form(left) is Kind.TIMESTAMP
        if sign in (("<", ">=") if ahead else (">", "<=")):
            return left, right
        return _midnight(node, left), _midnight(node, right)
    if Kind.BOOLEAN in (left.kind, right.kind):
        return _truth(node, left, writer), _truth(node, right, writer)
    for one, other in ((left, right), (right, left)):
        if one.kind in NUMBERS and other.kind is Kind.TEXT:
            read = as_number(node, other, writer)
            return (left, read) if one is left else (read, right)
    return left, right


def _midnight(node: exp.Expr, piece: Piece) -> Piece:
    if piece.literal is not None:
        text = casts.read_stamp(node, piece.literal)
        return Piece(quoted(text), Kind.TIMESTAMP)
    return Piece(f"datetime({intervals.instant(node, piece)})", Kind.TIMESTAMP)


def instants(node: exp.Expr, pieces: list[Piece], writer: Writer) -> list[Piece]:
    """The values, texts among them read as dates where one of them is a date.

    Raises:
        UntranslatableError: for a text that is none, and for numbers beside dates.
    """
    if not any(piece.kind in DATES for piece in pieces):
        return pieces
    if any(piece.kind in NUMBERS or piece.kind is Kind.BOOLEAN for piece in pieces):
        raise refuse(node, "a date beside a number is not supported")
    return [
        piece if piece.literal is None else casts.read_instant(node, piece.literal, writer)
        for piece in pieces
    ]


# postgresql.org/docs/current/datatype-boolean.html
_TRUE = frozenset({"t", "true", "y", "yes", "on", "1"})
_FALSE = frozenset({"f", "false", "n", "no", "off", "0"})


def _truth(node: exp.Expr, piece: Piece, writer: Writer) -> Piece:
    """A value beside a boolean: in MySQL a number, elsewhere a boolean."""
    if piece.kind is not Kind.TEXT:
        return piece
    if writer.named("mysql"):
        return as_number(node, piece, writer)
    word = (piece.literal or "").lower()
    if word not in _TRUE | _FALSE:
        raise refuse(node, "a text beside a boolean is not supported")
    return Piece("TRUE" if word in _TRUE else "FALSE", Kind.BOOLEAN)


def as_number(node: exp.Expr, piece: Piece, writer: Writer) -> Piece:
    """A text beside a number.

    Raises:
        UntranslatableError: for a literal that is no number, where the dialect fails.
    """
    if piece.literal is not None and not writer.named("mysql"):
        if not _NUMERAL.fullmatch(piece.literal):
            raise refuse(node, "a text that is no number is compared with a number")
        if piece.literal.strip().isdigit():
            return Piece(f"CAST({piece.sql} AS NUMERIC)", Kind.INTEGER)
    elif not writer.language.coerces:
        return piece
    return Piece(f"CAST({piece.sql} AS NUMERIC)", Kind.DECIMAL)


def _quantified(node: exp.Expr, sign: str, other: exp.Expr, writer: Writer) -> Piece:
    """= ANY and <> ALL are IN and NOT IN; the rest has no SQLite form."""
    words: dict[tuple[str, type[exp.Expr]], str] = {
        ("=", exp.Any): "IN",
        ("<>", exp.All): "NOT IN",
    }
    wanted = words.get((sign, type(other)))
    if wanted is None:
        raise refuse(node, f"{sign} {type(other).__name__.upper()} is not supported")
    left, inner = writer.of(node), other.this
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Array | exp.Tuple):
        members = [writer.piece(each) for each in inner.expressions]
        return _listed(node, left, members, wanted, writer)
    if isinstance(inner, exp.Query):
        query = inner.unnest() if isinstance(inner, exp.Subquery) else inner
        return Piece(
            f"{left.tight(LESS)} {wanted} ({writer.piece(query).sql})", Kind.BOOLEAN, EQUAL
        )
    raise refuse(node, "ANY of this is not supported")


def _listed(node: exp.Expr, left: Piece, members: list[Piece], word: str, writer: Writer) -> Piece:
    if not members:
        raise refuse(node, "an empty list")
    left, *members = instants(node, [left, *members], writer)
    forms = {form(each) for each in (left, *members)}
    if forms == {Kind.DATE, Kind.TIMESTAMP} and left.kind in DATES:
        left = _midnight(node, left)
        members = [_midnight(node, each) for each in members]
    elif left.kind is Kind.BOOLEAN:
        members = [_truth(node, each, writer) for each in members]
    elif left.kind in NUMBERS:
        members = [as_number(node, e, writer) if e.kind is Kind.TEXT else e for e in members]
    elif left.kind is Kind.TEXT and any(each.kind in NUMBERS for each in members):
        left = as_number(node, left, writer)
    texts = ", ".join(each.sql for each in members)
    return Piece(f"{left.tight(LESS)} {word} ({texts})", Kind.BOOLEAN, EQUAL)


def _member(node: exp.Expr, writer: Writer) -> Piece:
    query, unnest = node.args.get("query"), node.args.get("unnest")
    if query is not None:
        left = writer.of(node)
        inner = query.unnest() if isinstance(query, exp.Subquery) else query
        return Piece(f"{left.tight(LESS)} IN ({writer.piece(inner).sql})", Kind.BOOLEAN, EQUAL)
    members = node.expressions
    if unnest is not None:
        arrays = unnest.expressions
        if len(arrays) != 1 or not isinstance(arrays[0], exp.Array) or unnest.args.get("alias"):
            raise refuse(node, "UNNEST is not supported")
        members = arrays[0].expressions
    if isinstance(node.this, exp.Tuple):
        if not members or not all(isinstance(each, exp.Tuple) for each in members):
            raise refuse(node, "this IN of rows is not supported")
        rows = ", ".join(writer.piece(each).sql for each in members)
        return Piece(f"{writer.of(node).sql} IN (VALUES {rows})", Kind.BOOLEAN, EQUAL)
    pieces = [writer.piece(each) for each in members]
    return _listed(node, writer.of(node), pieces, "IN", writer)


def _row(node: exp.Expr, writer: Writer) -> Piece:
    return Piece(f"({', '.join(piece.sql for piece in writer.all_of(node))})")


def _between(node: exp.Expr, writer: Writer) -> Piece:
    value, low, high = (writer.of(node, key) for key in ("this", "low", "high"))
    if Kind.INTERVAL in (value.kind, low.kind, high.kind):
        raise refuse(node, "BETWEEN of intervals is not supported")
    one, first = alike(node, value, low, ">=", writer)
    two, last = alike(node, value, high, "<=", writer)
    if one.sql == two.sql:
        text = (
            f"{one.tight(EQUAL - 1)} BETWEEN {first.tight(EQUAL - 1)} AND {last.tight(EQUAL - 1)}"
        )
        return Piece(text, Kind.BOOLEAN, EQUAL)
    text = (
        f"{one.tight(LESS - 1)} >= {first.tight(LESS - 1)} "
        f"AND {two.tight(LESS - 1)} <= {last.tight(LESS - 1)}"
    )
    return Piece(text, Kind.BOOLEAN, AND)


def _is(node: exp.Expr, writer: Writer) -> Piece:
    other = node.expression
    if not isinstance(other, exp.Null | exp.Boolean):
        raise refuse(node, "IS of this is not supported")
    word = "IS NOT" if node.args.get("negate") else "IS"
    return Piece(
        f"{writer.of(node).tight(LESS)} {word} {writer.piece(other).sql}", Kind.BOOLEAN, EQUAL
    )


def _escape(node: exp.Expr, writer: Writer) -> Piece:
    inner, mark = node.this, node.expression
    if not isinstance(inner, exp.Like | exp.ILike) or not isinstance(mark, exp.Literal):
        raise refuse(node, "this ESCAPE is not supported")
    if len(mark.name) > 1:
        raise refuse(node, "ESCAPE takes one character")
    return _like(inner, mark.name, writer)


def _like_rule(node: exp.Expr, writer: Writer) -> Piece:
    return _like(node, writer.language.escape, writer)


def _like(node: exp.Expr, mark: str, writer: Writer) -> Piece:
    folds = writer.language.folds or isinstance(node, exp.ILike)
    other = node.expression
    negate = bool(node.args.get("negate"))
    if isinstance(other, exp.Any | exp.All):
        inner = other.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        listed = isinstance(inner, exp.Tuple | exp.Array)
        patterns = inner.expressions if listed else [inner]
        word, level = (" OR ", OR) if isinstance(other, exp.Any) else (" AND ", AND)
        if negate and not writer.named("postgres"):
            raise refuse(node, "NOT LIKE ANY and NOT LIKE ALL are not supported in this dialect")
        tests = [_one_like(node, each, mark, folds, negate, writer) for each in patterns]
        return Piece(word.join(test.tight(AND) for test in tests), Kind.BOOLEAN, level)
    return _one_like(node, other, mark, folds, negate, writer)


def _one_like(
    node: exp.Expr,
    wanted: exp.Expr,
    mark: str,
    folds: bool,
    negate: bool,
    writer: Writer,
) -> Piece:
    value, pattern = writer.of(node), writer.piece(wanted)
    if isinstance(wanted, exp.Cast) and wanted.is_type("binary"):
        raise refuse(node, "LIKE BINARY is not supported")
    value = casts.to_text(node, value, writer)
    word = "NOT " if negate else ""
    left = value.tight(LESS)
    if pattern.literal is None:
        if writer.named("tsql"):
            raise refuse(node, "LIKE of a computed pattern is not supported in T-SQL")
        if folds:
            ending = f" ESCAPE {quoted(mark)}" if mark else ""
            return Piece(f"{left} {word}LIKE {pattern.atom}{ending}", Kind.BOOLEAN, EQUAL)
        made = f"verifier_glob({pattern.sql}, {quoted(mark)})"
        return Piece(f"{left} {word}GLOB {made}", Kind.BOOLEAN, EQUAL)
    parts = _parts(node, pattern.literal, mark, writer)
    fixed = "".join(part for part in parts if len(part) == 1 or part[0] == "\\")
    classes = any(part[0] == "[" for part in parts)
    if not fixed.isascii() and folds:
        left = f"verifier_lower({value.sql})"
        parts = [part.lower() for part in parts]
    elif classes and folds:
        left = f"lower({value.sql})"
        parts = [part.lower() for part in parts]
    elif folds or fixed.lower() == fixed.upper():
        return Piece(f"{left} {word}LIKE {_like_text(parts)}", Kind.BOOLEAN, EQUAL)
    return Piece(f"{left} {word}GLOB {quoted(_glob_text(parts))}", Kind.BOOLEAN, EQUAL)


def _parts(node: exp.Expr, text: str, mark: str, writer: Writer) -> list[str]:
    """A pattern's parts: '%', '_', T-SQL's '[...]', or a backslash and a character."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if mark and character == mark:
            if at + 1 == len(text):
                raise refuse(node, "the pattern ends in its escape character")
            parts.append("\\" + text[at + 1])
            at += 2
            continue
        if character == "[" and writer.named("tsql"):
            end = text.find("]", at + 2)
            if end < 0:
                raise refuse(node, "a character class in the pattern is not closed")
            parts.append(text[at : end + 1])
            at = end + 1
            continue
        parts.append(character if character in "%_" else "\\" + character)
        at += 1
    return parts


def _like_text(parts: list[str]) -> str:
    needs = any(part in ("\\%", "\\_") for part in parts)
    made = [
        part if part in ("%", "_") else part if needs and part[1] in "%_\\" else part[1:]
        for part in parts
    ]
    return quoted("".join(made)) + (" ESCAPE '\\'" if needs else "")


def _glob_text(parts: list[str]) -> str:
    made: list[str] = []
    for part in parts:
        if part in ("%", "_"):
            made.append("*" if part == "%" else "?")
        elif part[0] == "[":
            made.append(part)
        else:
            made.append(f"[{part[1]}]" if part[1] in "*?[" else part[1])
    return "".join(made)


def _regular(node: exp.Expr, writer: Writer) -> Piece:
    flags = ""
    given = node.args.get("flag")
    if given is not None:
        if not isinstance(given, exp.Literal) or given.name not in ("i", "c", ""):
            raise refuse(node, "these flags of a regular expression are not supported")
        flags = given.name.replace("c", "")
    elif isinstance(node, exp.RegexpILike) or writer.named("mysql"):
        flags = "i"
    if writer.named("postgres"):
        flags += "s"
    if node.args.get("full_match"):
        flags += "f"
    pattern = writer.of(node, "expression")
    expression = pattern_text(node, pattern, writer)
    value = casts.to_text(node, writer.of(node), writer)
    text = f"verifier_regex({value.sql}, {quoted(expression)}, {quoted(flags)})"
    return Piece(text, Kind.BOOLEAN)


def pattern_text(node: exp.Expr, pattern: Piece, writer: Writer) -> str:
    """A regular expression that RE2 reads as its dialect does.

    Raises:
        UntranslatableError: for one that is computed, or that RE2 lacks or reads otherwise.
    """
    text = pattern.literal
    if text is None:
        raise refuse(node, "a computed regular expression is not supported")
    if writer.named("postgres"):
        # postgresql.org/docs/current/functions-matching.html, section 9.7.3
        plain = text.replace("(?:", "")
        for mark in ("***", "(?", "[[:<:]]", "[[:>:]]", "\\m", "\\M", "\\A", "\\Z", "[[.", "[[="):
            if mark in plain:
                raise refuse(node, f"{mark} in a regular expression is not supported")
        text = text.replace("\\y", "\\b").replace("\\Y", "\\B")
    try:
        matches("", text, "")
    except ArgumentError as error:
        raise refuse(node, str(error)) from None
    return text


def _exists(node: exp.Expr, writer: Writer) -> Piece:
    inner = node.this.unnest() if isinstance(node.this, exp.Subquery) else node.this
    if not isinstance(inner, exp.Query):
        raise refuse(node, "EXISTS takes a query")
    return Piece(f"EXISTS ({writer.piece(inner).sql})", Kind.BOOLEAN)


RULES: Rules = {
    **dict.fromkeys(_SIGNS, (_compare, "this expression")),
    exp.In: (_member, "this expressions query unnest"),
    exp.Tuple: (_row, "expressions"),
    exp.Between: (_between, "this low high"),
    exp.Is: (_is, "this expression negate"),
    exp.Escape: (_escape, "this expression"),
    exp.Like: (_like_rule, "this expression negate"),
    exp.ILike: (_like_rule, "this expression negate"),
    exp.RegexpLike: (_regular, "this expression flag full_match"),
    exp.RegexpILike: (_regular, "this expression flag"),
    exp.Exists: (_exists, "this"),
}
