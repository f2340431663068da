r"""Answers as text, in the spellings that people and models use.

Promises: what is written is unambiguous by the rules of the verifier's grammar:
a product after a slash, a fraction after a number and a function's argument
are bracketed or given a sign.

Does not cover: what the answers mean (`model`).
"""

from dataclasses import dataclass
from fractions import Fraction

from tests.verifier_server.verifiers.math.properties.model import (
    Angle,
    Answer,
    Based,
    Choice,
    Const,
    Equation,
    Expr,
    Grid,
    Num,
    Op,
    Percent,
    Quantity,
    Range,
    Ranges,
    Several,
    Var,
    Words,
)

UNITS = {
    "cm": ("cm", "centimeters", "centimetres"),
    "m": ("m", "meters", "metres"),
    "km": ("km", "kilometers"),
    "inch": ("inches", "inch"),
    "hour": ("hours", "h"),
    "minute": ("minutes", "min"),
    "second": ("seconds", "s"),
    "day": ("days", "day"),
    "kg": ("kg", "kilograms"),
    "g": ("g", "grams"),
    "dollar": ("dollars",),
}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUM, TERM, FACTOR, ATOM = range(4)


@dataclass(frozen=True)
class Style:
    """How to write. The defaults are plain LaTeX."""

    fraction: str = r"\frac"
    times: str = r"\cdot "
    large_brackets: bool = False
    gap: str = ""
    typographic: bool = False
    decimals: bool = False
    thousands: str = ""
    mixed: bool = False
    short_power: bool = False
    wrapper: tuple[str, str] = ("", "")
    unit: int = 0
    ranges: str = "interval"


PLAIN = Style()


def write(answer: Answer, style: Style = PLAIN) -> str:
    """The whole text of an answer."""
    before, after = style.wrapper
    return f"{before}{_Writer(style).answer(answer)}{after}"


def is_terminating(number: Fraction) -> bool:
    """Whether the number is a decimal of at most six places."""
    return (10**6 * number).denominator == 1


def decimal(number: Fraction, places: int | None = None) -> str:
    """All digits of a terminating decimal, with at least so many places."""
    shown = 1 if places is None else places
    while (number * 10**shown).denominator != 1:
        shown += 1
    digits = f"{abs(int(number * 10**shown)):0{shown + 1}d}"
    return f"{'-' * (number < 0)}{digits[: len(digits) - shown]}.{digits[len(digits) - shown :]}"


