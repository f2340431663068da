"""What programs and formulas mean."""

import pytest

from verifier_server.verifiers.logic.declarations import Symbol
from verifier_server.verifiers.logic.formulas import (
    INT,
    Arithmetic,
    Atom,
    Compared,
    Computed,
    Connected,
    Equal,
    Function,
    Not,
    Number,
    Op,
    Quantified,
    Quantifier,
    Relation,
    Variable,
)
from verifier_server.verifiers.logic.zpython.programs import read_expression, read_program


def stated(text):
    return [each.formula for each in read_program(text).assertions]


def same(left, right):
    """Whether two programs declare and state the same."""
    one, other = read_program(left), read_program(right)
    return (one.declarations, stated(left)) == (other.declarations, stated(right))


PLAIN = """
from z3 import *
x, y, z = Ints('x y z')
s = Solver()
s.add(x > 0, y > 0, z > 0)
s.add(x != y, x != z, y != z)
"""


@pytest.mark.parametrize(
    "text",
    [
        (
            "import z3\nx, y, z = z3.Ints('x y z')\ns = z3.Solver()\nfor v in (x, y, z):\n"
            "    s.add(v > 0)\ns.add(x != y)\ns.add([x != z, y != z])"
        ),
        (
            "from z3 import *\nfrom itertools import combinations\n"
            "v = {n: Int(n) for n in ['x', 'y', 'z']}\ns = Solver()\n"
            "s.add([each > 0 for each in v.values()])\n"
            "for a, b in combinations(list(v), 2):\n    s.add(v[a] != v[b])\nprint(s.check())"
        ),
        (
            "from z3 import *\nnames = 'x y z'.split()\nx, y, z = [Int(f'{n}') for n in names]\n"
            "def positive(n):\n    return n > 0\n\ndef main():\n    for n in [x, y, z]:\n"
            "        solver.add(positive(n))\n"
            "    vs = [x, y, z]\n    for i in range(len(vs)):\n        for j in range(len(vs)):\n"
            "            if i < j and not i == j:\n"
            "                solver.append(vs[i] != vs[j])\n\n"
            "solver = Solver()\nif __name__ == '__main__':\n    main()\n"
        ),
        (
            "# no solver\nx = Int('x')\ny, z = Consts('y z', IntSort())\n"
            "x > 0 ::: x is positive\ny > 0\nz > 0 ::: it's so\nx != y\nx != z\ny != z\n"
            "# Options\nQuestion ::: which?\nis_valid(x == 1) ::: (A)"
        ),
        (
            "from z3 import *\nx, y, z = Ints('x y z')\ns = Solver()\n"
            "constraints = []\nconstraints += [v > 0 for v in [x, y, z]]\n"
            "constraints.append(x != y)\nconstraints.extend((x != z, y != z))\n"
            "s.add(*constraints)\n"
            "for letter, option in [('A', x == 1), ('B', y == 1)]:\n"
            "    s.push()\n    s.add(option)\n"
            "    if s.check() == sat:\n        print(letter)\n    s.pop()\n"
        ),
    ],
)
def test_programs_that_state_the_same(text):
    assert same(PLAIN, text)


def test_an_enumeration_brings_its_axioms():
    script = read_program(
        "from z3 import *\nColor, (red, blue) = EnumSort('Color', ['red', 'blue'])\n"
        "k = Const('k', Color)\nsolve = Solver()\nsolve.add(k != red)"
    )
    red, blue, any_one = Function("red"), Function("blue"), Variable("x", "Color")
    closure, distinctness = script.declarations.axioms
    assert closure == Quantified(
        Quantifier.FORALL,
        (any_one,),
        Connected(Op.OR, (Equal(any_one, red), Equal(any_one, blue))),
    )
    assert distinctness == Not(Equal(red, blue))
    assert script.formulas == (closure, distinctness, Not(Equal(Function("k"), red)))


LOGIC_PROGRAM = """# Declarations
guests = EnumSort([Ann, Bob])
rooms = EnumSort([low, high])
stays = Function([guests] -> [rooms])
knows = Function([guests, guests] -> [bool])
night = Function([guests] -> [int])

# Constraints
ForAll([g:guests], And(1 <= night(g) <= 3, knows(g, g))) ::: each has a night
Distinct([g:guests], night(g))
Count([g:guests], stays(g) == low) == 1 ::: one stays low

# Options
is_sat(stays(Ann) == low) ::: (A)
"""


