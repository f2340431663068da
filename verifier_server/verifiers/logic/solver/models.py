"""A countermodel in the task's own words.

Promises: `countermodel` gives a small structure in which every premise is true and
the conclusion false, as lines of text. It was checked by evaluation, formula by
formula, before it is given (`finite.find`); what cannot be checked is not shown.
Deterministic. Constants stand for different things where that is possible, with as
few nameless things beside them as will do; else for as few things as possible.

Does not cover: structures that must be infinite or large, and quantified numbers:
None, which says nothing about whether a countermodel exists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from verifier_server.verifiers.logic.formulas import (
    ANY,
    INT,
    REAL,
    Formula,
    Not,
    Truth,
)
from verifier_server.verifiers.logic.solver.encoding import Encoder, Sorts, Symbol, Unencodable
from verifier_server.verifiers.logic.solver.evaluating import Key, Structure, Value
from verifier_server.verifiers.logic.solver.finite import find
from verifier_server.verifiers.logic.solver.library import Context, Z3Error

MODEL_UNITS = 600_000
MAX_LINES = 40
MAX_ELEMENTS = 12
# What is named needs this many more, at most; nameless models go up to this size.
_WITNESSES = 2
_SMALLEST = (1, 2, 3, 4, 5, 6)
_MAX_ON_A_LINE = 12


@dataclass(frozen=True, slots=True)
class Countermodel:
    """Lines of text, whether lines were left out, and the structure itself."""

    lines: tuple[str, ...]
    shortened: bool
    structure: Structure
    spent: int


def countermodel(
    premises: Sequence[Formula],
    conclusion: Formula = Truth(False),  # noqa: B008  # frozen
    sorts: Sorts | None = None,
    *,
    units: int = MODEL_UNITS,
    max_lines: int = MAX_LINES,
) -> Countermodel | None:
    """A structure with true premises and a false conclusion; None when none was found."""
    sorts = sorts or Sorts()
    formulas = [*premises, Not(conclusion)]
    constants = _constants(formulas, sorts)
    spent = 0
    for size, distinct in _attempts(constants):
        if units - spent <= 0:
            return None
        try:
            found = find(formulas, sorts, size, units - spent, distinct=distinct)
        except Z3Error:
            return None
        spent += found.spent
        if found.structure is not None:
            lines = list(_lines(found.structure, found.symbols))
            kept = tuple(lines[:max_lines])
            return Countermodel(kept, len(lines) > len(kept), found.structure, spent)
    return None


def _attempts(constants: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    count = len(constants)
    if count > 1:
        for size in range(count, min(count + _WITNESSES, MAX_ELEMENTS) + 1):
            yield size, constants
    for size in _SMALLEST:
        yield size, ()


def _constants(formulas: Sequence[Formula], sorts: Sorts) -> tuple[str, ...]:
    """The constants of the unnamed sort, in order of first use."""
    with Context() as context:
        encoder = Encoder(context, sorts)
        try:
            for formula in formulas:
                encoder.formula(formula)
        except (Unencodable, Z3Error):
            return ()
        return tuple(
            symbol.name
            for symbol in encoder.symbols
            if not symbol.predicate and not symbol.arguments and symbol.result == ANY
        )


def _lines(structure: Structure, symbols: Sequence[Symbol]) -> Iterator[str]:
    names = _names(structure, symbols)
    for sort in structure.sizes:
        listed = ", ".join(names[sort])
        yield f"{sort or 'things'}: {listed}"
    for symbol in symbols:
        if not symbol.predicate:
            yield from _function(symbol, structure, names)
    for symbol in symbols:
        if symbol.predicate:
            yield from _predicate(symbol, structure, names)


def _names(structure: Structure, symbols: Sequence[Symbol]) -> dict[str, list[str]]:
    """Elements by a constant that stands for them; `thing1`, ... where none does."""
    names: dict[str, list[str]] = {sort: [""] * size for sort, size in structure.sizes.items()}
    for symbol in symbols:
        if not symbol.predicate and not symbol.arguments and symbol.result in names:
            at = structure.functions[symbol.name, ()]
            assert isinstance(at, int)
            names[symbol.result][at] = names[symbol.result][at] or symbol.name
    taken = {symbol.name for symbol in symbols}
    for sort, listed in names.items():
        fresh = (f"{sort or 'thing'}{number}" for number in range(1, len(listed) + len(taken) + 1))
        free = (name for name in fresh if name not in taken)
        names[sort] = [name or next(free) for name in listed]
    return names


def _function(symbol: Symbol, structure: Structure, names: dict[str, list[str]]) -> Iterator[str]:
    for key, value in structure.functions.items():
        if key[0] != symbol.name or len(key[1]) != len(symbol.arguments):
            continue
        shown = _shown(value, symbol.result, names)
        left = _applied(symbol, key, names)
        if shown != left:
            yield f"{left} = {shown}"


def _predicate(symbol: Symbol, structure: Structure, names: dict[str, list[str]]) -> Iterator[str]:
    """What holds, then what does not, several on a line."""
    cells = [
        (not truth, _applied(symbol, key, names))
        for key, truth in structure.predicates.items()
        if key[0] == symbol.name and len(key[1]) == len(symbol.arguments)
    ]
    for false, group in groupby(sorted(cells, key=lambda cell: cell[0]), lambda cell: cell[0]):
        shown = [text for _, text in group]
        for start in range(0, len(shown), _MAX_ON_A_LINE):
            listed = ", ".join(shown[start : start + _MAX_ON_A_LINE])
            yield f"{'false' if false else 'true'}: {listed}"


def _applied(symbol: Symbol, key: Key, names: dict[str, list[str]]) -> str:
    shown = [
        _shown(value, sort, names) for value, sort in zip(key[1], symbol.arguments, strict=True)
    ]
    return f"{symbol.name}({', '.join(shown)})" if shown else symbol.name


def _shown(value: Value, sort: str, names: dict[str, list[str]]) -> str:
    if sort in (INT, REAL):
        return str(value)
    assert isinstance(value, int)
    return names[sort][value]
