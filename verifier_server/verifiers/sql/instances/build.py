"""Builds the instances of a task.

Promises: the same images, byte by byte, for the same base, golds, count and seed, on
every machine with this version of SQLite. Bounded work. Best first.

Does not cover: the given database itself, which is an instance too where it
has rows, or whether a gold runs on it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql.engine import opening
from verifier_server.verifiers.sql.engine.clock import DEFAULT_NOW
from verifier_server.verifiers.sql.gold.reading import GoldQuery, read
from verifier_server.verifiers.sql.instances import truths
from verifier_server.verifiers.sql.instances.choose import Chosen, choose
from verifier_server.verifiers.sql.instances.constants import at
from verifier_server.verifiers.sql.instances.declared import (
    Declared,
    narrowed,
    questions,
    read_declared,
    resolved,
)
from verifier_server.verifiers.sql.instances.domains import model
from verifier_server.verifiers.sql.instances.generate import Generator
from verifier_server.verifiers.sql.instances.invariants import Survey, survey
from verifier_server.verifiers.sql.instances.skeleton import read_golds
from verifier_server.verifiers.sql.instances.twin import empty_image
from verifier_server.verifiers.sql.schema import Schema


@dataclass(frozen=True, slots=True)
class Origin:
    """What instances are made from, whatever a gold asks.

    `digest` is of the given database, `survey` what its rows show,
    `declared` what its tables say of values, `empty` an image of its
    schema without rows.
    """

    schema: Schema
    digest: bytes
    survey: Survey
    declared: Declared
    empty: bytes


def origin(base: bytes, schema: Schema) -> Origin:
    """Looks at a given database, with rows or without, once for all golds."""
    connection = opening.open_image(base)
    try:
        found = survey(connection, schema)
    finally:
        connection.close()
    digest = hashlib.sha256(base).digest()
    return Origin(schema, digest, found, read_declared(schema), empty_image(schema))


def build(
    source: Origin,
    golds: Sequence[GoldQuery | str],
    count: int,
    seed: int,
    now: str = DEFAULT_NOW,
) -> Chosen:
    """At most `count` images of databases with the origin's schema, the most telling first.

    Args:
        source: the given database.
        golds: the accepted queries, in SQLite's dialect.
        count: how many instances are wanted.
        seed: chooses among the many possible sets of instances.
        now: the task's clock.

    Raises:
        GoldError: a gold is no query.
    """
    queries = [read(gold) if isinstance(gold, str) else gold for gold in golds]
    generator = prepare(source, queries, now)
    start = seed_of(source, queries, seed)
    return choose(generator, source.schema, queries, count, start, now)


def prepare(source: Origin, queries: Sequence[GoldQuery], now: str) -> Generator:
    """What is needed to make instances for `queries`."""
    schema, said = source.schema, source.declared
    known = [at(now, tree) for query in queries if (tree := query.tree) is not None]
    trees = [resolved(tree, said) for tree in known]
    reading = read_golds(trees, schema, questions(said, schema))
    rules = model(schema, source.survey.facts_for(reading.joined), reading)
    functions = frozenset(name for query in queries for name in query.functions)
    found = truths.find(reading, narrowed(rules, said, functions), functions)
    return Generator(source.empty, found.model, reading, found.tables)


def seed_of(source: Origin, queries: Sequence[GoldQuery], seed: int) -> int:
    """A number that depends on everything that decides the instances."""
    digest = hashlib.sha256(source.digest)
    for query in queries:
        digest.update(hashlib.sha256(query.text.encode("utf-8", "surrogatepass")).digest())
    digest.update(str(seed).encode())
    return int.from_bytes(digest.digest()[:6], "big") << 16