def test_logic_programs_name_their_variables_in_place():
    script = read_program(LOGIC_PROGRAM)
    names = [symbol.name for symbol in script.declarations.symbols]
    assert names == ["Ann", "Bob", "low", "high", "stays", "knows", "night"]
    assert script.declarations.by_name["knows"] == Symbol("knows", ("guests", "guests"), "Bool")
    one, three, zero = (Number(value, INT) for value in (1, 3, 0))
    guest, ann, bob = Variable("g", "guests"), Function("Ann"), Function("Bob")
    night = [Function("night", (who,)) for who in (guest, ann, bob)]
    first, second, third = (each.formula for each in script.assertions)
    assert first == Quantified(
        Quantifier.FORALL,
        (guest,),
        Connected(
            Op.AND,
            (
                Compared(Relation.LESS_EQUAL, one, night[0]),
                Compared(Relation.LESS_EQUAL, night[0], three),
                Atom("knows", (guest, guest)),
            ),
        ),
    )
    assert second == Not(Equal(night[1], night[2]))
    low = [Equal(Function("stays", (who,)), Function("low")) for who in (ann, bob)]
    counted = [Computed(Arithmetic.ITE, (each, one, zero)) for each in low]
    assert third == Equal(Computed(Arithmetic.ADD, tuple(counted)), one)
    assert [each.line for each in script.assertions] == [9, 10, 11]
    assert script.notes == ("asks",)


def test_a_part_of_an_enumeration_is_a_domain():
    script = read_program(
        "foods = EnumSort([F, G, H])\nsweet = EnumSort([F, G])\ndays = EnumSort([1, 2])\n"
        "taken = Function([foods] -> [bool])\nday = Function([foods] -> [days])\n"
        "Exists([s:sweet], taken(s))\nForAll([f:foods, d:days], day(f) >= d)\n"
        "Count([s:sweet], taken(s)) == 2"
    )
    taken = [Atom("taken", (Function(name),)) for name in ("F", "G")]
    some, every, _ = (each.formula for each in script.assertions)
    assert some == Connected(Op.OR, tuple(taken))
    assert len(every.parts) == 6
    assert script.declarations.by_name["day"] == Symbol("day", ("foods",), INT)
    food = Variable("x0", "foods")
    days = [Equal(Function("day", (food,)), Number(value, INT)) for value in (1, 2)]
    ranges = Quantified(Quantifier.FORALL, (food,), Connected(Op.OR, tuple(days)))
    assert script.declarations.axioms[-1] == ranges


def test_a_constant_that_is_only_bound_is_not_declared():
    script = read_program(
        "from z3 import *\nU = DeclareSort('U')\nx, y = Consts('x y', U)\n"
        "P = Function('P', U, BoolSort())\ns = Solver()\n"
        "s.add(ForAll([x], Implies(P(x), Exists(x, P(x)))), P(y))"
    )
    assert [symbol.name for symbol in script.declarations.symbols] == ["y", "P"]


def test_formulas_under_given_declarations():
    declared = read_program(LOGIC_PROGRAM.replace("rooms", "places")).declarations
    guest = Variable("g", "guests")
    known = Quantified(Quantifier.FORALL, (guest,), Atom("knows", (guest, Function("Ann"))))
    for text in (
        "ForAll([g:guests], knows(g, Ann))",
        "\n  ForAll([Const('g', guests)],\n knows(Const('g', guests), Ann))  # all",
    ):
        assert read_expression(text, declared) == known


def test_a_name_bound_without_a_sort_is_of_the_one_sort():
    declared = read_program(
        "U = DeclareSort('U')\nP = Function('P', U, BoolSort())\na = Const('a', U)\nP(a)"
    ).declarations
    x, y = Variable("x", "U"), Variable("y", "U")
    assert read_expression("ForAll([x, y], Implies(P(x), Not(P(y))))", declared) == Quantified(
        Quantifier.FORALL,
        (x, y),
        Connected(Op.IMPLIES, (Atom("P", (x,)), Not(Atom("P", (y,))))),
    )


def test_a_variable_named_in_place_is_not_captured():
    declared = read_program("U = DeclareSort('U')\nR = Function('R', U, U, BoolSort())\n"
                            "a = Const('a', U)\nR(a, a)").declarations  # fmt: skip
    outer, inner = Variable("x", "U"), Variable("x!1", "U")
    read = read_expression("ForAll([x:U], Exists([x:U], R(x, x)))", declared)
    assert read == Quantified(
        Quantifier.FORALL,
        (outer,),
        Quantified(Quantifier.EXISTS, (inner,), Atom("R", (inner, inner))),
    )


def test_division_is_of_whole_numbers_where_both_are():
    (formula,) = stated("x = Int('x')\nx / 2 == 1")
    assert formula.left == Computed(Arithmetic.DIV, (Function("x"), Number(2, INT)))


def test_a_function_may_state_something_for_a_while():
    text = PLAIN + (
        "def option(t):\n    t.add(x == 1)\n\ndef fits(t):\n    t.push()\n    option(t)\n"
        "    found = t.check()\n    t.pop()\n    return found\nprint(fits(s))\n"
    )
    assert same(PLAIN, text)


def test_a_list_that_is_added_to_is_the_same_list_under_each_of_its_names():
    (formula,) = stated("x = Int('x')\ns = Solver()\na = []\nb = a\nb += [x > 1]\ns.add(a)")
    assert formula == Compared(Relation.GREATER, Function("x"), Number(1, INT))


def test_a_whole_quotient_of_decimals_is_a_decimal():
    (formula,) = stated("x = Int('x')\nx / (7.0 // 2) == 2")
    assert formula.left.operation is Arithmetic.DIVIDE
