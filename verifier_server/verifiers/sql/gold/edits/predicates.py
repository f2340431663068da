"""Edits of conditions: comparisons, connectives, negations, ranges, lists.

Promises: each is one slip that a writer of SQL makes: a bound that is open instead
of closed, AND for OR, a condition forgotten.

Does not cover: the values compared (`values.py`), the columns (`columns.py`).
"""

from collections.abc import Iterator

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import Edit, dropping_each, replacing, setting

# For each comparison what it is mistaken for, likeliest first.
_MISTAKEN: dict[type[exp.Expr], tuple[type[exp.Binary], ...]] = {
    exp.EQ: (exp.NEQ, exp.GTE, exp.LTE),
    exp.NEQ: (exp.EQ, exp.GT, exp.LT),
    exp.GT: (exp.GTE, exp.LT, exp.EQ),
    exp.GTE: (exp.GT, exp.LTE, exp.EQ),
    exp.LT: (exp.LTE, exp.GT, exp.EQ),
    exp.LTE: (exp.LT, exp.GTE, exp.EQ),
}
_NEGATED = (exp.In, exp.Like, exp.Between, exp.Exists, exp.Is, exp.Glob)


def edits(node: exp.Expr) -> Iterator[Edit]:
    """The edits of conditions at one node."""
    if type(node) in _MISTAKEN:
        yield from _comparison(node)
    elif isinstance(node, exp.And | exp.Or):
        yield from _connective(node)
    elif isinstance(node, exp.Not):
        yield replacing("negation", node, lambda: node.this.copy())
    elif isinstance(node, exp.Between):
        yield from _range(node)
    elif isinstance(node, exp.In) and node.expressions:
        yield from dropping_each("list_item", node, "expressions")
    if isinstance(node, _NEGATED) and not isinstance(node.parent, exp.Not):
        yield replacing("negation", node, lambda: exp.Not(this=node.copy()))
    if isinstance(node, exp.Like) and _is_text(node.expression):
        yield _same(node, exp.EQ, "pattern")


def _comparison(node: exp.Expr) -> Iterator[Edit]:
    # In a join's condition only the columns are mistaken, not the operator.
    if not isinstance(node.parent, exp.Join):
        for other in _MISTAKEN[type(node)]:
            yield _same(node, other, "comparison")
    if isinstance(node, exp.EQ) and _is_text(node.expression):
        yield _same(node, exp.Like, "pattern")


def _same(node: exp.Expr, kind: type[exp.Binary], slug: str) -> Edit:
    return replacing(
        slug, node, lambda: kind(this=node.this.copy(), expression=node.expression.copy())
    )


def _connective(node: exp.Expr) -> Iterator[Edit]:
    yield _same(node, exp.Or if isinstance(node, exp.And) else exp.And, "connective")
    yield replacing("condition", node, lambda: node.this.copy())
    yield replacing("condition", node, lambda: node.expression.copy())


def _range(node: exp.Between) -> Iterator[Edit]:
    def bounds(low: type[exp.Binary], high: type[exp.Binary]) -> exp.Expr:
        return exp.Paren(
            this=exp.And(
                this=low(this=node.this.copy(), expression=node.args["low"].copy()),
                expression=high(this=node.this.copy(), expression=node.args["high"].copy()),
            )
        )

    yield replacing("bound", node, lambda: bounds(exp.GT, exp.LTE))
    yield replacing("bound", node, lambda: bounds(exp.GTE, exp.LT))
    yield setting("bound", node, "high", node.args["low"].copy())


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string
