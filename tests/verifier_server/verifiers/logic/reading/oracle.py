"""A second reader, made otherwise: an LALR grammar, and scope mended in the text.

It shares no code with the reader but the tree, and knows only what it must to judge
it: no repairs of brackets, no cut names, no terms in brackets. Where a quantifier's
variable is free to its right, brackets are written into the text and it is read anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lark import Lark, Token, Tree

from verifier_server.verifiers.logic.formulas import (
    Atom,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Op,
    Quantified,
    Quantifier,
    Term,
    Truth,
    Variable,
)

_GRAMMAR = r"""
start: iff "."?
?iff: imp | iff IFF imp -> binary
?imp: %s
?xor: or | xor XOR or -> binary
?or: and | or OR and -> binary
?and: unary | and AND unary -> binary
?unary: NOT unary -> negation | BIND unary -> binding | part
?part: "(" iff ")" -> group | "[" iff "]" -> group
    | TRUE -> verum | FALSE -> falsum
    | term -> atom | term RELATION term -> relation
term: NAME ["(" [term ("," term)*] ")"]
IFF.3: /↔|⟷|⇔|≡|<->|<=>|\\leftrightarrow\b|\\iff\b|\b(iff|if and only if)\b/
IMP.2: /→|⇒|->|=>|\\rightarrow\b|\\to\b|\\implies\b|\bimplies\b/
XOR.3: /⊕|⊻|\^|<~>|\\oplus\b|\bxor\b/
OR.2: /∨|\|\|?|\\lor\b|\\vee\b|\bor\b/
AND.2: /∧|&&?|\\land\b|\\wedge\b|\band\b/
RELATION.3: /≠|!=|\\neq\b|≤|≥|<(?![-=~])|>|=(?!>)/
NOT.2: /¬|~|!|-|\\neg\b|\bnot\b/
TRUE.2: /⊤|\$true\b|\$T\b|\\top\b|\b(true|True)\b/
FALSE.2: /⊥|\$false\b|\$F\b|\\bot\b|\b(false|False)\b/
BIND.4: /[!?]\s*\[[\w\s,]+\]\s*:|(∀|∃|\\forall\b|\\exists\b|\b(for all|there exists|forall|all|exists)\b)\s*[^\W\d]\w*(?!\()(\s*,\s*\w+(?=[\s,]))*(\s*[.:]|\\,)?/
NAME: /\w+([-.’']\w+)*(\+\+?(?=[,)]))?[’']?|"[^"]+"/
%%ignore /\s+|\\,/
"""  # noqa: E501 (a terminal's pattern is one line)
_RIGHT = "xor | xor IMP imp -> binary"
_LEFT = "xor | imp IMP xor -> binary"
_READERS = {
    to_left: Lark(
        _GRAMMAR % (_LEFT if to_left else _RIGHT), parser="lalr", propagate_positions=True
    )
    for to_left in (False, True)
}
_OPS = {"IFF": Op.IFF, "IMP": Op.IMPLIES, "XOR": Op.XOR, "OR": Op.OR, "AND": Op.AND}
_UNIVERSAL = re.compile(r"∀|!|\\forall|for all|forall|all")
_MARK = re.compile(r"\s*(?:[!?]|∀|∃|\\forall|\\exists|for all|there exists|forall|all|exists)\s*")


def read_otherwise(text: str, *, to_left: bool = False) -> Formula:
    """The formula of a text; any exception of lark's where there is none."""
    text = text.strip()
    if text.startswith("$") and text.rstrip(".").endswith("$"):
        text = text.rstrip(".")[1:-1]
    while True:
        tree = _READERS[to_left].parse(text)
        mended = _mended(tree, text)
        if mended is None:
            return _Builder(tree, tptp=bool(re.search(r"[!?]\s*\[", text))).formula(
                tree.children[0]
            )
        text = mended


@dataclass
class _Binding:
    start: int
    end: int
    names: list[str]
    universal: bool
    body_at: int
    group_end: int
    inner: "_Binding | None" = None


@dataclass
class _Scopes:
    bindings: list[_Binding] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)


def _mended(tree: Tree[Token], text: str) -> str | None:
    """The text with one quantifier's reach written out, or None where none needs it."""
    scopes = _Scopes()
    _scan(tree.children[0], frozenset(), len(text.rstrip(". \n")), scopes)
    for binding in sorted(scopes.bindings, key=lambda each: -each.start):
        after = {name for at, name in scopes.loose if binding.end <= at < binding.group_end}
        if after.intersection(binding.names):
            last = binding
            while last.inner is not None and last.inner.universal == last.universal:
                last = last.inner
            end = binding.group_end
            return f"{text[: last.body_at]} ({text[last.body_at : end]}){text[end:]}"
    return None


