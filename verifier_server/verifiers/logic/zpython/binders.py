"""Binders of logic programs: ForAll([x:people], ...), Count([x:people], ...).

Promises: the variables are named in place and known in the body only. Quantifiers range
over any sort but Bool; Count, Sum and Distinct write out every member of enumerations. A
list of members is a domain too, written out everywhere.

Does not cover: z3's own quantifiers over constants (`binding`).
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from verifier_server.verifiers.logic.composing import logical
from verifier_server.verifiers.logic.composing.measured import BuildError, Built
from verifier_server.verifiers.logic.formulas import BOOL, Op, Quantifier, Variable
from verifier_server.verifiers.logic.reading.errors import BINDER
from verifier_server.verifiers.logic.zpython.calls import Z3, count
from verifier_server.verifiers.logic.zpython.operating import lifted
from verifier_server.verifiers.logic.zpython.values import ListValue, SortValue, Value
from verifier_server.verifiers.logic.zpython.vocabulary import Vocabulary

BINDING = frozenset(("ForAll", "Exists", "Count", "Distinct", "Sum"))
_QUANTIFIERS = {"ForAll": Quantifier.FORALL, "Exists": Quantifier.EXISTS}


class Reader(Protocol):
    """What evaluates the parts of a binder."""

    vocabulary: Vocabulary
    # Names of the variables of the binders around.
    enclosing: list[str]

    def value(self, node: ast.expr) -> Value:
        """An expression's value."""

    def scope(self) -> AbstractContextManager[dict[str, Value]]:
        """Names of their own."""


def is_binder(node: ast.expr) -> bool:
    """Whether [x:people] was written."""
    if not isinstance(node, ast.List) or not node.elts:
        return False
    return all(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.MatMult) for each in node.elts
    )


def read(reader: Reader, name: str, names: ast.expr, body: ast.expr) -> Value:
    """What a binder means.

    Raises:
        BuildError: it binds something that is no name of a sort.
    """
    assert isinstance(names, ast.List)
    pairs: list[tuple[str, SortValue | ListValue]] = []
    for each in names.elts:
        assert isinstance(each, ast.BinOp)
        domain = reader.value(each.right)
        if not isinstance(each.left, ast.Name) or not isinstance(domain, (SortValue, ListValue)):
            raise BuildError(BINDER, "expected a name and a sort")
        pairs.append((each.left.id, domain))
    sorted_pairs = [(name, sort) for name, sort in pairs if isinstance(sort, SortValue)]
    if name in _QUANTIFIERS and len(sorted_pairs) == len(pairs):
        return _quantifier(reader, _QUANTIFIERS[name], sorted_pairs, body)
    cases = [lifted(reader.value(body)) for _ in _cases(reader, pairs)]
    if name in _QUANTIFIERS:
        op = Op.AND if name == "ForAll" else Op.OR
        return logical.joined(op, cases)
    return count(cases) if name == "Count" else Z3[name](reader.vocabulary, cases)


def _quantifier(
    reader: Reader, quantifier: Quantifier, pairs: Sequence[tuple[str, SortValue]], body: ast.expr
) -> Built:
    variables = []
    around = len(reader.enclosing)
    with reader.scope() as scope:
        for name, sort in pairs:
            if sort.name == BOOL or name in scope:
                raise BuildError(BINDER, "a variable of Bool, or a name twice")
            fresh = _fresh(reader, name)
            scope[name] = logical.variable(fresh, sort.name)
            variables.append(Variable(fresh, sort.name))
            reader.enclosing.append(fresh)
        matrix = lifted(reader.value(body))
    del reader.enclosing[around:]
    if any(reader.vocabulary.has(each.name) for each in variables):
        raise BuildError(BINDER, "a constant within has the name of the variable")
    return logical.quantified(quantifier, variables, matrix)


def _fresh(reader: Reader, name: str) -> str:
    """The name itself, or with a number if it is a constant's or taken around here."""
    fresh, number = name, 0
    while fresh in reader.enclosing or reader.vocabulary.has(fresh):
        number += 1
        fresh = f"{name}!{number}"
    return fresh


def _cases(reader: Reader, pairs: Sequence[tuple[str, SortValue | ListValue]]) -> Iterator[None]:
    """Once for every combination of members."""
    if not pairs:
        yield
        return
    (name, domain), *others = pairs
    members = domain.items if isinstance(domain, ListValue) else reader.vocabulary.members(domain)
    with reader.scope() as scope:
        for member in members:
            scope[name] = member
            yield from _cases(reader, others)
