"""What a step of a proof cites, at the end of its line.

Promises: a closed grammar (see `proof_text`), read from the end of the line: either all of
the part in brackets, or behind the last from, by, using or via, is a list of cited things
and of rules' names, or there are no citations. A bare number is none: it could mean
a premise or a step. Behind "Premises" or "Steps" it means one more of them. Linear in the
line's length.

Does not cover: whether what is cited exists (`proof_text`). The names of rules are passed
over: whether a step follows is never taken from them.
"""

import re
from dataclasses import dataclass
from typing import Final

# Citations are no longer than this, whatever the line.
MAX_CHARACTERS: Final = 2_000

_RULES = (
    "modus ponens|modus tollens|universal instantiation|universal elimination"
    "|existential instantiation|existential generali[sz]ation|universal generali[sz]ation"
    "|hypothetical syllogism|disjunctive syllogism|constructive dilemma|syllogism|conjunction"
    "|simplification|addition|resolution|contraposition|contrapositive|transitivity|symmetry"
    "|reflexivity|substitution|instantiation|specialization|de morgan(?:'s)?(?: laws?)?"
    "|double negation(?: elimination)?|material implication|tautology|logic|excluded middle"
    "|case analysis|cases|contradiction|definition|chaining|transitive property|equivalence"
    "|(?:and|or|implication|forall|exists|conditional|conjunction|disjunction|negation)"
    "[- ](?:elimination|introduction)|[∀∃∧∨→↔¬⊥=][- ]?(?:elim(?:ination)?|intro(?:duction)?|[EI])"
    "|mp|mt|ui|ei|eg|ug|hs|ds|cd|em|lem"
)
_TOKEN = re.compile(
    rf"[ \t]*(?:(?P<kind>premises?[ \t]?|steps?[ \t]?|[ps]_?)(?P<number>\d{{1,4}})(?!\w)"
    rf"|(?P<bare>\d{{1,4}})(?!\w)|(?P<word>from|by|using|via)\b|(?P<rule>(?:{_RULES})(?!\w))|(?P<none>nothing|none)\b"
    r"|(?P<between>,|;|&|\+|and\b|with\b))[ \t]*",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[\])][ \t]*[.;,]?[ \t]*\Z")
_WORD = re.compile(r"(?<![\w'\u2019-])(?:from|by|using|via)(?=[ \t])", re.IGNORECASE)
_SMALL = re.compile(r"[ps]_?\d")
_OPENS = {"]": "[", ")": "("}
_PLURALS = ("premises", "steps")


@dataclass(frozen=True, slots=True)
class Citation:
    """A premise or a step, by its number from 1 on."""

    is_premise: bool
    number: int

    def __str__(self) -> str:
        return f"{'P' if self.is_premise else 'S'}{self.number}"


@dataclass(frozen=True, slots=True)
class Citations:
    """What is cited, each once, and where in the line the citations begin; -1: in another.

    `unknown` is what stands in brackets behind from, by, using or via, and is no list.
    """

    cited: tuple[Citation, ...]
    start: int
    unknown: str = ""


def at_end(line: str) -> Citations | None:
    """The citations at the end of a line without space round it, or None."""
    closed = _CLOSED.search(line, max(0, len(line) - 8))
    if closed:
        bracketed = _in_brackets(line, closed.start())
        if bracketed is not None:
            return bracketed
    return _after_word(line)


def alone(line: str) -> Citations | None:
    """The citations of a line that holds nothing else, or None."""
    found = at_end(line)
    if found is None or line[: found.start].strip(" \t,;-\u2013\u2014*"):
        return None
    return Citations(found.cited, -1, found.unknown)


def _in_brackets(line: str, close: int) -> Citations | None:
    opening = line.rfind(_OPENS[line[close]], max(0, close - MAX_CHARACTERS), close)
    if opening < 0:
        return None
    inside = line[opening + 1 : close]
    announced = _WORD.match(f"{inside.lstrip()} ") is not None
    if line[close] == ")" and not announced:
        before = line[opening - 1] if opening else " "
        # Without a word, these could be the arguments of an atom.
        if before not in " \t)" or not inside.strip() or _SMALL.search(inside):
            return None
    cited = _list(inside)
    if cited is None:
        return Citations((), opening, inside.strip()) if announced else None
    return Citations(cited, opening)


def _after_word(line: str) -> Citations | None:
    """Behind the first word, among those close enough to the end, that only a list follows."""
    end = len(line.rstrip(" \t.;,"))
    first = max(0, end - MAX_CHARACTERS)
    words = [found.start() for found in _WORD.finditer(line, first, end)]
    # "from P1 and S2 by modus ponens" has two.
    best: Citations | None = None
    for start in reversed(words[-2:]):
        cited = _list(line[start:end])
        if cited is None:
            break
        best = Citations(cited, start)
    return best if best is not None and best.cited else None


def _list(text: str) -> tuple[Citation, ...] | None:
    """The things cited in a text that holds nothing but a list, or None."""
    found: dict[Citation, None] = {}
    position = 0
    # What bare numbers are, behind a plural: whether premises, or None where they are nothing.
    more: bool | None = None
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return tuple(found) if not text[position:].strip() else None
        position = token.end()
        if token["kind"]:
            kind = token["kind"].casefold().rstrip()
            is_premise = kind.startswith("p")
            found[Citation(is_premise, int(token["number"]))] = None
            more = is_premise if kind in _PLURALS else None
        elif token["bare"]:
            if more is None:
                return None
            found[Citation(more, int(token["bare"]))] = None
    return tuple(found)
