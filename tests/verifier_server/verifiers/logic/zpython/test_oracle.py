"""Random programs, executed by the real z3, state what our reader says they state."""

import pytest
import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.logic.z3py import Oracle, same
from verifier_server.verifiers.logic.zpython.programs import read_program

DECLARED = """from z3 import *
S = DeclareSort('S')
Color, (red, green, blue) = EnumSort('Color', ['red', 'green', 'blue'])
a, b = Consts('a b', S)
u = Const('u', S)
c = Const('c', Color)
k = Const('k', Color)
x, y = Ints('x y')
i = Int('i')
r = Real('r')
p, q = Bools('p q')
t = Bool('t')
P = Function('P', S, BoolSort())
Q = Function('Q', S, Color, BoolSort())
f = Function('f', S, S)
g = Function('g', Color, IntSort())
paint = Function('paint', S, Color)
xs = [x, y] + [Int('n_%d' % j) for j in range(2)]
table = {'one': 1, 'two': xs[-1]}
def near(m, n):
    d = m - n
    return And(d < 2, d > -2)
"""
# Once: a context has one enumeration of a name.
EXECUTED: dict[str, object] = {}
exec(DECLARED, EXECUTED)
LEAVES = {
    "B": ["p", "q", "t", "BoolVal(True)"],
    "S": ["a", "b", "u"],
    "C": ["red", "blue", "c", "k"],
    "I": ["x", "y", "i", "IntVal(3)", "xs[2]", "table['two']"],
    "R": ["r", "RealVal('1/3')", "Q1"],
}
SHAPES = [
    ("B", "Not({B})"),
    ("B", "And({B}, {B}, True)"),
    ("B", "Or([{B}, {B}])"),
    ("B", "Implies({B}, {B})"),
    ("B", "Xor({B}, {B})"),
    ("B", "({B} == {B})"),
    ("B", "({B} != {B})"),
    ("B", "({B} & {B} | ~{B})"),
    ("B", "({B} == False)"),
    ("B", "If({B}, {B}, {B})"),
    ("B", "({S} == {S})"),
    ("B", "({C} != {C})"),
    ("B", "Distinct({C}, {C}, {C})"),
    ("B", "Distinct([{I}, {I}, 2])"),
    ("B", "({I} < {I})"),
    ("B", "(1 <= {I})"),
    ("B", "({I} > {R})"),
    ("B", "({R} >= 0.1)"),
    ("B", "P({S})"),
    ("B", "Q({S}, {C})"),
    ("B", "near({I}, {I})"),
    ("B", "AtMost({B}, {B}, {B}, 1)"),
    ("B", "PbEq([({B}, 2), ({B}, 3)], 3)"),
    ("B", "ForAll([u], {B})"),
    ("B", "Exists([k, u], {B})"),
    ("B", "ForAll(t, {B})"),
    ("B", "ForAll(t, Or(t, {B}))"),
    ("B", "Exists([t, u], And(P(u) != t, {B}))"),
    ("B", "ForAll([i], Implies(And(i >= 0, i <= 2), {B}))"),
    ("B", "And([v > {I} for v in xs if True])"),
    ("S", "f({S})"),
    ("S", "If({B}, {S}, {S})"),
    ("C", "paint({S})"),
    ("C", "If({B}, {C}, red)"),
    ("I", "({I} + {I} - 1)"),
    ("I", "(2 * {I})"),
    ("I", "({I} / 2)"),
    ("I", "({I} % 3)"),
    ("I", "-{I}"),
    ("I", "g({C})"),
    ("I", "Sum([If({B}, 1, 0), {I}, 4])"),
    ("I", "sum([{I}, {I}])"),
    ("I", "ToInt({R})"),
    ("I", "Abs({I})"),
    ("R", "({R} + {I})"),
    ("R", "({R} / 3)"),
    ("R", "ToReal({I})"),
    ("R", "(0.25 * {R})"),
]
LEAVES["R"].remove("Q1")


@st.composite
def expressions(draw, sort="B", depth=4):
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(LEAVES[sort]))
    shape = draw(st.sampled_from([text for kind, text in SHAPES if kind == sort]))
    made = ""
    while "{" in shape:
        before, _, rest = shape.partition("{")
        made += before + draw(expressions(rest[0], depth - 1))
        shape = rest[2:]
    return made + shape


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions(), expressions())
def test_programs_state_what_z3_executes(first, second):
    text = f"s = Solver()\nfor w in range(1):\n    s.add({first}, {second})\n"
    script = read_program(f"{DECLARED}{text}print(s.check())\n")
    names = dict(EXECUTED)
    exec(text, names)
    given_ones = {"S": names["S"], "Color": names["Color"]}
    for name in ("red", "green", "blue"):
        given_ones[name] = names[name]
    oracle = Oracle(script.declarations, given_ones)
    ours = z3.And([oracle.expression(each.formula) for each in script.assertions])
    result = same(ours, z3.And(list(names["s"].assertions())))
    assume(result != "unknown")
    assert result == "unsat", text
    axioms = z3.And([oracle.expression(each) for each in script.declarations.axioms])
    assert same(axioms, z3.BoolVal(True)) == "unsat"
