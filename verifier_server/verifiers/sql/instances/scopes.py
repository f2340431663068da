"""What names mean inside a SELECT.

Promises: a column is found as SQLite finds it: in the tables of its own SELECT, then in
those around it, without regard to case. Views and common table expressions are known by their
queries.

Does not cover: which of several tables an ambiguous name would mean: the first one is taken.
"""

import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from verifier_server.verifiers.sql.instances.predicates import Ref, Source
from verifier_server.verifiers.sql.schema import Schema

_CREATE_VIEW = re.compile(r"^\s*CREATE\s+(?:TEMP\w*\s+)?VIEW\b.*?\bAS\b", re.I | re.S)

Named = tuple[exp.Expr, tuple[str, ...]]
"""A query that has a name, and the names of its columns where they are given."""


@dataclass(slots=True)
class Scope:
    """Names that a SELECT can use: tables by alias, computed tables, and the scope around it."""

    outer: "Scope | None"
    sources: list[tuple[str, Source]] = field(default_factory=list)
    computed: list[tuple[str, dict[str, Ref | None]]] = field(default_factory=list)
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    with_: dict[str, Named] = field(default_factory=dict)


def resolve(column: exp.Column, scope: Scope | None) -> Ref | None:
    """The base column that `column` names, seen from `scope`."""
    name, qualifier = column.name.lower(), column.table.lower()
    while scope is not None:
        for alias, source in scope.sources:
            if qualifier in ("", alias) and source.table.column(name) is not None:
                return source.number, name
        for alias, columns in scope.computed:
            if qualifier in ("", alias) and name in columns:
                return columns[name]
        scope = scope.outer
    return None


def known(column: exp.Column, scope: Scope | None) -> bool:
    """Whether `column` names anything; a quoted name that does not is a text in SQLite."""
    name, qualifier = column.name.lower(), column.table.lower()
    while scope is not None:
        if any(
            qualifier in ("", alias) and source.table.column(name) is not None
            for alias, source in scope.sources
        ) or any(qualifier in ("", alias) and name in each for alias, each in scope.computed):
            return True
        if not qualifier and name in scope.aliases:
            return True
        scope = scope.outer
    return False


def views(schema: Schema) -> dict[str, Named]:
    """Each view's query, by name; those that sqlglot cannot read are left out."""
    found: dict[str, Named] = {}
    for script in schema.scripts:
        if not _CREATE_VIEW.match(script):
            continue
        try:
            tree = sqlglot.parse_one(script, read="sqlite")
        except SqlglotError:
            continue
        if isinstance(tree, exp.Create) and tree.expression is not None:
            table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
            columns = tree.this.expressions if isinstance(tree.this, exp.Schema) else ()
            found[table.name.lower()] = tree.expression, tuple(c.name.lower() for c in columns)
    return found


def common(scope: Scope | None, name: str) -> Named | None:
    """The common table expression of that name."""
    while scope is not None:
        if name in scope.with_:
            return scope.with_[name]
        scope = scope.outer
    return None


def without(scope: Scope, name: str) -> Scope:
    """A scope that sees the common tables of `scope` but `name`: a table does not see itself."""
    merged: dict[str, Named] = {}
    each: Scope | None = scope
    while each is not None:
        merged = {**each.with_, **merged}
        each = each.outer
    merged.pop(name, None)
    return Scope(None, with_=merged)
