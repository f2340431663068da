"""A task made ready: its instances opened, and what each accepted query returns on them.

Promises: the same task is made ready in the same way on every worker. Every accepted
query runs on the given data within the limits, or the task is refused and says which
query and why: an error of ours is never a verdict. Built instances on which an
accepted query fails or depends on the order of the scan are left out.

Does not cover: judging (`judging`), or how instances are built (`instances`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.comparing.comparison import Prepared, agree, prepare
from verifier_server.verifiers.sql.databases import Database
from verifier_server.verifiers.sql.dialects import functions as dialect_functions
from verifier_server.verifiers.sql.dialects.translate import UntranslatableError, translate
from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import ScriptError, build_image
from verifier_server.verifiers.sql.gold.expecting import expect
from verifier_server.verifiers.sql.gold.reading import GoldError, GoldQuery, read
from verifier_server.verifiers.sql.instances.build import build
from verifier_server.verifiers.sql.instances.twin import twin
from verifier_server.verifiers.sql.schema import Schema
from verifier_server.verifiers.sql.task import SQLITE, Task

GIVEN = "the given data"
TWIN = "the given data, stored in another order"
# On how many instances, the first, a query must return the same when scans are reversed.
REVERSED_RUNS = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """One instance, and what is right on it.

    `where` names it for a person; `expected` has an item for each accepted query, None
    for one that is not asked here; `steps` is what a query may take; `reverse` says that
    a second run, scanning backwards, must agree too.
    """

    instance: Instance
    where: str
    expected: tuple[Prepared | None, ...]
    steps: int
    reverse: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A task made ready. `reads` are the (table, column) pairs of each accepted query."""

    schema: Schema
    golds: tuple[GoldQuery, ...]
    trials: tuple[Trial, ...]
    reads: tuple[frozenset[tuple[str, str]], ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes of its instances."""
        return sum(trial.instance.size for trial in self.trials)

    def close(self) -> None:
        """Closes its instances."""
        for trial in self.trials:
            trial.instance.close()
