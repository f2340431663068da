"""Edits of clauses: what a SELECT joins, groups, keeps apart, orders and cuts off.

Promises: as for `predicates.py`. Edits that cannot change an answer by construction are left
out: the order inside a subquery that has no LIMIT, LEFT JOIN where the rows that it adds are
filtered out again.

Does not cover: that every mutant is a valid query: one that drops a table whose
columns are named without it is not, and whoever runs it finds out.
"""

from collections.abc import Iterator

from sqlglot import exp

from verifier_server.verifiers.sql.gold.edits.edit import (
    Edit,
    dropping,
    dropping_each,
    replacing,
    setting,
    together,
)

# SQLite joins no more (sqlite.org/limits.html).
MAX_JOINS = 64
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
    joins = node.args.get("joins") or []
    if len(joins) > MAX_JOINS:
        return
    for i, join in enumerate(joins):
        if not _is_named(join.this.alias_or_name, node, join):
            yield dropping("join", node, "joins", i)
    if joins:
        yield from _first_source(node, joins)
    group = node.args.get("group")
    if group is not None and group.expressions:
        if len(group.expressions) == 1:
            yield setting("group", node, "group", None)
        yield from dropping_each("group", group, "expressions")


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
    elif not node.side and condition and not _needs_a_row(node):
        yield setting("join_kind", node, "side", "LEFT")
    if node.args.get("on") is not None:
        yield setting("join_condition", node, "on", exp.true())


# A condition with one of these may be true of NULL.
_TRUE_OF_NULL = (exp.Is, exp.Or, exp.Not, exp.Coalesce, exp.Case, exp.If, exp.Anonymous, exp.Query)


def _needs_a_row(join: exp.Join) -> bool:
    """Whether a condition outside of the join holds only where the joined table has a row."""
    label = join.this.alias_or_name.lower()
    select = join.parent
    if not isinstance(select, exp.Select) or len(select.args["joins"]) > MAX_JOINS:
        return False
    inner = [each for each in select.args["joins"] if each is not join and not each.side]
    clauses = [select.args.get("where"), *(each.args.get("on") for each in inner)]
    conditions = [each.this if isinstance(each, exp.Where) else each for each in clauses if each]
    return any(
        any(column.table.lower() == label for column in each.find_all(exp.Column))
        and each.find(*_TRUE_OF_NULL) is None
        for condition in conditions
        for each in _conjuncts(condition)
    )


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that AND joins."""
    left: list[exp.Expr] = [condition]
    while left:
        each = left.pop().unnest()
        if isinstance(each, exp.And):
            left += [each.expression, each.this]
        else:
            yield each


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
        yield from dropping_each("order", order, "expressions")
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
