"""A task made ready: its instances opened, and what each accepted query returns on them.

Promises: the same task is made ready in the same way on every worker. Every accepted
query runs on the given data within the limits, or the task is refused and says which
query and why: an error of ours is never a verdict. Where an accepted query
fails on a built instance, or returns something else when scans run backwards, that instance
says nothing about answers to it and is not asked. An accepted query of which nothing would be
known in this way is taken at its word wherever it runs, and a task in which one would be
compared on no rows at all is refused: no answer is right because nothing was asked.

Does not cover: judging (`judging`), or how instances are built (`instances`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import apsw

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.comparing.comparison import agree
from verifier_server.verifiers.sql.comparing.sections import Prepared, prepare
from verifier_server.verifiers.sql.databases import Database
from verifier_server.verifiers.sql.dialects import functions as dialect_functions
from verifier_server.verifiers.sql.dialects.faults import UntranslatableError
from verifier_server.verifiers.sql.dialects.translate import translate
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.engine.scripts import ScriptError, build_image
from verifier_server.verifiers.sql.gold.reading import GoldError, GoldQuery, read
from verifier_server.verifiers.sql.gold.traits import Observed, is_trivial, observe
from verifier_server.verifiers.sql.instances.build import build
from verifier_server.verifiers.sql.instances.choose import Chosen
from verifier_server.verifiers.sql.instances.twin import twin
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.schema import Schema
from verifier_server.verifiers.sql.strength import facts
from verifier_server.verifiers.sql.task import SQLITE, Task

GIVEN = "the given data"
TWIN = "the same data stored in another order"
# On how many instances, the first, a query must return the same when scans run backwards.
REVERSED_RUNS = 2

Reads = frozenset[tuple[str, str]]
_Opener = Callable[[str, bytes], Instance]


@dataclass(frozen=True, slots=True)
class Trial:
    """One instance, and what is right on it.

    `where` names it for a person; `expected` has an item for each accepted query, None
    for one that is not asked here; `steps` is what a query may take; `reverse` says that
    a second run, with scans backwards, must agree too.
    """

    instance: Instance
    where: str
    expected: tuple[Prepared | None, ...]
    steps: int
    reverse: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A task made ready.

    `reads` are the (table, column) pairs of each accepted query; `facts` say how good the task
    is, privileged diagnostics of every score: `task_strength` and `task_finding`.
    """

    schema: Schema
    golds: tuple[GoldQuery, ...]
    trials: tuple[Trial, ...]
    reads: tuple[Reads, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """About how many bytes its instances and its answers on them take."""
        cells = sum(each.size for trial in self.trials for each in trial.expected if each)
        images = sum(trial.instance.size for trial in self.trials)
        return images + limits.CONNECTION_BYTES * len(self.trials) + limits.CELL_BYTES * cells

    def close(self) -> None:
        """Closes its instances."""
        for trial in self.trials:
            trial.instance.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an accepted query says on one instance, ready to be compared with."""

    observed: Observed
    expected: Prepared

    @property
    def reads(self) -> Reads:
        """The (table, column) pairs that it reads."""
        return self.observed.derived.result.reads

    @property
    def tells(self) -> bool:
        """Whether it is more than any query might say by chance."""
        return not is_trivial(self.observed.derived.result.rows)


# What each accepted query says on one instance; None where it fails.
_Answers = Sequence[_Answer | None]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A built instance on which the accepted queries were run."""

    instance: Instance
    image: bytes
    answers: _Answers


@dataclass(frozen=True, slots=True)
class _Tried:
    """An instance that is used: its image, and what the accepted queries say on it."""

    trial: Trial
    answers: _Answers
    image: bytes


@dataclass(frozen=True, slots=True)
class _Turned:
    """An instance with its rows stored in another order, and what says something else there.

    `trial` is None where every accepted query does.
    """

    trial: Trial | None
    unstable: _Answers


def make(task: Task, database: Database) -> Ground:
    """Makes a task ready.

    Raises:
        TaskError: BAD_GROUND_TRUTH, an accepted query cannot be used; INVALID_TASK, a script of
            an extra instance does not run.
    """
    golds = tuple(_gold(task, index, database.schema) for index in range(len(task.golds)))
    opened = _opener(task, golds)
    given = opened(GIVEN, database.image)
    answers = [_required(given, gold, task, index) for index, gold in enumerate(golds)]
    with_rows = _has_rows(given, database.schema)
    chosen = _chosen(task, database, golds)
    seen = _seen(chosen.images if chosen else (), golds, opened, task.policy)
    extra = _extra(task, database, golds, opened)
    told = [each.answers for each in extra] + ([answers] if with_rows else [])
    tried = _built(seen, told) + extra
    if not with_rows:
        _require_rows(task, answers, tried)
    if with_rows or not tried:
        # Whatever an accepted query says on the given data is right there, stable or not.
        trial = _trial(given, answers, [True] * len(golds))
        tried.append(_Tried(trial, answers, database.image))
    else:
        given.close()
    trials = _reversed([each.trial for each in tried])
    turned = _turned(tried[-1 if with_rows else 0], database, golds, opened, task.policy)
    said = [each.answers for each in seen] + (told or [answers])
    if turned is not None:
        trials += [turned.trial] if turned.trial else []
        said.append(turned.unstable)
    return Ground(
        database.schema,
        golds,
        tuple(trials),
        tuple(answer.reads for answer in answers),
        tuple(facts(chosen, [_observed(each) for each in said], task)),
    )


def _gold(task: Task, index: int, schema: Schema) -> GoldQuery:
    text = task.golds[index]
    try:
        if task.gold_dialect != SQLITE:
            text = translate(text, task.gold_dialect, schema)
        return read(text)
    except UntranslatableError as error:
        reason = "gold_untranslatable"
        message = f"the accepted query cannot be translated from {task.gold_dialect}: {error}"
    except GoldError as error:
        reason, message = "gold_error", error.message
    raise TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, task.places[index])


