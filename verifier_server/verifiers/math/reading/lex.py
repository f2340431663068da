r"""Answer text to tokens: one spelling for each sign.

Promises: every character is either understood or refused with its position;
nothing is dropped but space and the layout commands named here. The contents of
\text{...} and its kin become one token, or the tokens of the formula they hold.

Does not cover: typographic characters (`typography`), grammar (`grammar`).
"""

import re
from typing import NamedTuple

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES, MAX_DIGITS, MAX_TOKENS

MAX_TEXT_DEPTH = 3

_LAYOUT = frozenset(
    r"\left \right \mleft \mright \displaystyle \textstyle \scriptstyle \quad \qquad \, \; \: \! "
    r"\> \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \limits "
    r"\nolimits \mathstrut \hfill \allowbreak \hline \mathbf \boldsymbol \bm \mathit \mathsf "
    r"\mathcal \mathscr \mathfrak \middle \bf \rm \it \strut \null \thinspace \medspace "
    r"\thickspace \enspace \underline \hfil \noindent \ensuremath".split()
) | {"\\ ", "\\\n", "~", "\\-", "\\/"}
_TEXTS = frozenset(
    r"\text \textrm \textbf \textit \textsf \texttt \textnormal \mathrm \mbox \hbox "
    r"\operatorname \emph \textup".split()
)
_ALIASES = {
    r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\times": "*", r"\cdot": "*",
    r"\ast": "*", "**": "^", r"\div": "/", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=",
    r"\leqq": "<=", r"\ge": ">=", r"\geq": ">=", r"\geqslant": ">=", r"\geqq": ">=",
    r"\lt": "<", r"\gt": ">", r"\ne": "!=", r"\neq": "!=", r"\approx": "~=", r"\simeq": "~=",
    r"\doteq": "~=", "==": "=", ":=": "=", r"\coloneqq": "=",
    r"\varnothing": r"\emptyset", r"\O": r"\emptyset", r"\%": "%", r"\vert": "|", r"\mid": "|",
    r"\dbinom": r"\binom", r"\tbinom": r"\binom", r"\lbrace": r"\{", r"\rbrace": r"\}",
    r"\lbrack": "[", r"\rbrack": "]", r"\degree": r"\circ", r"\backslash": r"\setminus",
    r"\smallsetminus": r"\setminus", r"\bigcup": r"\cup", r"\bigcap": r"\cap", r"\cupdot": r"\cup",
    r"\sqcup": r"\cup", r"\uplus": r"\cup", r"\isin": r"\in", r"\colon": ":",
    r"\ldots": "...", r"\dots": "...", r"\cdots": "...", r"\dotsc": "...", r"\dotsb": "...",
    r"\prime": "'", r"\Vert": r"\|", r"\lVert": r"\|", r"\rVert": r"\|", r"\cr": r"\\",
    r"\tabularnewline": r"\\", r"\newline": r"\\", r"\gets": r"\leftarrow",
    r"\rightarrow": r"\to", r"\longrightarrow": r"\to", r"\lparen": "(", r"\rparen": ")",
    r"\infin": r"\infty", r"\reals": r"\R", r"\overrightarrow": r"\vec", r"\widehat": r"\hat",
    r"\widetilde": r"\tilde", r"\overline": r"\bar", r"\vartriangle": r"\triangle",
    r"\measuredangle": r"\angle",
}  # fmt: skip
_GROUPED = r"\d{1,3}(?:(?:%s)\d{3})+(?!\d)"
_TEX_COMMA = r"\{,\}|\\[,!:;\ ]|~|,\ ?\\!\ ?"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    | (?P<repeating>\d*\.\d*\s?(?:\\overline|\\bar)\s*\{{?\ ?\d+\ ?\}}?|0?\.\(\ ?\d+\ ?\)
        |\d*\.\d*\\dot\s*\{{?\d\}}?(?:\d*\\dot\s*\{{?\d\}}?)?)
    | (?P<thousands>{_GROUPED % (_TEX_COMMA + "|,")}(?:\.\d+)?)
    | (?P<scientific>(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+(?![\dA-Za-z.]))
    | (?P<number>\d+(?:\.\d+|\.(?=[\s)\]}},<>=]|$))?|\.\d+)
    | (?P<large>(?:[A-F]{{3,}}|[A-F]+\d[\dA-F]*)(?=\s?_\s*\{{?\s*1[1-6](?!\d))
        |[A-F]{{2,}}(?=\s?_\s*\{{?\s*16(?!\d)))
    | (?P<word>[A-Za-z]+)
    | (?P<begin>\\begin\s*\{{\s*[A-Za-z]+\*?\s*\}}(?:\s*\{{[clr|\s@]*\}})?)
    | (?P<end>\\end\s*\{{\s*[A-Za-z]+\*?\s*\}})
    | (?P<row>\\\\(?:\[\s*-?\d*\.?\d+\s*(?:pt|em|ex|mm|cm)\s*\])?)
    | (?P<bars>\\m?(?:left|right)\s*(?:\||\\vert(?![A-Za-z])))
    | (?P<void>\\m?(?:left|right)\s*\.|\.(?=\s*[)\]]\s*$)|\\q?quad(?=[A-Za-z])
        |\\[hv]?phantom\s*\{{[^{{}}]*\}}
        |\\[hv]space\*?\s*\{{[^{{}}]*\}}|\\(?:text)?color\s*\{{[A-Za-z]*\}})
    | (?P<command>\\[A-Za-z]+|\\.)
    | (?P<dots>\.\.\.)
    | (?P<sign><=|>=|!=|:=|==|\*\*|[-+*/^_=<>(){{}}\[\]|,;!%:~&'$])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_TEX_GROUPED = re.compile(_GROUPED % _TEX_COMMA + r"(?:\.\d+)?", re.ASCII)
# No item of a point is written 000: the comma before it separates thousands.
_HOLLOW = re.compile(r",0\d\d", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_E_NOTATION = re.compile(r"[eE][+-]?\d", re.ASCII)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_PROSE = re.compile(r"[A-Za-z][A-Za-z .'/-]*")
_BRACKETS = {"(": 1, "[": 1, r"\{": 1, ")": -1, "]": -1, r"\}": -1}


class UnreadableError(Exception):
    """The text is not an answer this verifier reads.

    Args:
        message: what is wrong.
        position: where, in characters of the normalised text.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} at position {position}")
        self.position = position


class Token(NamedTuple):
    """One sign.

    `kind` is number, thousands, scientific, repeating, word, prose (the words of a
    \\text), command, sign, begin, end; `spaced` means space before it. The grammar's tokens
    are also letter, name, conjunction and stop (`names`).
    """

    kind: str
    text: str
    position: int
    spaced: bool


def tokens(text: str) -> list[Token]:
    """The tokens of a normalised text.

    A comma between groups of three digits separates thousands only outside brackets, and
    not where another comma as close makes it a list: 1,2,345 and 12,345,6.

    Raises:
        UnreadableError: a character or number that is not understood.
    """
    if len(text) > 2 * MAX_ANSWER_BYTES:
        raise UnreadableError("too long", 0)
    result: list[Token] = []
    _lex(text, 0, 0, result)
    return result


def _lex(text: str, offset: int, depth: int, result: list[Token]) -> None:
    position, brackets, spaced = 0, 0, False
    match_token, size = _TOKEN.match, len(text)
    while position < size:
        match = match_token(text, position)
        if match is None:
            raise UnreadableError(f"unknown character {text[position]!r}", offset + position)
        kind, found, start = str(match.lastgroup), match[0], position
        position = match.end()
        if kind in ("space", "void") or found in _LAYOUT:
            spaced = True
            continue
        if kind == "thousands" and not _TEX_GROUPED.fullmatch(found):
            in_brackets = brackets > 0 and not _HOLLOW.search(found)
            if in_brackets or _is_listed(text, start, position):
                digits = _DIGITS.match(text, start)
                assert digits is not None
                kind, found, position = "number", digits[0], digits.end()
        elif kind == "command" and found in _TEXTS:
            body = _group(text, position)
            if body is not None:
                _prose(text, body, offset, depth, result)
                position, spaced = body[1] + 1, True
                continue
        if kind in _NUMERIC:
            found = _numeral(kind, found, offset + start)
        elif kind == "word":
            if start and text[start - 1].isdecimal() and _E_NOTATION.match(text, start):
                raise UnreadableError("a power of ten or Euler's number", offset + start)
        elif kind == "large":
            kind = "number"
        elif kind == "bars":
            kind, found = "sign", r"\lvert" if "left" in found else r"\rvert"
        elif kind == "row":
            kind, found = "sign", r"\\"
        elif kind == "dots":
            kind = "sign"
        elif kind in ("begin", "end"):
            found = found[found.index("{") + 1 : found.index("}")].strip(" *")
        else:
            found = _ALIASES.get(found, found)
            brackets += _BRACKETS.get(found, 0)
            kind = "command" if kind == "command" and found.startswith("\\") else "sign"
            if found == "!=" and start and not spaced and text[start : start + 1] == "!":
                raise UnreadableError("a factorial or an inequality", offset + start)
        result.append(Token(kind, found, offset + start, spaced))
        spaced = False
        if len(result) > MAX_TOKENS:
            raise UnreadableError(f"more than {MAX_TOKENS} signs", offset + start)


_NUMERIC = frozenset(("number", "thousands", "scientific", "repeating"))


def _numeral(kind: str, found: str, position: int) -> str:
    if len(found) > MAX_DIGITS and sum(map(str.isdecimal, found)) > MAX_DIGITS:
        raise UnreadableError(f"a number of more than {MAX_DIGITS} digits", position)
    if kind == "thousands":
        return re.sub(r"[^\d.]", "", found)
    return found.rstrip(".") if kind == "number" else found


def _is_listed(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] == "," or (
        text[end : end + 1] == "," and text[end + 1 : end + 2].isdecimal()
    )


def _group(text: str, position: int) -> tuple[int, int] | None:
    """Start and end of the contents of the braces that come next."""
    while text[position : position + 1] in (" ", "*"):
        position += 1
    if text[position : position + 1] != "{":
        return None
    level = 0
    for brace in _BRACE.finditer(text, position):
        level += {"{": 1, "}": -1}.get(brace[0], 0)
        if level == 0:
            return position + 1, brace.start()
    raise UnreadableError("unbalanced braces", position)


def _prose(text: str, body: tuple[int, int], offset: int, depth: int, result: list[Token]) -> None:
    """The tokens of what stands in \\text{...}: words, or a formula."""
    if depth >= MAX_TEXT_DEPTH:
        raise UnreadableError("text within text", offset + body[0])
    content = text[body[0] : body[1]]
    words = content.replace("~", " ").replace("\\ ", " ").strip().rstrip(".").rstrip()
    if not words:
        return
    if _PROSE.fullmatch(words):
        spaced = content[0] in " ~\\"
        result.append(Token("prose", words, offset + body[0], spaced))
    else:
        _lex(content.replace("$", " "), offset + body[0], depth + 1, result)
