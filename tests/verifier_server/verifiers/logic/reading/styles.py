"""Formulas written as each dialect writes them, with brackets that nobody needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

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

_ORDER = (Op.IFF, Op.IMPLIES, Op.XOR, Op.OR, Op.AND)


@dataclass(frozen=True)
class Style:
    """How a dialect writes: signs for IFF, IMPLIES, XOR, OR, AND, and NOT, ≠, ⊤, ⊥."""

    name: str
    signs: tuple[str, str, str, str, str]
    negation: str
    unequal: str
    truths: tuple[str, str]
    quantifier: Callable[[str, list[str]], str]
    around: tuple[str, str] = ("", "")
    to_left: bool = False


def _each(form: str) -> Callable[[str, list[str]], str]:
    return lambda mark, names: "".join(form.format(mark=mark, name=name) for name in names)


def _marks(
    forall: str, exists: str, form: Callable[[str, list[str]], str]
) -> Callable[[str, list[str]], str]:
    return lambda kind, names: form(forall if kind == Quantifier.FORALL else exists, names)


STYLES = (
    Style("folio", ("↔", "→", "⊕", "∨", "∧"), "¬", "≠", ("⊤", "⊥"),
          _marks("∀", "∃", _each("{mark}{name} "))),
    Style("unicode", ("⟷", "⇒", "⊻", "∨", "∧"), "¬", "≠", ("True", "False"),
          _marks("∀", "∃", lambda mark, names: f"{mark}{','.join(names)} ")),
    Style("nltk", ("<->", "->", "<~>", "|", "&"), "-", "!=", ("$T", "$F"),
          _marks("all", "exists", _each("{mark} {name}. ")), to_left=True),
    Style("ladr", ("<->", "->", "^", "|", "&"), "-", "!=", ("$T", "$F"),
          _marks("all", "exists", _each("{mark} {name} ")), ("", ".")),
    Style("tptp", ("<=>", "=>", "<~>", "|", "&"), "~", "!=", ("$true", "$false"),
          _marks("!", "?", lambda mark, names: f"{mark} [{', '.join(names)}] : ")),
    Style("latex", (r"\leftrightarrow ", r"\rightarrow ", r"\oplus ", r"\lor ", r"\land "),
          r"\neg ", r"\neq ", (r"\top ", r"\bot "),
          _marks(r"\forall", r"\exists", _each(r"{mark} {name}\, ")), ("$", "$.")),
    Style("words", ("if and only if", "implies", "xor", "or", "and"), "not ", "!=",
          ("true", "false"), _marks("for all", "there exists", _each("{mark} {name} "))),
    Style("mixed", ("iff", r"\to ", "⊕", "||", "&&"), "!", "!=", ("⊤", "⊥"),
          _marks("forall", "exists", _each("{mark} {name}: "))),
)  # fmt: skip


def written(formula: Formula, style: Style, chance: Random) -> str:
    """A formula in a style: no bracket that it needs is missing, some are too many."""
    before, after = style.around
    return before + _Writer(style, chance).formula(formula, 0) + after


class _Writer:
    def __init__(self, style: Style, chance: Random):
        self.style = style
        self.chance = chance

    def formula(self, node: Formula, level: int) -> str:
        text, own = self._bare(node)
        if own < level or self.chance.random() < 0.1:
            text = f"({self._gap()}{text}{self._gap()})"
        return text

    def _gap(self) -> str:
        return self.chance.choice(("", "", " ", "\n"))

    def _bare(self, node: Formula) -> tuple[str, int]:
        """The text, and how tight it holds: 0 for IFF to 4 for AND, then 5 and 6."""
        style = self.style
        match node:
            case Connected(op=op, parts=parts):
                level = _ORDER.index(op)
                loose_last = op is Op.IMPLIES and not style.to_left
                texts = []
                for place, part in enumerate(parts):
                    last = place == len(parts) - 1
                    tight = last != loose_last if op not in (Op.AND, Op.OR) else True
                    texts.append(self.formula(part, level + tight))
                sign = style.signs[level]
                return f"{self._gap()} {sign} {self._gap()}".join(texts), level
            case Not(body=Equal(left=left, right=right)) if self.chance.random() < 0.8:
                return f"{self._term(left)} {style.unequal} {self._term(right)}", 5
            case Not(body=body):
                return style.negation + self.formula(body, 5), 5
            case Quantified(quantifier=quantifier, variables=variables, body=body):
                names = [variable.name for variable in variables]
                level = 6 if style.name in ("words", "mixed", "unicode") else 5
                inner = self.formula(body, level)
                words = re.findall(r"\w+", inner)
                if all(name in words for name in names):
                    return style.quantifier(quantifier, names) + inner, 5
                # A variable that the body lacks may be taken for a symbol before it.
                return "".join(style.quantifier(quantifier, [each]) for each in names) + inner, 5
            case Equal(left=left, right=right):
                return f"{self._term(left)} = {self._term(right)}", 5
            case Atom(name=name, arguments=arguments):
                return self._applied(name, arguments), 6
            case Truth(value=value):
                return style.truths[not value], 6
            case _:
                raise AssertionError(node)

    def _applied(self, name: str, arguments: tuple[Term, ...]) -> str:
        if not arguments:
            return name
        comma = self.chance.choice((",", ", ", " , "))
        return f"{name}({comma.join(map(self._term, arguments))})"

    def _term(self, term: Term) -> str:
        if isinstance(term, Variable):
            return term.name
        assert isinstance(term, Function)
        return self._applied(term.name, term.arguments)
