"""Builds the instances of a task.

Promises: the same images, byte by byte, for the same base, golds, count and seed, on
every machine with this version of SQLite. Bounded work. Best first.

Does not cover: the given database itself, which is an instance too where it
has rows, or whether a gold runs on it.
"""

import hashlib
from collections.abc import Sequence

from verifier_server.verifiers.sql.engine import opening
from verifier_server.verifiers.sql.gold.reading import GoldQuery, read
from verifier_server.verifiers.sql.instances import truths
from verifier_server.verifiers.sql.instances.choose import Chosen, choose
from verifier_server.verifiers.sql.instances.domains import model
from verifier_server.verifiers.sql.instances.generate import Generator
from verifier_server.verifiers.sql.instances.invariants import Facts, mine
from verifier_server.verifiers.sql.instances.predicates import Reading
from verifier_server.verifiers.sql.instances.skeleton import read_golds
from verifier_server.verifiers.sql.instances.twin import empty_image
from verifier_server.verifiers.sql.schema import Schema


def build(
    base: bytes,
    schema: Schema,
    golds: Sequence[GoldQuery | str],
    count: int,
    seed: int,
) -> tuple[bytes, ...]:
    """At most `count` images of databases with `schema`, the most telling first.

    Args:
        base: the given database, serialized, with rows or without.
        schema: of `base`.
        golds: the accepted queries, in SQLite's dialect.
        count: how many instances are wanted.
        seed: chooses among the many possible sets of instances.

    Raises:
        GoldError: a gold is no query.
    """
    return build_chosen(base, schema, golds, count, seed).images


def build_chosen(
    base: bytes,
    schema: Schema,
    golds: Sequence[GoldQuery | str],
    count: int,
    seed: int,
) -> Chosen:
    """As `build`, with the golds' mutants that the images tell apart, and those that survive."""
    queries = [read(gold) if isinstance(gold, str) else gold for gold in golds]
    generator = prepare(base, schema, queries)
    return choose(generator, schema, queries, count, seed_of(base, queries, seed))


def prepare(base: bytes, schema: Schema, queries: Sequence[GoldQuery]) -> Generator:
    """What is needed to make instances for `queries`."""
    reading = read_golds([tree for query in queries if (tree := query.tree) is not None], schema)
    facts = _facts(base, schema, reading)
    rules = model(schema, facts, reading)
    functions = frozenset(name for query in queries for name in query.functions)
    found = truths.find(reading, rules, functions)
    return Generator(empty_image(schema), found.model, reading, found.tables)


def seed_of(base: bytes, queries: Sequence[GoldQuery], seed: int) -> int:
    """A number that depends on everything that decides the instances."""
    digest = hashlib.sha256(hashlib.sha256(base).digest())
    for query in queries:
        digest.update(hashlib.sha256(query.text.encode("utf-8", "surrogatepass")).digest())
    digest.update(str(seed).encode())
    return int.from_bytes(digest.digest()[:6], "big") << 16


def _facts(base: bytes, schema: Schema, reading: Reading) -> Facts:
    connection = opening.open_image(base)
    try:
        facts = mine(connection, schema, reading.joined)
    finally:
        connection.close()
    return facts
