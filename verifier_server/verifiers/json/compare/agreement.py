"""How far two documents agree, and field by field.

Promises: every share is a quotient of whole numbers, so it depends on no order
of addition; `exact` holds exactly when F1 is 1.0 and when no field differs.
Fields are bounded: the first MAX_DIFFERENCES that differ, then the first
MAX_MATCHES that match, each in the order of the comparison.

Does not cover: what is compared with what (`objects`, `lists`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from verifier_server.verifiers.json.compare.weights import UNIT

MAX_DIFFERENCES = 64
MAX_MATCHES = 32


class Status(StrEnum):
    """What became of one place of the documents."""

    MATCH = "match"
    MISMATCH = "mismatch"
    MISSING = "missing"
    EXTRA = "extra"
    TYPE_MISMATCH = "type_mismatch"


class Field(NamedTuple):
    """One place: a leaf, or a whole part that only one document has.

    `pointer` is the RFC 6901 pointer of the place in the predicted document; of what
    is missing, where it would be: an element of a list by assignment has its index in
    the expected list. `weight` is that of the expected part, of the predicted one where
    it is extra; in weights, not thousandths. `expected` is the expected part, None where
    it is extra.
    """

    pointer: str
    status: Status
    comparator: str
    weight: float
    expected: Any = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The comparison of one document.

    `true_weight`, `expected_weight` and `predicted_weight` are in thousandths: of the
    leaves that match, and of all leaves of either document. `matched`, `expected` and
    `predicted` count the same leaves.
    """

    true_weight: int
    expected_weight: int
    predicted_weight: int
    matched: int
    expected: int
    predicted: int
    fields: tuple[Field, ...]

    @property
    def f1(self) -> float:
        """Twice the matching weight over the weight of both documents, in [0,1]."""
        return 2 * self.true_weight / (self.expected_weight + self.predicted_weight)

    @property
    def precision(self) -> float:
        """The share of the predicted weight that matches."""
        return self.true_weight / self.predicted_weight

    @property
    def recall(self) -> float:
        """The share of the expected weight that matches."""
        return self.true_weight / self.expected_weight

    @property
    def exact(self) -> bool:
        """Whether every leaf of both documents matches."""
        return self.true_weight == self.expected_weight == self.predicted_weight


class Report:
    """The fields of one comparison, as they are found."""

    __slots__ = ("differences", "matched", "matches")

    def __init__(self) -> None:
        self.differences: list[Field] = []
        self.matches: list[Field] = []
        self.matched = 0

    @property
    def counts_only(self) -> bool:
        """Whether further matches would not be listed."""
        return len(self.matches) >= MAX_MATCHES

    @property
    def full(self) -> bool:
        """Whether further differences would not be listed."""
        return len(self.differences) >= MAX_DIFFERENCES

    def match(self, pointer: str, comparator: str, weight: int, expected: Any) -> None:
        """A leaf matches."""
        self.matched += 1
        if len(self.matches) < MAX_MATCHES:
            # Without the steps of Python's that naming the arguments takes.
            field = (pointer, Status.MATCH, comparator, weight / UNIT, expected)
            self.matches.append(tuple.__new__(Field, field))

    def differ(
        self, pointer: str, status: Status, comparator: str, weight: int, expected: Any
    ) -> None:
        """A leaf does not match, or a whole part has no counterpart."""
        if not self.full:
            self.differences.append(Field(pointer, status, comparator, weight / UNIT, expected))

    def fields(self) -> tuple[Field, ...]:
        """What is listed: differences, then matches."""
        return (*self.differences, *self.matches)
