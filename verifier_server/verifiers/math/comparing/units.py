"""Units: which names are one unit, and exact conversion between units of one kind.

Promises: names are compared as products of powers (mph is mile/hour); factors are
exact rationals, or pi/180 for degrees. Sources: the SI brochure (BIPM, 9th edition) and
NIST Handbook 44, appendix C, for US customary units.

Does not cover: temperatures, whose scales begin at different points, and currencies,
whose rates change; neither is converted. Names that are not listed are units of
their own.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from verifier_server.verifiers.math.comparing.decision import Compare, Decision
from verifier_server.verifiers.math.comparing.scalars import is_scalar
from verifier_server.verifiers.math.comparing.shown import shown
from verifier_server.verifiers.math.nodes import Call, Constant, Node, Number, Quantity, walk

_INCH = Fraction(254, 10000)
_POUND = Fraction(45359237, 100_000_000)
_GALLON = 231 * _INCH**3
_G0 = Fraction(980665, 100_000)

# One unit of each in base units (m, kg, s, A, mol, bit, dollar, radian), and its kind.
_UNITS: dict[str, tuple[Fraction, str]] = {
    "m": (Fraction(1), "m"),
    "nm": (Fraction(1, 10**9), "m"),
    "um": (Fraction(1, 10**6), "m"),
    "mm": (Fraction(1, 1000), "m"),
    "cm": (Fraction(1, 100), "m"),
    "dm": (Fraction(1, 10), "m"),
    "km": (Fraction(1000), "m"),
    "inch": (_INCH, "m"),
    "foot": (12 * _INCH, "m"),
    "yard": (36 * _INCH, "m"),
    "mile": (63360 * _INCH, "m"),
    "second": (Fraction(1), "s"),
    "ms": (Fraction(1, 1000), "s"),
    "minute": (Fraction(60), "s"),
    "hour": (Fraction(3600), "s"),
    "day": (Fraction(86400), "s"),
    "week": (Fraction(604800), "s"),
    "fortnight": (Fraction(1209600), "s"),
    "month": (Fraction(1), "month"),
    "year": (Fraction(12), "month"),
    "decade": (Fraction(120), "month"),
    "century": (Fraction(1200), "month"),
    "mg": (Fraction(1, 10**6), "kg"),
    "g": (Fraction(1, 1000), "kg"),
    "kg": (Fraction(1), "kg"),
    "tonne": (Fraction(1000), "kg"),
    "pound": (_POUND, "kg"),
    "ounce": (_POUND / 16, "kg"),
    "ton": (2000 * _POUND, "kg"),
    "ml": (Fraction(1, 10**6), "m^3"),
    "cl": (Fraction(1, 10**5), "m^3"),
    "dl": (Fraction(1, 10**4), "m^3"),
    "l": (Fraction(1, 1000), "m^3"),
    "gallon": (_GALLON, "m^3"),
    "quart": (_GALLON / 4, "m^3"),
    "pint": (_GALLON / 8, "m^3"),
    "cup": (_GALLON / 16, "m^3"),
    "tablespoon": (_GALLON / 256, "m^3"),
    "teaspoon": (_GALLON / 768, "m^3"),
    "acre": (4840 * (36 * _INCH) ** 2, "m^2"),
    "hectare": (Fraction(10_000), "m^2"),
    "hertz": (Fraction(1), "s^-1"),
    "newton": (Fraction(1), "kg m s^-2"),
    "joule": (Fraction(1), "kg m^2 s^-2"),
    "kilojoule": (Fraction(1000), "kg m^2 s^-2"),
    "calorie": (Fraction(4184, 1000), "kg m^2 s^-2"),
    "watt": (Fraction(1), "kg m^2 s^-3"),
    "kilowatt": (Fraction(1000), "kg m^2 s^-3"),
    "pascal": (Fraction(1), "kg m^-1 s^-2"),
    "pound-force": (_POUND * _G0, "kg m s^-2"),
    "ampere": (Fraction(1), "A"),
    "volt": (Fraction(1), "kg m^2 s^-3 A^-1"),
    "ohm": (Fraction(1), "kg m^2 s^-3 A^-2"),
    "coulomb": (Fraction(1), "A s"),
    "mole": (Fraction(1), "mol"),
    "dollar": (Fraction(1), "dollar"),
    "cent": (Fraction(1, 100), "dollar"),
    "dozen": (Fraction(12), ""),
    "radian": (Fraction(1), "radian"),
}
# Other names of the same unit, of compound ones as products of powers.
_ALIASES = {
    "mph": "mile hour^-1",
    "kph": "km hour^-1",
    "kmh": "km hour^-1",
    "km/hr": "km hour^-1",
    "s": "second",
    "sec": "second",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "in": "inch",
    "ft": "foot",
    "feet": "foot",
    "L": "l",
    "Hz": "hertz",
    "N": "newton",
    "J": "joule",
    "kJ": "kilojoule",
    "W": "watt",
    "kW": "kilowatt",
    "Pa": "pascal",
    "A": "ampere",
    "V": "volt",
    "mol": "mole",
    "rad": "radian",
    "arcminute": "minute-of-arc",
}
_ANGLES = {
    "degree": Fraction(1, 180),
    "minute-of-arc": Fraction(1, 180 * 60),
    "arcsecond": Fraction(1, 180 * 3600),
    "turn": Fraction(2),
    "revolution": Fraction(2),
    "grad": Fraction(1, 200),
}
_MAX_POWER = 9
_PER = re.compile(r"\s*/\s*|\s+per\s+")

Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a unit is worth: a rational factor, times pi for some angles, of base units."""

    factor: Fraction
    pi: bool
    base: Powers


