"""The variables of a puzzle, their values, and the order of these.

Promises: names and values are texts that an answer can hold without quotation marks and that
nothing in an answer's grammar can be mistaken for; integers stand for their decimal text.
Each value is in at most one order.

Does not cover: constraints (`reading`).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from verifier_server.verifiers.logic.puzzles.constraints import (
    INTEGER,
    MAX_DISTINCT_VALUES,
    MAX_FAULTS,
    MAX_NAME,
    MAX_VALUES,
    MAX_VARIABLES,
    NAME,
    VALUE,
    Fault,
    PuzzleError,
)

MAX_ORDERS = 100


class Faults:
    """Faults as they are found; the last that is kept ends the reading."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, pointer: str, reason: str, message: str) -> None:
        """Keeps a fault.

        Raises:
            PuzzleError: there are MAX_FAULTS of them.
        """
        self._found.append(Fault(pointer, reason, message))
        if len(self._found) >= MAX_FAULTS:
            self.check()

    def check(self) -> None:
        """Ends the reading if there is a fault.

        Raises:
            PuzzleError: there is.
        """
        if self._found:
            raise PuzzleError(tuple(self._found))


@dataclass(frozen=True, slots=True)
class Domains:
    """Variables with their values, and each order as the ranks of its values."""

    places: Mapping[str, int]
    values: tuple[tuple[str, ...], ...]
    known: frozenset[str]
    orders: tuple[Mapping[str, int], ...]

    def order_of(self, values: Sequence[str]) -> Mapping[str, int] | None:
        """The ranks of the one order that holds all of some values, or None."""
        if all(INTEGER.fullmatch(value) for value in values):
            return self.orders[0]
        return next((each for each in self.orders[1:] if all(v in each for v in values)), None)


def read_domains(domains: object, ordered: object, faults: Faults) -> Domains:
    """The variables and orders of a task; what is wrong goes to `faults`.

    Args:
        domains: an object of lists of values.
        ordered: a list of lists of values, or None.
        faults: where faults go.

    Raises:
        PuzzleError: the task has faults.
    """
    if not isinstance(domains, dict) or not domains:
        faults.add("/domains", "type", "must be an object with at least one variable")
        faults.check()
    assert isinstance(domains, dict)
    if len(domains) > MAX_VARIABLES:
        faults.add("/domains", "too_many", f"has over {MAX_VARIABLES} variables")
        faults.check()
    read: list[tuple[str, ...]] = []
    for name, values in domains.items():
        pointer = f"/domains/{escaped(name)}"
        if not isinstance(name, str) or not _is_plain(name, NAME.fullmatch(name) is not None):
            faults.add(pointer, "name", "is no name that an answer can hold")
        read.append(_values(values, pointer, faults))
    faults.check()
    known = frozenset(value for values in read for value in values)
    if len(known) > MAX_DISTINCT_VALUES:
        faults.add("/domains", "too_many", f"have over {MAX_DISTINCT_VALUES} different values")
    orders = _orders(ordered, known, faults)
    faults.check()
    places = {name: place for place, name in enumerate(domains)}
    known = known.union(*orders)
    return Domains(MappingProxyType(places), tuple(read), known, orders)


def value_text(value: object) -> str | None:
    """The text of a value: a string's own, an integer's decimal; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, str):
        return value
    return str(value) if abs(value) < 10**MAX_NAME else None


def escaped(name: object) -> str:
    """A name as a part of a JSON pointer, bounded."""
    return str(name)[:MAX_NAME].replace("~", "~0").replace("/", "~1")


def _values(values: object, pointer: str, faults: Faults) -> tuple[str, ...]:
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_VALUES:
        faults.add(pointer, "type", f"must be a list of 1 to {MAX_VALUES} values")
        return ()
    found: dict[str, None] = {}
    for index, value in enumerate(values):
        text = value_text(value)
        if text is None or not _is_plain(text, VALUE.fullmatch(text) is not None):
            faults.add(f"{pointer}/{index}", "value", "is no value that an answer can hold")
        elif text in found:
            faults.add(f"{pointer}/{index}", "duplicate", f"the value {text} stands twice")
        else:
            found[text] = None
    return tuple(found)


def _is_plain(text: str, has_form: bool) -> bool:
    """Whether an answer that shows a text as it looks has these very characters."""
    return has_form and len(text) <= MAX_NAME and unicodedata.is_normalized("NFKC", text)


def _orders(
    ordered: object, known: frozenset[str], faults: Faults
) -> tuple[Mapping[str, int], ...]:
    """The ranks of integers, then of the values of each list."""
    numbers = {text: int(text) for text in known if INTEGER.fullmatch(text)}
    orders: list[Mapping[str, int]] = [numbers]
    if ordered is None:
        return tuple(orders)
    if not isinstance(ordered, list) or len(ordered) > MAX_ORDERS:
        faults.add("/ordered", "type", f"must be a list of at most {MAX_ORDERS} lists")
        return tuple(orders)
    for index, values in enumerate(ordered):
        pointer = f"/ordered/{index}"
        texts = _values(values, pointer, faults)
        for place, text in enumerate(texts):
            if INTEGER.fullmatch(text):
                faults.add(f"{pointer}/{place}", "ordered_twice", "integers have their own order")
            elif any(text in order for order in orders[1:]):
                faults.add(f"{pointer}/{place}", "ordered_twice", f"{text} is in two orders")
        orders.append({text: place for place, text in enumerate(texts)})
    return tuple(orders)
