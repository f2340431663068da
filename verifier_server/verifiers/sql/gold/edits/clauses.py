"""Edits of clauses: what a SELECT joins, groups, keeps apart, orders and cuts off.

Promises: as for `predicates.py`. Edits that cannot change an answer by construction are left
out: DISTINCT where rows are grouped by what is shown or are compared as a set anyway,
the order inside a subquery that has no LIMIT.

Does not cover: that every mutant is a valid query: one that drops a table whose
columns are named without it is not, and whoever runs it finds out.
"""

from collections.abc import Iterator

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import (
    Edit,
    dropping,
    replacing,
    setting,
    together,
)

_COMPOUNDS: tuple[type[exp.SetOperation], ...] = (exp.Union, exp.Intersect, exp.Except)


def edits(node: exp.Expr) -> Iterator[Edit]:
    """The edits of clauses at one node."""
    if isinstance(node, exp.Select):
        yield from _select(node)
    elif isinstance(node, exp.Join):
        yield from _join(node)
    elif isinstance(node, exp.SetOperation):
        yield from _compound(node)
    elif isinstance(node, exp.Ordered):
        if _order_matters(node):
            desc = not node.args.get("desc")
            # Where NULLs stand by default: first, and last in the other direction.
            yield together(
                "direction",
                setting("direction", node, "desc", desc),
                setting("direction", node, "nulls_first", not desc),
            )
    elif isinstance(node, exp.Limit | exp.Offset):
        yield from _bound(node)
    if isinstance(node, exp.Query):
        yield from _tail(node)


def _select(node: exp.Select) -> Iterator[Edit]:
    if node.args.get("where") is not None:
        yield setting("where", node, "where", None)
    if node.args.get("having") is not None:
        yield setting("having", node, "having", None)
    if node.args.get("distinct") is not None:
        yield setting("distinct", node, "distinct", None)
    elif _distinct_matters(node):
        yield setting("distinct", node, "distinct", exp.Distinct())
    joins = node.args.get("joins") or []
    for i, join in enumerate(joins):
        if not _is_named(join.this.alias_or_name, node, join):
            yield dropping("join", node, "joins", i)
    if joins:
        yield from _first_source(node, joins)
    group = node.args.get("group")
    if group is not None and group.expressions:
        if len(group.expressions) == 1:
            yield setting("group", node, "group", None)
        else:
            for i in range(len(group.expressions)):
                yield dropping("group", group, "expressions", i)


def _first_source(node: exp.Select, joins: list[exp.Join]) -> Iterator[Edit]:
    """Drops the first table; the join's own condition goes with it."""
    source = node.args.get("from_")
    if source is None or not isinstance(joins[0].this, exp.Table):
        return
    if not _is_named(source.this.alias_or_name, node, joins[0]):
        yield together(
            "join",
            setting("join", source, "this", joins[0].this.copy()),
            dropping("join", node, "joins", 0),
        )


def _is_named(label: str, select: exp.Select, join: exp.Join) -> bool:
    """Whether columns outside of `join` say that they are of the table `label`."""
    label = label.lower()
    inside = {id(each) for each in join.find_all(exp.Column)}
    return any(
        each.table.lower() == label and id(each) not in inside
        for each in select.find_all(exp.Column)
    )


def _join(node: exp.Join) -> Iterator[Edit]:
    condition = node.args.get("on") or node.args.get("using")
    if node.side == "LEFT":
        yield setting("join_kind", node, "side", None)
    elif not node.side and condition:
        yield setting("join_kind", node, "side", "LEFT")
    if node.args.get("on") is not None:
        yield setting("join_condition", node, "on", exp.true())


def _compound(node: exp.SetOperation) -> Iterator[Edit]:
    if isinstance(node, exp.Union):
        yield setting("compound", node, "distinct", not node.args.get("distinct"))
    for other in _COMPOUNDS:
        if type(node) is not other:
            yield _renamed(node, other)
    if isinstance(node, exp.Except):
        yield together(
            "compound",
            setting("compound", node, "this", node.expression.copy()),
            setting("compound", node, "expression", node.this.copy()),
        )
    if not node.args.get("order"):
        yield replacing("compound", node, lambda: node.this.copy())
        yield replacing("compound", node, lambda: node.expression.copy())


def _renamed(node: exp.SetOperation, kind: type[exp.SetOperation]) -> Edit:
    def make() -> exp.Expr:
        arguments = {key: value for key, value in node.copy().args.items() if key != "distinct"}
        return kind(**arguments, distinct=True)

    return replacing("compound", node, make)


def _tail(node: exp.Query) -> Iterator[Edit]:
    limit, order = node.args.get("limit"), node.args.get("order")
    if limit is not None:
        yield setting("limit", node, "limit", None)
    if node.args.get("offset") is not None:
        yield setting("limit", node, "offset", None)
    if order is None or not (limit is not None or _is_outermost(node)):
        return
    yield setting("order", node, "order", None)
    if len(order.expressions) > 1:
        for i in range(len(order.expressions)):
            yield dropping("order", order, "expressions", i)
        yield setting("order", order, "expressions", order.expressions[::-1])


def _bound(node: exp.Limit | exp.Offset) -> Iterator[Edit]:
    value = node.expression
    if isinstance(value, exp.Literal) and value.this.isascii() and value.this.isdigit():
        for other in (int(value.this) + 1, int(value.this) - 1):
            if other > 0:
                yield setting("limit", node, "expression", exp.Literal.number(other))


def _is_outermost(node: exp.Expr) -> bool:
    """Whether the tree begins here (`mutants.mutants` puts the query into one Paren)."""
    return isinstance(node.parent, exp.Paren) and node.parent.parent is None


def _order_matters(node: exp.Ordered) -> bool:
    order = node.parent
    query = order.parent if order is not None else None
    if not isinstance(query, exp.Query):  # of a window or an aggregate
        return True
    return query.args.get("limit") is not None or _is_outermost(query)


def _distinct_matters(node: exp.Select) -> bool:
    if isinstance(node.parent, exp.In | exp.Exists):
        return False
    if isinstance(node.parent, exp.SetOperation) and node.parent.args.get("distinct"):
        return False
    group = node.args.get("group")
    if group is None:
        # Aggregates without GROUP BY make one row.
        return not any(_is_aggregated(each) for each in node.expressions)
    shown = {each.unalias() for each in node.expressions}
    return any(each not in shown for each in group.expressions)


def _is_aggregated(node: exp.Expr) -> bool:
    aggregate = node.find(exp.AggFunc)
    return aggregate is not None and not isinstance(aggregate.parent, exp.Window)
