"""A formula of an answer, or a task's script, in whatever notation it is written.

Promises: what a text itself shows decides whether it is infix, SMT-LIB or Z3-Python, never what
can be read. A connective as the first word in a bracket is SMT-LIB; And, Or, Implies or Xor before
a bracket where a formula begins, or a quantifier with its variables in a bracket, is Z3-Python;
all else is infix (`reading`). No infix dialect has either, and a word that is a symbol of the task
shows nothing. A script that begins with a bracket or a comment of SMT-LIB is that, any other is
Z3-Python.

Things have one unnamed sort, so that whatever name an SMT-LIB binder gives it is that sort.
What infix cannot say is refused: numbers, and a term that depends on a formula, within which
nothing looks for padding.

Does not cover: a symbol that the task uses with several numbers of arguments, of which SMT-LIB
and Z3-Python here know one; whether the symbols are the task's (`signature`).
"""

import re
from collections.abc import Set

from verifier_server.verifiers.logic.declarations import Declarations, Script
from verifier_server.verifiers.logic.formulas import (
    ANY,
    Compared,
    Computed,
    Formula,
    Number,
    Quantified,
)
from verifier_server.verifiers.logic.reading import ReadError, Reading, read
from verifier_server.verifiers.logic.signature import Signature, walk
from verifier_server.verifiers.logic.smtlib.commands import read_script, read_term
from verifier_server.verifiers.logic.smtlib.reasons import UNSUPPORTED
from verifier_server.verifiers.logic.zpython.programs import read_expression, read_program

_SMTLIB = re.compile(
    r"\(\s{0,8}(?:(?P<word>and|or|xor)\s|(?:=>|=)\s|(?:forall|exists)\s{0,8}\(\s{0,8}\()"
)
_PYTHON = re.compile(
    r"(?:^|[(,\[])\s{0,8}(?P<word>And|Or|Implies|Xor)\("
    r"|\b(?P<binder>ForAll|Exists)\(\s{0,8}(?:\[|\w{1,100}\s{0,8},)"
)


def read_formula(text: str, signature: Signature) -> Reading:
    """The formula of a text without anything round it.

    Raises:
        ReadError: with a reason of `reading.errors`, `smtlib.reasons` or `zpython.reasons`.
    """
    names = {symbol.name for symbol in signature.symbols}
    declared = Declarations((ANY,), signature.symbols)
    if _shows(_PYTHON, text, names):
        return _plain(text, read_expression(text, declared))
    if _shows(_SMTLIB, text, names):
        return _plain(text, read_term(text, declared))
    return read(text, constants=signature.constants)


def read_task_script(text: str) -> Script:
    """The script of a task. Its line 1 is the first of the text.

    Raises:
        ReadError: as `read_formula` does; `unsupported` where it enumerates a sort, since what
            evaluates a model knows nothing of a sort's members.
    """
    if text.lstrip()[:1] in ("(", ";"):
        return read_script(text, gold=True)
    script = read_program(text)
    if script.declarations.axioms:
        raise ReadError(UNSUPPORTED, "a sort with listed members is not supported", text, 0)
    return script


def _plain(text: str, formula: Formula) -> Reading:
    """The reading of a formula without numbers and conditional terms.

    Raises:
        ReadError: it has some.
    """
    for node, _ in walk(formula):
        sorts = {each.sort for each in node.variables} if isinstance(node, Quantified) else {ANY}
        if sorts != {ANY} or isinstance(node, Compared | Computed | Number):
            message = "numbers, other sorts and terms with if are no part of plain formulas"
            raise ReadError(UNSUPPORTED, message, text, 0)
    return Reading(formula)


def _shows(evidence: re.Pattern[str], text: str, names: Set[str]) -> bool:
    return any(names.isdisjoint(found.groups()) for found in evidence.finditer(text))
