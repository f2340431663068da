"""Values that a column may take, and those near the constants it is compared with.

Promises: deterministic in its arguments. Around every constant there are values
on both sides of the boundary and variants that a looser or stricter
comparison would confuse with it; the rest is plausible for the column's type and
name.

Does not cover: which of them satisfy a condition (`probing.py`), or what the
given data rule out (`invariants.py`).
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random

from verifier_server.verifiers.sql.instances import formats
from verifier_server.verifiers.sql.instances.predicates import Constant, Hint, Usage
from verifier_server.verifiers.sql.rows import Cell
from verifier_server.verifiers.sql.schema import Affinity, Column

GENERIC = 14
MAX_POOL = 72
MAX_TEXT = 80
NOW_YEAR = 2024

_WORDS = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "jade",
    "karst", "lotus", "maple", "north", "ocean", "prairie", "quartz", "river", "stone", "tulip",
    "umber", "violet", "willow", "xenon", "yarrow", "zephyr",
)  # fmt: skip
_OPPOSITES = {
    "m": "f", "f": "m", "y": "n", "n": "y", "yes": "no", "no": "yes", "true": "false",
    "false": "true", "t": "f", "+": "-", "-": "+", "male": "female", "female": "male",
    "1": "0", "0": "1", "w": "l", "active": "inactive",
}  # fmt: skip
_DATE = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(.*)$")
_MONTH = re.compile(r"^(\d{4})-(\d\d)$")
_COMPACT = re.compile(r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{2,4})(.*)$")
_CLOCK = re.compile(r"^[012]?\d:[0-5]\d(:[0-5]\d)?$")
_LETTERS = ("abcdefghij", "qrstuvwxyz")
_CLASS = re.compile(r"\[(\^?)(.)(?:-(.))?[^\]]*\]")
_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_DATE_NAME = re.compile(
    r"(^|_)(date|day|birthday|birthdate|dob|timestamp)(_|$)|date$|_at$|birthday", re.I
)
_YEAR_NAME = re.compile(r"(^|_)years?(_|$)|year$|^year", re.I)
_FLAG_NAME = re.compile(r"^(is|has|can|does)_|_flag$|^is[A-Z]|_yn$", re.I)
_SMALL_NAME = re.compile(
    r"age$|^age|count$|^num|number_of|rank|level|grade|rating|position|month|quantity", re.I
)


def number(value: Cell) -> int | float | None:
    """The number that `value` is or, as a decimal text, denotes."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMBER.match(value):
        return float(value) if "." in value else int(value)
    return None


