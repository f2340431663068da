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
FAMILY = 14  # values made in a form that constants alone show
YEARS = 120  # that a date may be away from the given ones
_DIGIT = re.compile(r"\d", re.ASCII)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_SPELT = re.compile(
    r"[012]?\d:[0-5]\d(:[0-5]\d)?|\d{4}-\d\d|\d+(\.\d+)?%|[A-Z]{1,4}[-_ ]?\d{1,6}|\d{1,9}",
    re.ASCII,
)
_STEPS = (1, -1, 2, -2, 3, 5, -4, 10, -10, 30, -30, 60, -60, 90, 150, -240, 400, 7, -7)
_TRUTHS = (0, 1)
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?!\d)", re.ASCII)
_DAYS = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Form:
    """`mask` is a text with 9 for every digit; `example` is one of the given texts.

    `dated`: they begin with a date; `year`: they are years.
    """

    mask: str
    example: str
    dated: bool
    year: bool = False

    def conforming(self, value: Cell) -> Cell:
        """`value` in this form, what it lacks at its end taken from the example; else None."""
        if not isinstance(value, str):
            return value
        if not self.mask.startswith(_mask(value)):
            return value[: len(self.mask)] if self._cut(value) else None
        full = value + self.example[len(value) :]
        if self.year and not _YEAR.fullmatch(full):
            return None
        return full if not self.dated or (is_date(full) and self._timely(full)) else None

    def _timely(self, value: str) -> bool:
        return abs(int(value[:4]) - int(self.example[:4])) <= YEARS

    def _cut(self, value: str) -> bool:
        """Whether it is in this form but for something behind it: a time behind a date."""
        return (
            self.dated
            and _mask(value).startswith(self.mask)
            and not value[len(self.mask)].isdigit()
            and is_date(value)
        )


def form_of(sample: Sequence[Cell]) -> Form | None:
    """The form of all texts in `sample`, None where they have none or are too few."""
    texts = [each for each in sample if isinstance(each, str)]
    if len(texts) < max(ENOUGH_TEXTS, len(sample)):
        return None
    mask = _mask(texts[0])
    if "9" not in mask or any(_mask(each) != mask for each in texts):
        return None
    return Form(mask, texts[0], all(is_date(each) for each in texts))


def suggested(constants: Sequence[Cell]) -> Form | None:
    """The form that a column's constants show by themselves: years, times, numbers, codes."""
    texts = [str(each) for each in constants]
    if not texts or not all(_SPELT.fullmatch(each) for each in texts):
        return None
    mask = _mask(texts[0])
    if any(_mask(each) != mask for each in texts):
        return None
    return Form(mask, texts[0], False, all(_YEAR.fullmatch(each) for each in texts))


def family(form: Form) -> tuple[str, ...]:
    """Values of a form, near its example and further away."""
    text = form.example
    near = [step for step in _STEPS if not form.year or abs(step) < 60]
    found = dict.fromkeys(another(text, step) for step in near)
    return tuple(
        each
        for each in found
        if _mask(each) == form.mask and each != text and (":" in text or not _padded(each, text))
    )[:FAMILY]


def _padded(text: str, example: str) -> bool:
    """Whether its number has a 0 in front, as the example's has not."""
    first, other = _DIGIT.search(text), _DIGIT.search(example)
    alone = sum(map(str.isdigit, text)) == 1
    return not alone and bool(first and other and first[0] == "0" != other[0])


def another(text: str, number: int) -> str:
    """A text like `text`, another one for each `number` as far as its form allows."""
    if is_date(text):
        found = _DATE.match(text)
        assert found is not None
        start = date(int(found[1]), int(found[2]), int(found[3])).toordinal()
        other = date.fromordinal((start + number - 1) % _DAYS + 1).isoformat()
        return (other if "-" in found[0] else other.replace("-", "")) + text[found.end() :]
    if (clock := _CLOCK.match(text)) is not None:
        minutes = (int(clock[1]) * 60 + int(clock[2]) + number) % (24 * 60)
        hours = f"{minutes // 60:0{len(clock[1])}d}"
        return f"{hours}:{minutes % 60:02d}{text[clock.end() :]}"
    digits = "".join(_DIGIT.findall(text))
    if digits and number < 10 ** len(digits):
        others = iter(f"{(int(digits) + number) % 10 ** len(digits):0{len(digits)}d}")
        return _DIGIT.sub(lambda _: next(others), text)
    name, at, rest = text.partition("@")
    return f"{name}{number}{at}{rest}"


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


def is_date(value: Cell) -> bool:
    """Whether `value` is a text that begins with a date of ISO 8601."""
    found = _DATE.match(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True
