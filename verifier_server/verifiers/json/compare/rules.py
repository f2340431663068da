"""The rules of a task's `compare`, read from JSON.

Promises: every fault is a TaskError INVALID_TASK `invalid_compare` whose
pointer leads to the part of `compare` at fault and whose message says what
would be right. Nothing unknown is passed over.

Does not cover: whether a rule suits the expected document (`planning`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.json.compare.comparators import (
    EXACT,
    SCALARS,
    Comparator,
    json_type,
    moment,
    number,
    one_of,
    text,
)
from verifier_server.verifiers.json.compare.numbers import MAX_TOLERANCE_EXPONENT, Number
from verifier_server.verifiers.json.compare.patterns import Branch, PatternError, parse_pattern
from verifier_server.verifiers.json.compare.texts import folding
from verifier_server.verifiers.json.compare.times import MAX_FORMATS, FormatError, reader
from verifier_server.verifiers.json.compare.weights import WEIGHT_RULE, thousandths
from verifier_server.verifiers.json.values import UnusableValueError, exact, pointer

REASON = "invalid_compare"
_ABSENT: Any = object()
MAX_RULES = 256
MAX_VALUES = 1000
MAX_KEY_NAMES = 8


class ListMode(StrEnum):
    """How the elements of a list are brought together."""

    ORDERED = "ordered"
    UNORDERED = "unordered"
    SET = "set"
    KEYED = "keyed"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What one pattern says. `where` is the path of the rule in the task.

    `comparator` is None for an ignored place; `typed` and `listed` tell whether the
    rule names a comparator other than exact, or a list mode. `weight` is in thousandths.
    """

    where: tuple[str, ...]
    comparator: Comparator | None
    typed: bool
    mode: ListMode
    listed: bool
    key: tuple[str, ...]
    weight: int | None


class _Options:
    """The members of one rule, taken one by one; what is left in the end is unknown."""

    def __init__(self, members: dict[str, Any], where: tuple[str, ...]) -> None:
        self.members = dict(members)
        self.where = where
        self.known: set[str] = set()  # what was asked for

    def fault(self, message: str, *below: str) -> TaskError:
        """The error for this rule, or for what stands below it."""
        return fault(message, *self.where, *below)

    def take(self, name: str, default: Any) -> Any:
        """A member, which is thereby known."""
        self.known.add(name)
        return self.members.pop(name, default)

    def choice(self, name: str, choices: Mapping[str, Any] | type[StrEnum], default: str) -> str:
        """A member that is one of several names."""
        value = self.take(name, default)
        known = list(choices) if isinstance(choices, Mapping) else [each.value for each in choices]
        if not isinstance(value, str) or value not in known:
            raise self.fault(f'"{name}" is one of {", ".join(known)}', name)
        return value

    def flag(self, name: str) -> bool:
        """A member that is true unless it says false."""
        value = self.take(name, True)
        if not isinstance(value, bool):
            raise self.fault(f'"{name}" is true or false', name)
        return value

    def amount(self, name: str) -> Number:
        """A member that is a number of at least 0; 0 where it is absent."""
        value = self.take(name, 0)
        if json_type(value) != "number" or value < 0 or _is_vast(value):
            limit = f"1e{MAX_TOLERANCE_EXPONENT}"
            raise self.fault(f'"{name}" is 0 or a number from 1e-{limit[2:]} to {limit}', name)
        return value  # type: ignore[no-any-return]  # the type was tested

    def listing(self, name: str, limit: int) -> list[Any] | None:
        """A member that is a list with something in it; None where it is absent."""
        value = self.take(name, _ABSENT)
        if value is _ABSENT:
            return None
        if not isinstance(value, list) or not 0 < len(value) <= limit:
            raise self.fault(f'"{name}" is a list of 1 to {limit} values', name)
        return value


def fault(message: str, *where: str | int) -> TaskError:
    """The error for a part of `compare`."""
    return TaskError(ErrorCode.INVALID_TASK, REASON, message, pointer(("compare", *where)))


