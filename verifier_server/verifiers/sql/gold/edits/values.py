"""Edits of what is computed: literals, aggregates, functions, arithmetic.

Promises: as for `predicates.py`; ordinals (ORDER BY 1, GROUP BY 1) and the numbers of LIMIT are
left alone here.

Does not cover: which columns go in (`columns.py`).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import Edit, dropping_each, replacing, setting

_AGGREGATES: tuple[type[exp.AggFunc], ...] = (exp.Sum, exp.Avg, exp.Max, exp.Min, exp.Count)
_ARITHMETIC: dict[type[exp.Expr], tuple[type[exp.Binary], ...]] = {
    exp.Add: (exp.Sub, exp.Mul),
    exp.Sub: (exp.Add, exp.Div),
    exp.Mul: (exp.Div, exp.Add),
    exp.Div: (exp.Mul, exp.Sub),
}
# Forgotten, the query means something else but still runs.
_DROPPED = (exp.Round, exp.Abs, exp.Lower, exp.Upper, exp.Trim, exp.Coalesce, exp.Length, exp.Cast)
_RANKS: tuple[type[exp.Expr], ...] = (exp.Rank, exp.DenseRank, exp.RowNumber)
# Of strftime and of the modifiers of date(): one unit for its neighbour.
_UNITS = (
    ("%Y", "%m"),
    ("%m", "%d"),
    ("%d", "%m"),
    ("%H", "%M"),
    ("%w", "%d"),
    ("%j", "%d"),
    ("%W", "%m"),
    (" day", " month"),
    (" month", " year"),
    (" year", " month"),
)
_NO_VALUES = (exp.Limit, exp.Offset, exp.Ordered, exp.Group, exp.DataTypeParam, exp.Interval)


def edits(node: exp.Expr) -> Iterator[Edit]:
    """The edits of values at one node."""
    if isinstance(node, exp.Literal):
        if not isinstance(node.parent, _NO_VALUES):
            yield from _text(node) if node.is_string else _number(node)
    elif isinstance(node, _AGGREGATES):
        yield from _aggregate(node)
    elif type(node) in _ARITHMETIC:
        for other in _ARITHMETIC[type(node)]:
            yield _binary(node, other)
        if isinstance(node, exp.Div) and not isinstance(node.this, exp.Cast):
            yield replacing("division", node.this, lambda: _real(node.this))
    elif isinstance(node, exp.Case):
        zero = exp.Literal.number(0)
        default = node.args.get("default")
        # A sum is the same without its zeros.
        if default is not None and not (isinstance(node.parent, exp.Sum) and default == zero):
            yield setting("case", node, "default", None)
        yield from dropping_each("case", node, "ifs")
    elif isinstance(node, exp.Window):
        if node.args.get("partition_by"):
            yield setting("window", node, "partition_by", None)
    elif isinstance(node, _RANKS):
        for rank in _RANKS:
            if rank is not type(node):
                yield replacing("window", node, rank)
    if isinstance(node, _DROPPED) and node.this is not None and not _case_is_ignored(node):
        yield replacing("function", node, lambda: node.this.copy())


def _case_is_ignored(node: exp.Expr) -> bool:
    """Whether upper and lower case are one here: in LIKE, and inside of LOWER or UPPER."""
    if not isinstance(node, exp.Lower | exp.Upper | exp.Literal):
        return False
    return isinstance(node.parent, exp.Like | exp.Lower | exp.Upper)


def _call(kind: str, node: exp.Expr, other: type[exp.Expr]) -> Edit:
    return replacing(kind, node, lambda: other(this=node.this.copy()))


def _binary(node: exp.Expr, other: type[exp.Binary]) -> Edit:
    return replacing(
        "arithmetic", node, lambda: other(this=node.this.copy(), expression=node.expression.copy())
    )


def _real(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build("REAL", dialect="sqlite"))


def _number(node: exp.Literal) -> Iterator[Edit]:
    text = node.this
    whole = text.isascii() and text.isdigit()
    try:
        value = int(text) if whole else float(text)
    except ValueError:  # hexadecimal
        return
    for other in (value + 1, value - 1):
        # A negative literal is no literal: 0 - 1 stands in parentheses.
        if other >= 0:
            yield _literal("number", node, exp.Literal.number(other))
    computed = type(node.parent) in _ARITHMETIC
    if computed and not whole and value == value // 1 and abs(value) < 1 << 53:
        yield _literal("division", node, exp.Literal.number(int(value)))


def _literal(kind: str, node: exp.Literal, other: exp.Expr) -> Edit:
    return replacing(kind, node, other.copy)


def _text(node: exp.Literal) -> Iterator[Edit]:
    text = node.this
    units = [text.replace(a, b) for a, b in _UNITS if a in text]
    for other in units:
        yield _literal("unit", node, exp.Literal.string(other))
    if units:
        return
    pattern = isinstance(node.parent, exp.Like | exp.Glob)
    if pattern:
        others = [text.strip("%"), text.lstrip("%"), text.rstrip("%"), f"%{text}", f"{text}%"]
    elif isinstance(node.parent, exp.Anonymous | exp.TimeToStr | exp.Date):
        others = [_next(text)]  # 'now' and '-3 days' may be written in many ways
    elif (day := _date(text)) is not None:
        others = [str(day + step) + text[10:] for step in (timedelta(1), timedelta(-1))]
    else:
        others = [text[:-1], text[1:], _next(text)]
        if not _case_is_ignored(node):
            others.insert(0, text.swapcase())
    for other in dict.fromkeys(others):
        if other != text:
            yield _literal("pattern" if pattern else "text", node, exp.Literal.string(other))


def _date(text: str) -> date | None:
    """The date that a text begins with, if the days around it are dates too."""
    try:
        found = date.fromisoformat(text[:10]) if text[4:5] == "-" else None
    except ValueError:
        return None
    return found if found is not None and date.min < found < date.max else None


def _next(text: str) -> str:
    """The text with its last digit one further."""
    for i in range(len(text) - 1, -1, -1):
        if text[i] in "012345678":
            return f"{text[:i]}{int(text[i]) + 1}{text[i + 1 :]}"
    return text


def _aggregate(node: exp.AggFunc) -> Iterator[Edit]:
    inner = node.this
    if inner is None or isinstance(inner, exp.Star):
        return
    for other in _AGGREGATES:
        if other is not type(node) and len(node.expressions) == 0:
            yield _call("aggregate", node, other)
