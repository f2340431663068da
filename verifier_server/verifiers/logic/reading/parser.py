"""Tokens to a formula: one grammar for all dialects.

    formula  := operand (connective operand)*
    operand  := (NOT | quantifier variables ["." | ":" | ","])* part
    part     := "(" formula ")" | "[" formula "]" | TRUE | FALSE | symbol | relation
    relation := term ("=" | "≠" | ">" | ...) term
    symbol   := name ["(" [term ("," term)*] ")"]
    term     := symbol | "(" term ")"

Promises: a run of operands is read flat and grouped by `precedence`; negations
and quantifiers before an operand are read in a loop, so that the parser recurses
on brackets alone, whose depth was bounded before. Chains of equalities and of
implications in both directions are refused, not guessed at. A variable that is
applied or stands for a formula is refused.

`>` and its kin are predicates without an interpretation: things of plain
first-order logic are no numbers. `a < b` is read as `b > a`, and `a <= b` as
`b >= a`: that much is their meaning in any order.

Does not cover: quotation of formulas as terms, sums and other arithmetic.
"""

from collections.abc import Set
from itertools import pairwise

from verifier_server.verifiers.logic.formulas import (
    Atom,
    Equal,
    Formula,
    Function,
    Not,
    Quantifier,
    Term,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.reading.binders import variables_at
from verifier_server.verifiers.logic.reading.errors import (
    SYNTAX,
    TOO_DEEP,
    TRAILING,
    UNBALANCED,
)
from verifier_server.verifiers.logic.reading.faults import Fault
from verifier_server.verifiers.logic.reading.limits import MAX_DEPTH
from verifier_server.verifiers.logic.reading.names import NotAName, spelled
from verifier_server.verifiers.logic.reading.precedence import combine
from verifier_server.verifiers.logic.reading.scope import (
    Prefix,
    Reach,
    closed,
    looks_free,
    names_of,
    split,
)
from verifier_server.verifiers.logic.reading.tokens import (
    AND,
    CLOSE,
    CLOSE_SQUARE,
    COLON,
    COMMA,
    END,
    EQUAL,
    FALSE,
    FORALL,
    GREATER,
    IFF,
    IMPLIES,
    LAST_BINARY,
    LAST_QUANTIFIER,
    LAST_RELATION,
    LESS,
    NAME,
    NOT,
    NOT_EXISTS,
    OPEN,
    OPEN_SQUARE,
    OR,
    REVERSE,
    STOP,
    TRUE,
    UNEQUAL,
    WORD_EXISTS,
    WORD_FORALL,
    XOR,
)

_TRUE = Truth(True)
_FALSE = Truth(False)
_SEPARATORS = (STOP, COLON, COMMA)
_OPENING = (OPEN, OPEN_SQUARE)
_CLOSING = (CLOSE, CLOSE_SQUARE)
_NAMES = (NAME, WORD_FORALL, WORD_EXISTS)
_SIMPLE = (NAME, OPEN)
_TRUTHS = (TRUE, FALSE)
_UNIVERSAL = (FORALL, WORD_FORALL)
_STRICT = (LESS, GREATER)
_QUOTES = "'\"“"


class Parser:
    """Reads one formula, once.

    Args:
        tokens: its tokens; some may be cut in pieces.
        kinds: a kind each, and END.
        constants: names that are constants wherever no quantifier binds them.
        variables: names that are variables even where none does.
        capitals: whether unbound names with a capital are variables (TPTP).
        to_left: whether chains of implications group to the left (NLTK).
    """

    __slots__ = (
        "_at",
        "_capitals",
        "_constants",
        "_kinds",
        "_reach",
        "_scope",
        "_to_left",
        "_tokens",
        "_variables",
        "bound",
        "captured",
        "cautions",
        "loose",
    )

    def __init__(
        self,
        tokens: list[str],
        kinds: list[int],
        constants: Set[str],
        *,
        variables: Set[str] = frozenset(),
        capitals: bool = False,
        to_left: bool = False,
    ):
        self._tokens = tokens
        self._kinds = kinds
        self._constants = constants
        self._variables = variables
        self._capitals = capitals
        self._to_left = to_left
        self._at = 0
        # How many quantifiers around bind a name.
        self._scope: dict[str, int] = {}
        self._reach: Reach | None = None
        # What any quantifier binds; what none around it does, in order; what one
        # binds since it was made to reach further.
        self.bound: set[str] = set()
        self.loose: list[str] = []
        self.captured: set[str] = set()
        self.cautions: list[tuple[str, str, int]] = []

    def formula(self) -> Formula:
        """The formula that all tokens are.

        Raises:
            Fault: they are not one.
        """
        whole = self._expression()
        if self._kinds[self._at] == STOP:
            self._at += 1
        kind = self._kinds[self._at]
        if kind in _CLOSING:
            raise Fault(UNBALANCED, "nothing is left to close", self._at, shows=True)
        if kind != END:
            raise Fault(TRAILING, "expected nothing after the formula", self._at, shows=True)
        return whole

    def _expression(self) -> Formula:
        kinds = self._kinds
        first = self._operand()
        if kinds[self._at] > LAST_BINARY:
            return first
        items = [first]
        signs: list[int] = []
        starts = [0]
        reaches: list[tuple[int, Reach]] = []
        start = self._at
        while kinds[self._at] <= LAST_BINARY:
            if self._reach is not None:
                reaches.append((len(signs), self._reach))
            signs.append(kinds[self._at])
            self._at += 1
            starts.append(len(self.loose))
            items.append(self._operand())
        if len(signs) > 1:
            self._check_mixture(signs, start)
        for place, reach in reversed(reaches):
            self._widen(items, signs, starts, place, reach)
        return combine(items, signs, self._to_left) if signs else items[0]

    def _widen(
        self, items: list[Formula], signs: list[int], starts: list[int], place: int, reach: Reach
    ) -> None:
        """Lets a quantifier reach to the end, in place, if a variable of it is loose there."""
        after = starts[place + 1]
        outer, inner = split(reach.prefix, set(self.loose[after:]).difference(self._constants))
        if not outer:
            if not reach.plain:
                message = "a quantifier without brackets was read as binding its next part alone"
                self.cautions.append(("ambiguous_scope", message, reach.place))
            return
        whole = [closed(inner, reach.body), *items[place + 1 :]]
        items[place:] = [closed(outer, combine(whole, signs[place:], self._to_left))]
        del signs[place:]
        names = names_of(outer)
        self.captured.update(names.intersection(self.loose[after:]))
        self.loose[after:] = [name for name in self.loose[after:] if name not in names]
        message = f"the quantifier over {', '.join(sorted(names))} was read as reaching to the end"
        self.cautions.append(("widened_scope", message, reach.place))

    def _check_mixture(self, signs: list[int], place: int) -> None:
        """Refuses what no reader agrees on, and notes where readers differ."""
        if XOR in signs and (AND in signs or OR in signs):
            chains = "".join(map(chr, signs)).replace(chr(REVERSE), chr(IMPLIES))
            for part in chains.replace(chr(IFF), chr(IMPLIES)).split(chr(IMPLIES)):
                if chr(XOR) in part and part.strip(chr(XOR)):
                    message = "exclusive or beside and/or was read as the weaker of them"
                    self.cautions.append(("ambiguous_xor", message, place))
                    break
        directions = [sign for sign in signs if sign in (IFF, IMPLIES, REVERSE)]
        for one, other in pairwise(directions):
            if one == IFF or other == IFF:
                continue
            if one == REVERSE or other == REVERSE:
                raise Fault(SYNTAX, "put brackets into this chain of implications", place)
            side = "left" if self._to_left else "right"
            message = f"a chain of implications was grouped to the {side}"
            self.cautions.append(("chained_implication", message, place))
            break

    def _operand(self) -> Formula:
        kinds = self._kinds
        begin = self._at
        kind = kinds[begin]
        if kind in _SIMPLE:
            part = self._part()
            self._reach = None
            return part
        prefix: Prefix = []
        body_from = 0
        plain = True
        bound: list[str] = []
        while NOT <= (kind := kinds[self._at]) <= LAST_QUANTIFIER:
            if kind == NOT:
                prefix.append(None)
                self._at += 1
            elif kind >= WORD_FORALL and kinds[self._at + 1] != NAME:
                break
            else:
                plain = self._quantifier(kind, prefix, bound) and plain
                body_from = len(prefix)
            if len(prefix) > MAX_DEPTH:
                raise Fault(TOO_DEEP, f"more than {MAX_DEPTH} levels", self._at)
        part = self._part()
        for name in bound:
            self._scope[name] -= 1
        if not body_from:
            self._reach = None
            return closed(prefix, part)
        body = closed(prefix[body_from:], part)
        self._reach = Reach(prefix[:body_from], body, begin, plain)
        return closed(self._reach.prefix, body)

    def _quantifier(self, kind: int, prefix: Prefix, bound: list[str]) -> bool:
        """One quantifier with its variables; whether it is surely narrow as written."""
        place = self._at
        bracketed = self._kinds[place + 1] == OPEN_SQUARE
        names, self._at = variables_at(self._tokens, self._kinds, place + 1)
        if kind == NOT_EXISTS:
            prefix.append(None)
        universal = kind in _UNIVERSAL
        prefix.append(
            (
                Quantifier.FORALL if universal else Quantifier.EXISTS,
                tuple([Variable(name) for name in names]),
            )
        )
        scope = self._scope
        for name in names:
            if scope.get(name):
                message = f"{name!r} is bound again where it is bound already"
                self.cautions.append(("shadowed_variable", message, place))
            scope[name] = scope.get(name, 0) + 1
        bound += names
        self.bound.update(names)
        separator = self._kinds[self._at]
        if separator not in _SEPARATORS:
            return True
        self._at += 1
        return bracketed or (kind >= WORD_FORALL and separator == STOP)

    def _part(self) -> Formula:
        at = self._at
        kind = self._kinds[at]
        if kind in _NAMES:
            return self._symbol_or_relation(at)
        if kind in _OPENING:
            return self._group(at, CLOSE if kind == OPEN else CLOSE_SQUARE)
        if kind in _TRUTHS:
            self._at = at + 1
            return _TRUE if kind == TRUE else _FALSE
        raise Fault(SYNTAX, "expected a formula", at, shows=True)

    def _group(self, at: int, closing: int) -> Formula:
        before = len(self.loose)
        self._at = at + 1
        inside = self._expression()
        if self._kinds[self._at] != closing:
            expected = ")" if closing == CLOSE else "]"
            raise Fault(SYNTAX, f"expected {expected!r} or a connective", self._at, shows=True)
        self._at += 1
        if not EQUAL <= self._kinds[self._at] <= LAST_RELATION:
            return inside
        if type(inside) is not Atom:
            raise Fault(SYNTAX, "a relation stands between terms, not formulas", self._at)
        # It was a term in brackets.
        del self.loose[before:]
        self._at = at
        return self._relation(self._term())

    def _symbol_or_relation(self, at: int) -> Formula:
        kinds = self._kinds
        token = self._tokens[at]
        name = self._spelled(at)
        following = kinds[at + 1]
        if following == OPEN:
            arguments = self._arguments(at + 2)
            if EQUAL <= kinds[self._at] <= LAST_RELATION:
                return self._relation(Function(name, arguments))
            self._refuse_applied(name, at)
            return Atom(name, arguments)
        self._at = at + 1
        if EQUAL <= following <= LAST_RELATION:
            return self._relation(self._leaf(token, name))
        if self._scope.get(name) and token[0] not in _QUOTES and not self._closes_a_term():
            raise Fault(SYNTAX, f"{name!r} is a variable, not a formula", at)
        return Atom(name)

    def _closes_a_term(self) -> bool:
        """Whether only closing brackets are before a relation: `(x) = y`."""
        at = self._at
        while self._kinds[at] == CLOSE:
            at += 1
        return at > self._at and EQUAL <= self._kinds[at] <= LAST_RELATION

    def _relation(self, left: Term) -> Formula:
        place = self._at
        sign = self._kinds[place]
        self._at += 1
        right = self._term()
        if EQUAL <= self._kinds[self._at] <= LAST_RELATION:
            raise Fault(SYNTAX, "put an end to this chain: a relation has two sides", self._at)
        if sign == EQUAL:
            return Equal(left, right)
        if sign == UNEQUAL:
            return Not(Equal(left, right))
        message = "an order was read as a predicate of which nothing is known"
        self.cautions.append(("uninterpreted_order", message, place))
        sides = (left, right) if sign >= GREATER else (right, left)
        return Atom(">" if sign in _STRICT else ">=", sides)

    def _arguments(self, at: int) -> tuple[Term, ...]:
        """The terms between brackets, from after the opening one."""
        kinds = self._kinds
        if kinds[at] == CLOSE:
            self._at = at + 1
            return ()
        terms: list[Term] = []
        while True:
            if kinds[at] == NAME and (kinds[at + 1] == COMMA or kinds[at + 1] == CLOSE):
                terms.append(self._leaf(self._tokens[at], self._spelled(at)))
                at += 1
            else:
                self._at = at
                terms.append(self._term())
                at = self._at
            kind = kinds[at]
            if kind == CLOSE:
                self._at = at + 1
                return tuple(terms)
            if kind != COMMA:
                raise Fault(SYNTAX, "expected ',' or ')'", at, shows=True)
            at += 1

    def _term(self) -> Term:
        at = self._at
        kinds = self._kinds
        kind = kinds[at]
        if kind == OPEN:
            self._at = at + 1
            term = self._term()
            if kinds[self._at] != CLOSE:
                raise Fault(SYNTAX, "expected ')'", self._at, shows=True)
            self._at += 1
            return term
        if kind == NOT and self._tokens[at] in ("-", "−") and self._is_number(at + 1):
            self._at = at + 2
            return Function("-" + self._spelled(at + 1))
        if kind != NAME and not self._is_word_as_name(at):
            raise Fault(SYNTAX, "expected a term", at, shows=True)
        name = self._spelled(at)
        if kinds[at + 1] == OPEN:
            arguments = self._arguments(at + 2)
            self._refuse_applied(name, at)
            return Function(name, arguments)
        self._at = at + 1
        return self._leaf(self._tokens[at], name)

    def _is_number(self, at: int) -> bool:
        return self._kinds[at] == NAME and self._tokens[at][0].isdigit()

    def _is_word_as_name(self, at: int) -> bool:
        """Whether a word that is an operator elsewhere stands alone as a term: In(x, or)."""
        alone = self._kinds[at] != END and self._kinds[at + 1] in (COMMA, CLOSE)
        return alone and self._tokens[at].isalpha() and self._tokens[at].isascii()

    def _refuse_applied(self, name: str, at: int) -> None:
        if len(name) == 1 and self._scope.get(name) and self._tokens[at] == name:
            raise Fault(SYNTAX, f"the variable {name!r} is applied like a symbol", at)

    def _spelled(self, at: int) -> str:
        try:
            return spelled(self._tokens[at])
        except NotAName as wrong:
            raise Fault(wrong.reason, str(wrong), at) from None

    def _leaf(self, token: str, name: str) -> Term:
        """A name alone: a variable or a constant."""
        if token[0] in _QUOTES:
            return Function(name)
        if self._scope.get(name):
            return Variable(name)
        if name in self._constants:
            return Function(name)
        self.loose.append(name)
        if name in self._variables or looks_free(name) or (self._capitals and name[0].isupper()):
            return Variable(name)
        return Function(name)
