"""Which of many instances are kept: those that tell a gold from its mutants."""

from collections.abc import Sequence

from verifier_server.verifiers.sql.gold.reading import GoldQuery
from verifier_server.verifiers.sql.instances.generate import Generator
from verifier_server.verifiers.sql.schema import Schema


def choose(
    generator: Generator, schema: Schema, queries: Sequence[GoldQuery], count: int, start: int
) -> tuple[bytes, ...]:
    return tuple(generator.make(start + n) for n in range(count))
