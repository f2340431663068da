"""The tokens of SQLite's language.

Promises: the boundaries that SQLite's own tokenizer finds (src/tokenize.c of
3.54), for every text that SQLite accepts; texts are never changed, so that pieces
of a query can be cut out and put together again verbatim.

Does not cover: what tokens mean together (`reading.py`), or bind parameters beyond
their extent.
"""

import re
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    WORD = auto()  # a keyword or a plain identifier
    QUOTED = auto()  # "x", [x] or `x`: an identifier, if there is one of that name
    STRING = auto()
    NUMBER = auto()
    BLOB = auto()
    VARIABLE = auto()
    OPERATOR = auto()


class Token(NamedTuple):
    """One token: `text` as written; `word` in upper case if it is a WORD, else empty."""

    kind: Kind
    text: str
    start: int
    end: int
    word: str

    @property
    def name(self) -> str:
        """What it is called as an identifier (also 'x' after AS), without its quotes."""
        if self.kind is Kind.WORD:
            return self.text
        if self.text[0] == "[":
            return self.text[1:-1]
        return self.text[1:-1].replace(self.text[0] * 2, self.text[0])


class LexicalError(Exception):
    """No SQLite token begins here; the message says where."""


# In the order of the alternatives: a blob is tried before a word, a number before a dot.
_TOKEN = re.compile(
    r"""
    (?P<space> [ \t\n\f\r]+ | --[^\n]* | /\*(?:[^*]|\*(?!/))*(?:\*/|\Z) )
  | (?P<STRING> '(?:[^']|'')*' )
  | (?P<QUOTED> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<BLOB> [xX]'[0-9a-fA-F]*' )
  | (?P<NUMBER> 0[xX][0-9a-fA-F_]+
                 | (?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)? )
  | (?P<WORD> [A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]* )
  | (?P<VARIABLE> \?[0-9]* | [:@\#$][A-Za-z0-9_$\x80-\U0010ffff]+ )
  | (?P<OPERATOR> \|\| | ->>? | << | >> | <= | >= | == | != | <> | [-+*/%=<>&|~(),.;] )
    """,
    re.VERBOSE,
)


def tokens(sql: str) -> list[Token]:
    """The tokens of `sql`, without white space and comments.

    Raises:
        LexicalError: a character that begins nothing, or a text without its end.
    """
    found: list[Token] = []
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise LexicalError(f"no SQL token begins at character {place + 1}")
        end = match.end()
        name = match.lastgroup or ""
        if name != "space":
            text = match.group()
            word = text.upper() if name == "WORD" else ""
            found.append(Token(Kind[name], text, place, end, word))
        place = end
    return found
