r"""Sums, integrals, limits and derivatives of unknown functions of their variable.

What a_k is for another k, or f(x) for another x, nobody said: such a binder has no other
law than that its variable may have any name, and that x_1 + x_2 is the sum of two x_k.

Promises: `depends` sees the variable in subscripts, in arguments and behind primes; a bare
f, g or h is a function wherever something is integrated or differentiated, or has a limit.
`bound_key` is shared only by binders that are equal but for that name; `terms` gives the
same value.

Does not cover: sums counted from elsewhere (a_{k+1} from 0 for a_k from 1), linearity.
"""

import re
from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Node, Number, Symbol, walk
from verifier_server.verifiers.math.values.canonical import key
from verifier_server.verifiers.math.values.exact import exact_or_none
from verifier_server.verifiers.math.values.lowering import BINDING, substituted

MAX_TERMS = 12
MAX_LETTERS = 3  # of a run in a subscript whose letters are indices each: a_{ijk}

_UNKNOWN = ("apply", "prime")
_OF_FUNCTIONS = ("integral", "limit", "derivative")
_FUNCTION_LETTERS = frozenset("fghFGH")
_NAMES = re.compile(r"[^\W\d_]+")
_INDEX = "(index)"


def depends(node: Node) -> bool:
    """Whether a node binds a variable that something unknown in its body depends on."""
    if not isinstance(node, Call) or node.name not in BINDING:
        return False
    body, index = node.arguments[:2]
    return isinstance(index, Symbol) and any(
        _is_unknown(part, index.name, node.name in _OF_FUNCTIONS) for part in walk(body)
    )


def _is_unknown(node: Node, index: str, of_functions: bool) -> bool:
    match node:
        case Symbol(name):
            is_function = of_functions and name in _FUNCTION_LETTERS and name != index
            return is_function or _below(name, index)
        case Call("prime", (Symbol(),)):
            return True
        case Call(name, arguments) if name in _UNKNOWN:
            return any(
                isinstance(part, Symbol) and part.name == index
                for argument in arguments
                for part in walk(argument)
            )
        case _:
            return False


def _below(name: str, index: str) -> bool:
    """Whether the variable stands in the subscript of a name: a_k, a_{ik}, a_{2k+1}."""
    _, _, subscript = name.partition("_")
    return _renamed(subscript, index) != subscript


def _renamed(subscript: str, index: str) -> str:
    def word(found: re.Match[str]) -> str:
        if len(found[0]) > MAX_LETTERS:
            return _INDEX if found[0] == index else found[0]
        return found[0].replace(index, _INDEX)

    return _NAMES.sub(word, subscript)


def bound_key(node: Call) -> str:
    """A key that binders share which are equal but for the name of what they bind."""
    body, index, *ends = node.arguments
    if isinstance(index, Symbol):
        body = _with_index(substituted(body, index.name, Symbol(_INDEX)), index.name, _INDEX)
    return f"{node.name}({';'.join(map(key, (body, *ends)))})"


def _with_index(node: Node, index: str, value: str) -> Node:
    """The body with a value for the variable in subscripts, where it is not bound again."""
    match node:
        case Symbol(name) if _below(name, index):
            letter, _, subscript = name.partition("_")
            return Symbol(f"{letter}_{_renamed(subscript, index).replace(_INDEX, value)}")
        case Call(name, arguments):
            if name in BINDING and arguments[1] == Symbol(index):
                return node
            return Call(name, tuple(_with_index(part, index, value) for part in arguments))
        case _:
            return node


def terms(node: Call) -> Node | None:
    """A sum or product of a few x_k or f(k), written out; None where it is not one."""
    if node.name not in ("sum", "product") or len(node.arguments) != 4:
        return None
    body, index, *ends = node.arguments
    low, high = map(exact_or_none, ends)
    if (
        not isinstance(index, Symbol)
        or low is None
        or high is None
        or not 1 <= high - low < MAX_TERMS
    ):
        return None
    if low.denominator != 1 or high.denominator != 1:
        return None
    named = [part.name for part in walk(body) if isinstance(part, Symbol)]
    if any(_below(name, index.name) and not name.endswith(f"_{index.name}") for name in named):
        return None
    each: list[Node] = []
    for number in range(int(low), int(high) + 1):
        term = substituted(body, index.name, Number(Fraction(number)))
        each.append(_with_index(term, index.name, str(number)))
    return Call("add" if node.name == "sum" else "mul", tuple(each))