def read_rules(compare: Mapping[str, Any]) -> Branch[Rule]:
    """The tree of all patterns, with their rules.

    Raises:
        TaskError: a pattern or a rule is not one.
    """
    if len(compare) > MAX_RULES:
        raise fault(f"at most {MAX_RULES} rules, not {len(compare)}")
    root: Branch[Rule] = Branch()
    for pattern, members in compare.items():
        try:
            segments = parse_pattern(pattern)
        except PatternError as error:
            raise fault(str(error), pattern) from None
        root.add(segments, _rule(members, (pattern,)))
    return root


def _rule(members: Any, where: tuple[str, ...]) -> Rule:
    if not isinstance(members, dict):
        raise fault('a rule is an object, as in {"type": "text"}', *where)
    try:
        options = _Options(exact(members), where)
    except UnusableValueError as error:
        raise fault(f"the rule cannot be used: {error}", *where, *error.path) from None
    kind = options.choice("type", {"exact": None, "ignore": None, **_READERS}, "exact")
    if kind == "ignore":
        comparator = None
    elif kind == "exact":
        comparator = EXACT
    else:
        comparator = _READERS[kind](options)
    mode, listed = ListMode.ORDERED, False
    key: tuple[str, ...] = ()
    weight: int | None = None
    if comparator:
        listed = "list" in options.members
        mode = ListMode(options.choice("list", ListMode, ListMode.ORDERED.value))
        key = _key(options) if mode is ListMode.KEYED else ()
        weight = _weight(options)
    if options.members:
        name = min(options.members)
        about = f'type "{kind}"' + (f', list "{mode.value}"' if listed else "")
        known = ", ".join(sorted(options.known))
        message = f'"{name[:80]}" means nothing in a rule with {about}, which has {known}'
        raise options.fault(message, name)
    typed = comparator is not None and comparator is not EXACT
    return Rule(where, comparator, typed, mode, listed, key, weight)


def _number(options: _Options) -> Comparator:
    return number(options.amount("abs"), options.amount("rel"))


def _text(options: _Options) -> Comparator:
    case, space, unicode = (options.flag(name) for name in ("case", "space", "unicode"))
    return text(folding(case, space, unicode))


def _moment(kind: str) -> Callable[[_Options], Comparator]:
    def read(options: _Options) -> Comparator:
        formats = options.listing("formats", MAX_FORMATS)
        if formats is not None and not all(isinstance(each, str) for each in formats):
            raise options.fault('a format is a text, as in "%d.%m.%Y"', "formats")
        tolerance = options.amount("tolerance") if kind != "date" else 0
        try:
            return moment(kind, reader(kind, formats), tolerance)
        except FormatError as error:
            raise options.fault(str(error), "formats") from None

    return read


def _one_of(options: _Options) -> Comparator:
    values = options.listing("values", MAX_VALUES)
    if values is None:
        raise options.fault('"one_of" needs "values", the list of what else is right')
    for index, value in enumerate(values):
        if json_type(value) not in SCALARS:
            message = "an accepted value is a text, a number, true, false or null"
            raise options.fault(message, "values", str(index))
    return one_of(values)


_READERS: dict[str, Callable[[_Options], Comparator]] = {
    "number": _number,
    "text": _text,
    "date": _moment("date"),
    "time": _moment("time"),
    "datetime": _moment("datetime"),
    "one_of": _one_of,
}


def _key(options: _Options) -> tuple[str, ...]:
    names = options.take("key", None)
    if isinstance(names, str):
        names = [names]
    if (
        not isinstance(names, list)
        or not 0 < len(names) <= MAX_KEY_NAMES
        or not all(isinstance(name, str) for name in names)
        or len(set(names)) < len(names)
    ):
        message = f'a keyed list needs "key": a name, or a list of 1 to {MAX_KEY_NAMES} names'
        raise options.fault(message, *(["key"] if names is not None else []))
    return tuple(names)


def _weight(options: _Options) -> int | None:
    value = options.take("weight", _ABSENT)
    if value is _ABSENT:
        return None
    weight = thousandths(value)
    if weight is None:
        raise options.fault(WEIGHT_RULE, "weight")
    return weight


def _is_vast(value: Number) -> bool:
    return value != 0 and abs(Decimal(value).adjusted()) > MAX_TOLERANCE_EXPONENT