def near(value: Cell) -> Iterator[Cell]:
    """Values beside `value`, of the same form."""
    if isinstance(value, bool | bytes) or value is None:
        return
    if isinstance(value, int):
        yield from (value + 1, value - 1, value + 7, value - 7, value * 2, value // 2)
    elif isinstance(value, float):
        step = 0.5 if abs(value) >= 2 else 0.05
        yield from (value + step, value - step, value * 2, value / 2, value + 7)
        if value.is_integer():
            yield from (value + 1, value - 1)
    else:
        yield from _near_text(value)


def _near_text(text: str) -> Iterator[str]:
    if (found := _DATE.match(text)) is not None:
        yield from _near_dates(found)
    elif (found := _MONTH.match(text)) is not None:
        year, month = int(found[1]), int(found[2])
        for y, m in ((year, month % 12 + 1), (year - 1, month), (year + 1, month)):
            yield f"{y:04d}-{m:02d}"
        yield f"{year:04d}-{(month + 10) % 12 + 1:02d}"
    elif _CLOCK.match(text):
        yield from (formats.another(text, minutes) for minutes in (1, -1, 60, -60, 7, -7, 300))
    elif _COMPACT.match(text):
        yield from (text[:3] + str((int(text[3]) + d) % 10) + text[4:] for d in (1, 9))
        for m in (1, 10):
            yield f"{text[:4]}{(int(text[4:6]) - 1 + m) % 12 + 1:02d}{text[6:]}"
    elif (found := _SLASHED.match(text)) is not None:
        for d in (1, 2):
            yield f"{int(found[1]) % 12 + d}/{found[2]}/{found[3]}{found[4]}"
        yield f"{found[1]}/{found[2]}/{int(found[3]) + 1}{found[4]}"
    elif (value := number(text)) is not None:
        for each in near(value):
            yield (str(each).zfill(len(text)) if text.startswith("0") else str(each))
    elif text.lower() in _OPPOSITES:
        other = _OPPOSITES[text.lower()]
        yield other.upper() if text.isupper() else other.title() if text.istitle() else other
    else:
        yield from (f"{text} {_word(text, 3)}", f"{_word(text, 5)} {text}", f"{text}s")
        if len(text) > 3:
            yield text[:-1]


def _near_dates(found: re.Match[str]) -> Iterator[str]:
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    try:
        start = date(year, month, day)
    except ValueError:
        return
    for days in (1, -1, 31, -31, 366, -366, 3 * 366, -3 * 366):
        try:
            yield (start + timedelta(days=days)).isoformat() + found[4]
        except OverflowError:
            continue
    yield f"{year:04d}-{month:02d}-{15 if day != 15 else 20:02d}{found[4]}"


def from_hint(hint: Hint, usage: Usage, form: str) -> Iterator[Cell]:
    """Values for a column of which `hint` is said; `form` as in `form_of`."""
    value, wrapped = hint.value, hint.wrapped
    if form == "real" and isinstance(value, int):
        value = float(value)
    if "date" in wrapped or (form in ("date", "datetime") and not isinstance(value, str)):
        yield from _dates_for(value, form)
        if wrapped:
            return
    label = wrapped[0] if wrapped else ""
    if label.startswith("substr") and isinstance(value, str | int):
        yield from _containing(str(value), int(label.partition(":")[2] or 1), form)
    elif label == "length" and isinstance(value, int):
        for size in (value, value - 1, value + 1):
            if 0 <= size <= MAX_TEXT:
                yield from ((letters * (size // 10 + 1))[:size] for letters in _LETTERS)
    elif label == "instr" or hint.comparison == "instr":
        if isinstance(value, str):
            yield from (value, f"ab{value}cd", f"{value}cd")
    elif label == "concat" and isinstance(value, str):
        yield from re.split(r"[ ,;/-]+", value)
        yield value
    elif hint.comparison == "glob" and isinstance(value, str):
        for spelt in dict.fromkeys(_CLASS.sub(partial(_member, n), value) for n in range(4)):
            yield from _matching(spelt)
    elif hint.comparison == "like" and isinstance(value, str):
        yield from _matching(value)
    elif isinstance(value, int | float) and wrapped and label == "arithmetic":
        others = [o.value for o in usage.hints if "inside" in o.wrapped]
        results: list[int | float] = [value]
        for other in others:
            if isinstance(other, int | float):
                results.extend((value + other, value - other, value * other))
                results.extend([value / other] if other else [])
        for each in results[:12]:
            yield from (each, each + 1, each - 1)
    else:
        yield value
        yield from near(value)
        if usage.folded and isinstance(value, str):
            yield from (value.upper(), value.lower(), value.title())


def _dates_for(value: Constant, form: str) -> Iterator[Cell]:
    years, months, days = [2010, 2011, 2012], [1, 5, 12], [1, 15, 28]
    text = str(value)
    if (found := _DATE.match(text)) is not None:
        tail = " 10:20:30" if form == "datetime" and not found[4] else ""
        yield text + tail
        yield from (each + tail for each in _near_text(text))
        yield text + tail.replace("10:20", "00:00")
        return
    if (found := _MONTH.match(text)) is not None:
        year, month = int(found[1]), int(found[2])
        years, months = [year, year - 1, year + 1], [month, month % 12 + 1]
    elif (found_number := number(text)) is not None:
        n = int(found_number)
        if 1000 <= n <= 9999:
            years = [n, n - 1, n + 1]
        elif 0 <= n <= 12 and len(text) <= 2:
            months = [max(n, 1), max(n, 1) % 12 + 1, (max(n, 1) + 10) % 12 + 1]
            days = [max(n, 1), 15, 28]
            years = [2009, 2011, 2012, NOW_YEAR - n, NOW_YEAR - n - 1]
        elif 12 < n <= 150:
            years = [NOW_YEAR - n + d for d in (0, 1, -1, 4, -4)]
            days = [min(n, 28), 1]
    tail = " 10:20:30" if form == "datetime" else ""
    for index, year in enumerate(years):
        for month in months:
            yield f"{year:04d}-{month:02d}-{days[(index + month) % len(days)]:02d}{tail}"
        yield f"{year:04d}-01-01{tail}"
        yield f"{year:04d}-12-31{tail}"


def _containing(text: str, start: int, form: str) -> Iterator[str]:
    if form in ("date", "datetime") or (start in (0, 1) and _MONTH.match(text)):
        yield from (str(each) for each in _dates_for(text, form))
    if form in ("date", "datetime"):
        return
    if start in (0, 1):
        tails = ("01", "12") if text.isdigit() and len(text) == 4 else ("", "x", " and more")
        for tail in tails:
            yield text + tail
        for other in _near_text(text):
            yield other + tails[0]
        yield "x" + text
    elif start > 1:
        for head in ("z" * (start - 1), "201205"[: start - 1] if text.isdigit() else "ab" * start):
            yield head[: start - 1] + text
            for other in _near_text(text):
                yield head[: start - 1] + other
    else:
        yield from (f"ab{text}", f"{text}ab")


def _member(number: int, found: re.Match[str]) -> str:
    """A character of a class of GLOB, such as [A-Z]; of [^A-Z] one that is not in it."""
    if found[1]:
        return "~"
    first, last = ord(found[2]), ord(found[3] or found[2])
    return chr(first + (number * 5) % max(1, last - first + 1))


def _matching(pattern: str) -> Iterator[str]:
    """Texts that match a LIKE or GLOB pattern, and some that nearly do."""
    plain = pattern.replace("*", "%").replace("?", "_").replace("_", "k")
    core = plain.replace("%", "")
    form = "2011-04-05" if re.fullmatch(r"\d{4}(-\d\d)?-?%+", plain) else ""
    if form and len(core) < len(form):
        for other in (core, *(_near_text(core.rstrip("-")))):
            yield (other + form[len(other) :])[:10]
        return
    yield core
    yield plain.replace("%", " lorem ").strip()
    if "%" in plain:
        yield plain.replace("%", "ab", 1).replace("%", "")
        yield plain[::-1].replace("%", "yx", 1)[::-1].replace("%", "")
    yield f"{core} extra"
    yield f"extra {core}"
    if len(core) > 1:
        yield core[:-1]
        yield core[0] + "-" + core[1:]


def form_of(column: Column, usage: Usage, sample: Sequence[Cell]) -> str:
    """What the column's values look like: integer, real, date, datetime, digits, flag or text."""
    declared = column.declared.upper()
    texts = [each for each in sample if isinstance(each, str)]
    constants = [hint.value for hint in usage.hints if not hint.wrapped]
    if sample:
        if texts and all(_DATE.match(each) for each in texts):
            return "datetime" if any(len(each) > 10 for each in texts) else "date"
    elif any(isinstance(each, str) and _DATE.match(each) for each in constants):
        longer = usage.truncated or any(
            isinstance(each, str) and len(each) > 12 for each in constants
        )
        return "datetime" if longer else "date"
    elif usage.date or "DATE" in declared or "TIME" in declared:
        longer = "TIME" in declared or (usage.truncated and declared != "DATE")
        return "datetime" if longer else "date"
    whole = bool(sample) and all(isinstance(each, int) for each in sample)
    if column.affinity is Affinity.INTEGER or whole:
        return "integer"
    if column.affinity is Affinity.REAL or (column.affinity is Affinity.NUMERIC and declared):
        return "flag" if "BOOL" in declared else "real"
    if sample:
        return "digits" if all(number(each) is not None for each in sample) else "text"
    if _FLAG_NAME.search(column.name) and not constants:
        return "flag"
    if usage.number and not any(
        isinstance(each, str) and number(each) is None for each in constants
    ):
        return "digits"
    if _DATE_NAME.search(column.name) and not constants:
        return "date"
    if _YEAR_NAME.search(column.name) and not constants:
        return "digits"
    return "text"


def generic(column: Column, usage: Usage, form: str, owner: str) -> tuple[Cell, ...]:
    """Plausible values without any constant in mind."""
    if column.declared.upper() == "BLOB" and not usage.hints:
        return tuple(word.encode() for word in _WORDS[:GENERIC])
    name = f"{owner}.{column.name}".lower()
    rng = Random(zlib.crc32(name.encode("utf-8", "replace")))  # noqa: S311 - values, not secrets
    if form in ("date", "datetime"):
        tail = " 08:15:00" if form == "datetime" else ""
        start = date(2009, 1, 1)
        return tuple(
            (start + timedelta(days=rng.randrange(4400))).isoformat() + tail for _ in range(GENERIC)
        )
    if form == "flag":
        return (0, 1)
    if form in ("integer", "real", "digits"):
        numbers = _numbers(column, usage, rng)
        if form == "real":
            numbers = tuple(round(each + rng.choice((0, 0.25, 0.5, 0.1)), 2) for each in numbers)
        return tuple(str(each) for each in numbers) if form == "digits" else numbers
    suffix = column.name.lower().strip("_")[:3]
    words = rng.sample(_WORDS, len(_WORDS))
    found = (*words[::2], *(f"{word.title()} {suffix}" for word in words[1::2]))
    return tuple(each for each in found if not _confusable(each, usage))[:GENERIC]


def _confusable(text: str, usage: Usage) -> bool:
    """Whether `text` differs from a constant by letter case alone: a guess that no data back."""
    for hint in usage.hints:
        core = str(hint.value).strip("%_*")
        if core and core.lower() in text.lower() and core not in text:
            return True
    return False


def _numbers(column: Column, usage: Usage, rng: Random) -> tuple[int | float, ...]:
    if _YEAR_NAME.search(column.name):
        return tuple(rng.sample(range(1985, 2021), GENERIC))
    if _FLAG_NAME.search(column.name):
        return (0, 1)
    if _DATE_NAME.search(column.name) and column.affinity is Affinity.INTEGER:
        return tuple(
            rng.randrange(1975, 2016) * 10000 + rng.randrange(1, 13) * 100 + rng.randrange(1, 29)
            for _ in range(GENERIC)
        )
    scales = [abs(v) for h in usage.hints if (v := number(h.value)) is not None]
    if scales:
        top = int(min(max(max(scales) * 2, 10), 10**15))
    else:
        top = 60 if _SMALL_NAME.search(column.name) else 900
    return (0, *(rng.randrange(1, top + 1) for _ in range(GENERIC - 1)))


def _word(text: str, salt: int) -> str:
    return _WORDS[(zlib.crc32(text.encode("utf-8", "replace")) + salt) % len(_WORDS)]


def coerce(value: Cell, affinity: Affinity) -> Cell:
    """`value` as a column of that affinity stores it (sqlite.org/datatype3.html, 3.)."""
    if isinstance(value, bool):
        value = int(value)
    if affinity is Affinity.TEXT:
        return str(value) if isinstance(value, int | float) else value
    if affinity is Affinity.BLOB:
        return value
    found = number(value) if isinstance(value, str) else None
    result = value if found is None else found
    if isinstance(result, float) and affinity is not Affinity.REAL and result.is_integer():
        return int(result) if abs(result) < 2**53 else result
    if isinstance(result, int) and affinity is Affinity.REAL:
        return float(result)
    return result
