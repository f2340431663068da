r"""Answer text to tokens: one spelling for each sign.

Promises: every character is either understood or refused with its position;
nothing is dropped but space and the layout commands named here. Look-alikes
from typography (unicode minus, full-width digits, superscripts, vulgar
fractions) get their ASCII or LaTeX spelling; letters of other scripts and
direction marks are refused, since they look like what they are not; Greek letters
that TeX has a command for are that command.

Does not cover: grammar (`parse`).
"""

import re
import unicodedata
from dataclasses import dataclass

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES, MAX_DIGITS

_SPELLING = {
    "\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-",
    "\u00d7": r"\times ", "\u22c5": r"\cdot ", "\u00f7": r"\div ", "\u2044": "/", "\u2215": "/",
    "\u221a": r"\sqrt ", "\u03c0": r"\pi ", "\u221e": r"\infty ", "\u00b0": r"^\circ ",
    "\u2264": r"\le ", "\u2265": r"\ge ", "\u2260": r"\ne ", "\u222a": r"\cup ",
    "\u2205": r"\emptyset ", "\u00b1": r"\pm ", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    "\u00bd": r"\frac{1}{2}", "\u2153": r"\frac{1}{3}", "\u2154": r"\frac{2}{3}",
    "\u00bc": r"\frac{1}{4}", "\u00be": r"\frac{3}{4}",
}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθκλμνξρστφχψωΓΔΘΛΞΣΦΨΩ",
        "alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi rho sigma tau "
        "varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega".split(),
        strict=True,
    )
)
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_SUPERSCRIPT_RUN = re.compile(f"[{''.join(_SUPERSCRIPTS)}]+")
# The sign reaches over the whole number after it, where TeX's \\sqrt takes one digit.
_ROOT = re.compile("\u221a(\\d+)", re.ASCII)
_SAME_LETTER = ("<wide>", "<narrow>", "<font>")

_IGNORED = frozenset(
    r"\left \right \mleft \mright \displaystyle \textstyle \quad \qquad \, \; \: \! \big \Big "
    r"\bigg \Bigg \bigl \bigr \Bigl \Bigr \limits \mathbf \boldsymbol \bm".split()
) | {"\\ ", "\\\n", "~"}
_ALIASES = {
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\times": "*", r"\cdot": "*",
    "**": "^", r"\div": "/", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=",
    r"\geq": ">=", r"\geqslant": ">=", r"\lt": "<", r"\gt": ">", r"\ne": "!=", r"\neq": "!=",
    r"\varnothing": r"\emptyset", r"\%": "%", r"\lvert": "|", r"\rvert": "|", r"\vert": "|",
    r"\dbinom": r"\binom", r"\tbinom": r"\binom", r"\lbrace": r"\{", r"\rbrace": r"\}",
    r"\lbrack": "[", r"\rbrack": "]", r"\degree": r"\circ",
}  # fmt: skip
_GROUPED = r"\d{1,3}(?:(?:%s)\d{3})+(?!\d)"
_TEX_COMMA = r"\{,\}|\\,|\\!,|,\ ?\\!\ ?"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    | (?P<repeating>\d*\.\d*\\overline\s*\{{\d+\}})
    | (?P<thousands>{_GROUPED % (_TEX_COMMA + "|,")}(?:\.\d+)?)
    | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<command>\\[A-Za-z]+|\\.)
    | (?P<word>[A-Za-z]+)
    | (?P<sign><=|>=|!=|\*\*|[-+*/^_=<>(){{}}\[\]|,!%:~])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_E_NOTATION = re.compile(r"\d\.?[eE][+-]?\d", re.ASCII)
_TEX_GROUPED = re.compile(_GROUPED % _TEX_COMMA + r"(?:\.\d+)?", re.ASCII)


class UnreadableError(Exception):
    """The text is not an answer this verifier reads.

    Args:
        message: what is wrong.
        position: where, in characters of the normalised text.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} at position {position}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """One sign. `kind` is number, word, command or sign; `spaced` means space before it."""

    kind: str
    text: str
    position: int
    spaced: bool


def normalise(text: str) -> str:
    """The text with typographic look-alikes respelled. Other characters stay."""
    text = re.sub(r"\s+", " ", text)
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    text = _SUPERSCRIPT_RUN.sub(
        lambda run: "^{" + "".join(_SUPERSCRIPTS[each] for each in run[0]) + "}", text
    )
    return "".join(each if each.isascii() else _respelled(each) for each in text)


def _respelled(character: str) -> str:
    if character in _SPELLING:
        return _SPELLING[character]
    if character in _GREEK:
        return f"\\{_GREEK[character]} "
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(_SAME_LETTER):
        same = unicodedata.normalize("NFKC", character)
        if same.isascii():
            return same
    return character


def tokens(text: str) -> list[Token]:
    """The tokens of a normalised text.

    A comma between groups of three digits separates thousands only outside brackets, and
    not where another comma as close makes it a list: 1,2,345 and 12,345,6.

    Raises:
        UnreadableError: a character or number that is not understood.
    """
    if len(text) > 2 * MAX_ANSWER_BYTES:
        raise UnreadableError("too long", 0)
    scientific = _E_NOTATION.search(text)
    if scientific:
        raise UnreadableError("ambiguous: a power of ten or Euler's number", scientific.start())
    result: list[Token] = []
    position, brackets, spaced = 0, 0, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnreadableError(f"unknown character {text[position]!r}", position)
        kind, found = str(match.lastgroup), match[0]
        listed = brackets or _is_listed(text, position, match.end())
        if kind == "thousands" and listed and not _TEX_GROUPED.fullmatch(found):
            found = re.match(r"\d+", found)[0]  # type: ignore[index]  # thousands start with a digit
            kind = "number"
        if kind == "space" or found in _IGNORED:
            spaced = True
        else:
            token = _token(kind, found, position, spaced)
            brackets += {"(": 1, "[": 1, r"\{": 1, ")": -1, "]": -1, r"\}": -1}.get(token.text, 0)
            result.append(token)
            spaced = False
        position += len(found)
    return result


def _is_listed(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] == "," or (
        text[end : end + 1] == "," and text[end + 1 : end + 2].isdecimal()
    )


def _token(kind: str, found: str, position: int, spaced: bool) -> Token:
    if kind in ("thousands", "repeating", "number"):
        if sum(map(str.isdigit, found)) > MAX_DIGITS:
            raise UnreadableError(f"a number of more than {MAX_DIGITS} digits", position)
        if kind == "thousands":
            found, kind = re.sub(r"[^\d.]", "", found), "number"
        if kind == "number" and len(found) > 1 and found[0] == "0" and found[1] != ".":
            raise UnreadableError("a number with leading zeros", position)
        return Token("number" if kind == "number" else kind, found, position, spaced)
    return Token(kind, _ALIASES.get(found, found), position, spaced)
