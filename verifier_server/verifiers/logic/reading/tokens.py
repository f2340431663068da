"""The text of a formula to tokens, and what kind each is.

Promises: every character but space and TeX's spacing is in some token, so that a
place in the text can be told from a place among the tokens; a character that
belongs to no dialect is a token of its own and never a part of a name. The work
is linear in the text.

Does not cover: where a word is an operator and where a name (`parser`), and how
a name is spelled in the tree (`names`).
"""

import re
import unicodedata
from typing import Final

# Kinds, as plain numbers: the parser asks for them often. Binary ones come first.
IFF: Final = 0
IMPLIES: Final = 1
REVERSE: Final = 2
XOR: Final = 3
OR: Final = 4
AND: Final = 5
LAST_BINARY: Final = AND
EQUAL: Final = 6
UNEQUAL: Final = 7
LESS: Final = 8
LESS_EQUAL: Final = 9
GREATER: Final = 10
GREATER_EQUAL: Final = 11
LAST_RELATION: Final = GREATER_EQUAL
NAME: Final = 12
NOT: Final = 13
FORALL: Final = 14
EXISTS: Final = 15
NOT_EXISTS: Final = 16
WORD_FORALL: Final = 17
WORD_EXISTS: Final = 18
LAST_QUANTIFIER: Final = WORD_EXISTS
TRUE: Final = 19
FALSE: Final = 20
OPEN: Final = 21
CLOSE: Final = 22
OPEN_SQUARE: Final = 23
CLOSE_SQUARE: Final = 24
COMMA: Final = 25
COLON: Final = 26
STOP: Final = 27
END: Final = 28


def _cases(words: str) -> str:
    return f"{words} {words.title()} {words.upper()}"


