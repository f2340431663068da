r"""The names of units, and which words are no names of units.

Promises: one name for all spellings of a unit, singular and plural, in words and in
signs; "kilometers per hour" and km/h are one. Words that change a value ("5 million",
"5 or so", "5 squared") are never a unit.

Does not cover: converting between units.
"""

import re

_SYNONYMS = {
    "unit": "unit units",
    "degree": "degree degrees deg degs",
    "celsius": "°C celsius centigrade",
    "fahrenheit": "°F fahrenheit",
    "kelvin": "kelvin kelvins",
    "radian": "rad rads radian radians",
    "dollar": "dollar dollars usd buck bucks",
    "cent": "cent cents",
    "euro": "euro euros eur",
    "yuan": "yuan rmb cny",
    "rupee": "rupee rupees rs Rs inr",
    "yen": "yen jpy",
    "nm": "nm nanometer nanometers nanometre nanometres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm cms centimeter centimeters centimetre centimetres",
    "dm": "dm decimeter decimeters decimetre decimetres",
    "m": "m meter meters metre metres",
    "km": "km kms kilometer kilometers kilometre kilometres",
    "inch": "in inch inches",
    "foot": "foot feet ft",
    "yard": "yard yards yd yds",
    "mile": "mile miles mi",
    "ms": "ms millisecond milliseconds",
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "yr yrs year years",
    "mg": "mg milligram milligrams",
    "g": "g gm gms gram grams gramme grammes",
    "kg": "kg kgs kilogram kilograms kilos",
    "ton": "ton tons tonne tonnes",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "ml": "ml mL milliliter milliliters millilitre millilitres",
    "l": "l L liter liters litre litres",
    "gallon": "gal gallon gallons",
    "quart": "quart quarts qt",
    "pint": "pint pints",
    "cup": "cup cups",
    "newton": "N newton newtons",
    "joule": "J joule joules",
    "kj": "kJ kilojoule kilojoules",
    "coulomb": "C coulomb coulombs",
    "tesla": "T tesla teslas",
    "watt": "W watt watts",
    "kw": "kW kilowatt kilowatts",
    "volt": "V volt volts",
    "ampere": "A amp amps ampere amperes",
    "pascal": "Pa pascal pascals",
    "hz": "Hz hertz",
    "mol": "mol mole moles",
    "acre": "acre acres",
    "hectare": "ha hectare hectares",
    "person": "person persons people",
    "percentage point": "pp",
}
_BY_NAME = {name: unit for unit, names in _SYNONYMS.items() for name in names.split()}
_COMPOUNDS = {
    "mph": "mile/hour",
    "kph": "km/hour",
    "kmph": "km/hour",
    "kmh": "km/hour",
    "fps": "foot/second",
    "mps": "m/second",
    "cc": "cm^3",
}
UNIT_LETTERS = frozenset(name for name in _BY_NAME if len(name) == 1)
# After a plain number and a space, without \text: others are as likely variables.
PLAIN_UNIT_LETTERS = frozenset("mghsLl")
_LENGTHS = frozenset("mm cm dm m km inch foot yard mile".split())
# As short as a product of variables, and as likely one after anything but a number.
_DOUBTFUL = frozenset("ml ft mi yd in oz lb gm hr pp ha ms rs Rs rad min sec deg N".split())
_POWERS = {"square": "2", "sq": "2", "squared": "2", "cubic": "3", "cu": "3", "cubed": "3"}

# Words that say more than what is counted.
_NO_UNIT = frozenset(
    "or and maybe perhaps not no nor if iff except about approximately roughly around between "
    "than least most at up to from either neither unless otherwise else but only when where for "
    "all every some with without such that is are was be has have minus plus over under "
    "less more fewer mod modulo factorial dozen half halves third thirds quarter remainder base "
    "squared cubed square cubic so odd even prime "
    "negative positive out of wrong incorrect false probably likely possibly million billion "
    "trillion thousand hundred zero one two three four five six seven eight nine ten eleven "
    "twelve twenty thirty forty fifty percent per-cent infinity infinite as given whose "
    "fourth fourths fifth fifths sixth sixths seventh sevenths eighth eighths ninth ninths tenth "
    "tenths eleventh twelfth twelfths hundredth hundredths thousandth thousandths millionth "
    "millionths seventy sixty eighty ninety thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen first nd rd st th couple couples pair pairs gross score scores lakh lakhs crore "
    "crores myriad myriads kilo mega giga dozens hundreds thousands millions billions trillions "
    "neg inverse reciprocal opposite unsure guess guessed ish vs versus plus also then double "
    "twice triple ratio root roots power exponent logarithm something whatever "
    "because since therefore thus hence so then also instead rather equals equal answer "
    "nearly almost exactly point each both basis permille mille ppm ppb hex hexadecimal binary "
    "octal tens etc upward upwards downward downwards backward backwards reversed prime primes "
    "debt deficit overdrawn rounded truncated".split()
)
_ALLOWED_WITHIN = frozenset("of per each square cubic".split())
_MAX_UNIT_WORDS = 5
_OF_HEAT = re.compile(r"^degrees? (?=celsius|fahrenheit|centigrade)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z'-]*\.?", re.ASCII)


def is_short_unit(word: str) -> bool:
    """Whether a word of two or three letters is a unit after a number."""
    return word in _BY_NAME or word in _COMPOUNDS


def is_plain_unit(word: str) -> bool:
    """Whether such a word is a unit even after a formula."""
    return is_short_unit(word) and word not in _DOUBTFUL


def is_length(word: str) -> bool:
    """Whether a word is a unit of length, so that its powers are areas and volumes."""
    return _BY_NAME.get(word) in _LENGTHS


def unit_name(words: str) -> str | None:
    """The one name of a unit, known or unknown; None for words that name none.

    Args:
        words: what stands behind a value: "square feet", "km/h", "children tickets".
    """
    known = _known(words)
    if known is not None:
        return known
    parts = words.casefold().split()
    if len(parts) > _MAX_UNIT_WORDS or not all(_NAME.fullmatch(part) for part in parts):
        return None
    if not parts or len(parts[0]) < 2 or parts[-1] in _ALLOWED_WITHIN:
        return None
    for index, part in enumerate(parts):
        bare = part.rstrip(".")
        if not _NO_UNIT.isdisjoint((bare, *bare.split("-"))) and not (
            index and bare in _ALLOWED_WITHIN
        ):
            return None
    return " ".join(part.rstrip(".") for part in parts)


def is_known(words: str) -> bool:
    """Whether the words are a unit of the table, alone or in a compound."""
    return _known(words) is not None


def _known(words: str) -> str | None:
    for division in ("/", " per ", " a "):
        above, found, below = words.partition(division)
        if found:
            left, right = _known(above.strip()), _known(below.strip())
            return f"{left}/{right}" if left and right and "/" not in right else None
    return _single(words.strip())


def _single(words: str) -> str | None:
    name = _OF_HEAT.sub("", words.strip().rstrip("."))
    prefix, _, rest = name.partition(" ")
    power = _POWERS.get(prefix.lower().rstrip("."))
    if power is None and " " in name:
        rest, _, suffix = name.rpartition(" ")
        power = _POWERS.get(suffix.lower())
    if power is not None and rest:
        unit = _lookup(rest.strip())
        return f"{unit}^{power}" if unit else None
    return _lookup(name)


def _lookup(name: str) -> str | None:
    if name in _COMPOUNDS:
        return _COMPOUNDS[name]
    if name in _BY_NAME or len(name) == 1:
        return _BY_NAME.get(name)
    return _BY_NAME.get(name.lower()) or _COMPOUNDS.get(name.lower())
