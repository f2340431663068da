"""Shape `assignment`: the one assignment that satisfies a puzzle's constraints.

Promises: the task has exactly one solution, proved when it is prepared, and a completion's
assignment is evaluated directly, constraint by constraint. Nothing is paid for a part:
guessing each variable alone would earn more than half. The first violated constraint is
told by its number; which values are right is privileged.

Does not cover: puzzles with several solutions.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.contract import ErrorCode, Judge, Score, TaskError
from verifier_server.verifiers.logic.answering.block import one_answer
from verifier_server.verifiers.logic.puzzles.assignment_text import (
    AssignmentError,
    AssignmentReader,
)
from verifier_server.verifiers.logic.puzzles.constraints import Puzzle, PuzzleError
from verifier_server.verifiers.logic.puzzles.evaluate import first_violated, violates
from verifier_server.verifiers.logic.puzzles.reading import read_puzzle
from verifier_server.verifiers.logic.puzzles.unique import (
    Solution,
    Status,
    Uniqueness,
    uniqueness,
)
from verifier_server.verifiers.logic.reasons import SATISFIES
from verifier_server.verifiers.logic.scores import RefusedError, judging, scored

_MESSAGES = {
    Status.UNSOLVABLE: "no assignment satisfies the constraints",
    Status.NOT_UNIQUE: "two assignments satisfy the constraints",
    Status.WRONG_SOLUTION: "the given solution violates the constraint",
    Status.UNDECIDED: "whether the puzzle has one solution is not known after so many steps",
}


def prepare(task: Mapping[str, Any]) -> Judge:
    """Reads the puzzle and proves that it has one solution, the given one if there is one.

    Raises:
        TaskError: INVALID_TASK, a constraint cannot be read or the given solution is none in
            form; BAD_GROUND_TRUTH, there is not exactly one solution, or it is another.
    """
    puzzle = _puzzle(task)
    reader = AssignmentReader.of(puzzle)
    found = uniqueness(puzzle, _given(reader, task))
    if found.status is not Status.UNIQUE:
        raise _refused(puzzle, found)
    privileged = (("solution", _shown(puzzle, found.solutions[0])),)

    def decide(completion: str) -> Score:
        answer = one_answer(completion)
        try:
            values = reader.read(answer.text)
        except AssignmentError as error:
            raise RefusedError(error.reason, str(error), answer.text) from None
        violated = first_violated(puzzle, values)
        if violated:
            reason, message = violates(violated), f"constraint {violated} does not hold"
        else:
            reason, message = SATISFIES, "all constraints hold"
        return scored(reason, answer=answer.text, message=message, privileged=privileged)

    return judging(decide, privileged)


def _puzzle(task: Mapping[str, Any]) -> Puzzle:
    try:
        return read_puzzle(task)
    except PuzzleError as error:
        first = error.faults[0]
        raise TaskError(ErrorCode.INVALID_TASK, first.reason, str(error), first.pointer) from None


def _given(reader: AssignmentReader, task: Mapping[str, Any]) -> Solution | None:
    if "solution" not in task:
        return None
    try:
        return reader.read_object(task["solution"])
    except AssignmentError as error:
        raise TaskError(ErrorCode.INVALID_TASK, error.reason, str(error), "/solution") from None


def _refused(puzzle: Puzzle, found: Uniqueness) -> TaskError:
    message = _MESSAGES[found.status]
    if found.status is Status.WRONG_SOLUTION:
        message += f" {found.violated} (from 1)"
    if found.status is Status.UNDECIDED:
        message += f" ({found.steps})"
    elif found.solutions:
        message += ": " + "; ".join(_shown(puzzle, solution) for solution in found.solutions)
    pointer = "/solution" if found.status is Status.WRONG_SOLUTION else "/constraints"
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, str(found.status), message, pointer)


def _shown(puzzle: Puzzle, solution: Solution) -> str:
    pairs = zip(puzzle.names, solution, strict=True)
    return ", ".join(f"{name}={value}" for name, value in pairs)