def _opener(task: Task, golds: Sequence[GoldQuery]) -> _Opener:
    """Opens instances for this task: with its clock, and with the functions its queries may call.

    What an accepted query calls, a completion may call as well.
    """
    functions = frozenset(name for gold in golds for name in gold.functions)
    if {task.dialect, task.gold_dialect} != {SQLITE}:
        functions |= dialect_functions.NAMES

    def opened(name: str, image: bytes) -> Instance:
        return Instance(name, image, now=task.now, functions=functions)

    return opened


def _observed(answers: _Answers) -> list[Observed | None]:
    return [None if each is None else each.observed for each in answers]


def _answer(instance: Instance, gold: GoldQuery, policy: Policy) -> _Answer:
    """Raises GoldError."""
    observed = observe(gold, instance, policy)
    return _Answer(observed, prepare(observed.derived.expectation, policy))


def _required(instance: Instance, gold: GoldQuery, task: Task, index: int) -> _Answer:
    """What an accepted query says where it must run."""
    try:
        return _answer(instance, gold, task.policy)
    except GoldError as error:
        raise TaskError(
            ErrorCode.BAD_GROUND_TRUTH,
            "gold_error",
            f"on {instance.name}: {error.message}",
            task.places[index],
        ) from None


def _optional(instance: Instance, gold: GoldQuery, policy: Policy) -> _Answer | None:
    try:
        return _answer(instance, gold, policy)
    except GoldError:
        return None


def _trial(instance: Instance, answers: _Answers, asked: Sequence[bool]) -> Trial:
    """A trial, to be run backwards too where every accepted query says the same then."""
    known = [answer.observed for answer in answers if answer is not None]
    most = max(each.derived.result.steps for each in known)
    expected = [
        answer.expected if answer is not None and wanted else None
        for answer, wanted in zip(answers, asked, strict=True)
    ]
    return Trial(
        instance,
        instance.name,
        tuple(expected),
        max(limits.STEPS, limits.STEPS_OF_GOLD * most),
        all(each.stable for each in known),
    )


def _reversed(trials: Sequence[Trial]) -> list[Trial]:
    """The trials, of which only the first ones that can be are run backwards too.

    The given data, which may be large, come last, and are only where there is nothing else.
    """
    left = REVERSED_RUNS
    made: list[Trial] = []
    for trial in trials:
        least = REVERSED_RUNS if trial.where == GIVEN else 1
        made.append(replace(trial, reverse=trial.reverse and left >= least))
        left -= trial.reverse
    return made


def _chosen(task: Task, database: Database, golds: Sequence[GoldQuery]) -> Chosen | None:
    if not task.instances:
        return None
    return build(database.origin, golds, task.instances, task.seed, task.now)


