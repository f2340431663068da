"""Clauses that keep some rows of a query: QUALIFY, DISTINCT ON, WITH TIES.

Promises: the query goes into another one that filters it; order and names stay.

Does not cover: combinations of these clauses.
"""

from dataclasses import dataclass

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import Piece, refuse
from verifier_server.verifiers.sql.dialects.rules.operators import identifier
from verifier_server.verifiers.sql.dialects.writer import Writer


@dataclass(frozen=True, slots=True)
class Item:
    """One column of a SELECT: its text, its name ('' when it has none), what is known of it."""

    text: str
    name: str
    piece: Piece
    node: exp.Expr | None = None


def cut(limit: str, offset: str) -> str:
    """LIMIT and OFFSET; empty texts where there are none."""
    if not limit and not offset:
        return ""
    return f" LIMIT {limit or '-1'}" + (f" OFFSET {offset}" if offset else "")


def kept(
    node: exp.Expr,
    items: list[Item],
    body: str,
    bounds: tuple[str, str, bool],
    writer: Writer,
) -> str:
    """The query inside one that keeps some of its rows; `bounds` are LIMIT, OFFSET, ties."""
    distinct, qualify = node.args.get("distinct"), node.args.get("qualify")
    limit, offset, ties = bounds
    if (distinct is not None and not distinct.args.get("on")) or (qualify is not None and ties):
        raise refuse(node, "this combination of clauses is not supported")

    def resolved(term: exp.Expr) -> tuple[str, int | None]:
        """A term's text inside, and which column it is, if it is one."""
        if isinstance(term, exp.Literal) and term.name.isdigit() and not term.is_string:
            if 0 < int(term.name) <= len(items):
                return items[int(term.name) - 1].text, int(term.name)
            raise refuse(term, "there is no such column")
        if isinstance(term, exp.Column) and not term.text("table"):
            for index, item in enumerate(items, 1):
                if item.node is not None and item.name.lower() == term.name.lower():
                    return item.text, index
        return writer.piece(term).sql, None

    order = node.args.get("order")
    terms = list(order.expressions) if order is not None else []
    inside: list[str] = []
    outside: list[str] = []
    extra: list[str] = []
    for term in terms:
        text, index = resolved(term.this)
        if index is None:
            extra.append(f"{text} AS verifier_o{len(extra) + 1}")
            shown = f"verifier_o{len(extra)}"
        else:
            shown = f"verifier_{index}"
        suffix = _suffix(term, writer)
        inside.append(text + suffix)
        outside.append(shown + suffix)
    ranked = f" ORDER BY {', '.join(inside)}" if inside else ""
    if distinct is not None:
        on = distinct.args["on"]
        listed = on.expressions if isinstance(on, exp.Tuple) else [on]
        keys = ", ".join(resolved(each)[0] for each in listed)
        extra.append(f"ROW_NUMBER() OVER (PARTITION BY {keys}{ranked}) AS verifier_keep")
        test = "verifier_keep = 1"
    elif ties:
        if not terms or offset:
            raise refuse(node, "WITH TIES is not supported here")
        extra.append(f"RANK() OVER ({ranked.strip()}) AS verifier_keep")
        test, limit = f"verifier_keep <= {limit}", ""
    else:
        assert qualify is not None
        condition = qualify.this.transform(lambda each: _unaliased(each, items, writer))
        extra.append(f"{writer.piece(condition).sql} AS verifier_keep")
        test = "verifier_keep"
    inner = [f"{item.text} AS verifier_{i}" for i, item in enumerate(items, 1)]
    shown_items = [
        f"verifier_{i}" + (f" AS {identifier(item.name)}" if item.name else "")
        for i, item in enumerate(items, 1)
    ]
    text = (
        f"SELECT {', '.join(shown_items)} FROM (SELECT {', '.join(inner + extra)}{body}) "
        f"WHERE {test}"
    )
    if outside:
        text += f" ORDER BY {', '.join(outside)}"
    return text + cut(limit, offset)


def _suffix(term: exp.Expr, writer: Writer) -> str:
    plain = exp.Ordered(this=exp.Null(), desc=term.args.get("desc"))
    plain.set("nulls_first", term.args.get("nulls_first"))
    return writer.piece(plain).sql.removeprefix("NULL")


def _unaliased(each: exp.Expr, items: list[Item], writer: Writer) -> exp.Expr:
    """A name of a column of the result becomes its expression (Snowflake, BigQuery)."""
    if isinstance(each, exp.Column) and not each.text("table"):
        for item in items:
            if item.node is not None and item.name.lower() == each.name.lower():
                return exp.Paren(this=item.node.this.copy())
    return each
