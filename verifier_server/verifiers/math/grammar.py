r"""Tokens to nodes: the grammar of a final answer, by recursive descent.

Promises: what has two common readings is refused, not guessed: 1/2x, 2 3, x2,
\sin x / 2, \sin(x)^2, 1e5, 3\frac{5}{2}. Depth and size are bounded. No text is
ever evaluated as code.

Plain \log without a base is ln times an unknown positive constant, so that an
equality holds only where it holds for every base.

Does not cover: words and units (`words`), and set-builder notation, sums,
integrals, limits, matrices, piecewise definitions: refused.
"""

from fractions import Fraction

from verifier_server.verifiers.math.lex import Token, UnreadableError
from verifier_server.verifiers.math.limits import MAX_DEPTH, MAX_ITEMS, MAX_NODES
from verifier_server.verifiers.math.names import FUNCTION_LETTERS, FUNCTIONS, INVERSE, letters_apart
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Node,
    Number,
    Relation,
    Symbol,
    walk,
)

LOG_UNIT = Symbol("(unknown base)")

_RELATIONS = ("=", "<", "<=", ">", ">=", "!=")
_REVERSED = {">": "<", ">=": "<="}
_INFINITY = Constant("oo")


def read(tokens: list[Token]) -> Node:
    """The meaning of a whole answer.

    Raises:
        UnreadableError: it is outside the grammar or the bounds.
    """
    parser = _Parser(letters_apart(tokens))
    node = parser.answer()
    if sum(1 for _ in walk(node)) > MAX_NODES:
        raise UnreadableError(f"more than {MAX_NODES} parts", 0)
    return node


