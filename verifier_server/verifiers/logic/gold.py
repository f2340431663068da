"""The formulas of a task: read leniently, and faulted by their place in the task.

Promises: every fault is a `TaskError` INVALID_TASK with a JSON pointer, a line and a
column. What could be read otherwise, and names that are nearly one, are lints: they are
told in the privileged facts and change nothing.

Does not cover: whether the formulas can be used (`admission`).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.logic.formulas import Formula
from verifier_server.verifiers.logic.reading import Caution, ReadError, read
from verifier_server.verifiers.logic.reading.scope import free_variables
from verifier_server.verifiers.logic.reasons import FREE_VARIABLE, PARSE_ERROR
from verifier_server.verifiers.logic.scores import Facts
from verifier_server.verifiers.logic.signature import Signature

MAX_LINTS: Final = 20


@dataclass(frozen=True, slots=True)
class Gold:
    """The formulas of a task by its fields, their symbols, and what is odd about them."""

    formulas: Mapping[str, tuple[Formula, ...]]
    signature: Signature
    lints: tuple[str, ...]

    def all(self, field: str) -> tuple[Formula, ...]:
        """The formulas of a field, none where the task does not have it."""
        return self.formulas.get(field, ())

    def one(self, field: str) -> Formula:
        """The formula of a field that holds one."""
        return self.formulas[field][0]

    @property
    def facts(self) -> Facts:
        """The lints, for the privileged view."""
        return (("lints", "; ".join(self.lints)),) if self.lints else ()


def read_gold(task: Mapping[str, Any], *fields: str) -> Gold:
    """Reads the formulas of these fields, each a text or a list of them.

    Args:
        task: a task; its `constants` are names that are constants, whatever they look like.
        fields: their names; one that the task does not have is passed over.

    Raises:
        TaskError: INVALID_TASK, one is no formula or has a variable that nothing binds.
    """
    constants = frozenset(task.get("constants", ()))
    formulas: dict[str, tuple[Formula, ...]] = {}
    lints: list[str] = []
    for field in fields:
        given = task.get(field)
        if given is None:
            continue
        texts = [(f"/{field}", given)] if isinstance(given, str) else _listed(field, given)
        read_here = [_read(text, pointer, constants) for pointer, text in texts]
        formulas[field] = tuple(formula for formula, _ in read_here)
        for (pointer, _), (_, cautions) in zip(texts, read_here, strict=True):
            lints += [f"{pointer}: {caution.reason}: {caution.message}" for caution in cautions]
    signature = Signature.of([each for some in formulas.values() for each in some])
    lints += [f"{lint.reason}: {lint.message}" for lint in signature.lints()]
    return Gold(formulas, signature, tuple(lints[:MAX_LINTS]))


def _listed(field: str, texts: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"/{field}/{place}", text) for place, text in enumerate(texts)]


def _read(text: str, pointer: str, constants: Set[str]) -> tuple[Formula, tuple[Caution, ...]]:
    try:
        reading = read(text, strict=False, constants=constants)
    except ReadError as error:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            f"{PARSE_ERROR}.{error.reason}",
            f"line {error.line}, column {error.column}: {error.message}",
            pointer,
        ) from None
    names = free_variables(reading.formula)
    if names:
        message = f"nothing binds {', '.join(names)}: bind it, or list it in `constants`"
        raise TaskError(ErrorCode.INVALID_TASK, FREE_VARIABLE, message, pointer)
    return reading.formula, reading.warnings
