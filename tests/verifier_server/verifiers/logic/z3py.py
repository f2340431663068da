"""Our formulas as z3's Python expressions, straight from the names of a text: an oracle."""

from collections.abc import Mapping
from functools import reduce

import z3

from verifier_server.verifiers.logic.declarations import Declarations
from verifier_server.verifiers.logic.formulas import (
    BOOL,
    INT,
    REAL,
    Arithmetic,
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Number,
    Op,
    Quantified,
    Quantifier,
    Relation,
    Term,
    Truth,
    Variable,
)

_RELATIONS = {
    Relation.LESS: lambda left, right: left < right,
    Relation.LESS_EQUAL: lambda left, right: left <= right,
    Relation.GREATER: lambda left, right: left > right,
    Relation.GREATER_EQUAL: lambda left, right: left >= right,
}
_OPERATIONS = {
    Arithmetic.ADD: lambda *parts: reduce(lambda left, right: left + right, parts),
    Arithmetic.MULTIPLY: lambda *parts: reduce(lambda left, right: left * right, parts),
    Arithmetic.SUBTRACT: lambda left, right: left - right,
    Arithmetic.DIVIDE: lambda left, right: left / right,
    Arithmetic.DIV: lambda left, right: left / right,
    Arithmetic.MOD: lambda left, right: left % right,
    Arithmetic.ABS: lambda part: z3.If(part >= 0, part, -part),
    Arithmetic.NEGATE: lambda part: -part,
    Arithmetic.TO_REAL: z3.ToReal,
    Arithmetic.TO_INT: z3.ToInt,
    Arithmetic.ITE: z3.If,
}
_CONNECTIVES = {
    Op.AND: z3.And,
    Op.OR: z3.Or,
    Op.XOR: z3.Xor,
    Op.IMPLIES: z3.Implies,
    Op.IFF: lambda left, right: left == right,
}


class Oracle:
    """Expressions in z3's main context; `given` are sorts and symbols it has already."""

    def __init__(self, declared: Declarations, given: Mapping[str, object] | None = None) -> None:
        self._sorts = {BOOL: z3.BoolSort(), INT: z3.IntSort(), REAL: z3.RealSort()}
        given = given or {}
        for sort in declared.sorts:
            self._sorts[sort] = given.get(sort, z3.DeclareSort(sort))
        self._symbols = {}
        for symbol in declared.symbols:
            sorts = [self._sorts[name] for name in (*symbol.parameters, symbol.result)]
            made = z3.Function(symbol.name, *sorts) if len(sorts) > 1 else None
            made = z3.Const(symbol.name, sorts[0]) if made is None else made
            self._symbols[symbol.name] = given.get(symbol.name, made)

    def expression(self, node: Formula | Term) -> z3.ExprRef:
        match node:
            case Truth():
                return z3.BoolVal(node.value)
            case Variable():
                return z3.Const("bound " + node.name, self._sorts[node.sort])
            case Number():
                make = z3.IntVal if node.sort == INT else z3.RealVal
                return make(str(node.value))
            case Atom() | Function():
                symbol = self._symbols[node.name]
                arguments = [self.expression(each) for each in node.arguments]
                return symbol(*arguments) if arguments else symbol
            case Computed():
                parts = [self.expression(each) for each in node.arguments]
                return _OPERATIONS[node.operation](*parts)
            case Equal():
                return self.expression(node.left) == self.expression(node.right)
            case Compared():
                left, right = self.expression(node.left), self.expression(node.right)
                return _RELATIONS[node.relation](left, right)
            case Not():
                return z3.Not(self.expression(node.body))
            case Connected():
                return _CONNECTIVES[node.op](*map(self.expression, node.parts))
            case Quantified():
                make = z3.ForAll if node.quantifier is Quantifier.FORALL else z3.Exists
                bound = [self.expression(each) for each in node.variables]
                return make(bound, self.expression(node.body))


def same(left: z3.BoolRef, right: z3.BoolRef) -> str:
    """`unsat` where the two are equivalent, `sat` where they are not, else `unknown`."""
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(left != right)
    return str(solver.check())
