"""One query against a task made ready: instance by instance, until it differs.

Promises: the small instances come first and the first difference ends it, so that a wrong
query costs little; an accepted one has agreed, under one map of columns, with one and the
same accepted query on every instance, also where scans run backwards and rows are
stored in another order. A query that reads nothing where the accepted one reads
is wrong, however its rows look.

Does not cover: which score a finding means (`answering.scores`).
"""

from dataclasses import dataclass

from verifier_server.verifiers.sql.comparing.comparison import Comparison, agree
from verifier_server.verifiers.sql.comparing.difference import Difference
from verifier_server.verifiers.sql.ground import Ground, Trial
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Result


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a query. `difference` is None when it is right.

    `where` names the instance of the difference; `results` are what the query returned,
    in the order of `Ground.trials`, as far as it went; `gold` is the accepted query
    that it agrees with, or agreed with for longest.
    """

    difference: Difference | None
    where: str
    results: tuple[Result, ...]
    gold: int


_CONSTANT = Difference(
    "constant_answer", "the query reads no table, so its answer cannot follow from the data", ""
)
_UNSTABLE = "the answer changes when SQLite scans the tables backwards"


def find(sql: str, ground: Ground, policy: Policy) -> Finding:
    """Compares a query with the accepted ones.

    Args:
        sql: one query in SQLite's dialect.
        ground: the task.
        policy: how rows are compared.

    Raises:
        QueryError: the query gave no rows on some instance.
    """
    alive = {index: Comparison(policy) for index in range(len(ground.golds))}
    results: list[Result] = []
    for trial in ground.trials:
        result = trial.instance.run(sql, steps=trial.steps)
        results.append(result)
        lost = _compare(alive, trial, result)
        if lost is not None:
            return Finding(lost[1], trial.where, tuple(results), lost[0])
    gold = next(iter(alive))
    if not any(result.reads for result in results):
        alive = {index: each for index, each in alive.items() if not ground.reads[index]}
        if not alive:
            return Finding(_CONSTANT, ground.trials[0].where, tuple(results), gold)
    return _backwards(sql, ground, alive, Finding(None, "", tuple(results), gold), policy)


def _compare(
    alive: dict[int, Comparison], trial: Trial, result: Result
) -> tuple[int, Difference] | None:
    """Drops the accepted queries that the result rules out; the first of the last, if none stay."""
    lost: tuple[int, Difference] | None = None
    for index in tuple(alive):
        expected = trial.expected[index]
        if expected is None:
            continue
        difference = alive[index].add(expected, result)
        if difference is not None:
            lost = lost or (index, difference)
            del alive[index]
    return None if alive else lost


def _backwards(
    sql: str, ground: Ground, alive: dict[int, Comparison], finding: Finding, policy: Policy
) -> Finding:
    """A second run on some instances, in which scans without an order run backwards."""
    for trial in ground.trials:
        if not trial.reverse:
            continue
        result = trial.instance.run(sql, steps=trial.steps, reverse=True)
        wrong: Difference | None = None
        for index, comparison in tuple(alive.items()):
            expected = trial.expected[index]
            if expected is None:
                continue
            difference = agree(expected, result.rows, policy, comparison.columns)
            if difference is not None:
                wrong = Difference("unstable_rows", _UNSTABLE, difference.detail)
                del alive[index]
        if not alive and wrong is not None:
            return Finding(wrong, trial.where, finding.results, finding.gold)
    return finding
