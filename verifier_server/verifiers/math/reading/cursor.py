"""A place in the tokens of an answer, and the rules by which any construct may be read there.

Promises: depth is counted wherever a construct opens; the last token is always a stop, so
that looking never runs off the end.

Does not cover: any rule itself (`grammar`); rules are handed in, so that the files of the
grammar need not import one another in circles.
"""

from collections.abc import Callable
from dataclasses import dataclass

from verifier_server.verifiers.math.limits import MAX_DEPTH, MAX_NODES
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.reading.lex import Token, UnreadableError
from verifier_server.verifiers.math.reading.names import STOP

_FIXED = frozenset(("sign", "command"))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that constructs use for their parts, widest first.

    `sequence` is items with what separates them; `relation` a chain of sides; `side` a value
    with its unit; `sum`, `product` and `factor` are arithmetic; `atom` is one construct.
    """

    sequence: "Callable[[Cursor], tuple[list[Node], frozenset[str]]]"
    relation: "Callable[[Cursor], Node]"
    side: "Callable[[Cursor], Node]"
    sum: "Callable[[Cursor], Node]"
    product: "Callable[[Cursor], Node]"
    factor: "Callable[[Cursor], Node]"
    atom: "Callable[[Cursor], Node]"


class Cursor:
    """The tokens, an index among them, and what the brackets around the index forbid.

    Args:
        tokens: of one answer, ending with a stop.
        rules: how to read parts.
    """

    __slots__ = ("atoms", "depth", "in_angle", "in_bars", "in_builder", "index", "rules", "tokens")

    def __init__(self, tokens: list[Token], rules: Rules) -> None:
        self.tokens = tokens
        self.rules = rules
        self.index = 0
        self.depth = self.atoms = 0
        self.in_bars = self.in_angle = self.in_builder = False

    @property
    def token(self) -> Token:
        """The token at the index."""
        return self.tokens[self.index]

    @property
    def text(self) -> str:
        """The text of the token at the index; "" at the end."""
        return self.tokens[self.index].text

    @property
    def kind(self) -> str:
        """The kind of the token at the index; stop at the end."""
        return self.tokens[self.index].kind

    def ahead(self, steps: int) -> Token:
        """A token further on, or the stop."""
        index = self.index + steps
        return self.tokens[index] if index < len(self.tokens) else STOP

    def fail(self, message: str) -> UnreadableError:
        """The error to raise here."""
        return UnreadableError(message, self.tokens[self.index].position)

    def at(self, text: str) -> bool:
        """Whether a sign or command comes next."""
        token = self.tokens[self.index]
        return token.text == text and token.kind in _FIXED

    def take(self, text: str) -> bool:
        """Whether a sign or command came next; it is behind then."""
        token = self.tokens[self.index]
        if token.text == text and token.kind in _FIXED:
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Passes a sign or command.

        Raises:
            UnreadableError: something else comes next.
        """
        if not self.take(text):
            raise self.fail(f"expected {text!r}")

    def deeper(self) -> None:
        """Opens a construct.

        Raises:
            UnreadableError: too many are open, or there are too many in all.
        """
        self.depth += 1
        self.atoms += 1
        if self.atoms > MAX_NODES:
            raise self.fail(f"more than {MAX_NODES} parts")
        if self.depth > MAX_DEPTH:
            raise self.fail(f"deeper than {MAX_DEPTH} levels")

    def shallower(self) -> None:
        """Closes a construct."""
        self.depth -= 1

    def opened(self) -> tuple[bool, bool, bool]:
        """Enters brackets: what the outside forbids is allowed again. Give the result back."""
        flags = self.in_bars, self.in_angle, self.in_builder
        self.in_bars = self.in_angle = self.in_builder = False
        return flags

    def closed(self, flags: tuple[bool, bool, bool]) -> None:
        """Leaves brackets."""
        self.in_bars, self.in_angle, self.in_builder = flags

    def argument(self) -> Node:
        r"""The argument of a TeX command: a group, or the next single sign (\frac12)."""
        token = self.tokens[self.index]
        if token.kind == "number" and len(token.text) > 1:
            rest = token.text[1:]
            if not token.text.isdecimal() or (rest[0] == "0" and len(rest) > 1):
                raise self.fail("a command's argument needs braces")
            self.tokens[self.index] = Token("number", rest, token.position + 1, False)
            self.tokens.insert(self.index, token._replace(text=token.text[0]))
        return self.rules.atom(self)
