"""The first of the ordered rows for all rows with the greatest value, and back.

Promises: both ways of writing "the largest one"; they part exactly where several rows tie.

Does not cover: extremes of groups (their LIMIT is edited in `clauses.py`).
"""

from collections.abc import Iterator

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import Edit, setting, together


def edits(node: exp.Expr) -> Iterator[Edit]:
    """The edits at one SELECT."""
    if not isinstance(node, exp.Select) or node.args.get("group") is not None:
        return
    order, limit = node.args.get("order"), node.args.get("limit")
    if order is not None and limit is not None:
        if len(order.expressions) == 1 and limit.expression == exp.Literal.number(1):
            yield _all_of(node, order.expressions[0])
    elif order is None and limit is None and node.args.get("where") is not None:
        yield from _first_of(node)


def _all_of(node: exp.Select, key: exp.Ordered) -> Edit:
    extreme = exp.Max if key.args.get("desc") else exp.Min
    inner = node.copy()
    for clause in ("order", "limit", "offset", "distinct", "with_"):
        inner.set(clause, None)
    inner.set("expressions", [extreme(this=key.this.copy())])
    found = exp.EQ(this=key.this.copy(), expression=exp.Subquery(this=inner))
    where = node.args.get("where")
    condition = found if where is None else exp.and_(where.this.copy(), found)
    return together(
        "extremum",
        setting("extremum", node, "where", exp.Where(this=condition)),
        setting("extremum", node, "order", None),
        setting("extremum", node, "limit", None),
    )


def _first_of(node: exp.Select) -> Iterator[Edit]:
    condition = node.args["where"].this
    if not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Subquery):
        return
    inner = condition.expression.this
    if not isinstance(inner, exp.Select) or len(inner.expressions) != 1:
        return
    extreme = inner.expressions[0].unalias()
    if not isinstance(extreme, exp.Max | exp.Min) or inner.args.get("group") is not None:
        return
    last = isinstance(extreme, exp.Max)
    key = exp.Ordered(this=condition.this.copy(), desc=last or None, nulls_first=not last)
    kept = inner.args.get("where")
    yield together(
        "extremum",
        setting("extremum", node, "where", kept.copy() if kept is not None else None),
        setting("extremum", node, "order", exp.Order(expressions=[key])),
        setting("extremum", node, "limit", exp.Limit(expression=exp.Literal.number(1))),
    )