_SPELLINGS: dict[int, str] = {
    IFF: r"↔ ⟷ ⇔ ⟺ ≡ <-> <=> <--> <==> \leftrightarrow \Leftrightarrow \longleftrightarrow "
    r"\Longleftrightarrow \iff \equiv " + _cases("iff"),
    IMPLIES: r"→ ⇒ ⟶ ⟹ ⊃ -> => --> ==> \to \rightarrow \Rightarrow \longrightarrow "
    r"\Longrightarrow \implies \supset " + _cases("implies"),
    REVERSE: r"← ⇐ ⟵ ⟸ <- <-- <== \gets \leftarrow \Leftarrow \longleftarrow \Longleftarrow "
    r"\impliedby",
    XOR: r"⊕ ⊻ ^ <~> \oplus \veebar " + _cases("xor"),
    OR: r"∨ ⋁ | || \/ \lor \vee " + _cases("or"),
    AND: r"∧ ⋀ & && /\ \& \land \wedge " + _cases("and"),
    EQUAL: r"= ==",
    UNEQUAL: r"≠ != \neq \ne",
    LESS: r"< \lt",
    LESS_EQUAL: r"≤ ⩽ <= =< \leq \le \leqslant",
    GREATER: r"> \gt",
    GREATER_EQUAL: r"≥ ⩾ >= \geq \ge \geqslant",
    NOT: r"¬ ~ ! - − ∼ \neg \lnot \sim " + _cases("not"),
    FORALL: r"∀ \forall",
    EXISTS: r"∃ \exists",
    NOT_EXISTS: r"∄ \nexists",
    WORD_FORALL: "ForAll " + _cases("forall") + " " + _cases("all"),
    WORD_EXISTS: _cases("exists") + " " + _cases("some"),
    TRUE: r"⊤ $true $T \top true True TRUE",
    FALSE: r"⊥ $false $F \bot false False FALSE",
    OPEN: "(",
    CLOSE: ")",
    OPEN_SQUARE: "[",
    CLOSE_SQUARE: "]",
    COMMA: ",",
    COLON: r": \colon",
    STOP: ".",
}
KINDS: dict[str, int] = {
    spelling: kind for kind, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
# Words of several: what is between them may be any space.
_TPTP = {"!": FORALL, "?": EXISTS}
_PHRASES = {"if": IFF, "for": WORD_FORALL, "there": WORD_EXISTS}


def _marks() -> str:
    """The combining marks that a name may hold: a pattern's ranges."""
    ranges: list[list[int]] = []
    # Up to here lie the marks of living scripts.
    for code in range(0x300, 0xABFF):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


SPACE = r"[ \t\r\n\u00a0\u2000-\u200a\u202f\u205f\u3000]"
_TEX_SPACE = r"\\[,;:!> ]|\\q?quad(?![A-Za-z])|\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])"
_LETTER = rf"[\w{_marks()}]"
_JOINTS = "[-.'’ʼ\u2010\u2011\u2013]"
# c++, a+, a-, 5%: no operator stands before a comma or a closing bracket.
_GRADE = rf"(?:(?:\+\+?|-|%)(?={SPACE}*[,)]))?"
_NAME = rf"\w{_LETTER}*(?:{_JOINTS}{_LETTER}+)*{_GRADE}['’]*"
_TEX_PIECE = rf"(?:{_LETTER}|\\_|(?<=_)\{{\w{{1,40}}\}})"
_TEX_NAME = rf"\w{_TEX_PIECE}*(?:{_JOINTS}{_TEX_PIECE}+)*{_GRADE}['’]*"
_TEX_TEXT = (
    r"\\(?:text(?:rm|it|bf|sf|tt|sc|normal)?|math(?:rm|it|bf|sf|tt|cal)|operatorname|mbox)"
    rf"{SPACE}*\{{[^{{}}\n]{{1,200}}\}}"
)
# Bounded: an opening sign that nothing closes must not cost the rest of the text.
_QUOTED = r"'(?:[^'\\\n]|\\['\"\\]){1,200}'|\"(?:[^\"\\\n]|\\['\"\\]){1,200}\"|“[^”\n]{1,200}”"
_PHRASE = (
    rf"(?i:if{SPACE}+and{SPACE}+only{SPACE}+if|for{SPACE}+(?:all|every)|there{SPACE}+exists)"
    rf"(?!{_LETTER})"
)
_SIGN = (
    r"<-->|<==>|<->|<=>|<~>|-->|==>|<--|<==|->|=>|<-|<=|>=|=<|==|!=|/\\|\\/|&&|\|\|"
    r"|\$(?:true|false|[TF])(?!\w)"
)


def _pattern(name: str, space: str, command: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{space})*({_PHRASE}|{name}|{_SIGN}|{_QUOTED}|{command}.)", re.DOTALL)


# A sign is tried before a TeX command: \/ is one, and \land is the other.
_PLAIN = _pattern(_NAME, SPACE, "")
_TEX = _pattern(_TEX_NAME, f"{SPACE}|{_TEX_SPACE}", rf"{_TEX_TEXT}|\\[A-Za-z]+|\\[&_]|")


def _pattern_for(text: str) -> re.Pattern[str]:
    return _TEX if "\\" in text or "_{" in text else _PLAIN


def tokens_of(text: str, start: int, stop: int) -> list[str]:
    """The tokens of a part of a text that does not end in space."""
    return _pattern_for(text).findall(text, start, stop)


def kinds_of(tokens: list[str]) -> list[int]:
    """A token's kind each, and END: what is no sign or word of any dialect is NAME."""
    known = KINDS.get
    kinds = [known(token, NAME) for token in tokens]
    kinds.append(END)
    return kinds


def settle_phrases(tokens: list[str], kinds: list[int]) -> None:
    """Gives "if and only if" and its like their kinds, in place."""
    for place, token in enumerate(tokens):
        if kinds[place] == NAME and token[0].isalpha() and len(token.split()) > 1:
            kinds[place] = _PHRASES[token.split(maxsplit=1)[0].lower()]


def settle_tex(tokens: list[str], kinds: list[int]) -> None:
    r"""Gives a word in \text{...} its kind, in place."""
    for place, token in enumerate(tokens):
        if token[0] == "\\" and token[-1] == "}":
            inside = token[token.index("{") + 1 : -1].strip()
            kinds[place] = KINDS.get(inside, NAME)


def settle_tptp(tokens: list[str], kinds: list[int]) -> None:
    """Gives `![X]:` and `?[X]:` their kinds, and `<=` the one it has beside them, in place."""
    found = False
    opened = -1
    for place, kind in enumerate(kinds):
        if kind == OPEN_SQUARE:
            opened = place - 1
        elif kind == CLOSE_SQUARE:
            if opened >= 0 and kinds[place + 1] == COLON and tokens[opened] in _TPTP:
                kinds[opened] = _TPTP[tokens[opened]]
                found = True
            opened = -1
    if found:
        for place, sign in enumerate(tokens):
            if sign == "<=":
                kinds[place] = REVERSE


def offset_of(tokens: list[str], place: int, text: str, start: int, stop: int) -> int:
    """Where a token begins in the text; the end of the text when there is no such token.

    Tokens may have been cut in pieces since they were made, so they are found again
    one by one.
    """
    pattern = _pattern_for(text)
    at = start
    for token in tokens[:place]:
        at = _begin(pattern, text, at, stop) + len(token)
    return _begin(pattern, text, at, stop) if place < len(tokens) else stop


def _begin(pattern: re.Pattern[str], text: str, at: int, stop: int) -> int:
    match = pattern.match(text, at, stop)
    return match.start(1) if match else stop
