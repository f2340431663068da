"""ECMA-262 patterns, written out for engines whose time is linear in the text.

Promises: `read` takes what is a pattern of ECMA-262 (with its u flag, as JSON
Schema 2020-12 Core 6.4 asks) and refuses the rest; what it writes finds exactly
what ECMA-262 would: `$` is the very end, `\\d`, `\\w` and `\\b` are ASCII, `\\s` is
ECMA's white space and `.` stops at its line ends. Everything whose meaning differs
between engines is written as a class of code points, in the syntax that Rust's
regex crate and RE2 share; plain patterns stay as they were. A pattern that is
right and that no such engine has (look-around, back references, modifiers) comes
back with its `obstacle`. Linear in the pattern, and without recursion.

Does not cover: the v flag; one name for groups of several alternatives; that the
engine's size limit admits the pattern (`patterns`). Of what the u flag forbids, the
literal brace and bracket, the escaped punctuation and the hyphen beside a class,
which have one meaning without it, are taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from verifier_server.verifiers.json.schema import properties

_Ranges = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF


def _complement(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    found: list[tuple[int, int]] = []
    begin = 0
    for low, high in sorted(ranges):
        if low > begin:
            found.append((begin, low - 1))
        begin = max(begin, high + 1)
    if begin <= _LAST:
        found.append((begin, _LAST))
    return tuple(found)


_DIGITS: _Ranges = ((0x30, 0x39),)
_WORD: _Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
# ECMA-262 12.2 WhiteSpace and 12.3 LineTerminator.
_SPACE: _Ranges = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_LINE_ENDS: _Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CLASSES |= {name.upper(): _complement(ranges) for name, ranges in _CLASSES.items()}
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}

_GROUP = re.compile(
    r"\((?:\?(?:(?P<plain>:)|(?P<around><?[=!])|<(?P<name>[^>]*)>"
    r"|(?P<modifiers>(?=[ims-]*[ims])[ims]*(?:-[ims]*)?:)))?"
)
_QUANTIFIER = re.compile(r"(?:[*+?]|\{([0-9]+)(?:,([0-9]*))?\})\??")
_PROPERTY = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"<([^>]*)>")
_CODE = re.compile(
    r"x([0-9A-Fa-f]{2})|u\{0*([0-9A-Fa-f]{1,6})\}"
    r"|u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})"
)


# Literals that every engine takes as they are, outside a class and within one.
_META = frozenset(r"\.+*?()|[]{}^$")
_NEVER = r"[^\u{0}-\u{10ffff}]"
_ALWAYS = r"[\u{0}-\u{10ffff}]"
# Code points that no text has: JSON is UTF-8 here, and engines have no class of them.
_SURROGATES = (0xD800, 0xDFFF)

_LOOK_AROUND = (
    "look-around has no bound on its time; say it with several patterns in allOf, not, or"
    " minLength and maxLength"
)
_BACK_REFERENCE = "a back reference has no bound on its time; list the alternatives, or use enum"
_MODIFIERS = "modifiers are not supported; write both cases out, as in [Aa]"


class PatternError(ValueError):
    """The pattern is not one of ECMA-262."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of ECMA-262.

    Args:
        text: it, in the syntax of engines whose time is linear; meaningless beside an obstacle.
        obstacle: why it cannot be put to them, and what to write instead; "" where it can.
    """

    text: str
    obstacle: str = ""


def read(pattern: str) -> Pattern:
    """Reads a pattern.

    Raises:
        PatternError: it is not one of ECMA-262.
    """
    return _Reader(pattern).run()


class _Reader:
    """One pass over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._obstacle = ""
        self._groups = 0  # that capture
        self._names: set[str] = set()
        self._wanted_names: set[str] = set()
        self._wanted_groups = 0

    def run(self) -> Pattern:
        written: list[str] = []
        open_groups: list[bool] = []  # for each: whether it may be repeated
        repeatable = False  # whether the last thing written may be
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            quantifier = _QUANTIFIER.match(self._pattern, self._at)
            if quantifier:
                if not repeatable:
                    raise PatternError(f"nothing to repeat at {self._at}")
                written.append(_checked(quantifier))
                self._at, repeatable = quantifier.end(), False
            elif char == "(":
                text, repeated = self._open_group()
                written.append(text)
                open_groups.append(repeated)
                repeatable = False
            elif char == ")":
                if not open_groups:
                    raise PatternError(f"unbalanced parenthesis at {self._at}")
                written.append(")")
                self._at, repeatable = self._at + 1, open_groups.pop()
            else:
                text, repeatable = self._term(char)
                written.append(text)
        if open_groups:
            raise PatternError("a group is never closed")
        if self._wanted_groups > self._groups or not self._wanted_names <= self._names:
            raise PatternError("it refers to a group that it does not have")
        return Pattern("".join(written), self._obstacle)

    def _open_group(self) -> tuple[str, bool]:
        match = _GROUP.match(self._pattern, self._at)
        if match is None or self._pattern[match.end() : match.end() + 1] == "?":
            raise PatternError(f"a group of an unknown kind at {self._at}")
        self._at = match.end()
        if match["around"]:
            self._obstacle = self._obstacle or _LOOK_AROUND
            return "(?:", False
        if match["modifiers"]:
            self._refuse_repeated(match["modifiers"])
            self._obstacle = self._obstacle or _MODIFIERS
            return "(?:", True
        if match["plain"]:
            return "(?:", True
        if match["name"] is not None:
            self._name(match["name"])
        self._groups += 1
        return "(", True

    def _refuse_repeated(self, modifiers: str) -> None:
        letters = modifiers.replace("-", "").replace(":", "")
        if len(set(letters)) < len(letters):
            raise PatternError(f"a modifier is repeated before {self._at}")

    def _name(self, name: str) -> None:
        if not name.replace("$", "_").isidentifier():
            raise PatternError(f"a group without a proper name before {self._at}")
        if name in self._names:
            raise PatternError(f"a second group of one name before {self._at}")
        self._names.add(name)

    def _term(self, char: str) -> tuple[str, bool]:
        """What a character other than of groups and quantifiers begins; whether it may repeat."""
        if char == "[":
            return self._class(), True
        if char == "\\":
            after = self._pattern[self._at + 1 : self._at + 2]
            if after in ("b", "B"):
                self._at += 2
                return rf"(?-u:\{after})", False
            if after == "k" or (after in "123456789" and after):
                self._back_reference(after)
                return "(?:)", True
            return _written([self._escape(in_class=False)]), True
        self._at += 1
        if char in "^|$":
            return char, False
        if char == ".":
            return _written([_LINE_ENDS], negated=True), True
        return _written([((ord(char), ord(char)),)]), True

    def _back_reference(self, after: str) -> None:
        self._obstacle = self._obstacle or _BACK_REFERENCE
        begin = self._at
        if after == "k":
            match = _NAME.match(self._pattern, begin + 2)
            if match is None:
                raise PatternError(f"an escape of no meaning at {begin}")
            self._wanted_names.add(match[1])
            self._at = match.end()
            return
        digits = re.compile("[0-9]+").match(self._pattern, begin + 1)
        assert digits
        # More digits than a pattern has characters name no group.
        number = int(digits[0]) if len(digits[0]) < 10 else len(self._pattern)
        self._wanted_groups = max(self._wanted_groups, number)
        self._at = digits.end()

    def _class(self) -> str:
        """A class in brackets. Its members are spelt out: nothing of another syntax can appear."""
        begin = self._at
        negated = self._pattern.startswith("^", begin + 1)
        self._at += 2 if negated else 1
        members: list[_Ranges | str] = []
        while not self._pattern.startswith("]", self._at):
            left = self._class_atom(begin)
            hyphen = self._pattern.startswith("-", self._at)
            if not hyphen or self._pattern.startswith("-]", self._at):
                members.append(left)
                continue
            self._at += 1
            right = self._class_atom(begin)
            if isinstance(left, str) or isinstance(right, str):
                raise PatternError(f"a range from or to a property in the class at {begin}")
            if _is_one(left) and _is_one(right):
                if left[0][0] > right[0][0]:
                    raise PatternError(f"a range is out of order in the class at {begin}")
                members.append(((left[0][0], right[0][0]),))
            else:
                members += [left, ((0x2D, 0x2D),), right]
        self._at += 1
        return _written(members, negated=negated)

    def _class_atom(self, begin: int) -> _Ranges | str:
        if self._at >= len(self._pattern):
            raise PatternError(f"the class at {begin} is never closed")
        if self._pattern[self._at] == "\\":
            return self._escape(in_class=True)
        self._at += 1
        code = ord(self._pattern[self._at - 1])
        return ((code, code),)

    def _escape(self, *, in_class: bool) -> _Ranges | str:
        """The characters that an escape stands for; the position is past it afterwards."""
        begin = self._at
        self._at += 2
        name = self._pattern[begin + 1 : begin + 2]
        after = self._pattern[begin + 2 : begin + 3]
        code: int | None = None
        if name in _CLASSES:
            return _CLASSES[name]
        if name in ("p", "P"):
            return self._property(name)
        if name in _CONTROLS:
            code = _CONTROLS[name]
        elif name == "0" and not _is_digit(after):
            code = 0
        elif name == "b" and in_class:
            code = 0x08
        elif name == "c" and after.isascii() and after.isalpha():
            code = ord(after) % 32
            self._at += 1
        elif name in ("x", "u"):
            code = self._code(begin + 1)
        elif name.isascii() and name.isprintable() and not name.isalnum() and name:
            code = ord(name)
        if code is None:
            raise PatternError(f"an escape of no meaning at {begin}")
        return ((code, code),)

    def _property(self, letter: str) -> str:
        match = _PROPERTY.match(self._pattern, self._at)
        found = match and properties.members(match[1], negated=letter == "P")
        if match is None or found is None:
            raise PatternError(f"a property that ECMA-262 does not name at {self._at - 2}")
        self._at = match.end()
        return found

    def _code(self, at: int) -> int | None:
        match = _CODE.match(self._pattern, at)
        if match is None:
            return None
        self._at = match.end()
        if match[3]:
            high, low = int(match[3], 16) - 0xD800, int(match[4], 16) - 0xDC00
            return 0x10000 + high * 0x400 + low
        code = int(match[1] or match[2] or match[5], 16)
        return code if code <= _LAST else None


