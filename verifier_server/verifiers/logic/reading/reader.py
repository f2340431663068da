"""Text to a formula: what every user of the readers calls.

Promises: `read` is a function of its arguments alone, and takes time linear in a
text up to the limits, whatever the text holds; it raises nothing but `ReadError`.
A strict reading (answers) repairs nothing but the reach of a quantifier, with a
caution. A lenient one (gold) also adds or drops up to `MAX_REPAIRS` brackets at
the end, and binds what prover9 binds, each with a caution.

Does not cover: what is around a formula in a completion, and TPTP's annotations.
"""

import re
import unicodedata
from collections.abc import Set
from typing import NoReturn

from verifier_server.verifiers.logic.building import quantified
from verifier_server.verifiers.logic.formulas import Formula, Quantifier, Variable
from verifier_server.verifiers.logic.reading.dialects import core, is_ladr, is_nltk, is_tptp
from verifier_server.verifiers.logic.reading.errors import (
    BAD_CHARACTER,
    EMPTY,
    TOO_DEEP,
    TOO_LONG,
    UNBALANCED,
    Caution,
    ReadError,
    Reading,
)
from verifier_server.verifiers.logic.reading.faults import Fault
from verifier_server.verifiers.logic.reading.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_TOKENS,
    deepest_bracket,
    too_deep,
)
from verifier_server.verifiers.logic.reading.names import NotAName, one_width, spelled
from verifier_server.verifiers.logic.reading.parser import Parser
from verifier_server.verifiers.logic.reading.scope import free_variables, looks_free
from verifier_server.verifiers.logic.reading.tokens import (
    IMPLIES,
    NAME,
    kinds_of,
    offset_of,
    settle_phrases,
    settle_tex,
    settle_tptp,
    tokens_of,
)

MAX_REPAIRS = 2
_SHOWN = 20
_PHRASES = re.compile(r"(?:if|for|there)\s", re.IGNORECASE)
_TEX_COMMAND = re.compile(r"(?<!/)\\[A-Za-z]")


def read(text: str, *, strict: bool = True, constants: Set[str] = frozenset()) -> Reading:
    """Reads a formula of first-order logic in any of the dialects.

    Args:
        text: the formula alone.
        strict: whether it is an answer, which is not repaired.
        constants: names that are constants though they look like variables; a
            quantifier still binds them within it.

    Raises:
        ReadError: the text is not a formula, or is longer or deeper than the limits.
    """
    try:
        reading = _read(text, text, constants)
    except ReadError as error:
        if strict:
            raise
        reading = _repaired(text, constants, error)
    return reading if strict else _closed(text, reading)


def _repaired(text: str, constants: Set[str], error: ReadError) -> Reading:
    """The reading of a text with up to two brackets at its end added or dropped."""
    body = text.rstrip().removesuffix(".").rstrip()
    surplus = body.count(")") - body.count("(")
    if not 0 < abs(surplus) <= MAX_REPAIRS:
        raise error
    if surplus > 0 and not (error.reason == UNBALANCED and body.endswith(")" * surplus)):
        raise error
    mended = body[:-surplus] if surplus > 0 else body + ")" * -surplus
    try:
        reading = _read(mended, text, constants)
    except ReadError:
        raise error from None
    done = f"dropped {surplus} closing" if surplus > 0 else f"added {-surplus} closing"
    caution = Caution("repaired_parentheses", f"{done} bracket(s) at the end", len(body))
    return Reading(reading.formula, (*reading.warnings, caution))


def _closed(text: str, reading: Reading) -> Reading:
    """The reading with its free variables bound, in the one dialect that means that."""
    names = free_variables(reading.formula)
    if not names or not is_ladr(text):
        return reading
    variables = tuple([Variable(name) for name in names])
    formula = quantified(Quantifier.FORALL, variables, reading.formula)
    message = f"{', '.join(names)}: unbound, and read as for all, as prover9 does"
    return Reading(formula, (*reading.warnings, Caution("closed_free_variables", message, 0)))


