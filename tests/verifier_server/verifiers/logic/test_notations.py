"""Answers in SMT-LIB and Z3-Python, and what must stay infix."""

import pytest

from verifier_server.verifiers.logic.notations import read_formula, read_task_script
from verifier_server.verifiers.logic.printing import canonical
from verifier_server.verifiers.logic.reading import ReadError, read
from verifier_server.verifiers.logic.signature import Signature

GIVEN = "∀x (Fox(x) → ∃y (Den(y) ∧ Digs(x, y))) ∧ Fox(ren) ∧ Wet ∧ ¬Late"
SIGNATURE = Signature.of([read(GIVEN).formula])


@pytest.mark.parametrize(
    ("text", "infix"),
    [
        ("ForAll([x], Implies(Fox(x), Exists([y], And(Den(y), Digs(x, y)))))", None),
        ("ForAll(x, Implies(Fox(x), Exists(y, And(Den(y), Digs(x, y)))))", None),
        (
            "Not(Exists([x], And(Fox(x), ForAll(y, Not(And(Den(y), Digs(x, y)))))))",
            "¬∃x (Fox(x) ∧ ∀y ¬(Den(y) ∧ Digs(x, y)))",
        ),
        ("And(Wet, Not(Late))", "Wet ∧ ¬Late"),
        ("Or(Fox(ren), Wet, Late)", "Fox(ren) ∨ Wet ∨ Late"),
        ("(forall ((x U)) (=> (Fox x) (exists ((y U)) (and (Den y) (Digs x y)))))", None),
        (
            "(forall ((x Thing))\n  (=> (Fox x)\n    (exists ((y T)) (and (Den y) (Digs x y)))))",
            None,
        ),
        ("(and Wet (not Late))", "Wet ∧ ¬Late"),
        ("(=> (Fox ren) Wet)", "Fox(ren) → Wet"),
        ("(exists ((x U)) (= x ren))", "∃x x = ren"),
        ("Not(Wet)", "¬Wet"),
        ("ForAll x (Fox(x) Implies Wet)", "∀x (Fox(x) → Wet)"),
        ("Wet And (Late Or Fox(ren))", "Wet ∧ (Late ∨ Fox(ren))"),
        ("(not Wet) and (Late or Wet)", "¬Wet ∧ (Late ∨ Wet)"),
    ],
)
def test_one_meaning_in_each_notation(text, infix):
    wanted = read(infix or "∀x (Fox(x) → ∃y (Den(y) ∧ Digs(x, y)))", constants=SIGNATURE.constants)
    found = read_formula(text, SIGNATURE).formula
    assert canonical(found) == canonical(wanted.formula)
    assert SIGNATURE.check(found) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("And(Wet, Dry)", "unknown_symbol"),
        ("ForAll([x], And(Fox(x, x), Wet))", "arity_mismatch"),
        ("(and Wet Dry)", "unknown_symbol"),
        ("(and Wet (Fox ren ren))", "arity_mismatch"),
        ("(forall ((x Int)) (=> (Fox x) Wet))", "sort_mismatch"),
        ("(and Wet", "syntax"),
        ("(and Wet (Fox (ite Late ren ren)))", "unsupported"),
        ("And(Wet, Fox(If(Late, ren, ren)))", "unsupported"),
        ("(and Wet (> 2 1))", "unsupported"),
        ("(forall ((x Int)) (=> Wet (= x x)))", "unsupported"),
        ("And(Wet, (lambda: Late)())", "unsupported"),
    ],
)
def test_what_cannot_be_used(text, reason):
    with pytest.raises(ReadError) as caught:
        read_formula(text, SIGNATURE)
    assert caught.value.reason == reason


def test_a_symbol_of_the_task_shows_no_notation():
    signature = Signature.of([read("Exists(a, b) ∧ P(a)").formula])
    assert canonical(read_formula("Exists(a, b)", signature).formula) == canonical(
        read("Exists(a, b)").formula
    )


PROGRAM = """from z3 import *
a, b = Ints('a b')
s = Solver()
s.add(a * a > 50, a < 0)
s.add(a + b == 3)
print(s.check())
"""
SCRIPT = """; the same
(declare-const a Int) (declare-const b Int)
(assert (> (* a a) 50)) (assert (< a 0))
(assert (= (+ a b) 3))
"""


def test_a_script_and_a_program_say_the_same():
    script, program = read_task_script(f"\n{SCRIPT}"), read_task_script(f"\n{PROGRAM}")
    assert script.declarations == program.declarations
    assert script.formulas == program.formulas
    assert [each.line for each in script.assertions] == [4, 4, 5]
    assert [each.line for each in program.assertions] == [5, 5, 6]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "C, (red, blue) = EnumSort('C', ['red', 'blue'])\nc = Const('c', C)\nc != red",
            "unsupported",
        ),
        ("import os\nos.remove('x')", "forbidden_import"),
        ("a is more than 3", "syntax"),
        ("(declare-const a Int", "syntax"),
    ],
)
def test_scripts_that_make_no_task(text, reason):
    with pytest.raises(ReadError) as caught:
        read_task_script(text)
    assert caught.value.reason == reason