class _Parser:
    """One pass over the tokens; each method reads one construct and returns its node."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0
        self.in_bars = False

    # The token stream.

    @property
    def text(self) -> str:
        return self.tokens[self.index].text if self.index < len(self.tokens) else ""

    @property
    def kind(self) -> str:
        return self.tokens[self.index].kind if self.index < len(self.tokens) else "end"

    def fail(self, message: str) -> UnreadableError:
        end = self.index >= len(self.tokens)
        position = 0 if not self.tokens else self.tokens[-1 if end else self.index].position
        return UnreadableError(message, position)

    def take(self, text: str) -> bool:
        if self.text == text and self.kind != "end":
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.fail(f"expected {text!r}")

    # Answers, lists and relations.

    def answer(self) -> Node:
        items = self.items()
        if self.kind != "end":
            raise self.fail(f"unexpected {self.text!r}")
        return items[0] if len(items) == 1 else Group("", "", items)

    def items(self) -> tuple[Node, ...]:
        items = [self.relation()]
        while self.take(","):
            items.append(self.relation())
            if len(items) > MAX_ITEMS:
                raise self.fail(f"more than {MAX_ITEMS} items")
        return tuple(items)

    def relation(self) -> Node:
        sides = [self.union()]
        operators: list[str] = []
        while self.text in _RELATIONS:
            operators.append(self.text)
            self.index += 1
            sides.append(self.union())
        if not operators:
            return sides[0]
        if len(operators) > 1 and ("=" in operators or "!=" in operators):
            raise self.fail("a chain of equations")
        if any(isinstance(side, Relation) for side in sides):
            raise self.fail("a relation within a relation")
        downward = [operator in _REVERSED for operator in operators]
        if any(downward):
            if not all(downward):
                raise self.fail("a chain that turns round")
            operators = [_REVERSED[operator] for operator in reversed(operators)]
            sides.reverse()
        return Relation(tuple(operators), tuple(sides))

    def union(self) -> Node:
        node = self.sum()
        parts = [node]
        while self.take(r"\cup"):
            parts.append(self.sum())
        if self.text == ":" and len(parts) == 1:
            return self.ratio(node)
        if len(parts) == 1:
            return node
        if not all(isinstance(part, Group) for part in parts):
            raise self.fail("a union of what is no set")
        return Group("cup", "cup", tuple(parts))

    def ratio(self, first: Node) -> Node:
        parts = [self.scalar(first)]
        while self.take(":"):
            parts.append(self.scalar(self.sum()))
        return Group(":", ":", tuple(parts))

    # Arithmetic.

    def scalar(self, node: Node) -> Node:
        """The node itself, refused where it cannot be an operand."""
        infinite = node == _INFINITY or (isinstance(node, Call) and _INFINITY in node.arguments)
        if infinite or not isinstance(node, (Number, Symbol, Constant, Call)):
            raise self.fail("arithmetic on what is not a number")
        return node

    def sum(self) -> Node:
        terms = [self.term()]
        while self.text in ("+", "-") and self.kind == "sign":
            terms.append(self.scalar(self.term()))
        if len(terms) == 1:
            return terms[0]
        return Call("add", (self.scalar(terms[0]), *terms[1:]))

    def term(self) -> Node:
        """A product with its sign."""
        if self.take("-"):
            node = self.product()
            if node == _INFINITY:
                return Call("neg", (node,))
            return Call("neg", (self.scalar(node),))
        self.take("+")
        return self.product()

    def product(self) -> Node:
        start = self.index
        node = self.factor()
        divided = mixed = False
        while True:
            literal = self.index == start + 1 and self._is_integer(start)
            if self.take("*"):
                node = Call("mul", (self.scalar(node), self.scalar(self.signed_factor())))
                divided = mixed = False
            elif self.take("/"):
                node = Call("div", (self.scalar(node), self.scalar(self.signed_factor())))
                divided = True
            elif literal and self._is_plain_fraction():
                node, mixed = self.mixed_number(node), True
            elif self.starts_factor():
                if divided or mixed or self.kind in ("number", "repeating"):
                    raise self.fail("ambiguous product")
                if self.text == r"\frac" and self._is_integer(self.index - 1):
                    self.refuse_integer_fraction()
                node = Call("mul", (self.scalar(node), self.scalar(self.factor())))
            else:
                return node

    def signed_factor(self) -> Node:
        if self.take("-"):
            return Call("neg", (self.scalar(self.factor()),))
        return self.factor()

    def starts_factor(self) -> bool:
        if self.kind in ("number", "repeating", "letter", "name"):
            return True
        if self.text == "|":
            return not self.in_bars
        return self.text in ("(", "[", "{", r"\{", r"\frac", r"\sqrt", r"\pi", r"\binom")

    def _is_integer(self, index: int) -> bool:
        return self.tokens[index].kind == "number" and self.tokens[index].text.isdecimal()

    def _is_plain_fraction(self) -> bool:
        """Whether 1/2 follows, spaced, or \\frac{1}{2} of integers, after an integer."""
        if self.text == r"\frac":
            return self._integer_fraction() is not None
        following = self.tokens[self.index : self.index + 3]
        return (
            len(following) == 3
            and following[0].spaced
            and following[1].text == "/"
            and following[0].text.isdecimal()
            and following[2].text.isdecimal()
        )

    def _integer_fraction(self) -> Fraction | None:
        """The value of a coming \\frac of two literal integers, by looking ahead only."""
        ahead = [token.text for token in self.tokens[self.index + 1 : self.index + 7]]
        parts: list[int] = []
        while len(parts) < 2:
            if ahead[:1] == ["{"] and ahead[2:3] == ["}"] and ahead[1].isdecimal():
                parts.append(int(ahead[1]))
                ahead = ahead[3:]
            elif ahead and ahead[0].isdecimal():
                parts.append(int(ahead[0][0]))
                ahead = [ahead[0][1:], *ahead[1:]] if len(ahead[0]) > 1 else ahead[1:]
            else:
                return None
        return Fraction(parts[0], parts[1] or 1)

    def refuse_integer_fraction(self) -> None:
        if self._integer_fraction() is not None:
            raise self.fail("ambiguous mixed number")

    def mixed_number(self, whole: Node) -> Node:
        if self.text == r"\frac":
            fraction = self._integer_fraction()
            self.atom()
        else:
            top, _, bottom = self.tokens[self.index : self.index + 3]
            fraction = Fraction(int(top.text), int(bottom.text) or 1)
            self.index += 3
        if fraction is None or not 0 < fraction < 1 or not isinstance(whole, Number):
            raise self.fail("a mixed number needs a proper fraction")
        return Number(whole.value + fraction)

    def factor(self) -> Node:
        node = self.atom()
        while True:
            if self.take("^"):
                node = Call("pow", (self.scalar(node), self.exponent()))
            elif self.take("!"):
                node = Call("factorial", (self.scalar(node),))
            elif self.take("%"):
                node = Call("div", (self.scalar(node), Number(Fraction(100))))
            else:
                return node

    def exponent(self) -> Node:
        negative = self.take("-")
        node = self.scalar(self.atom())
        if self.take("^"):
            self.deeper()
            node = Call("pow", (node, self.exponent()))
            self.depth -= 1
        return Call("neg", (node,)) if negative else node

    # Atoms.

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"deeper than {MAX_DEPTH} levels")

    def atom(self) -> Node:
        self.deeper()
        node = self.shallow_atom()
        self.depth -= 1
        return node

    def shallow_atom(self) -> Node:
        kind, text = self.kind, self.text
        self.index += 1
        if kind == "number":
            return Number(Fraction(text))
        if kind == "repeating":
            return Number(_repeating(text))
        if kind == "letter":
            return self.letter(text)
        if kind == "name":
            return self.named(text)
        if text in ("(", "[", "{", r"\{"):
            return self.bracketed(text)
        if text == "|" and not self.in_bars:
            return self.absolute()
        if text == r"\frac":
            return Call("div", (self.argument(), self.argument()))
        if text == r"\binom":
            return Call("binomial", (self.argument(), self.argument()))
        if text == r"\emptyset":
            return Group("{", "}", ())
        self.index -= 1
        raise self.fail(f"unexpected {text!r}" if text else "unexpected end")

    def letter(self, name: str) -> Node:
        if self.take("_"):
            return Symbol(f"{name}_{self.subscript()}")
        following = self.tokens[self.index] if self.kind != "end" else None
        if name in FUNCTION_LETTERS and following and following.text == "(":
            self.index += 1
            items = tuple(self.scalar(item) for item in self.items())
            self.expect(")")
            return Call("apply", (Symbol(name), *items))
        return Constant(name) if name in ("e", "i") else Symbol(name)

    def subscript(self) -> str:
        if not self.take("{"):
            if self.kind not in ("number", "letter"):
                raise self.fail("unreadable subscript")
            self.index += 1
            return self.tokens[self.index - 1].text
        parts: list[str] = []
        while self.kind in ("number", "letter"):
            parts.append(self.text)
            self.index += 1
        self.expect("}")
        return " ".join(parts)

    def named(self, name: str) -> Node:
        if name == "pi":
            return Constant("pi")
        if name in ("oo", "inf", "infinity"):
            return _INFINITY
        if name == "sqrt":
            return self.root()
        if name == "abs":
            return Call("abs", (self.function_argument(),))
        return self.function(name)

    def root(self) -> Node:
        degree: Node = Number(Fraction(2))
        if self.take("["):
            degree = self.scalar(self.sum())
            self.expect("]")
        number = self.kind == "number"
        if number and len(self.text) > 1:
            raise self.fail("a root needs braces round its number")
        return Call("root", (self.scalar(self.atom()), degree))

    def function(self, name: str) -> Node:
        base: Node | None = None
        if name == "log" and self.take("_"):
            base = self.scalar(self.single_digit_or_atom())
        power: Node | None = None
        if self.take("^"):
            power = self.exponent()
            if power == Call("neg", (Number(Fraction(1)),)):
                if f"arc{name}" not in INVERSE:
                    raise self.fail("ambiguous exponent of a function")
                name, power = f"arc{name}", None
            elif not (isinstance(power, Number) and power.value > 0):
                raise self.fail("ambiguous exponent of a function")
        argument = self.function_argument()
        if name == "log":
            logarithm = Call("ln", (argument,))
            scale = Call("ln", (base,)) if base else None
            node = Call("div", (logarithm, scale)) if scale else Call("mul", (LOG_UNIT, logarithm))
        elif name == "exp":
            node = Call("pow", (Constant("e"), argument))
        else:
            node = Call(name, (argument,))
        return Call("pow", (node, power)) if power else node

    def function_argument(self) -> Node:
        if self.text in ("(", "{", "["):
            node = self.scalar(self.atom())
            if self.text in ("^", "!", "_"):
                raise self.fail("ambiguous power of a function")
            return node
        node = self.scalar(self.argument_factor())
        while self.kind in ("letter", "number") or self.text in (r"\frac", r"\sqrt", "sqrt", "pi"):
            if self.kind == "number":
                raise self.fail("ambiguous product")
            node = Call("mul", (node, self.scalar(self.argument_factor())))
        if self.text in ("/", "(", "[", "{", "%") or (self.text == "|" and not self.in_bars):
            raise self.fail("ambiguous argument of a function")
        return node

    def argument_factor(self) -> Node:
        if self.kind == "name" and self.text in FUNCTIONS:
            raise self.fail("a function of a function needs brackets")
        return self.factor()

    def argument(self) -> Node:
        """The argument of a TeX command: a group, or the next single sign."""
        return self.scalar(self.single_digit_or_atom())

    def single_digit_or_atom(self) -> Node:
        token = self.tokens[self.index] if self.kind != "end" else None
        if token and token.kind == "number" and len(token.text) > 1:
            rest = token.text[1:]
            if not token.text.isdecimal() or (rest[0] == "0" and len(rest) > 1):
                raise self.fail("a command's argument needs braces")
            self.tokens[self.index] = Token("number", rest, token.position + 1, False)
            return Number(Fraction(token.text[0]))
        return self.atom()

    def absolute(self) -> Node:
        self.in_bars = True
        node = self.scalar(self.sum())
        self.in_bars = False
        self.expect("|")
        return Call("abs", (node,))

    def bracketed(self, opening: str) -> Node:
        bars, self.in_bars = self.in_bars, False
        if opening == r"\{" and self.take(r"\}"):
            return Group("{", "}", ())
        items = self.items()
        closing = self.text
        self.index += 1
        allowed = {"{": ("}",), r"\{": (r"\}",)}.get(opening, (")", "]"))
        if closing not in allowed:
            self.index -= 1
            raise self.fail("unbalanced brackets")
        self.in_bars = bars
        if len(items) == 1 and (opening, closing) in (("(", ")"), ("{", "}")):
            return items[0]
        if opening in ("{", r"\{"):
            return Group("{", "}", items)
        return Group(opening, closing, items)


def _repeating(text: str) -> Fraction:
    r"""0.1\overline{6} is 0.1 + 6/90."""
    digits, _, cycle = text.replace(" ", "").partition(r"\overline{")
    cycle = cycle.rstrip("}")
    whole, _, shown = digits.partition(".")
    start = Fraction(int(whole + shown or "0"), 10 ** len(shown))
    return start + Fraction(int(cycle), (10 ** len(cycle) - 1) * 10 ** len(shown))