def _read(text: str, given: str, constants: Set[str]) -> Reading:
    """Reads a text; places are told in the given one, of which it is the most part."""
    if len(text) > MAX_CHARACTERS:
        message = f"more than {MAX_CHARACTERS} characters"
        raise ReadError(TOO_LONG, message, given, min(MAX_CHARACTERS, len(given)))
    if not unicodedata.is_normalized("NFKC", text):
        text = one_width(text)
    start, stop = core(text)
    tokens = tokens_of(text, start, stop)
    kinds = kinds_of(tokens)

    def fail(fault: Fault) -> NoReturn:
        _raise(fault, tokens, kinds, given, (text, start, stop))

    if not tokens:
        fail(Fault(EMPTY, "no formula", 0))
    if len(tokens) > MAX_TOKENS:
        fail(Fault(TOO_LONG, f"more than {MAX_TOKENS} names and signs", MAX_TOKENS))
    tptp = is_tptp(text)
    try:
        _settle(text, tokens, kinds, tptp)
        formula, parser = _parsed(text, tokens, kinds, constants, tptp)
    except Fault as fault:
        fail(fault)
    cautions = [
        Caution(reason, message, offset_of(tokens, place, text, start, stop))
        for reason, message, place in parser.cautions
    ]
    return Reading(formula, tuple(cautions))


def _settle(text: str, tokens: list[str], kinds: list[int], tptp: bool) -> None:
    """Gives kinds that depend on more than one token, and checks the brackets' depth."""
    if _PHRASES.search(text):
        settle_phrases(tokens, kinds)
    if "\\" in text and _TEX_COMMAND.search(text):
        settle_tex(tokens, kinds)
        if "~" in tokens:
            message = "'~' is a space in LaTeX and a negation elsewhere: write \\neg or ¬"
            raise Fault(BAD_CHARACTER, message, tokens.index("~"))
    if tptp:
        settle_tptp(tokens, kinds)
    if len(tokens) > MAX_DEPTH and (place := deepest_bracket(kinds)) >= 0:
        raise Fault(TOO_DEEP, f"more than {MAX_DEPTH} brackets open", place)


def _parsed(
    text: str, tokens: list[str], kinds: list[int], constants: Set[str], tptp: bool
) -> tuple[Formula, Parser]:
    to_left = kinds.count(IMPLIES) > 1 and is_nltk(text)
    parser = Parser(tokens, kinds, constants, capitals=tptp, to_left=to_left)
    formula = parser.formula()
    if parser.loose or parser.captured:
        # Names that a quantifier binds elsewhere: known only now.
        names = parser.bound.intersection(parser.loose) | parser.captured
        if any(not looks_free(name) for name in names):
            parser = Parser(
                tokens, kinds, constants, variables=names, capitals=tptp, to_left=to_left
            )
            formula = parser.formula()
    # A token makes at most two levels.
    if 2 * len(tokens) > MAX_DEPTH and too_deep(formula):
        raise Fault(TOO_DEEP, f"more than {MAX_DEPTH} levels", 0)
    return formula, parser


def _raise(
    fault: Fault, tokens: list[str], kinds: list[int], given: str, part: tuple[str, int, int]
) -> NoReturn:
    """Raises a fault with its place in the text; a bad character anywhere goes first."""
    reason, message, place = fault.reason, fault.message, fault.place
    if reason not in (TOO_LONG, TOO_DEEP, EMPTY):
        for at, token in enumerate(tokens):
            if kinds[at] == NAME and (wrong := _not_a_name(token)):
                reason, message, place = wrong.reason, str(wrong), at
                break
        else:
            if fault.shows:
                found = tokens[place][:_SHOWN] if place < len(tokens) else None
                message += ", found the end" if found is None else f", found {found!r}"
    offset = offset_of(tokens, place, *part)
    raise ReadError(reason, message, given, min(offset, len(given))) from None


def _not_a_name(token: str) -> NotAName | None:
    try:
        spelled(token)
    except NotAName as wrong:
        return wrong
    return None
