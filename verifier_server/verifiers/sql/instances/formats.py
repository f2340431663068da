"""The form that all given texts of a column share, and values brought into it.

Promises: a form is taken up only where enough texts show it: the same length, digits in the same
places and all else equal, as dates, times and codes have it. What a query compares a
column with need not have it ('2011' with '2011-05-01', the 'now' of a date function).

Does not cover: which values are wanted (`values.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from verifier_server.verifiers.sql.rows import Cell

ENOUGH_TEXTS = 5
YEARS = 120  # that a date may be away from the given ones
_DIGIT = re.compile(r"\d", re.ASCII)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_TRUTHS = (0, 1)


@dataclass(frozen=True, slots=True)
class Form:
    """`mask` is a text with 9 for every digit; `example` is one of the given texts."""

    mask: str
    example: str
    dated: bool

    def conforming(self, value: Cell) -> Cell:
        """`value` in this form, what it lacks at its end taken from the example; else None."""
        if not isinstance(value, str):
            return value
        if not self.mask.startswith(_mask(value)):
            return value[: len(self.mask)] if self._cut(value) else None
        full = value + self.example[len(value) :]
        return full if not self.dated or (_is_date(full) and self._timely(full)) else None

    def _timely(self, value: str) -> bool:
        return abs(int(value[:4]) - int(self.example[:4])) <= YEARS

    def _cut(self, value: str) -> bool:
        """Whether it is in this form but for something behind it: a time behind a date."""
        return (
            self.dated
            and _mask(value).startswith(self.mask)
            and not value[len(self.mask)].isdigit()
            and _is_date(value)
        )


def form_of(sample: Sequence[Cell]) -> Form | None:
    """The form of all texts in `sample`, None where they have none or are too few."""
    texts = [each for each in sample if isinstance(each, str)]
    if len(texts) < max(ENOUGH_TEXTS, len(sample)):
        return None
    mask = _mask(texts[0])
    if "9" not in mask or any(_mask(each) != mask for each in texts):
        return None
    return Form(mask, texts[0], all(_is_date(each) for each in texts))


def truth_only(declared: str, sample: Sequence[Cell]) -> bool:
    """Whether a column of numbers holds 0 and 1 alone: it is declared so, or its rows show both."""
    if sample:
        return set(sample) == set(_TRUTHS) or ("BOOL" in declared.upper() and _within(sample))
    return "BOOL" in declared.upper()


def is_truth(value: Cell) -> bool:
    """Whether a value is no number, or one of 0 and 1."""
    return not isinstance(value, int | float) or value in _TRUTHS


def _within(sample: Sequence[Cell]) -> bool:
    return all(is_truth(each) for each in sample)


def _mask(text: str) -> str:
    return _DIGIT.sub("9", text)


def _is_date(text: str) -> bool:
    found = _DATE.match(text)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True
