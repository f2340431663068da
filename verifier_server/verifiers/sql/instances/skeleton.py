"""From an accepted query to the blocks and conditions of `predicates.py`.

Promises: never fails on a query that parses: what it cannot follow (a column of
a computed table, a table that is not in the schema) is left out. Views and
common table expressions are followed. Bounded: at most MAX_SOURCES tables
and MAX_DEPTH levels.

Does not cover: what an aggregate or a window amounts to; recursion is followed
one level deep.
"""

from collections.abc import Sequence

from sqlglot import exp

from verifier_server.verifiers.sql.instances import scopes
from verifier_server.verifiers.sql.instances.predicates import (
    Block,
    Both,
    Either,
    Equal,
    Leaf,
    Member,
    Negation,
    Node,
    Reading,
    Ref,
    Source,
    Threshold,
    blocks_of,
    nodes_of,
)
from verifier_server.verifiers.sql.instances.scopes import Scope
from verifier_server.verifiers.sql.instances.usages import literal, read_usages
from verifier_server.verifiers.sql.schema import Schema

MAX_SOURCES = 48
MAX_DEPTH = 12
MAX_LEAF_COLUMNS = 3

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)

_ORDERINGS = (exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)

Derived = tuple[Ref | None, ...]


class _Reader:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.count = 0
        self.views = scopes.views(schema)

    # -- queries -------------------------------------------------------------

    def query(self, node: exp.Expr, outer: Scope | None, depth: int) -> list[Block]:
        """The SELECTs that `node` (a query, perhaps a set operation) is made of."""
        while isinstance(node, exp.Subquery | exp.Paren):
            node = node.this
        if depth > MAX_DEPTH:
            return []
        scope = Scope(outer)
        for common in (node.args.get("with_") or exp.With(expressions=[])).expressions:
            names = tuple(each.name.lower() for each in common.args["alias"].columns)
            scope.with_[common.alias.lower()] = (common.this, names)
        if isinstance(node, exp.SetOperation):
            return [
                *self.query(node.this, scope, depth + 1),
                *self.query(node.expression, scope, depth + 1),
            ]
        if isinstance(node, exp.Select):
            return [self.select(node, scope, depth)]
        return []

    def select(self, node: exp.Select, scope: Scope, depth: int) -> Block:
        derived: list[Block] = []
        optional: list[Block] = []
        conditions: list[Node] = []
        start = node.args.get("from_")
        if start is not None:
            self.add_source(start.this, scope, derived, depth)
        for join in node.args.get("joins") or ():
            self.add_join(join, scope, derived, optional, conditions, depth)
        own = tuple(source for _, source in scope.sources if source.number not in _held(optional))
        for each in node.expressions:
            if isinstance(each, exp.Alias):
                scope.aliases[each.alias.lower()] = each.this
        where = node.args.get("where")
        if where is not None:
            conditions.extend(self.conditions(where.this, scope, depth))
            optional.extend(self.compared(where.this, scope, depth))
        thresholds: list[Threshold] = []
        having = node.args.get("having")
        if having is not None:
            for part in _conjuncts(having.this):
                if part.find(exp.AggFunc):
                    thresholds.extend(self.thresholds(part, scope))
                    optional.extend(self.subqueries(part, scope, depth))
                else:
                    conditions.extend(self.conditions(part, scope, depth))
        options: list[Node] = []
        for part in [*node.expressions, *_of(node, "order"), *_of(node, "group")]:
            optional.extend(self.subqueries(part, scope, depth))
            options.extend(self.choices(part, scope, depth))
        if having is not None:
            options.extend(self.choices(having.this, scope, depth))
        grouped, loosely = self.grouped(node, scope)
        return Block(
            sources=own,
            condition=Both(tuple(conditions)),
            derived=tuple(derived),
            optional=tuple(optional),
            options=tuple(options),
            grouped=grouped,
            loosely=loosely,
            thresholds=tuple(thresholds),
            projected=self.projected(node, scope),
            extremal=self.extremal(node, scope),
            limit=_limit(node),
        )

    def projected(self, node: exp.Select, scope: Scope) -> Derived:
        found: list[Ref | None] = []
        for each in node.expressions:
            inner = each.unalias()
            if isinstance(inner, exp.Star) or (
                isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star)
            ):
                wanted = inner.table.lower() if isinstance(inner, exp.Column) else ""
                for alias, source in scope.sources:
                    if wanted in ("", alias):
                        found.extend((source.number, c.name.lower()) for c in source.table.columns)
                for alias, columns in scope.computed:
                    if wanted in ("", alias):
                        found.extend(columns.values())
            elif isinstance(inner, exp.Column):
                found.append(scopes.resolve(inner, scope))
            elif isinstance(inner, exp.Min | exp.Max) and isinstance(inner.this, exp.Column):
                found.append(scopes.resolve(inner.this, scope))
            else:
                found.append(None)
        return tuple(found)

    def grouped(self, node: exp.Select, scope: Scope) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
        """The columns of GROUP BY, and those of them from which a key is computed."""
        found: list[Ref] = []
        loosely: list[Ref] = []
        for part in _of(node, "group"):
            index = literal(part)
            target: exp.Expr = part
            if isinstance(index, int) and 0 < index <= len(node.expressions):
                target = node.expressions[index - 1].unalias()
            elif isinstance(part, exp.Column) and scopes.resolve(part, scope) is None:
                target = scope.aliases.get(part.name.lower(), part)
            for column in target.find_all(exp.Column):
                ref = scopes.resolve(column, scope)
                if ref is not None:
                    found.append(ref)
                    loosely.extend([] if column is target else [ref])
        return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(loosely))

    def extremal(self, node: exp.Select, scope: Scope) -> tuple[Ref, ...]:
        found: list[Ref | None] = []
        for each in [*node.expressions, *_of(node, "order")]:
            keys = [each] if isinstance(each, exp.Ordered) else each.find_all(exp.Min, exp.Max)
            for key in keys:
                inner = key.this
                if isinstance(inner, exp.Column) and inner.name.lower() in scope.aliases:
                    inner = scope.aliases[inner.name.lower()]
                if inner.find(exp.AggFunc) is None:
                    found.extend(scopes.resolve(c, scope) for c in inner.find_all(exp.Column))
        return tuple(dict.fromkeys(ref for ref in found if ref is not None))

    # -- sources -------------------------------------------------------------

    def add_source(
        self, node: exp.Expr, scope: Scope, derived: list[Block], depth: int
    ) -> list[tuple[str, Source]]:
        """Adds what FROM or JOIN names to `scope`; returns the base tables among it."""
        alias = node.alias_or_name.lower()
        if isinstance(node, exp.Table):
            name = node.name.lower()
            common = scopes.common(scope, name)
            if common is None and name in self.views:
                common = self.views[name]
            if common is not None:
                self.add_computed(common[0], common[1], alias, scope, derived, depth, skip=name)
                return []
            table = self.schema.table(name)
            if table is None or self.count >= MAX_SOURCES:
                return []
            source = Source(self.count, table)
            self.count += 1
            scope.sources.append((alias, source))
            return [(alias, source)]
        if isinstance(node, exp.Subquery):
            self.add_computed(node.this, (), alias, scope, derived, depth)
        return []

    def add_computed(
        self,
        query: exp.Expr,
        names: Sequence[str],
        alias: str,
        scope: Scope,
        derived: list[Block],
        depth: int,
        skip: str = "",
    ) -> None:
        outer = scopes.without(scope, skip) if skip else scope
        blocks = self.query(query, outer, depth + 1)
        if not blocks:
            return
        derived.extend(blocks)
        labels = list(names) or _labels(query, blocks[0])
        scope.computed.append((alias, dict(zip(labels, blocks[0].projected, strict=False))))

    def add_join(
        self,
        join: exp.Join,
        scope: Scope,
        derived: list[Block],
        optional: list[Block],
        conditions: list[Node],
        depth: int,
    ) -> None:
        left = [alias for alias, _ in scope.sources]
        outer = (join.side or "").upper() in ("LEFT", "FULL", "RIGHT")
        inner: list[Block] = []
        added = self.add_source(join.this, scope, inner, depth)
        found: list[Node] = []
        on = join.args.get("on")
        if on is not None:
            found.extend(self.conditions(on, scope, depth))
        for name in join.args.get("using") or ():
            found.extend(self.same_name(name.name.lower(), left, scope))
        if (join.args.get("method") or "").upper() == "NATURAL":
            for _, source in added:
                for column in source.table.columns:
                    found.extend(self.same_name(column.name.lower(), left, scope))
        if outer:
            sources = tuple(source for _, source in added)
            optional.append(Block(sources, Both(tuple(found)), derived=tuple(inner)))
        else:
            derived.extend(inner)
            conditions.extend(found)

    def same_name(self, name: str, left: list[str], scope: Scope) -> list[Node]:
        refs: list[Ref] = [
            (source.number, name)
            for _, source in scope.sources
            if source.table.column(name) is not None
        ]
        refs.extend(ref for _, each in scope.computed if (ref := each.get(name)) is not None)
        return [Equal(refs[0], refs[-1])] if len(refs) > 1 and left is not None else []

    # -- conditions ----------------------------------------------------------

    def conditions(self, node: exp.Expr, scope: Scope, depth: int) -> list[Node]:
        found = (self.condition(part, scope, depth) for part in _conjuncts(node))
        return [each for each in found if each is not None]

    def condition(self, node: exp.Expr, scope: Scope, depth: int) -> Node | None:
        while isinstance(node, exp.Paren):
            node = node.this
        if depth > MAX_DEPTH * 4:
            return None
        if isinstance(node, exp.And):
            return Both(tuple(self.conditions(node, scope, depth + 1)))
        if isinstance(node, exp.Or):
            children = [self.condition(each, scope, depth + 1) for each in node.flatten()]
            known = tuple(each for each in children if each is not None)
            return Either(known) if known else None
        if isinstance(node, exp.Not):
            inner = self.condition(node.this, scope, depth + 1)
            return None if inner is None else Negation(inner)
        return self.membership(node, scope, depth) or self.comparison(node, scope)

    def membership(self, node: exp.Expr, scope: Scope, depth: int) -> Node | None:
        inner: exp.Expr | None = None
        outer: list[exp.Expr] = []
        if isinstance(node, exp.In) and node.args.get("query") is not None:
            inner = node.args["query"]
            outer = list(node.this.expressions) if isinstance(node.this, exp.Tuple) else [node.this]
        elif isinstance(node, exp.Exists):
            inner = node.this
        elif isinstance(node, exp.EQ):
            for one, other in ((node.this, node.expression), (node.expression, node.this)):
                if isinstance(other, exp.Subquery):
                    inner, outer = other, [one]
        if inner is None:
            return None
        blocks = self.query(inner, scope, depth + 1)
        members: list[Node] = []
        for block in blocks:
            pairs: list[tuple[Ref, Ref]] = []
            for column, target in zip(outer, block.projected, strict=False):
                ref = scopes.resolve(column, scope) if isinstance(column, exp.Column) else None
                if ref is not None and target is not None:
                    pairs.append((ref, target))
            members.append(Member(block, tuple(pairs)))
        if not members:
            return None
        return members[0] if len(members) == 1 else Either(tuple(members))

    def comparison(self, node: exp.Expr, scope: Scope) -> Node | None:
        if isinstance(node, exp.EQ) and all(
            isinstance(each, exp.Column) for each in (node.this, node.expression)
        ):
            left = scopes.resolve(node.this, scope)
            right = scopes.resolve(node.expression, scope)
            if left is not None and right is not None:
                return Equal(left, right)
        if node.find(exp.AggFunc, exp.Select, exp.Window):
            return None
        refs: list[Ref] = []
        places: list[tuple[str, int]] = []
        for column in node.find_all(exp.Column, bfs=False):
            ref = scopes.resolve(column, scope)
            if ref is None:
                if scopes.known(column, scope) or not column.this.args.get("quoted"):
                    return None
                continue
            if ref not in refs:
                refs.append(ref)
            places.append((column.sql("sqlite"), refs.index(ref)))
        if not refs or len(refs) > MAX_LEAF_COLUMNS:
            return None
        return Leaf(node, tuple(refs), tuple(dict.fromkeys(places)))

    def choices(self, node: exp.Expr, scope: Scope, depth: int) -> list[Node]:
        """Conditions inside an expression: of CASE and IIF, of FILTER, and booleans added up."""
        found: list[Node] = []
        for each in node.walk(prune=lambda inner: isinstance(inner, exp.Select)):
            test: exp.Expr | None = None
            if isinstance(each, exp.Case) and each.this is not None:
                for branch in each.args["ifs"]:
                    test = exp.EQ(this=each.this.copy(), expression=branch.this.copy())
                    found.extend(self.conditions(test, scope, depth + 1))
                continue
            if isinstance(each, exp.If) and not (
                isinstance(each.parent, exp.Case) and each.parent.this is not None
            ):
                test = each.this
            elif isinstance(each, exp.Filter):
                test = each.expression.this
            elif isinstance(each, exp.Sum | exp.Avg | exp.Count) and isinstance(
                each.this.unnest(), exp.Predicate | exp.Connector | exp.Not
            ):
                test = each.this
            if test is not None:
                inner = self.condition(test, scope, depth + 1)
                if inner is not None:
                    found.append(inner)
        return found

    def subqueries(self, node: exp.Expr, scope: Scope, depth: int) -> list[Block]:
        found: list[Block] = []
        for each in node.walk(prune=lambda inner: isinstance(inner, exp.Select)):
            if isinstance(each, exp.Select):
                found.extend(self.query(each, scope, depth + 1))
        return found

    def compared(self, node: exp.Expr, scope: Scope, depth: int) -> list[Block]:
        """The subqueries of comparisons that are no memberships: > (SELECT AVG(...) ...)."""
        found: list[Block] = []
        for part in node.walk(prune=lambda inner: isinstance(inner, exp.Select)):
            if isinstance(part, _ORDERINGS) and part.find(exp.Select) is not None:
                found.extend(self.subqueries(part, scope, depth))
        return found

    def thresholds(self, node: exp.Expr, scope: Scope) -> list[Threshold]:
        found: list[Threshold] = []
        for each in node.find_all(*_COMPARISONS, exp.Between):
            counts = each.find(exp.Count) is not None
            whole = each.find(exp.Sum, exp.Avg, exp.Min, exp.Max)
            column = whole.this if whole is not None else None
            ref = scopes.resolve(column, scope) if isinstance(column, exp.Column) else None
            parts = (each.this, each.expression, each.args.get("low"), each.args.get("high"))
            found.extend(
                Threshold(float(number), counts, ref, isinstance(whole, exp.Sum))
                for number in map(literal, parts)
                if isinstance(number, int | float)
            )
        return found