def _scan(
    node: Tree[Token] | Token, bound: frozenset[str], group_end: int, scopes: _Scopes
) -> _Binding | None:
    if isinstance(node, Token):
        return None
    if node.data == "term":
        name, *arguments = node.children
        assert isinstance(name, Token)
        alone = all(each is None for each in arguments)
        if alone and name not in bound and not name.startswith('"'):
            assert name.start_pos is not None
            scopes.loose.append((name.start_pos, str(name)))
        for argument in arguments:
            if argument is not None:
                _scan(argument, bound, group_end, scopes)
        return None
    if node.data == "atom":
        (symbol,) = node.children
        assert isinstance(symbol, Tree)
        for argument in symbol.children[1:]:
            if argument is not None:
                _scan(argument, bound, group_end, scopes)
        return None
    if node.data == "group":
        assert node.meta.end_pos is not None
        _scan(node.children[0], bound, node.meta.end_pos - 1, scopes)
        return None
    if node.data == "binding":
        mark, body = node.children
        assert isinstance(mark, Token)
        assert mark.start_pos is not None
        assert mark.end_pos is not None
        names = _names(mark)
        own = _Binding(
            mark.start_pos, node.meta.end_pos, names, _is_universal(mark), mark.end_pos, group_end
        )
        scopes.bindings.append(own)
        own.inner = _scan(body, bound.union(names), group_end, scopes)
        return own
    for child in node.children:
        if isinstance(child, Tree):
            _scan(child, bound, group_end, scopes)
    return None


def _names(mark: str) -> list[str]:
    return re.findall(r"\w+", _MARK.sub("", mark, count=1))


def _is_universal(mark: str) -> bool:
    return _UNIVERSAL.match(mark) is not None


class _Builder:
    """The tree of the grammar as the tree of the logic."""

    def __init__(self, tree: Tree[Token], *, tptp: bool):
        self.tptp = tptp
        self.ever = {name for mark in _marks(tree) for name in _names(mark)}
        self.bound: list[str] = []

    def formula(self, node: Tree[Token] | Token) -> Formula:
        assert isinstance(node, Tree)
        children = node.children
        match node.data:
            case "binary":
                left, sign, right = children
                assert isinstance(sign, Token)
                return _join(_OPS[sign.type], self.formula(left), self.formula(right))
            case "negation":
                return Not(self.formula(children[1]))
            case "group":
                return self.formula(children[0])
            case "verum" | "falsum":
                return Truth(node.data == "verum")
            case "binding":
                return self._binding(str(children[0]), children[1])
            case "atom":
                return self._atom(children[0])
            case _:
                return self._relation(*children)

    def _binding(self, mark: str, inner: Tree[Token] | Token) -> Formula:
        names = _names(mark)
        self.bound += names
        body = self.formula(inner)
        del self.bound[-len(names) :]
        kind = Quantifier.FORALL if _is_universal(mark) else Quantifier.EXISTS
        own = tuple(map(Variable, names))
        if isinstance(body, Quantified) and body.quantifier == kind:
            own = tuple(each for each in own if each not in body.variables)
            return Quantified(kind, own + body.variables, body.body)
        return Quantified(kind, own, body)

    def _atom(self, symbol: Tree[Token] | Token) -> Formula:
        assert isinstance(symbol, Tree)
        name, *arguments = symbol.children
        if str(name) in self.bound and all(each is None for each in arguments):
            raise ValueError(f"{name} is a variable")
        return Atom(_plain(name), tuple(self._term(each) for each in arguments if each is not None))

    def _relation(self, left: object, sign: object, right: object) -> Formula:
        one, other = self._term(left), self._term(right)
        match str(sign):
            case "=":
                return Equal(one, other)
            case "<":
                return Atom(">", (other, one))
            case ">":
                return Atom(">", (one, other))
            case "≤":
                return Atom(">=", (other, one))
            case "≥":
                return Atom(">=", (one, other))
            case _:
                return Not(Equal(one, other))

    def _term(self, node: object) -> Term:
        assert isinstance(node, Tree)
        name, *rest = node.children
        assert isinstance(name, Token)
        arguments = tuple(self._term(each) for each in rest if each is not None)
        if arguments:
            return Function(_plain(name), arguments)
        if name.startswith('"'):
            return Function(_plain(name))
        variable = str(name) in self.bound or str(name) in self.ever
        variable = variable or re.fullmatch(r"[u-z]([1-9]\d?)?", name) is not None
        if variable or (self.tptp and name[0].isupper()):
            return Variable(str(name))
        return Function(_plain(name))


def _plain(name: object) -> str:
    return str(name).strip('"').replace("’", "'")


def _join(op: Op, left: Formula, right: Formula) -> Formula:
    if op not in (Op.AND, Op.OR):
        return Connected(op, (left, right))
    parts: list[Formula] = []
    for side in (left, right):
        is_same = isinstance(side, Connected) and side.op == op
        parts += side.parts if is_same and isinstance(side, Connected) else (side,)
    return Connected(op, tuple(parts))


def _marks(tree: Tree[Token]) -> Iterator[str]:
    for token in tree.scan_values(lambda value: isinstance(value, Token)):
        if token.type == "BIND":
            yield str(token)
