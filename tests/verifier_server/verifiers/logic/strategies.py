"""Random formulas in the normal shape, with names that every dialect writes alike."""

from hypothesis import strategies as st

from verifier_server.verifiers.logic.building import connected, quantified
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

VARIABLES = ("x", "y", "z", "x1", "k")
PREDICATES = ("p", "likes", "Cat", "riskAverse", "q2")
CONSTANTS = ("a", "b", "tom", "gpt3")
FUNCTIONS = ("f", "motherOf")
ODD_NAMES = (
    "risk-averse", "mr.smith", "c++", "a+", "5%", "and", "all", "Exists", "True", "captain america",
    "O'Neil", "Świątek", "x", "k", "-5", "42.3billion", "if", "$9", 'the "one"', "don't say", ">",
    "ends with \\", "for all", "x'", "_", "p", "tom",
)  # fmt: skip

# Of predicates, and of constants.
_Names = tuple[tuple[str, ...], tuple[str, ...]]


@st.composite
def _term(draw: st.DrawFn, bound: tuple[str, ...], constants: tuple[str, ...], depth: int) -> Term:
    if draw(st.booleans()) and bound:
        return Variable(draw(st.sampled_from(bound)))
    if depth and draw(st.integers(0, 5)) == 0:
        count = draw(st.integers(1, 2))
        arguments = [draw(_term(bound, constants, depth - 1)) for _ in range(count)]
        return Function(draw(st.sampled_from(FUNCTIONS)), tuple(arguments))
    return Function(draw(st.sampled_from(constants)))


@st.composite
def _part(
    draw: st.DrawFn,
    bound: tuple[str, ...],
    names: _Names,
    depth: int,
) -> Formula:
    predicates, constants = names
    kind = draw(st.integers(0, 9 if depth else 2))
    if kind <= 1:
        count = draw(st.integers(0, 2))
        arguments = [draw(_term(bound, constants, 2)) for _ in range(count)]
        # An order has two sides.
        choice = predicates if count == 2 else [name for name in predicates if name != ">"]
        return Atom(draw(st.sampled_from(choice)), tuple(arguments))
    if kind == 2:
        if draw(st.integers(0, 9)) == 0:
            return Truth(draw(st.booleans()))
        return Equal(draw(_term(bound, constants, 1)), draw(_term(bound, constants, 1)))
    if kind == 3:
        return Not(draw(_part(bound, names, depth - 1)))
    if kind <= 5:
        quantifier = draw(st.sampled_from(Quantifier))
        own = draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=2, unique=True))
        around = (*bound, *own)
        body = draw(_part(around, names, depth - 1))
        return quantified(quantifier, tuple(map(Variable, own)), body)
    op = draw(st.sampled_from(Op))
    count = draw(st.integers(2, 3)) if op in (Op.AND, Op.OR) else 2
    return connected(op, [draw(_part(bound, names, depth - 1)) for _ in range(count)])


def formulas(*, odd_names: bool = False, depth: int = 4) -> st.SearchStrategy[Formula]:
    """Closed formulas in the normal shape that `building` gives.

    Args:
        odd_names: whether symbols have names that only quotation marks keep together.
        depth: how deep they are at most.
    """
    names: _Names = (PREDICATES, CONSTANTS)
    if odd_names:
        names = (PREDICATES + ODD_NAMES, CONSTANTS + ODD_NAMES)
    return _part((), names, depth)


def with_variables(node: Formula, rename: dict[str, str]) -> Formula:
    """The formula with its variables renamed, bound and all."""
    match node:
        case Quantified(quantifier=quantifier, variables=variables, body=body):
            own = tuple([Variable(rename.get(each.name, each.name)) for each in variables])
            return Quantified(quantifier, own, with_variables(body, rename))
        case Not(body=body):
            return Not(with_variables(body, rename))
        case Connected(op=op, parts=parts):
            return Connected(op, tuple([with_variables(part, rename) for part in parts]))
        case Atom(name=name, arguments=arguments):
            return Atom(name, tuple([_renamed(term, rename) for term in arguments]))
        case Equal(left=left, right=right):
            return Equal(_renamed(left, rename), _renamed(right, rename))
        case _:
            return node


def _renamed(term: Term, rename: dict[str, str]) -> Term:
    if isinstance(term, Variable):
        return Variable(rename.get(term.name, term.name))
    if isinstance(term, Function):
        return Function(term.name, tuple([_renamed(each, rename) for each in term.arguments]))
    return term
