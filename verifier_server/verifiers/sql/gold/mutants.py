"""Neighbours of an accepted query: the same text but for one slip.

Promises: the same query, schema and count give the same mutants on every machine, spread over
the kinds of slips and the places of the query. Each differs in its text from the
query as sqlglot writes it. Listing the edits of a query costs little; only those that are chosen
are written out.

Source of the idea: mutation testing of queries (Tuya, Suarez-Cabal, de la Riva,
"Mutating database queries", 2007), with the slips that models make.

Does not cover: whether a mutant compiles, and whether it can differ at all: some are equal on
every database that keeps the schema's constraints. An instance is chosen by those that it kills.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlglot import exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import ErrorLevel, SqlglotError

from verifier_server.verifiers.sql.gold.edits import (
    clauses,
    columns,
    counting,
    extremum,
    predicates,
    values,
)
from verifier_server.verifiers.sql.gold.edits.edit import Edit
from verifier_server.verifiers.sql.gold.reading import GoldQuery
from verifier_server.verifiers.sql.schema import Schema

# What is listed of one query, in the order of its nodes, before choosing.
MAX_EDITS = 4_000
# Longer queries have no mutants: some edits look at the whole query for each of its nodes.
MAX_NODES = 1_500
# How many edits are written out for each mutant asked for; several may give one text.
TRIES = 4


@dataclass(frozen=True, slots=True)
class Mutant:
    """A query with one slip; `kind` is the slug of the slip."""

    sql: str
    kind: str


def mutants(gold: GoldQuery, schema: Schema, count: int) -> tuple[Mutant, ...]:
    """At most `count` distinct mutants; none for a huge query, nor without a tree."""
    if gold.tree is None or count <= 0:
        return ()
    try:
        # The edits are done in place; in a Paren even the root can be replaced.
        if sum(1 for _ in islice(gold.tree.walk(), MAX_NODES + 1)) > MAX_NODES:
            return ()
        root = exp.Paren(this=gold.tree.copy())
        found = _listed(root, schema)
        return tuple(_written(root, found, count))
    except RecursionError:
        return ()


def _listed(root: exp.Expr, schema: Schema) -> list[Edit]:
    known = columns.sources(root, schema)
    found: list[Edit] = []
    for node in list(root.walk(bfs=False))[1:]:
        for rules in (predicates.edits, values.edits, clauses.edits, extremum.edits):
            found.extend(rules(node))
        for informed in (columns.edits, counting.edits):
            found.extend(informed(node, known))
        if len(found) >= MAX_EDITS:
            break
    return found[:MAX_EDITS]


def _written(root: exp.Expr, found: Sequence[Edit], count: int) -> Iterator[Mutant]:
    seen = {_text(root)}
    for edit in islice(_spread(found), TRIES * count):
        if len(seen) > count:
            return
        undo = edit.do()
        try:
            sql = _text(root)
        except SqlglotError:
            continue
        finally:
            undo()
        if sql not in seen:
            seen.add(sql)
            yield Mutant(sql, edit.kind)


def _text(root: exp.Expr) -> str:
    # copy=False: a copy of the tree costs more than writing it. SQLite's generator changes a
    # tree only to rewrite what SQLite has no syntax for, and this one was parsed from SQLite's.
    return SQLite().generate(
        root.this, copy=False, comments=False, unsupported_level=ErrorLevel.IGNORE
    )


def _spread(found: Sequence[Edit]) -> Iterator[Edit]:
    """One of each kind in turn; within a kind the places halve the query again and again."""
    by_kind: dict[str, list[Edit]] = {}
    for edit in found:
        by_kind.setdefault(edit.kind, []).append(edit)
    queues = [[each[i] for i in _halving(len(each))] for each in by_kind.values()]
    for turn in range(max(map(len, queues), default=0)):
        for queue in queues:
            if turn < len(queue):
                yield queue[turn]


def _halving(size: int) -> list[int]:
    """0..size-1 in the order of their reversed bits (van der Corput)."""
    bits = max(size - 1, 1).bit_length()
    order = (int(f"{i:0{bits}b}"[::-1], 2) for i in range(1 << bits))
    return [i for i in order if i < size]
