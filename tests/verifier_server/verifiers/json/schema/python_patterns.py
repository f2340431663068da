"""ECMA-262 patterns as Python's `re` reads them, to test ours against.

Another engine, and another way to write classes, than ours. Not another source: both hold
the same tables of classes, which `test_ecma` compares with the specification's words. It
refuses what Python has no exact counterpart for: back references, properties, look-behind
of no fixed width.
"""

import re
from collections.abc import Iterable

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

# Of (?: (?= (?! (?<= (?<! and (?<name> each and nothing else of Python's.
_GROUP = re.compile(r"\((?:\?(?::|<?[=!]|<[A-Za-z_$][\w$]*>))?", re.ASCII)
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
_CODE = re.compile(
    r"x([0-9A-Fa-f]{2})|u\{0*([0-9A-Fa-f]{1,6})\}"
    r"|u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})"
)


class PatternError(ValueError):
    """The pattern is not one of ECMA-262, or has no exact counterpart in Python."""


def translate(pattern: str) -> str:
    """The pattern for Python's `re.search`.

    Raises:
        PatternError: it is wrong, or cannot be translated.
    """
    translated = f"(?a:{_Translation(pattern).run()})"
    try:
        re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from None
    return translated


class _Translation:
    """One pass over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def run(self) -> str:
        written: list[str] = []
        groups: list[bool] = []  # for each open group: whether it may be repeated
        repeatable = False  # whether the last thing written may be
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            quantifier = _QUANTIFIER.match(self._pattern, self._at)
            if quantifier:
                if not repeatable:
                    raise PatternError(f"nothing to repeat at {self._at}")
                written.append(quantifier[0])
                self._at, repeatable = quantifier.end(), False
            elif char == "(":
                opened = self._open_group()
                written.append(opened)
                groups.append(opened == "(?:")
                repeatable = False
            elif char == ")":
                if not groups:
                    raise PatternError(f"unbalanced parenthesis at {self._at}")
                written.append(")")
                self._at, repeatable = self._at + 1, groups.pop()
            else:
                text, repeatable = self._term(char)
                written.append(text)
        if groups:
            raise PatternError("a group is never closed")
        return "".join(written)

    def _open_group(self) -> str:
        """Nothing refers to a group, so every group that captures becomes one that does not."""
        match = _GROUP.match(self._pattern, self._at)
        if match is None or self._pattern[match.end() : match.end() + 1] == "?":
            raise PatternError(f"a group of an unknown kind at {self._at}")
        self._at = match.end()
        return match[0] if match[0].endswith(("=", "!")) else "(?:"

    def _term(self, char: str) -> tuple[str, bool]:
        """What a character other than of groups and quantifiers begins; whether it may repeat."""
        if char == "[":
            return self._class(), True
        if char == "\\" and self._pattern[self._at + 1 : self._at + 2] in ("b", "B"):
            self._at += 2
            # Not Python's \B, which fails on the empty string.
            return (r"\b" if self._pattern[self._at - 1] == "b" else r"(?!\b)"), False
        if char == "\\":
            return _written(self._escape(in_class=False)), True
        self._at += 1
        if char in "^|":
            return char, False
        if char == "$":
            return r"\Z", False
        if char == ".":
            return _written(_complement(_LINE_ENDS)), True
        return re.escape(char), True

    def _class(self) -> str:
        """A class in brackets. Ranges are spelt out, so nothing of Python's syntax can appear."""
        begin = self._at
        negated = self._pattern.startswith("^", begin + 1)
        self._at += 2 if negated else 1
        members: list[tuple[int, int]] = []
        while not self._pattern.startswith("]", self._at):
            left = self._class_atom(begin)
            hyphen = self._pattern.startswith("-", self._at)
            if not hyphen or self._pattern.startswith("-]", self._at):
                members += left
                continue
            self._at += 1
            right = self._class_atom(begin)
            if _is_one(left) and _is_one(right):
                if left[0][0] > right[0][0]:
                    raise PatternError(f"a range is out of order in the class at {begin}")
                members.append((left[0][0], right[0][0]))
            else:
                members += [*left, (0x2D, 0x2D), *right]
        self._at += 1
        return _written(_complement(members) if negated else tuple(members))

    def _class_atom(self, begin: int) -> _Ranges:
        if self._at >= len(self._pattern):
            raise PatternError(f"the class at {begin} is never closed")
        if self._pattern[self._at] == "\\":
            return self._escape(in_class=True)
        self._at += 1
        code = ord(self._pattern[self._at - 1])
        return ((code, code),)

    def _escape(self, *, in_class: bool) -> _Ranges:
        """The characters that an escape stands for; the position is past it afterwards."""
        begin = self._at
        self._at += 2
        name = self._pattern[begin + 1 : begin + 2]
        after = self._pattern[begin + 2 : begin + 3]
        code: int | None = None
        if name in _CLASSES:
            return _CLASSES[name]
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
            raise PatternError(f"an escape without an exact counterpart at {begin}")
        return ((code, code),)

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


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()


def _is_one(ranges: _Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _written(ranges: _Ranges) -> str:
    """A class of exactly these characters."""
    if not ranges:
        return "(?!)"
    if _is_one(ranges):
        return f"\\U{ranges[0][0]:08x}"
    return "[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges) + "]"
