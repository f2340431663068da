"""The tokens of a CEL expression, and what it reads of `facts`, `answer` and `derived`.

Promises: every text has tokens, and they join back to it; what CEL's lexis
(cel-spec, doc/langdef.md, "Syntax") does not know is a token of its own, a character each.
Spaces and comments are tokens as well, so that an edit keeps the rest of a text as it is.

Does not cover: whether the tokens make an expression; the engine alone says that.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

ROOTS = ("facts", "answer", "derived")


class Kind(StrEnum):
    """What a token is."""

    SPACE = "space"
    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    OPERATOR = "operator"
    OTHER = "other"


_LEXIS = re.compile(
    r"""
    (?P<space>(?:\s|//[^\n]*)+)
  | (?P<string>(?:[rR][bB]?|[bB][rR])(?:\"\"\"(?s:.)*?\"\"\"|'''(?s:.)*?'''
        |"[^"\r\n]*"|'[^'\r\n]*')
    |[bB]?(?:\"\"\"(?s:\\.|(?!\"\"\").)*\"\"\"|'''(?s:\\.|(?!''').)*'''
        |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'))
  | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d*\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|\d+[uU]?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`\r\n]+`)
  | (?P<operator>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_OPENING, _CLOSING = "([{", ")]}"
# After one of these a bracket is an index and a minus is a subtraction.
_OPERAND_ENDS = (Kind.NAME, Kind.NUMBER, Kind.STRING)
_WORD_OPERATORS = ("in",)


@dataclass(frozen=True, slots=True)
class Token:
    """A part of an expression; `start` counts characters of its text."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The first character after it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Reference:
    """What an expression reads: `facts.stay.nights` is ("stay", "nights") of `facts`.

    `whole`: what follows is not known from the tokens (the value is passed on, indexed or
    walked by a macro), so that everything below may be read.
    """

    root: str
    path: tuple[str, ...]
    start: int
    whole: bool

    def __str__(self) -> str:
        return ".".join((self.root, *self.path))


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens, in order; their texts joined are `text`."""
    return tuple(
        Token(Kind(match.lastgroup or ""), match.group(), match.start())
        for match in _LEXIS.finditer(text)
    )


def significant(text: str) -> tuple[Token, ...]:
    """The tokens without spaces and comments."""
    return tuple(token for token in tokenize(text) if token.kind is not Kind.SPACE)


def ends_operand(token: Token | None) -> bool:
    """Whether what stands before is a value, so that a bracket after it is an index."""
    if token is None:
        return False
    if token.kind is Kind.OPERATOR:
        return token.text in _CLOSING
    return token.kind in _OPERAND_ENDS and token.text not in _WORD_OPERATORS


def closing(tokens: Sequence[Token], opening: int) -> int | None:
    """The index of the bracket that closes the one at `opening`; None where none does."""
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].kind is not Kind.OPERATOR:
            continue
        if tokens[index].text in _OPENING:
            depth += 1
        elif tokens[index].text in _CLOSING:
            depth -= 1
            if depth == 0:
                return index
    return None


def string_value(token: Token) -> str | None:
    """The text that a plain string literal stands for; None for another token.

    Raw and byte strings and escapes that Python reads otherwise give None: they are no
    values of an enum that an author would write so.
    """
    if token.kind is not Kind.STRING or token.text[0] not in "\"'":
        return None
    try:
        value = ast.literal_eval(token.text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def references(text: str) -> Iterator[Reference]:
    """Everything that an expression reads of the three roots, in order."""
    tokens = significant(text)
    for index, token in enumerate(tokens):
        follows_dot = index > 0 and tokens[index - 1].text == "."
        if token.kind is Kind.NAME and token.text in ROOTS and not follows_dot:
            yield _reference(tokens, index)


def reference_at(tokens: Sequence[Token], index: int) -> tuple[Reference, int] | None:
    """The reference that begins at `index`, and the index after it."""
    token = tokens[index]
    if token.kind is not Kind.NAME or token.text not in ROOTS:
        return None
    reference = _reference(tokens, index)
    return reference, index + 1 + 2 * len(reference.path)


def field_before(tokens: Sequence[Token], index: int) -> str | None:
    """The field that ends right before a token."""
    start = index - 1
    while start >= 2 and tokens[start - 1].text == ".":
        start -= 2
    if start < 0 or not (found := reference_at(tokens, start)):
        return None
    reference, end = found
    return str(reference) if end == index and not reference.whole else None


def _reference(tokens: Sequence[Token], index: int) -> Reference:
    root, path = tokens[index], []
    index += 1
    while _is(tokens, index, ".") and index + 1 < len(tokens):
        name = tokens[index + 1]
        if name.kind is not Kind.NAME or _is(tokens, index + 2, "("):
            break
        path.append(name.text.strip("`"))
        index += 2
    whole = _is(tokens, index, ".") or _is(tokens, index, "[") or not path
    return Reference(root.text, tuple(path), root.start, whole)


def _is(tokens: Sequence[Token], index: int, text: str) -> bool:
    return index < len(tokens) and tokens[index].text == text
