"""What a row of a suite becomes: a case with an expectation, or a reason to skip it.

Promises: an expectation looks at a typed result only, and says in words what it
wanted. A result without a judgement never agrees with an expected judgement.

Does not cover: reading files and running cases (`runner.py`), or what the fields
of a suite mean (one adapter a suite, listed in `adapters.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer_client.results import CompletionResult

Row = Mapping[str, Any]
# Beside its own fields a row has this one: the folder of its file, for what it names by a path.
FOLDER = "folder of the suite"

# Says what is wrong with a result, or None when it is as labelled.
Expectation = Callable[[CompletionResult], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """One request, of a row, and what must come of it.

    Rows of a later `stage` are judged when those of earlier ones are done. `passes` is
    whether the completion is labelled as right, None where its label says something else:
    by it false accepts and false rejects are told apart.
    """

    id: str
    category: str
    verifier: str
    task: Mapping[str, Any]
    completion: str
    expectation: Expectation
    stage: int = 1
    passes: bool | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is not run, and why: a short slug that is counted."""

    id: str
    reason: str


# Several cases of a row are judged in their order; the row is as labelled when all are.
Adapter = Callable[[Row], Case | Sequence[Case] | Skip]


class BadRow(Exception):
    """A row lacks a field of its suite, or has one of another type."""


def field(row: Row, name: str) -> Any:
    """A field that every row of the suite has.

    Raises:
        BadRow: this one has not.
    """
    if name not in row:
        raise BadRow(f"there is no field {name!r}")
    return row[name]