def read_golds(
    trees: Sequence[exp.Expr], schema: Schema, rules: Sequence[exp.Expr] = ()
) -> Reading:
    """What the golds `trees` ask of the rows of `schema`; `rules` say something of values only."""
    reader = _Reader(schema)
    roots = tuple(tuple(reader.query(tree, None, 0)) for tree in trees)
    tables: dict[int, str] = {}
    joined: list[tuple[tuple[str, str], tuple[str, str]]] = []
    equal: list[tuple[Ref, Ref]] = []
    for root in (each for sides in roots for each in sides):
        for block in blocks_of(root):
            tables.update({s.number: s.table.name.lower() for s in block.sources})
            for node in nodes_of(block):
                if isinstance(node, Equal):
                    equal.append((node.left, node.right))
                elif isinstance(node, Member):
                    equal.extend(node.pairs)
    for sides in roots:
        for side in sides[1:]:
            equal.extend(
                (one, other)
                for one, other in zip(sides[0].projected, side.projected, strict=False)
                if one is not None and other is not None
            )
    for one, other in equal:
        if one[0] in tables and other[0] in tables:
            pair = (tables[one[0]], one[1]), (tables[other[0]], other[1])
            if pair[0] != pair[1]:
                joined.append(pair)
    usages = read_usages([*trees, *rules], schema)
    return Reading(roots, usages, tuple(dict.fromkeys(joined)))


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    while isinstance(node, exp.Paren):
        node = node.this
    if not isinstance(node, exp.And):
        return [node]
    return [part for each in node.flatten() for part in _conjuncts(each)]


def _of(node: exp.Expr, clause: str) -> list[exp.Expr]:
    part = node.args.get(clause)
    return [] if part is None else list(part.expressions)


def _held(blocks: Sequence[Block]) -> set[int]:
    return {source.number for block in blocks for source in block.sources}


def _labels(query: exp.Expr, block: Block) -> list[str]:
    """Names of a computed table's columns, in the order of `block.projected`."""
    while isinstance(query, exp.Subquery | exp.Paren | exp.SetOperation):
        query = query.this
    if any(each.is_star for each in query.expressions):
        return ["" if ref is None else ref[1] for ref in block.projected]
    return [each.alias_or_name.lower() for each in query.expressions]


def _limit(node: exp.Expr) -> int:
    total = 0
    for name in ("limit", "offset"):
        part = node.args.get(name)
        value = literal(part.expression) if part is not None else None
        total += value if isinstance(value, int) and value > 0 else 0
    return total