def _in_base(number: int, base: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, base)
        digits = _DIGITS[last] + digits
    return digits or "0"


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style

    def answer(self, answer: Answer) -> str:
        match answer:
            case Num(number) if number.denominator == 1 and answer.places is None:
                return self.grouped(int(number))
            case Num() | Var() | Const() | Op():
                return self.expr(answer, SUM)
            case Several(kind, items):
                listed = f",{self.style.gap} ".join(self.item(item) for item in items)
                return self.enclosed(kind, listed)
            case Range():
                return self.range(answer)
            case Ranges(parts):
                return self.union(parts)
            case Grid(rows):
                lines = [" & ".join(self.expr(entry, SUM) for entry in row) for row in rows]
                return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"
            case Equation(left, right):
                return f"{self.expr(left, SUM)} = {self.expr(right, SUM)}"
            case Quantity(number, unit):
                return self.quantity(number, unit)
            case Angle(degrees):
                return self.angle(degrees)
            case Percent(percent):
                sign = "%" if self.style.typographic else r"\%"
                return self.expr(_shown(percent), ATOM) + sign
            case Based(number, base):
                subscript = str(base) if base < 10 and self.style.short_power else f"{{{base}}}"
                return f"{_in_base(number, base)}_{subscript}"
            case Choice(letter):
                return (letter, f"({letter})", rf"\text{{{letter}}}")[self.style.unit % 3]
            case Words(words):
                return (words, rf"\text{{{words}}}", words.capitalize())[self.style.unit % 3]

    def item(self, answer: Answer) -> str:
        if isinstance(answer, (Num, Var, Const, Op)):
            return self.expr(answer, SUM)
        return self.answer(answer)

    def brackets(self, body: str, opening: str = "(", closing: str = ")") -> str:
        if self.style.large_brackets:
            return rf"\left{opening}{body}\right{closing}"
        return f"{opening}{body}{closing}"

    def enclosed(self, kind: str, listed: str) -> str:
        if kind == "list":
            return listed
        if kind == "vector":
            return rf"\langle {listed} \rangle"
        ends = {"tuple": ("(", ")"), "set": (r"\{", r"\}")}[kind]
        return self.brackets(listed, *ends)

    def grouped(self, number: int) -> str:
        if abs(number) < 1000 or not self.style.thousands:
            return str(number)
        return f"{number:,}".replace(",", self.style.thousands)

    # Ranges.

    def end(self, number: Fraction | None, sign: str) -> str:
        infinity = "∞" if self.style.typographic else r"\infty"
        return sign + infinity if number is None else self.expr(Num(number), SUM)

    def range(self, part: Range) -> str:
        low, high = self.end(part.low, "-"), self.end(part.high, "")
        interval = self.brackets(
            f"{low}, {high}", "[" if part.low_closed else "(", "]" if part.high_closed else ")"
        )
        if self.style.ranges == "interval":
            return interval
        if self.style.ranges == "membership":
            return rf"x \in {interval}"
        signs = ("≤", "≥") if self.style.typographic else (r"\le", r"\ge")
        below, above = (
            signs[0] if closed else "<" for closed in (part.low_closed, part.high_closed)
        )
        if part.low is None:
            inequality = f"x {above} {high}"
        elif part.high is None:
            inequality = f"x {signs[1] if part.low_closed else '>'} {low}"
        else:
            inequality = f"{low} {below} x {above} {high}"
        if self.style.ranges == "builder":
            return rf"\{{x \mid {inequality}\}}"
        return inequality

    def union(self, parts: tuple[Range, ...]) -> str:
        if self.style.ranges == "inequality":
            return r" \text{ or } ".join(self.range(part) for part in parts)
        intervals = _Writer(Style(large_brackets=self.style.large_brackets))
        body = (" \u222a " if self.style.typographic else r" \cup ").join(
            map(intervals.range, parts)
        )
        return rf"x \in {body}" if self.style.ranges == "membership" else body

    # Numbers with a unit.

    def quantity(self, number: Num, unit: str) -> str:
        spellings = UNITS[unit]
        amount = self.expr(number, ATOM)
        if unit == "dollar" and self.style.unit % 2:
            return rf"\${amount}"
        word = spellings[self.style.unit % len(spellings)]
        if len(word) > 1 and self.style.unit % 5 == 4:
            return f"{amount} {word}"
        return rf"{amount}\text{{ {word}}}"

    def angle(self, degrees: Fraction) -> str:
        amount = self.expr(_shown(degrees), ATOM)
        endings = (r"^\circ", r"^{\circ}", "°", r"\text{ degrees}", " degrees")
        return amount + endings[self.style.unit % len(endings)]

    # Expressions.

    def expr(self, expr: Expr, level: int) -> str:
        text, own = self.plain(expr)
        return text if own >= level else self.brackets(text)

    def plain(self, expr: Expr) -> tuple[str, int]:
        """An expression's text, and what it may be a part of without brackets."""
        match expr:
            case Num():
                return self.number(expr)
            case Var(name):
                return name, ATOM
            case Const(name):
                if name == "pi":
                    return ("π" if self.style.typographic else r"\pi "), ATOM
                return name, ATOM
            case Op("add", args):
                return self.sum(args), SUM
            case Op("neg", (part,)):
                return f"-{self.expr(part, TERM)}", SUM
            case Op("mul", args):
                return self.product(args), TERM
            case Op("div", (top, bottom)):
                return self.quotient(top, bottom)
            case Op("pow", (base, power)):
                return self.power(base, power), FACTOR
            case Op("root", (part, degree)):
                return self.root(part, degree), ATOM
            case Op("abs", (part,)):
                return self.brackets(self.expr(part, SUM), "|", "|"), ATOM
            case Op(name, (part,)):
                return f"\\{name}{self.brackets(self.expr(part, SUM))}", FACTOR
        raise AssertionError(expr)

    def number(self, number: Num) -> tuple[str, int]:
        exact = number.value
        level = SUM if exact < 0 else ATOM
        if number.places is not None:
            return decimal(exact, number.places), level
        if exact.denominator == 1:
            return str(exact), level
        if self.style.decimals and is_terminating(exact):
            return decimal(exact), level
        whole, rest = divmod(abs(exact), 1)
        if self.style.mixed and whole and self.style.fraction != "/":
            text = rf"{whole}{self.style.fraction}{{{rest.numerator}}}{{{rest.denominator}}}"
            return "-" * (exact < 0) + text, SUM if exact < 0 else TERM
        top, bottom = Num(Fraction(abs(exact.numerator))), Num(Fraction(exact.denominator))
        text, own = self.quotient(top, bottom)
        return ("-" + text, SUM) if exact < 0 else (text, own)

    def sum(self, args: tuple[Expr, ...]) -> str:
        gap = self.style.gap
        text = ""
        for index, term in enumerate(args):
            written = self.expr(term, SUM if not index else TERM)
            match term:
                case Op("neg", (part,)) if index:
                    written = f"{gap}-{gap}{self.expr(part, TERM)}"
                case Num(number, places) if index and number < 0:
                    written = f"{gap}-{gap}{self.expr(Num(-number, places), TERM)}"
                case _ if index:
                    written = f"{gap}+{gap}{written}"
                case Op("add"):
                    written = self.brackets(written)
            text += written
        return text

    def product(self, args: tuple[Expr, ...]) -> str:
        text = ""
        for index, factor in enumerate(args):
            written = self.expr(factor, FACTOR)
            if isinstance(factor, Num) and not index and factor.value.denominator == 1:
                written = self.expr(factor, TERM)
            if index:
                text += self.joint(args[index - 1], factor, written)
            text += written
        return text

    def joint(self, before: Expr, after: Expr, written: str) -> str:
        """Nothing between factors where that is unambiguous; else the sign of a product."""
        bracketed = written.startswith(("(", r"\left(", r"\sqrt"))
        whole = isinstance(before, Num) and before.value.denominator == 1
        letters = _is_letter(before) and _is_letter(after)
        simple = bracketed or _is_letter(after)
        return "" if simple and (whole or letters) else self.style.times

    def quotient(self, top: Expr, bottom: Expr) -> tuple[str, int]:
        if self.style.fraction == "/":
            return f"{self.expr(top, FACTOR)}/{self.expr(bottom, ATOM)}", TERM
        over, under = self.expr(top, SUM), self.expr(bottom, SUM)
        return f"{self.style.fraction}{{{over}}}{{{under}}}", FACTOR

    def power(self, base: Expr, power: Expr) -> str:
        below = self.expr(base, ATOM)
        whole = isinstance(power, Num) and power.value.denominator == 1 and power.value >= 0
        above = self.expr(power, SUM)
        if whole and self.style.typographic:
            return below + above.translate(_SUPERSCRIPTS)
        if whole and len(above) == 1 and self.style.short_power:
            return f"{below}^{above}"
        return f"{below}^{{{above}}}"

    def root(self, part: Expr, degree: Expr) -> str:
        two = degree == Num(Fraction(2))
        body = self.expr(part, SUM)
        if two and self.style.typographic:
            return f"√{body}" if body.isdecimal() else f"√({body})"
        return (r"\sqrt" if two else rf"\sqrt[{self.expr(degree, SUM)}]") + f"{{{body}}}"


def _shown(number: Fraction) -> Num:
    return Num(number, None if number.denominator == 1 else 1)


def _is_letter(expr: Expr) -> bool:
    """A letter, or a power of one."""
    if isinstance(expr, Op) and expr.name == "pow":
        return isinstance(expr.args[0], Var)
    return isinstance(expr, (Var, Const))
