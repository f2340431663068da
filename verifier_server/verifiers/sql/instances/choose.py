"""Which of many instances are kept: those that tell the golds from their mutants.

Promises: deterministic. Every candidate on which each gold runs is tried with the
mutants; those are kept, one after the other, that tell most mutants apart that the ones before
have told least often; what a gold returns there counts too (nothing, or one value,
tells little). Mutants that survive get a second round of candidates. Bounded in
candidates, mutants and steps.

Does not cover: whether a mutant that survives is equivalent to its gold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier_server.verifiers.sql.comparing.comparison import agree
from verifier_server.verifiers.sql.comparing.sections import Prepared, prepare
from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.gold.expecting import derive
from verifier_server.verifiers.sql.gold.mutants import Mutant, mutants
from verifier_server.verifiers.sql.gold.reading import GoldError, GoldQuery
from verifier_server.verifiers.sql.instances.generate import Generator
from verifier_server.verifiers.sql.instances.predicates import Block, blocks_of
from verifier_server.verifiers.sql.limits import GOLD_STEPS
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.schema import Schema

# Candidates, for each instance that is wanted.
FIRST_ROUND = 2.0
SECOND_ROUND = 1.5
MAX_MUTANTS = 60  # of all golds together
MUTANT_STEPS = 60_000
# Of golds and mutants on all candidates; then no more are made. Each candidate has an equal share
# of what is left for its mutants.
TOTAL_STEPS = 40_000_000
RUN_STEPS = 4_000  # what it counts to compile a query, beside
TEXT_STEPS = 20  # each of its characters
LIKE_WEIGHT = 16  # LIKE and GLOB are calls, each counted as few steps
SOURCES_STEPS = 500  # and the square of the number of its tables
COLUMN_STEPS = 200  # what it counts to open an instance, for each column of the schema
EFFORT_STEPS = 20  # what a unit of work on an instance counts (`filling.MAX_EFFORT`)
# What a mutant still counts when n kept instances tell it apart: FADING to the n.
FADING = 0.4
VARIED = 0.5  # what an instance counts on which a gold returns more than one value

_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The images that are kept, best first, and what they do.

    `survivors` are the mutants that none of them tells from its gold, of `total`.
    """

    images: tuple[bytes, ...]
    total: int
    survivors: tuple[Mutant, ...]


@dataclass(slots=True)
class _Budget:
    run: int  # what each run counts beside its steps and its text
    steps: int = TOTAL_STEPS


@dataclass(frozen=True, slots=True)
class _Candidate:
    image: bytes
    killed: frozenset[int]
    worth: float


def choose(
    generator: Generator,
    schema: Schema,
    golds: Sequence[GoldQuery],
    count: int,
    start: int,
    now: str,
) -> Chosen:
    """The best `count` of the instances that `generator` makes from `start` on."""
    share = max(1, MAX_MUTANTS // max(1, len(golds)))
    suspects = [
        (index, mutant)
        for index, gold in enumerate(golds)
        for mutant in mutants(gold, schema, share)
    ]
    sources = max((_sources(sides) for sides in generator.reading.roots), default=0)
    budget = _Budget(RUN_STEPS + SOURCES_STEPS * sources * sources)
    alive = set(range(len(suspects)))
    found: list[_Candidate] = []
    first = int(count * FIRST_ROUND)
    opening = COLUMN_STEPS * sum(len(table.columns) for table in schema.tables)
    total = first + int(count * SECOND_ROUND)
    for number in range(total):
        second = number >= first
        if budget.steps <= 0 or (second and not alive):
            break
        tried = sorted(alive) if second else list(range(len(suspects)))
        turn = number * len(tried) // total
        made = generator.make(start + number)
        budget.steps -= EFFORT_STEPS * made.effort + opening
        least = budget.steps - budget.steps // (total - number)
        one = _judge(made.image, golds, suspects, tried[turn:] + tried[:turn], budget, least, now)
        if one is not None and (one.killed or not second):
            found.append(one)
            alive -= one.killed
    kept = _greedy(found, count)
    told = frozenset[int]().union(*(each.killed for each in kept))
    return Chosen(
        tuple(each.image for each in kept),
        len(suspects),
        tuple(mutant for place, (_, mutant) in enumerate(suspects) if place not in told),
    )


def _judge(
    image: bytes,
    golds: Sequence[GoldQuery],
    suspects: Sequence[tuple[int, Mutant]],
    tried: Sequence[int],
    budget: _Budget,
    least: int,
    now: str,
) -> _Candidate | None:
    """What one instance tells apart; None if a gold does not run on it.

    No mutant is run when the budget is down to `least`.
    """
    functions = frozenset(name for gold in golds for name in gold.functions)
    instance = Instance("candidate", image, now=now, functions=functions)
    try:
        expected: list[Prepared] = []
        worth = 0.0
        for gold in golds:
            derived = derive(gold, instance, _POLICY)
            budget.steps -= budget.run + _charge(gold.text, derived.result.steps)
            expected.append(prepare(derived.expectation, _POLICY))
            cells = {value for row in derived.result.rows for value in row} - {None, 0}
            worth += VARIED * ((len(cells) > 0) + (len(cells) > 1)) / len(golds)
        killed = frozenset(
            place
            for place in tried
            if budget.steps > least
            and _killed(suspects[place][1], expected[suspects[place][0]], instance, budget)
        )
    except GoldError:
        budget.steps -= GOLD_STEPS
        return None
    finally:
        instance.close()
    return _Candidate(image, killed, worth)


def _killed(mutant: Mutant, expected: Prepared, instance: Instance, budget: _Budget) -> bool:
    try:
        result = instance.run(mutant.sql, steps=MUTANT_STEPS)
    except QueryError as error:
        budget.steps -= budget.run + _charge(mutant.sql, error.steps)
        return False
    budget.steps -= budget.run + _charge(mutant.sql, result.steps)
    if len(result.names) != expected.width:
        return True
    return agree(expected, result.rows, _POLICY, None) is not None


def _sources(sides: Sequence[Block]) -> int:
    """How many tables a gold reads, those of views and common tables as often as they are."""
    return sum(len(block.sources) for side in sides for block in blocks_of(side))


def _charge(sql: str, steps: int) -> int:
    """What a run counts, which took so many steps of SQLite's machine."""
    text = sql.lower()
    weight = LIKE_WEIGHT if " like " in text or " glob " in text else 1
    return TEXT_STEPS * len(text) + weight * steps


def _greedy(found: Sequence[_Candidate], count: int) -> list[_Candidate]:
    kept: list[_Candidate] = []
    times: dict[int, int] = {}
    waiting = list(found)
    while waiting and len(kept) < count:
        best = max(range(len(waiting)), key=lambda i: (_gain(waiting[i], times), -i))
        one = waiting.pop(best)
        kept.append(one)
        for place in one.killed:
            times[place] = times.get(place, 0) + 1
    return kept


def _gain(candidate: _Candidate, times: Mapping[int, int]) -> float:
    return candidate.worth + sum(FADING ** times.get(each, 0) for each in sorted(candidate.killed))
