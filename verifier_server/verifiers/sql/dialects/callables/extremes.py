"""GREATEST and LEAST that pass over NULL.

Promises: PostgreSQL's rule (functions-conditional.html) and T-SQL's: NULL only
when all are NULL.

Does not cover: values of different kinds, which those engines refuse.
"""

from verifier_server.verifiers.sql.dialects.callables.values import ArgumentError
from verifier_server.verifiers.sql.rows import Cell


def _of_one_kind(values: tuple[Cell, ...]) -> list[int | float] | list[str]:
    present = [value for value in values if value is not None]
    numbers = [value for value in present if isinstance(value, int | float)]
    if len(numbers) == len(present):
        return numbers
    texts = [value for value in present if isinstance(value, str)]
    if len(texts) == len(present):
        return texts
    raise ArgumentError("values of different kinds have no greatest one")


def greatest(*values: Cell) -> Cell:
    """The greatest that is not NULL."""
    present = _of_one_kind(values)
    return max(present) if present else None


def least(*values: Cell) -> Cell:
    """The least that is not NULL."""
    present = _of_one_kind(values)
    return min(present) if present else None
