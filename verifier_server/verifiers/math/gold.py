"""The right answer, read once a group.

Promises: what cannot be read, has no value, or says nothing (x = x) is refused with its
place in the task, so that no completion is ever judged against it.

Does not cover: comparing completions with it (`judge_answer`).
"""

import re
from dataclasses import dataclass

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.completion.extract import NoAnswerError, extract
from verifier_server.verifiers.math.completion.final_number import is_number
from verifier_server.verifiers.math.completion.lines import answer_line
from verifier_server.verifiers.math.forms import Allowed, allowed, is_words, states_nothing
from verifier_server.verifiers.math.limits import TooBigError
from verifier_server.verifiers.math.nodes import (
    Call,
    Choice,
    Group,
    Matrix,
    Node,
    Quantity,
    Relation,
    Symbol,
    children,
    walk,
)
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.task import Accepted, Mode
from verifier_server.verifiers.math.values.exact import UndefinedError, exact
from verifier_server.verifiers.math.values.probe import has_no_value

# A data set's whole solution: its answer is where a completion's would be. So it is in a text
# that cannot be read but has an answer line.
_SOLUTION = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])|^\#{4}(?!\#)", re.MULTILINE)

# Rational operations that are not defined everywhere.
_PARTIAL = ("div", "pow", "mod")


@dataclass(frozen=True, slots=True)
class Gold:
    """One right answer: its text, that with single spaces only, what it means, what it allows."""

    text: str
    plain: str
    node: Node
    allowed: Allowed

    @property
    def is_several(self) -> bool:
        """Whether several boxes may give it together."""
        inner = self.node.value if isinstance(self.node, Quantity) else self.node
        return isinstance(inner, (Group, Matrix))

    @property
    def unit(self) -> str:
        """Its unit, "" where it has none."""
        return self.node.unit if isinstance(self.node, Quantity) else ""


def read_gold(accepted: Accepted, mode: Mode) -> Gold:
    """Reads a right answer.

    Raises:
        TaskError: BAD_GROUND_TRUTH; the reason is unparsable_answer, undefined_answer,
            vacuous_answer, not_a_number or not_an_expression.
    """
    text, pointer = accepted.text, accepted.pointer
    try:
        text, node = _read(text)
    except (UnreadableError, NoAnswerError) as error:
        raise _bad("unparsable_answer", f"the answer cannot be read: {error}", pointer) from None
    if _has_no_value(node):
        raise _bad("undefined_answer", "the answer has no value", pointer)
    if _says_nothing(node):
        raise _bad("vacuous_answer", "the answer is true of everything", pointer)
    if mode == "numeric" and not is_number(node):
        raise _bad("not_a_number", "the answer is no number with an optional unit", pointer)
    if mode == "expression" and not is_expression(node):
        raise _bad("not_an_expression", "the answer is no formula", pointer)
    return Gold(text, " ".join(text.split()), node, allowed(node))


def is_expression(node: Node) -> bool:
    """Whether an answer is one formula: no words, no list without brackets, no quantity."""
    if isinstance(node, (Choice, Quantity)) or is_words(node):
        return False
    return not (isinstance(node, Group) and node.opening == "")


def _read(text: str) -> tuple[str, Node]:
    """The text of the answer, out of a solution where it is one, and its meaning."""
    if _SOLUTION.search(text):
        text = extract(text).text
    try:
        return text, parse(text)
    except UnreadableError:
        line = answer_line(text)
        if line is None:
            raise
        return line, parse(line)


def _bad(reason: str, message: str, pointer: str) -> TaskError:
    return TaskError(ErrorCode.BAD_GROUND_TRUTH, reason, message, pointer)


def _has_no_value(node: Node) -> bool:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call):
            try:
                if part.name in _PARTIAL:
                    exact(part)
                undefined = has_no_value(part)
            except UndefinedError:
                return True
            except TooBigError:
                undefined = None  # it can still be matched by structure
            if undefined is not None:
                if undefined:
                    return True
                continue
        waiting.extend(children(part))
    return False


def _says_nothing(node: Node) -> bool:
    if states_nothing(node):
        return True
    if not isinstance(node, Relation) or node.operators != ("=",):
        return False
    if not any(isinstance(part, Symbol) for part in walk(node)):
        return False
    left, right = node.sides
    return bool(same(left, right).equal)
