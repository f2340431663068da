r"""From the text of an answer to the steps of a proof, their formulas unread.

Promises: a closed grammar, one step a line, so that a text has one reading or a fault.

    line      = blank | "Proof:" | "QED" and its like | step | citations
    step      = [mark] [name] [word] formula citations
    mark      = "-" | "*" | "•", then a blank
    name      = ("S" | "Step") k, or k alone or in brackets; then ":", "." or ")"
    word      = "Therefore", "Thus", "Hence", "So", "∴", then "," or ":" or a blank
    citations = "[" list "]" | "(" list ")" | "from" list | "by" list | "using" list
                | "via" list; then perhaps a full stop
    list      = cited things, and names of rules from a closed list, between ",", ";",
                "and", "&", "+" or blanks; or nothing; or "nothing", "none"
    cited     = "P" k | "Premise" k | "S" k | "Step" k | ("Premises" | "Steps") k {"," k}

A list in brackets may begin with from, by, using or via (or "from" ... "by" a rule). Round
brackets without such a word need a blank or a closing bracket before them and capital
letters in them: `Knows(P1, S2)` is an atom. Citations alone on a line belong to the
step of the line before, if that has none. A step without a name has the number that
is next; a name must be that number. A last line without citations that only repeats the
formula of the last step ("Therefore, φ") is no step.

A step cites premises by their numbers and steps before it. Reading ends at the first
fault, which says what and where; the steps before it stand. `[from ]` cites nothing and is
no fault: a valid formula follows from nothing. A bare number cites nothing: it could mean a
premise or a step.

Does not cover: whether a formula can be read, whether it follows, and how many
citations a task allows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from verifier_server.verifiers.logic.answering.block import Answer, squeezed
from verifier_server.verifiers.logic.answering.citations import (
    Citation,
    Citations,
    alone,
    at_end,
)
from verifier_server.verifiers.logic.answering.lines import announced, bare

MAX_CHARACTERS: Final = 200_000
MAX_LINE: Final = 22_000
MAX_STEPS: Final = 200
MAX_CITATIONS: Final = 64
MAX_SHOWN: Final = 40

# A number has at most four digits, so that no name is longer than any number of steps.
_NAME = re.compile(
    r"(?:[-*•][ \t]+)?(?:\*\*)?"
    r"(?:(?:S|Step[ \t]?)_?(?P<a>\d{1,4})(?!\d)"
    r"|\((?:S|Step[ \t])?(?P<b>\d{1,4})\)(?=[ \t.:*])"
    r"|\[(?:S|Step[ \t])?(?P<c>\d{1,4})\](?=[ \t.:*])"
    r"|(?P<d>\d{1,4})(?=[.:)](?!\d)))"
    r"(?:\*\*)?[ \t]*(?P<mark>[:.)])?(?:\*\*)?[ \t]*",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"[*•][ \t]+")
_OTHER_NAME = re.compile(r"(?:\*\*)?(?:P|Premise[ \t]?)_?\d{1,4}(?:\*\*)?[ \t]*[:.)]", re.I)
_HEADING = re.compile(r"(?:\*\*|#{1,6} )?(?:proof|derivation|steps)(?:\*\*)?:?(?:\*\*)?", re.I)
_END = re.compile(
    r"(?:\*\*)?(?:q\.? ?e\.? ?d\.?|∎|□|■|⊣|\\qed|\\square|\\blacksquare)(?:\*\*)?", re.I
)
_THEREFORE = re.compile(r"(?:therefore|thus|hence|so)[ \t]+(?=[^\W\d_]|[∀∃¬\\$])", re.IGNORECASE)
_OPERATOR = re.compile(r"(?:and|or|implies|iff|xor)\b", re.IGNORECASE)


class Fault(StrEnum):
    """What is wrong with the form of a proof."""

    TOO_LONG = "too_long"
    TOO_MANY_STEPS = "too_many_steps"
    NO_STEPS = "no_steps"
    NOT_A_STEP = "not_a_step"
    DUPLICATE_NAME = "duplicate_name"
    OUT_OF_ORDER = "out_of_order"
    NO_CITATION = "no_citation"
    UNKNOWN_CITATION = "unknown_citation"
    SELF_CITATION = "self_citation"
    FORWARD_CITATION = "forward_citation"
    TOO_MANY_CITATIONS = "too_many_citations"


@dataclass(frozen=True, slots=True)
class Step:
    """A step, by its number from 1 on, and what it cites, each once and in the order given.

    `text` is that of its formula, which begins at `offset` of the completion.
    """

    number: int
    text: str
    offset: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """The first fault, the number of the step that has it, and where in the completion."""

    fault: Fault
    step: int
    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The steps before the first fault, and that fault."""

    steps: tuple[Step, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank, without space round it, and where it begins in the answer.

    `citations` are those of the line itself, or of the next line where only they stand.
    """

    text: str
    start: int
    citations: Citations | None


class _FaultyError(Exception):
    """A fault of a step; the offset counts from the start of the line."""

    def __init__(self, fault: Fault, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.fault = fault
        self.offset = offset


def read_proof(answer: Answer, premises: int) -> Proof:
    """The steps of a proof, or those before its first fault.

    Args:
        answer: the text of the answer.
        premises: how many the task has; they are P1, P2, ...
    """
    if len(answer.text) > MAX_CHARACTERS:
        message = f"the proof has over {MAX_CHARACTERS} characters"
        return Proof((), Problem(Fault.TOO_LONG, 1, answer.offset, message))
    steps: list[Step] = []
    lines = list(_lines(answer.text))
    for place, line in enumerate(lines):
        try:
            if place == len(lines) - 1 and _repeats(line, steps):
                continue
            steps.append(_step(line, len(steps) + 1, premises, answer.offset))
        except _FaultyError as error:
            offset = answer.offset + line.start + error.offset
            problem = Problem(error.fault, len(steps) + 1, offset, str(error))
            return Proof(tuple(steps), problem)
    if not steps:
        return Proof((), Problem(Fault.NO_STEPS, 1, answer.offset, "there is no step"))
    return Proof(tuple(steps))


def _lines(text: str) -> Iterator[_Line]:
    """The lines that say something; citations alone on a line are joined to the line before."""
    waiting: _Line | None = None
    start = 0
    for raw in text.split("\n"):
        line = raw.strip()
        begin = start + len(raw) - len(raw.lstrip())
        start += len(raw) + 1
        if not line or _HEADING.fullmatch(line) or _END.fullmatch(line):
            continue
        if waiting and waiting.citations is None and (cited := alone(line[:MAX_LINE])):
            yield _Line(waiting.text, waiting.start, cited)
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = _Line(line, begin, None if len(line) > MAX_LINE else at_end(line))
    if waiting:
        yield waiting


def _step(line: _Line, number: int, premises: int, offset: int) -> Step:
    if len(line.text) > MAX_LINE:
        raise _FaultyError(Fault.TOO_LONG, f"the line has over {MAX_LINE} characters")
    if number > MAX_STEPS:
        raise _FaultyError(Fault.TOO_MANY_STEPS, f"there are over {MAX_STEPS} steps")
    if _OTHER_NAME.match(line.text):
        raise _FaultyError(Fault.NOT_A_STEP, "premises are not stated again")
    begin = _after_name(line.text, number)
    start, end = _formula(line, begin)
    if line.citations is None:
        raise _FaultyError(Fault.NO_CITATION, f"step {number} does not say what it follows from")
    if start >= end:
        raise _FaultyError(Fault.NOT_A_STEP, f"step {number} has no formula", begin)
    citations = _cited(line.citations, number, premises)
    return Step(number, line.text[start:end], offset + line.start + start, citations)


def _after_name(text: str, number: int) -> int:
    """Where a line goes on after the name of the step, which must be its number."""
    name = _NAME.match(text)
    if name is None or not (name["mark"] or name["b"] or name["c"]):
        mark = _LIST_MARK.match(text)
        return mark.end() if mark else 0
    given = int(name["a"] or name["b"] or name["c"] or name["d"])
    if given == number:
        return name.end()
    if 0 < given < number:
        raise _FaultyError(Fault.DUPLICATE_NAME, f"there is a step {given} already")
    raise _FaultyError(Fault.OUT_OF_ORDER, f"step {number} has the number {given}")


def _formula(line: _Line, begin: int) -> tuple[int, int]:
    """Where the formula lies in a line: without what leads to it and without quotes."""
    text = line.text
    end = len(text)
    if line.citations is not None and line.citations.start >= 0:
        end = line.citations.start
    begin = announced(text, begin)
    lead = _THEREFORE.match(text, begin, end)
    if lead and not _OPERATOR.match(text, lead.end()):
        begin = lead.end()
    stripped = text[begin:end].rstrip(" \t,;")
    for dash in ("--", "\u2014", "\u2013", " -"):
        stripped = stripped.removesuffix(dash).rstrip(" \t,;")
    end = begin + len(stripped)
    begin += len(stripped) - len(stripped.lstrip())
    if begin < end and text[begin] == "`" and text.find("`", begin + 1) == end - 1:
        return begin + 1, end - 1
    inner = bare(Answer(text[begin:end], begin))
    return inner.offset, inner.offset + len(inner.text)


def _cited(found: Citations, number: int, premises: int) -> tuple[Citation, ...]:
    if len(found.cited) > MAX_CITATIONS:
        message = f"step {number} cites over {MAX_CITATIONS} lines"
        raise _FaultyError(Fault.TOO_MANY_CITATIONS, message)
    if found.unknown:
        message = f"{found.unknown[:MAX_SHOWN]!r} names no premises or steps"
        raise _FaultyError(Fault.UNKNOWN_CITATION, message)
    for each in found.cited:
        if each.is_premise:
            if not 1 <= each.number <= premises:
                raise _FaultyError(Fault.UNKNOWN_CITATION, f"there is no premise {each}")
        elif each.number == number:
            raise _FaultyError(Fault.SELF_CITATION, f"step {number} cites itself")
        elif each.number > number:
            message = f"step {number} cites {each}, which comes after it"
            raise _FaultyError(Fault.FORWARD_CITATION, message)
        elif each.number < 1:
            raise _FaultyError(Fault.UNKNOWN_CITATION, f"there is no step {each}")
    return found.cited


def _repeats(line: _Line, steps: list[Step]) -> bool:
    """Whether a line without citations only says the formula of the last step again."""
    if line.citations is not None or not steps or len(line.text) > MAX_LINE:
        return False
    start, end = _formula(line, 0)
    said = bare(Answer(line.text[start:end].removesuffix("."), start)).text
    return squeezed(said).rstrip(".") == squeezed(steps[-1].text).rstrip(".")
