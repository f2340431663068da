"""Text to Python's syntax tree.

Promises: length, tokens, brackets and prefixes are bounded before Python's parser sees a
text. The notation of logic programs that is no Python is rewritten sign for sign, so that
places stay: `[x:people]` to `[x@people]`, `-> [bool]` to `, [bool]`, and what follows `:::`
to a comment. The parser's warnings go nowhere.

Does not cover: what the tree may hold (`evaluating`, `programs`).
"""

import ast
import re
import warnings

from verifier_server.verifiers.logic.reading.errors import (
    BAD_CHARACTER,
    EMPTY,
    SYNTAX,
    TOO_DEEP,
    TOO_LONG,
    UNBALANCED,
    ReadError,
)
from verifier_server.verifiers.logic.zpython.limits import (
    MAX_BRACKETS,
    MAX_CHARACTERS,
    MAX_PREFIXES,
    MAX_TOKENS,
)

_TOKEN = re.compile(
    r"""(?P<space>[\ \t\f\r\n\\]+)
    |(?P<comment>\#[^\n]*)
    |(?P<string>[rRbBuUfF]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
        |'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    |(?P<word>\w+)
    |(?P<remark>:::)
    |(?P<arrow>->)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_PREFIXES = frozenset(("not", "-", "+", "~", "*", "lambda", "await", "yield", ":"))
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_LIST, _COLON = "[", ":"


class Source:
    """A text and its tree; knows where each part of the tree stands in the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Signs that are put before the first line.
        self._shift = 0
        if len(text) > MAX_CHARACTERS:
            message = f"more than {MAX_CHARACTERS} characters"
            raise ReadError(TOO_LONG, message, text, MAX_CHARACTERS)
        for index, sign in enumerate(text):
            if sign == "\0" or "\ud800" <= sign <= "\udfff":
                raise ReadError(BAD_CHARACTER, f"unexpected character {sign!a}", text, index)
        self._lines = text.split("\n")

    def fail(self, reason: str, message: str, at: ast.AST) -> ReadError:
        """An error at a part of the tree."""
        line = min(getattr(at, "lineno", 1), len(self._lines))
        column = getattr(at, "col_offset", 0) - (self._shift if line == 1 else 0)
        before = self._lines[line - 1].encode()[: max(column, 0)]
        start = sum(len(each) + 1 for each in self._lines[: line - 1])
        return ReadError(reason, message, self._text, start + len(before.decode(errors="replace")))

    def place(self, at: ast.AST) -> tuple[int, int]:
        """Line and column of a part, from 1."""
        error = self.fail("", "", at)
        return error.line, error.column

    def program(self) -> ast.Module:
        """The statements.

        Raises:
            ReadError: it is no Python, or out of bounds.
        """
        tree = self._parsed(self._rewritten(), "exec")
        assert isinstance(tree, ast.Module)
        if not tree.body:
            raise ReadError(EMPTY, "there is no statement", self._text, 0)
        return tree

    def expression(self) -> ast.expr:
        """The one expression.

        Raises:
            ReadError: it is none, or out of bounds.
        """
        if not self._text.strip():
            raise ReadError(EMPTY, "there is no formula", self._text, 0)
        # Brackets let a formula stand on several lines.
        self._shift = 1
        tree = self._parsed(f"({self._rewritten()}\n)", "eval")
        assert isinstance(tree, ast.Expression)
        return tree.body

    def _parsed(self, text: str, mode: str) -> ast.AST:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text, mode=mode)
        except SyntaxError as error:
            at = ast.Pass(lineno=max(error.lineno or 1, 1), col_offset=0)
            found = self.fail(SYNTAX, str(error.msg)[:200], at)
            offset = found.offset + max((error.offset or 1) - 1, 0)
            offset = min(offset, len(self._text))
            raise ReadError(SYNTAX, found.args[0].split(": ", 1)[1], self._text, offset) from None
        except (RecursionError, MemoryError):
            raise ReadError(TOO_DEEP, "nested too deeply", self._text, 0) from None
        except ValueError as error:
            raise ReadError(SYNTAX, str(error)[:200], self._text, 0) from None

    def _rewritten(self) -> str:
        """The text as Python."""
        text = self._text
        signs = list(text)
        # For each open bracket, whether it opens a list (and not an index).
        brackets: list[bool] = []
        previous = before_previous = ""
        prefixes = tokens = 0
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            assert match is not None
            kind, token = str(match.lastgroup), match.group()
            start, position = position, match.end()
            if kind in ("space", "comment"):
                continue
            tokens += 1
            prefixes = prefixes + 1 if token in _PREFIXES else 0
            if tokens > MAX_TOKENS:
                raise ReadError(TOO_LONG, f"more than {MAX_TOKENS} tokens", text, start)
            if prefixes > MAX_PREFIXES or len(brackets) > MAX_BRACKETS:
                raise ReadError(TOO_DEEP, "nested too deeply", text, start)
            if token in _OPENING:
                indexes = previous[-1:].isalnum() or previous in (")", "]", "_")
                brackets.append(token == _LIST and not indexes)
            elif token in _CLOSING:
                if not brackets:
                    message = "a closing bracket that nothing opened"
                    raise ReadError(UNBALANCED, message, text, start)
                brackets.pop()
            elif kind == "arrow" and brackets:
                signs[start : start + 2] = [",", " "]
            elif kind == "remark" and not brackets:
                end = text.find("\n", start)
                position = len(text) if end < 0 else end
                signs[start:position] = "#" + " " * (position - start - 1)
            elif (
                token == _COLON
                and brackets
                and brackets[-1]
                and previous.isidentifier()
                and before_previous in ("[", ",")
            ):
                signs[start] = "@"
            before_previous, previous = previous, token
        return "".join(signs)