def powers(unit: str) -> Powers:
    """The unit as a product of powers of names, sorted: m/s^2 is m and s^-2."""
    collected: dict[str, int] = {}
    for place, part in enumerate(_PER.split(unit)):
        for name, power in _factors(part):
            collected[name] = collected.get(name, 0) + (power if place == 0 else -power)
    return tuple(sorted((name, power) for name, power in collected.items() if power))


def same_unit(one: str, two: str) -> bool:
    """Whether two names are one unit."""
    return one == two or powers(one) == powers(two)


def _factors(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for each in re.split(r"[\s*]+", text.strip()):
        match = re.fullmatch(r"(?P<name>.+?)(?:\^\{?\(?(?P<power>-?\d{1,2})\)?\}?)?", each)
        if match is None:
            continue
        power = int(match["power"] or 1)
        alias = _ALIASES.get(match["name"], "")
        if " " in alias:
            found += [(name, inner * power) for name, inner in _factors(alias)]
        else:
            found.append((alias or match["name"], power))
    return found


def _scale(unit: str) -> _Scale | None:
    factor, pi, base = Fraction(1), False, dict[str, int]()
    for name, power in powers(unit):
        if name in _ANGLES and power == 1 and not pi:
            factor, pi = factor * _ANGLES[name], True
            base["radian"] = base.get("radian", 0) + 1
        elif name in _UNITS and abs(power) <= _MAX_POWER:
            size, kind = _UNITS[name]
            factor *= size**power
            for part, times in _factors(kind):
                base[part] = base.get(part, 0) + times * power
        else:
            return None
    return _Scale(factor, pi, tuple(sorted((name, power) for name, power in base.items() if power)))


def compare_quantities(left: Node, right: Node, compare: Compare) -> Decision:
    """Compares two answers of which one at least has a unit."""
    one, two = _split(left), _split(right)
    (value, unit), (other, other_unit) = one, two
    if unit and other_unit:
        if same_unit(unit, other_unit):
            return compare(value, other)
        return _converted(one, two, compare)
    plain = Decision(False, "units")
    if compare.policy.units == "optional" and _may_lack_unit(one, two):
        plain = compare(value, other)
        if plain.equal:
            return plain
    # A bare angle is one in radians: 45 degrees are pi/4.
    angle = _converted(
        (value, unit or "radian"), (other, other_unit or "radian"), compare, angles=True
    )
    return angle if angle.equal else plain


def _may_lack_unit(one: tuple[Node, str], two: tuple[Node, str]) -> bool:
    """Whether the answer without a unit may be one that left it out."""
    (value, unit), (bare, _) = (one, two) if one[1] else (two, one)
    if isinstance(bare, Call) and bare.name in ("percent", "degree"):
        return False
    # A multiple of pi without a degree sign is in radians.
    angle = unit in _ANGLES
    return not angle or not (Constant("pi") in walk(value) or _has_degree(bare))


def _split(node: Node) -> tuple[Node, str]:
    return (node.value, node.unit) if isinstance(node, Quantity) else (node, "")


def _converted(
    left: tuple[Node, str], right: tuple[Node, str], compare: Compare, angles: bool = False
) -> Decision:
    scales = [_scale(unit) for _, unit in (left, right)]
    one, two = scales
    if one is None or two is None or one.base != two.base:
        return Decision(False, "units")
    exact_angle = one.base == (("radian", 1),)
    if not exact_angle and (angles or compare.policy.units != "convert"):
        return Decision(False, "units")
    if not (is_scalar(left[0]) and is_scalar(right[0])):
        return Decision(None, "units")
    # A decimal keeps its unit, since its last digit says how exact it is.
    if shown(left[0]) is None and shown(right[0]) is not None:
        return compare(_times(left[0], one, two), right[0])
    return compare(left[0], _times(right[0], two, one))


def _times(value: Node, old: _Scale, new: _Scale) -> Node:
    factor: Node = Number(old.factor / new.factor)
    if old.pi and not new.pi:
        factor = Call("mul", (factor, Constant("pi")))
    elif new.pi and not old.pi:
        factor = Call("div", (factor, Constant("pi")))
    return Call("mul", (factor, value))


def in_degrees(node: Node) -> Node | None:
    """How many degrees an expression is, where every term of it has a degree sign."""
    match node:
        case Call("degree", (value,)):
            return value
        case Call(("add" | "neg") as name, parts):
            found = [in_degrees(part) for part in parts]
            known = [part for part in found if part is not None]
            return Call(name, tuple(known)) if len(known) == len(parts) else None
        case Call("mul", (one, two)):
            first, second = in_degrees(one), in_degrees(two)
            if first is not None and second is None and not _has_degree(two):
                return Call("mul", (first, two))
            if second is not None and first is None and not _has_degree(one):
                return Call("mul", (one, second))
            return None
        case Call("div", (one, two)):
            inner = in_degrees(one)
            return Call("div", (inner, two)) if inner and not _has_degree(two) else None
        case _:
            return None


def _has_degree(node: Node) -> bool:
    return any(isinstance(part, Call) and part.name == "degree" for part in walk(node))
