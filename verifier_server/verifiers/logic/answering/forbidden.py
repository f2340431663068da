r"""Content that an answer must not bring: axioms, definitions, declarations and commands.

Promises: found in the text before anything reads it, by shapes that no formula of any
dialect has. Linear in the text.
- a heading (Axiom, Premise, Assumption, Definition, Given ...) with a colon, or an opening
  word (Assume, Suppose, Let, Define, Declare ...) before something that is no operator,
  where a statement begins;
- a sign of definition: :=, ::=, ≜, ≝, =def, \triangleq, \coloneqq;
- TPTP's fof(name, role, ...) and its like, and include('file');
- SMT-LIB's commands: (assert ...), (declare-..., (define-..., (set-..., (push ...;
- prover9's lists and settings; Z3-Python's solvers, sorts and declarations, an import.

A predicate or constant with such a name is innocent: Define(x), Axiom(x), ∀x Assert(x),
include(a), assert ∧ q. Where a formula and a command could look alike, the name's being
a symbol of the task decides (`symbols`).

Does not cover: formulas that are wrong (`reading`), symbols that the task lacks
(`signature`), or whether a step of a proof follows.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

MAX_SHOWN: Final = 60

# Where a statement begins: a line, or behind the stop or semicolon of another one; and what
# may stand before its first word: a list's mark, a number, bold type, a comment's sign.
_BEGIN = (
    r"(?:^|(?<=[.;])[ \t]|;)[ \t]{0,40}(?:[-*+•>#%/]{1,3}[ \t]{1,8})?(?:\(?\d{1,4}[.):][ \t]{0,8})?"
    r"(?:\*\*|__|`)?"
)
_HEADINGS = (
    "axiom|axioms|premise|premises|assumption|assumptions|hypothesis|hypotheses|definition"
    "|definitions|def|postulate|postulates|given|fact|facts|rule|rules|declaration|declarations"
    "|abbreviation|parameter|parameters|assume|suppose|let|define|declare|where"
)
_VERBS = (
    "assume|assuming|suppose|supposing|let|define|declare|postulate|axiom|premise|assumption"
    "|definition|given|hypothesis|assert|import"
)
_OPERATORS = r"and|or|not|implies|iff|xor|then|if|in|is|to|land|lor|lnot|wedge|vee|rightarrow|equiv"
# What follows an opening word when it is none of a formula: a name, a sign that only begins.
_NO_OPERATOR = (
    rf"(?=(?!(?:{_OPERATORS})\b)[^\W\d_]|[∀∃¬$\"'`{{\[]|\\(?:forall|exists|neg|lnot|text)\b)"
)
_ROLES = (
    "axiom|hypothesis|definition|assumption|lemma|theorem|corollary|conjecture"
    "|negated_conjecture|plain|type|interpretation|logic|unknown|fi_\\w{1,20}"
)
_COMMANDS = (
    "declare-[a-z]|define-[a-z]|set-(?:option|info|logic|feature)|get-[a-z]|check-sat"
    "|reset-assertions|assert-(?:soft|not)|simplify-|minimi[sz]e|maximi[sz]e"
)
_BARE_COMMANDS = "assert|push|pop|echo|exit|reset|include|apply|eval"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What was found: its kind for a person, its text (bounded) and where it begins."""

    kind: str
    text: str
    offset: int


def _shape(kind: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> tuple[str, re.Pattern[str]]:
    return kind, re.compile(pattern, flags | re.MULTILINE)


# A group `name` is what would be a symbol, if it were one.
_SHAPES = (
    _shape(
        "a heading of something given",
        rf"{_BEGIN}(?P<name>{_HEADINGS})(?:\*\*)?(?:[ \t]{{0,8}}[\w.-]{{1,20}})?"
        r"(?:[ \t]{0,8}\([^()\n]{1,60}\))?[ \t]{0,8}(?:\*\*|__)?[ \t]{0,8}:(?![-=])",
        re.IGNORECASE,
    ),
    _shape(
        "an assumption, a definition or a declaration",
        rf"{_BEGIN}(?P<name>{_VERBS})(?:\*\*)?[ \t]{{1,8}}{_NO_OPERATOR}",
        re.IGNORECASE,
    ),
    _shape(
        "a definition", r"::?=|≜|≝|=_?\{?(?:\\text\{)?def\b|\\(?:triangleq|coloneqq|eqdef|doteq)\b"
    ),
    _shape(
        "a statement of TPTP",
        r"\b(?:fof|cnf|tff|tcf|thf|tpi)[ \t]{0,8}\(\s{0,8}(?:[\w$]{1,80}|'[^'\n]{1,80}')\s{0,8},"
        rf"\s{{0,8}}(?:{_ROLES})(?:-\w{{1,20}})?\s{{0,8}},",
    ),
    _shape(
        "an inclusion",
        r"(?P<name>\binclude)[ \t]{0,8}\([ \t]{0,8}'[^'\n]{1,200}'[^()\n]{0,200}\)\.",
    ),
    _shape("an inclusion", r"\binclude[ \t]{0,8}\([ \t]{0,8}'[^'\n]{0,200}[./][^'\n]{0,200}'"),
    _shape("a command of SMT-LIB", rf"\(\s{{0,8}}(?:{_COMMANDS})"),
    _shape(
        "a command of SMT-LIB",
        rf"\(\s{{0,8}}(?P<name>{_BARE_COMMANDS})"
        rf"(?:\s{{1,8}}(?:(?!(?:{_OPERATORS})\b)[\w\"!:]|\|[^|\s]{{1,80}}\||\([^(),\s]{{1,80}}[\s(])"
        r"|\([^\w\s(),]{1,3}[\s(]|\s{0,8}\)[ \t]{0,8}(?:$|\())",
    ),
    _shape(
        "a command of prover9",
        r"\bformulas[ \t]{0,8}\([ \t]{0,8}(?:assumptions|sos|usable|goals|hints|demodulators)"
        r"[ \t]{0,8}\)|\bend_of_list\b|\b(?:set|clear|assign)[ \t]{0,8}\([ \t]{0,8}"
        r"(?:auto\w{0,8}|max_\w{1,30}|prolog_style_variables|production|raw)[ \t]{0,8}[,)]",
    ),
    _shape(
        "Z3-Python",
        r"\b(?:DeclareSort|EnumSort|Function|Bools?|Consts?|Ints?|Reals?)[ \t]{0,8}\("
        r"[ \t]{0,8}f?[\"'][^\"'\n]{0,200}[\"'][ \t]{0,8}[,)]"
        r"|\b(?:Simple|Tactic)?Solver[ \t]{0,8}\([ \t]{0,8}\)|^[ \t]{0,40}from[ \t]{1,8}\w{1,40}"
        r"[ \t]{1,8}import\b|^[ \t]{0,40}\w{1,40}\.(?:add|append|assert_\w{1,20}|from_\w{1,10})\(",
    ),
)


def forbidden(text: str, symbols: Collection[str] = ()) -> Forbidden | None:
    """The first thing in a text that an answer must not bring, or None.

    Args:
        text: of the answer.
        symbols: the names of the task's own symbols.
    """
    first: Forbidden | None = None
    for kind, shape in _SHAPES:
        for found in shape.finditer(text):
            if first is not None and found.start() >= first.offset:
                break
            named = "name" in shape.groupindex and found["name"] in symbols
            if not named:
                shown = found[0].strip()[:MAX_SHOWN]
                first = Forbidden(kind, shown, found.start())
                break
    return first
