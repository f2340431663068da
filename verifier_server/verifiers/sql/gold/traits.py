"""What makes an accepted query a weak or a doubtful ground truth.

Promises: findings of what was seen on the task's instances, each a slug and a sentence for
the task's author; no finding is a verdict on a completion. A query that does not depend on
the data, or that hardly answers anything, is met by wrong answers too; one whose answer
depends on the order in which SQLite happens to read rows has no right answer.

Does not cover: how many mutants the instances kill (`instances.choose`), and instability that
neither a backward scan nor rows stored in another order bring out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.comparing.comparison import agree
from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.gold.expecting import Derived, derive
from verifier_server.verifiers.sql.gold.reading import GoldQuery
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Row

_MESSAGES = {
    "no_table": "reads no table, so that any query with the same constants is right",
    "empty": "returns no rows on any instance, so that any query that finds nothing is right",
    "trivial": "returns nothing but NULL, 0 and empty texts on every instance",
    "constant": "returns the same rows on every instance",
    "unstable": "returns other rows when tables are scanned or stored in another order",
    "order_as_returned": "orders by what cannot be told for each row, so that rows that tie are "
    "expected in the order in which SQLite returns them",
}


@dataclass(frozen=True, slots=True)
class Observed:
    """An accepted query on one instance: `stable` if its answer is right however rows are read."""

    derived: Derived
    stable: bool


def observe(gold: GoldQuery, instance: Instance, policy: Policy) -> Observed:
    """Runs an accepted query on one instance, forwards and backwards.

    Args:
        gold: the query.
        instance: where it is run.
        policy: how rows are compared.

    Raises:
        GoldError: it fails on `instance`, or has no expectation there.
    """
    derived = derive(gold, instance, policy)
    return Observed(derived, _agrees_backwards(gold, instance, derived, policy))


def findings(observed: Sequence[Observed], policy: Policy) -> tuple[tuple[str, str], ...]:
    """What is to be said of an accepted query, from what it returned on all instances.

    Returns:
        (slug, sentence) each; the slugs are no_table, empty, trivial, constant, unstable and
        order_as_returned.
    """
    slugs: list[str] = []
    results = [each.derived.result for each in observed]
    if not any(result.reads for result in results):
        slugs.append("no_table")
    elif len(observed) > 1 and _constant(observed, policy):
        slugs.append("constant")
    if not any(result.rows for result in results):
        slugs.append("empty")
    elif all(is_trivial(result.rows) for result in results):
        slugs.append("trivial")
    if not all(each.stable for each in observed):
        slugs.append("unstable")
    if not all(each.derived.exact for each in observed):
        slugs.append("order_as_returned")
    return tuple((slug, f"the accepted query {_MESSAGES[slug]}") for slug in slugs)


def _agrees_backwards(
    gold: GoldQuery, instance: Instance, derived: Derived, policy: Policy
) -> bool:
    try:
        result = instance.run(gold.text, steps=limits.GOLD_STEPS, reverse=True)
    except QueryError:
        return False
    return agree(derived.expectation, result.rows, policy, None) is None


def _constant(observed: Sequence[Observed], policy: Policy) -> bool:
    first = observed[0].derived.expectation
    return all(
        agree(first, each.derived.result.rows, policy, None) is None for each in observed[1:]
    )


def is_trivial(rows: Sequence[Row]) -> bool:
    """Whether there is nothing among `rows` but NULL, 0 and empty values."""
    return all(cell is None or cell in (0, "", b"") for row in rows for cell in row)