def _checked(quantifier: re.Match[str]) -> str:
    low, high = quantifier[1], quantifier[2]
    longest = max(len(low or ""), len(high or ""))
    if low and high and low.zfill(longest) > high.zfill(longest):
        raise PatternError(f"a quantifier is out of order at {quantifier.start()}")
    return quantifier[0]


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()


def _is_one(ranges: _Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _written(members: list[_Ranges | str], *, negated: bool = False) -> str:
    """A class of these characters, or of all others; a single one as itself."""
    if len(members) == 1 and not negated:
        only = members[0]
        if not isinstance(only, str) and _is_one(only):
            return _literal(only[0][0])
    texts = [
        member if isinstance(member, str) else "".join(map(_range, _without_surrogates(member)))
        for member in members
    ]
    text = "".join(texts)
    if not text:
        return _ALWAYS if negated else _NEVER
    return f"[{'^' if negated else ''}{text}]"


def _literal(code: int) -> str:
    if _SURROGATES[0] <= code <= _SURROGATES[1]:
        return _NEVER
    char = chr(code)
    if char in _META:
        return "\\" + char
    return char if char.isprintable() else f"\\u{{{code:x}}}"


def _without_surrogates(ranges: _Ranges) -> Iterable[tuple[int, int]]:
    first, last = _SURROGATES
    for low, high in ranges:
        if low < first:
            yield low, min(high, first - 1)
        if high > last:
            yield max(low, last + 1), high


def _range(bounds: tuple[int, int]) -> str:
    low, high = map(_member, bounds)
    return low if low == high else f"{low}-{high}"


def _member(code: int) -> str:
    char = chr(code)
    return char if char.isascii() and char.isalnum() else f"\\u{{{code:x}}}"
