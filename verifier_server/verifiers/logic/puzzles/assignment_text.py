"""From the text of an answer to a full assignment of a puzzle's variables.

Promises: a closed grammar, so that a text says one assignment or none; nothing is guessed,
and names and values count only as the task writes them, case included.

    text   = object | table | pair { separator { separator } pair }
    pair   = [mark] name ("=" | ":" | "→" | "->") value [","] ["."]
    mark   = "-" | "*" | "•", then a blank
    separator = ";" | "," | line feed
    object = one flat JSON object of strings and integers
    table  = one of Markdown: a heading, its rule, and a row "| name | value |" for each

Space round names and values does not matter, nor do quotation marks, bold type or backticks
round one. Values are in any order. The same pair twice is one; two values for
one variable are a fault. The first fault in the text is told, an incomplete assignment
last. Linear in the text's length, which is bounded before anything is read.

Does not cover: whether the constraints hold (`evaluate`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from verifier_server.verifiers.logic.puzzles.constraints import MAX_NAME, Puzzle
from verifier_server.verifiers.logic.puzzles.domains import value_text

MAX_CHARACTERS: Final = 100_000
MAX_SHOWN: Final = 60
# How many variables without a value are named.
MAX_MISSING: Final = 3

DUPLICATE: Final = "assignment_duplicate"
UNKNOWN_VARIABLE: Final = "assignment_unknown_variable"
OUT_OF_DOMAIN: Final = "assignment_out_of_domain"
INCOMPLETE: Final = "assignment_incomplete"
SYNTAX: Final = "parse_error.syntax"
TOO_LONG: Final = "parse_error.too_long"

_SEPARATORS = str.maketrans({",": "\n", ";": "\n"})
_MARKS = ("- ", "* ", "\u2022 ")
_QUOTES = ('"', "'", "`", "**")
_SIGNS = ("=", "\u2192", "->", ":")
_RULE = re.compile(r"\|\s*:?-+:?\s*\|\s*:?-+:?\s*\|")


class AssignmentError(Exception):
    """The text is no full assignment of values in their domains; `reason` is a slug."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class AssignmentReader:
    """Reads answers to one puzzle; made once for all of them."""

    puzzle: Puzzle
    places: dict[str, int]
    allowed: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, puzzle: Puzzle) -> "AssignmentReader":
        """The reader of a puzzle."""
        places = {name: place for place, name in enumerate(puzzle.names)}
        return cls(puzzle, places, tuple(frozenset(domain) for domain in puzzle.domains))

    def read(self, text: str) -> tuple[str, ...]:
        """The values of the puzzle's variables, in their order.

        Raises:
            AssignmentError: the text says no full assignment.
        """
        if len(text) > MAX_CHARACTERS:
            raise AssignmentError(TOO_LONG, f"the answer has over {MAX_CHARACTERS} characters")
        return self._full(_pairs(text))

    def read_object(self, solution: Mapping[str, object]) -> tuple[str, ...]:
        """The values that an object of a task gives, strings or integers, in the same order.

        Raises:
            AssignmentError: it gives no full assignment.
        """
        return self._full((name, value_text(value) or "") for name, value in solution.items())

    def _full(self, pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        values: list[str | None] = [None] * len(self.places)
        for name, value in pairs:
            self._assign(values, name, value)
        missing = [name for name, value in zip(self.places, values, strict=True) if value is None]
        if missing:
            more = ", ..." if len(missing) > MAX_MISSING else ""
            message = f"no value is given for {', '.join(missing[:MAX_MISSING])}{more}"
            raise AssignmentError(INCOMPLETE, message)
        return tuple(value for value in values if value is not None)

    def _assign(self, values: list[str | None], name: str, value: str) -> None:
        place = self.places.get(name)
        if place is None:
            raise AssignmentError(UNKNOWN_VARIABLE, f"there is no variable {_shown(name)}")
        given = values[place]
        if given is not None and given != value:
            raise AssignmentError(DUPLICATE, f"{name} has two values")
        if value not in self.allowed[place]:
            raise AssignmentError(OUT_OF_DOMAIN, f"{name} cannot be {_shown(value)}")
        values[place] = value


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    stripped = text.strip()
    if stripped.startswith("{"):
        yield from _of_object(stripped)
        return
    if stripped.startswith("|"):
        yield from _of_table(stripped)
        return
    for part in stripped.translate(_SEPARATORS).split("\n"):
        # No name or value has any of these but the last, which a value may have.
        for sign in _SIGNS:
            name, mark, value = part.partition(sign)
            if mark:
                break
        name, value = name.strip(), value.strip()
        if name.isidentifier() and value.isalnum():
            yield name, value
        elif mark:
            yield _written(_without_mark(name)), _written(value.removesuffix(".").rstrip())
        elif name not in ("", "."):
            message = f"{_shown(name)} is not of the form name=value"
            raise AssignmentError(SYNTAX, message)


def _of_table(text: str) -> Iterator[tuple[str, str]]:
    lines = [line.strip() for line in text.split("\n")]
    if len(lines) < 2 or not _RULE.fullmatch(lines[1]):
        raise AssignmentError(SYNTAX, "the answer begins as a table and is none of two columns")
    for line in lines[2:]:
        cells = line.split("|")
        if len(cells) != 4 or cells[0] or cells[3]:
            raise AssignmentError(SYNTAX, f"{_shown(line)} is not of the form | name | value |")
        yield _written(cells[1].strip()), _written(cells[2].strip())


def _without_mark(name: str) -> str:
    return name[2:].lstrip() if name.startswith(_MARKS) else name


def _written(text: str) -> str:
    """A name or value without one pair of quotation marks round it.

    Raises:
        AssignmentError: there is none.
    """
    for quote in _QUOTES:
        if len(text) > 2 * len(quote) and text.startswith(quote) and text.endswith(quote):
            text = text[len(quote) : -len(quote)].strip()
            break
    if not text:
        raise AssignmentError(SYNTAX, "a name or a value is missing")
    return text


def _of_object(text: str) -> Iterator[tuple[str, str]]:
    # No name or value has such a bracket, so that a second one means another form; and the
    # parser, which recurses, is never given nested ones.
    if text.find("{", 1) >= 0 or "[" in text:
        raise AssignmentError(SYNTAX, "the object is not flat")
    try:
        found = json.loads(text, object_pairs_hook=list, parse_int=_integer)
    except ValueError:
        raise AssignmentError(SYNTAX, "the answer begins as a JSON object and is none") from None
    for name, value in found:
        read = value_text(value)
        if read is None:
            raise AssignmentError(SYNTAX, f"the value of {_shown(name)} is no string or integer")
        yield name.strip(), read.strip()


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= MAX_NAME else None


def _shown(text: str) -> str:
    return repr(text[:MAX_SHOWN])
