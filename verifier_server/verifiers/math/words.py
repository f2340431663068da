r"""The words around a value: delimiters, units, money, and answers that are words.

Promises: no text is dropped unless it is a unit on the whitelist, and then it
is kept beside the value, so that different units never compare equal. A single
letter is a unit only inside \text{...} or \mathrm{...}: in "5 m" it may be a variable.
So may every letter of "ml" or "ft": such a short name is a plain unit only after a number.

Does not cover: converting between units; anything inside a formula.
"""

import re

from verifier_server.verifiers.math.lex import UnreadableError
from verifier_server.verifiers.math.names import FUNCTIONS

_SYNONYMS = {
    "unit": "unit units",
    "degree": "degree degrees deg",
    "dollar": "dollar dollars usd",
    "cent": "cent cents",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "km": "km kilometer kilometers kilometre kilometres",
    "inch": "inch inches",
    "foot": "foot feet ft",
    "yard": "yard yards yd",
    "mile": "mile miles mi",
    "second": "s sec second seconds",
    "minute": "min minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "g": "g gram grams",
    "kg": "kg kilogram kilograms",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "ml": "ml mL milliliter milliliters",
    "l": "L liter liters litre litres",
    "mph": "mph",
    "km/h": "km/h kph",
    "m/s": "m/s",
}
_UNITS = {name: unit for unit, names in _SYNONYMS.items() for name in names.split()}
_LENGTHS = frozenset("mm cm m km inch foot yard mile".split())
_POWERS = {"square": "2", "sq": "2", "cubic": "3"}

_TEXT = r"\\(?:text|textrm|textbf|textit|mathrm|mbox|operatorname)\s*\{([^{}]*)\}"
_WRAPPED = re.compile(_TEXT)
_POWER = r"(?:\s*\^\s*\{?\s*([23])\s*\}?)?"
# Units are looked for in the last characters only, which bounds the search.
_TAIL = 80
_TEXT_UNIT = re.compile(rf"{_TEXT}{_POWER}$")
_PLAIN_UNIT = re.compile(rf"(?<=[\d}}) ])([A-Za-z][A-Za-z/. ]*[A-Za-z]){_POWER}$")
_PLAIN_NUMBER = re.compile(r"[-+]?[\d.,]*\d(?: \d+)?(?:/\d+)?%?", re.ASCII)
_DEGREES = re.compile(r"\^ ?(?:\{ ?\\circ ?\}|\\circ|\\degree)$")
_SPACE_BEFORE_UNIT = ("\\ ", "\\,", "\\;", "~", " ")
_MONEY = re.compile(r"(?P<sign>-?)\s*\\?\$\s*(?P<body>[^$]*)", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))

_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ '-]+[A-Za-z]+)*")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?: ?[ap]\.?m\.?)?", re.IGNORECASE | re.ASCII)
_CONJUNCTION = re.compile(r",?\s*(?:\\text\s*\{\s*,?\s*(?:and|or)\s*\}|\b(?:and|or)\b)\s*")
_MAX_SHORT_WORD = 3
# What else is as short is a product of letters: xy, abc.
_SHORT_WORDS = frozenset(
    "yes no all any not and or odd one two six ten tie win red dne am pm "
    "sat sun mon tue wed thu fri jan feb mar apr may jun jul aug sep oct nov dec "
    "up in out on off he she it we us the".split()
)


def unwrapped(text: str) -> str:
    r"""The text without math delimiters, a final full stop, or a \text{...} round all of it."""
    previous = None
    while text != previous:
        previous = text
        text = text.strip()
        for opening, closing in _DELIMITERS:
            inner = text[len(opening) : -len(closing)]
            whole = text.startswith(opening) and text.endswith(closing)
            if whole and len(text) > len(opening) + len(closing) and closing not in inner:
                text = inner
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        wrapped = _WRAPPED.fullmatch(text)
        if wrapped:
            text = wrapped[1]
    return text


def split_unit(text: str) -> tuple[str, str]:
    """The text without its unit, and the unit's one name; "" where there is none."""
    money = _MONEY.fullmatch(text)
    if money and money["body"]:
        return money["sign"] + money["body"], "dollar"
    start = max(0, len(text) - _TAIL)
    degrees = _DEGREES.search(text, start)
    if degrees:
        return _without_space(text[: degrees.start()]), "degree"
    for pattern, plain in ((_TEXT_UNIT, False), (_PLAIN_UNIT, True)):
        match = pattern.search(text, start)
        unit = _unit(match[1], match[2], plain) if match else ""
        body = _without_space(text[: match.start()]) if match else ""
        if plain and match and len(match[1]) <= _MAX_SHORT_WORD:
            # "ml" is m times l unless a number stands before it, and so is ml^2 always.
            length = unit.partition("^")[0] in _LENGTHS
            number = _PLAIN_NUMBER.fullmatch(body) and (length or not match[2])
            body = body if number else ""
        if body and unit and not (plain and body[-1] not in "0123456789})%"):
            return body, unit
    return text, ""


def _without_space(text: str) -> str:
    while text.endswith(_SPACE_BEFORE_UNIT):
        space = next(space for space in _SPACE_BEFORE_UNIT if text.endswith(space))
        text = text[: -len(space)]
    return text


def _unit(words: str, power: str | None, plain: bool) -> str:
    name = words.strip().rstrip(".")
    if plain and len(name) == 1:
        return ""
    prefix, _, rest = name.partition(" ")
    if prefix.lower() in _POWERS and power is None:
        power, name = _POWERS[prefix.lower()], rest.strip()
    unit = _UNITS.get(name) or _UNITS.get(name.lower() if len(name) > 1 else name, "")
    return f"{unit}^{power}" if unit and power else unit


def words(text: str) -> str | None:
    """The canonical form of an answer in words, or of a time of day; None for anything else.

    Case is ignored, except within capitals of up to three letters, which name
    something (AB is not BA). Other words so short are letters, unless they are known.
    """
    if _CLOCK.fullmatch(text):
        return text.lower().replace(" ", "").replace(".", "")
    if not _WORDS.fullmatch(text) or _is_formula(text):
        return None
    folded = " ".join(text.split())
    if len(folded) <= _MAX_SHORT_WORD and folded.lower() not in _SHORT_WORDS:
        return folded
    return folded.casefold()


def _is_formula(text: str) -> bool:
    parts = re.findall(r"[A-Za-z]+", text)
    if len(parts) > 1 and parts[0] in FUNCTIONS:
        return True
    if "'" in text or (len(parts) > 1 and "-" not in text):
        return False
    short = all(len(part) <= _MAX_SHORT_WORD for part in parts)
    capitals = len(parts) == 1 and text.isupper()
    return short and not capitals and not any(part.lower() in _SHORT_WORDS for part in parts)


def with_commas(text: str) -> str:
    """The text with "and" and "or" between values as commas: they list values.

    Raises:
        UnreadableError: one stands within brackets, where a comma means more than a list.
    """
    for joined in _CONJUNCTION.finditer(text):
        before = text[: joined.start()]
        if sum(map(before.count, "([{")) != sum(map(before.count, ")]}")):
            raise UnreadableError("a word between values in brackets", joined.start())
    return _CONJUNCTION.sub(", ", text)


def says_or(text: str) -> bool:
    """Whether an "or" joins values."""
    return any("or" in joined[0] for joined in _CONJUNCTION.finditer(text))