def _seen(
    images: Sequence[bytes], golds: Sequence[GoldQuery], opened: _Opener, policy: Policy
) -> list[_Seen]:
    seen: list[_Seen] = []
    for number, image in enumerate(images, 1):
        instance = opened(f"instance {number}", image)
        seen.append(_Seen(instance, image, [_optional(instance, gold, policy) for gold in golds]))
    return seen


def _built(seen: Sequence[_Seen], told: Sequence[_Answers]) -> list[_Tried]:
    """The built instances that are asked. `told` is what the accepted queries say elsewhere."""
    tried: list[_Tried] = []
    for each in seen:
        asked = [
            answer is not None and (answer.observed.stable or not _is_settled(index, seen, told))
            for index, answer in enumerate(each.answers)
        ]
        if any(asked):
            trial = _trial(each.instance, each.answers, asked)
            tried.append(_Tried(trial, each.answers, each.image))
        else:
            each.instance.close()
    return tried


def _is_settled(index: int, seen: Sequence[_Seen], told: Sequence[_Answers]) -> bool:
    """Whether it is known what an accepted query says where that is not up to the scan."""
    stable = [
        answer
        for each in seen
        if (answer := each.answers[index]) is not None and answer.observed.stable
    ]
    elsewhere = [answers[index] for answers in told]
    return any(each is not None and each.tells for each in (*stable, *elsewhere))


def _require_rows(task: Task, answers: Sequence[_Answer], tried: Sequence[_Tried]) -> None:
    """Refuses a task without rows, of its own or built, for some accepted query to be run on.

    Raises:
        TaskError: BAD_GROUND_TRUTH.
    """
    for index, answer in enumerate(answers):
        if answer.reads and all(each.trial.expected[index] is None for each in tried):
            raise TaskError(
                ErrorCode.BAD_GROUND_TRUTH,
                "nothing_to_compare",
                "the database has no rows, and none could be built on which every accepted query "
                "runs: give rows or extra_instances",
                task.places[index],
            )


def _extra(
    task: Task, database: Database, golds: Sequence[GoldQuery], opened: _Opener
) -> list[_Tried]:
    tried: list[_Tried] = []
    for index, script in enumerate(task.extra_instances):
        try:
            image = build_image(script, database.image)
        except ScriptError as error:
            raise TaskError(
                ErrorCode.INVALID_TASK,
                "invalid_script",
                f"the script does not run on the given data: {error}",
                f"/extra_instances/{index}",
            ) from None
        instance = opened(f"extra instance {index + 1}", image)
        answers = [_required(instance, gold, task, place) for place, gold in enumerate(golds)]
        trial = _trial(instance, answers, [True] * len(golds))
        tried.append(_Tried(trial, answers, image))
    return tried


def _has_rows(instance: Instance, schema: Schema) -> bool:
    """Whether there are data at all: a bare schema says nothing about answers."""
    for table in schema.tables:
        probe = f"SELECT EXISTS (SELECT 1 FROM {quote(table.name)})"  # noqa: S608 - quoted
        if instance.run(probe).rows[0][0]:
            return True
    return False


def _turned(
    tried: _Tried,
    database: Database,
    golds: Sequence[GoldQuery],
    opened: _Opener,
    policy: Policy,
) -> _Turned | None:
    """An instance with its rows stored in another order, where one can be made.

    An accepted query that itself answers something else there is not asked.
    """
    if len(tried.image) > limits.MAX_TWIN_BYTES:
        return None
    given = tried.image is database.image
    try:
        image = database.turned if given else twin(tried.image, database.schema)
    except apsw.Error:
        return None  # a table that SQLite does not make again
    turned = opened(TWIN, image)
    after = [_optional(turned, gold, policy) for gold in golds]
    asked = [
        one is not None
        and other is not None
        and agree(one.expected, other.observed.derived.result.rows, policy, None) is None
        for one, other in zip(tried.answers, after, strict=True)
    ]
    unstable = [
        None
        if other is None or known
        else replace(other, observed=replace(other.observed, stable=False))
        for other, known in zip(after, asked, strict=True)
    ]
    if any(asked):
        trial = replace(_trial(turned, tried.answers, asked), reverse=False)
        return _Turned(trial, unstable)
    turned.close()
    return _Turned(None, unstable)
