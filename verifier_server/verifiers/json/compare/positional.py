"""Expected and predicted document, compared leaf by leaf.

Promises: a leaf is a scalar or an empty container; TP counts leaves equal at
the same place, and F1 = 2 TP / (expected leaves + predicted leaves), so
invented leaves cost as much as missing ones. Lists go by position, nothing is
coerced. Linear in the size of both documents.

Does not cover: tolerances, unordered lists, aliases, weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from verifier_server.verifiers.json.values import key, pointer

MAX_DIFFERENCES = 32

_ABSENT = object()
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the documents differ.

    `kind` is match's opposite: mismatch (both have something here), missing
    (only the expected document has) or extra (only the predicted one has).
    """

    kind: str
    pointer: str
    expected: Any = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two documents agree: leaf counts and the first MAX_DIFFERENCES differences."""

    matching: int
    expected: int
    predicted: int
    differences: tuple[Difference, ...]

    @property
    def f1(self) -> float:
        """F1 over leaves, in [0,1]; 1.0 exactly when the documents are equal."""
        return 2 * self.matching / (self.expected + self.predicted)


def compare(expected: Any, predicted: Any) -> Agreement:
    """Compares two documents of exact values."""
    matching = 0
    differences: list[Difference] = []
    for path, left, right in _aligned(expected, predicted, ()):
        if left is not _ABSENT and right is not _ABSENT and _same_leaf(left, right):
            matching += 1
        elif len(differences) < MAX_DIFFERENCES:
            kind = "extra" if left is _ABSENT else "missing" if right is _ABSENT else "mismatch"
            differences.append(Difference(kind, pointer(path), None if left is _ABSENT else left))
    return Agreement(matching, _leaves(expected), _leaves(predicted), tuple(differences))


def _aligned(left: Any, right: Any, path: _Path) -> Iterator[tuple[_Path, Any, Any]]:
    """Walks both documents down to where either is a leaf or absent."""
    if isinstance(left, dict) and isinstance(right, dict) and left and right:
        for name in left | right:
            yield from _aligned(left.get(name, _ABSENT), right.get(name, _ABSENT), (*path, name))
    elif isinstance(left, list) and isinstance(right, list) and left and right:
        for index, pair in enumerate(zip_longest(left, right, fillvalue=_ABSENT)):
            yield from _aligned(*pair, (*path, index))
    else:
        yield path, left, right


def _same_leaf(left: Any, right: Any) -> bool:
    # A non-empty container never equals what it is not aligned with.
    return not _has_items(left) and not _has_items(right) and key(left) == key(right)


def _has_items(value: Any) -> bool:
    return isinstance(value, (dict, list)) and bool(value)


def _leaves(value: Any) -> int:
    if not _has_items(value):
        return 1
    return sum(_leaves(item) for item in (value.values() if isinstance(value, dict) else value))
