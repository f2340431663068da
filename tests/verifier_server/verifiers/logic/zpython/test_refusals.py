"""What is refused, why, and that nothing runs."""

import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.logic.declarations import Declarations, Symbol
from verifier_server.verifiers.logic.reading.errors import ReadError
from verifier_server.verifiers.logic.zpython.programs import read_expression, read_program

HEAD = "from z3 import *\nx = Int('x')\np, q = Bools('p q')\nU = DeclareSort('U')\ns = Solver()\n"


def refused(text):
    with pytest.raises(ReadError) as caught:
        read_program(text)
    return caught.value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os", "forbidden_import"),
        ("from os import system", "forbidden_import"),
        ("import z3, sys", "forbidden_import"),
        ("__import__('os')", "unsupported"),
        ("eval('1')", "unsupported"),
        ("exec('1')", "unsupported"),
        ("open('there')", "unsupported"),
        ("getattr(s, 'add')", "unsupported"),
        ("x.__class__", "unsupported"),
        ("x.ctx", "unsupported"),
        ("s.add(x.sexpr() == 1)", "unsupported"),
        ("s.from_string('(assert false)')", "unsupported"),
        ("s.from_file('there')", "unsupported"),
        ("parse_smt2_string('')", "unsupported"),
        ("f = lambda v: v", "unsupported"),
        ("while True: pass", "unsupported"),
        ("try:\n    pass\nexcept: pass", "unsupported"),
        ("with x: pass", "unsupported"),
        ("class A: pass", "unsupported"),
        ("del x", "unsupported"),
        ("global x", "unsupported"),
        ("assert x", "unsupported"),
        ("(y := 1)", "unsupported"),
        ("{1, 2}", "unsupported"),
        ("c = b'1'", "unsupported"),
        ("c = 1j", "unsupported"),
        ("...", "empty"),
        ("return 1", "unsupported"),
        ("x +", "syntax"),
        ("s.add(x > 1))", "unbalanced"),
        ("s.add(x > 1", "syntax"),
        ("x > 1", "no_effect"),
        ("s.add(x)", "sort_mismatch"),
        ("s.add(x + p > 1)", "sort_mismatch"),
        ("s.add(p == 1)", "sort_mismatch"),
        ("s.add(And(p, x))", "sort_mismatch"),
        ("s.add(p and q)", "unsupported"),
        ("s.add(not p)", "unsupported"),
        ("if p: s.add(q)", "unsupported"),
        ("s.add(y)", "unknown_symbol"),
        ("s.add([p][1])", "unknown_symbol"),
        ("s.add({'p': p}['q'])", "unknown_symbol"),
        ("s.add(Implies(p))", "arity_mismatch"),
        ("x = Real('x')", "redeclared"),
        ("E, (a, a2) = EnumSort('E', ['a', 'a'])", "redeclared"),
        ("Function('x', U, U)", "redeclared"),
        ("DeclareSort('Int')", "redeclared"),
        ("E, (a, b) = EnumSort('E', ['a'])", "syntax"),
        ("BitVec('v', 8)", "unsupported"),
        ("Array('v', IntSort(), IntSort())", "unsupported"),
        ("String('v')", "unsupported"),
        ("Function('g', BoolSort(), BoolSort())", "sort_mismatch"),
        ("t = Solver()", "unsupported"),
        ("o = Optimize()", "unsupported"),
        ("s.add(ForAll([], p))", "binder"),
        ("s.add(ForAll([x, x], p))", "binder"),
        ("s.add(ForAll([x + 1], p))", "binder"),
        ("s.add(x ** 9 == 1)", "nonlinear"),
        ("s.add(2 ** x == 1)", "nonlinear"),
        ("s.add(x * x * x * x * x == 1)", "nonlinear"),
        ("9 ** 9 ** 9", "number"),
        ("c = 1e999", "number"),
        ("s.add(x == 10 ** 39 * 10)", "number"),
        ("'%s' % x", "unsupported"),
        ("f'{x}'", "unsupported"),
        ("f'{1:>9999999}'", "unsupported"),
        ("'x' * 9", "unsupported"),
        ("[0] * 10 ** 9", "too_large"),
        ("range(10 ** 9)", "too_large"),
        ("IntVector('v', 10 ** 9)", "too_large"),
        ("for i in range(3000):\n    for j in range(3000):\n        pass", "too_large"),
        ("s.add(Distinct([x] * 3000))", "too_large"),
        ("a = p\nfor i in range(99):\n    a = And(Not(a), Not(a))", "too_large"),
        ("def f(n):\n    return f(n)\nf(1)", "too_deep"),
        ("a = [1]\na.append(a)\na == a", "unsupported"),
        ("s.check()\ns.add(p)", "asserted_after_check"),
        ("s.add(p)\nif s.check() == sat:\n    s.add(q)", "asserted_after_check"),
        ("s.push()\ns.add(p)\ns.pop()\ns.add(q)", "asserted_after_check"),
        (
            "def ask(c):\n    s.add(c)\n    return s.check()\ns.add(p)\nask(q)",
            "asserted_after_check",
        ),
        ("def more():\n    s.add(q)\ns.add(p)\ns.check()\nmore()", "asserted_after_check"),
        (
            "def more(t):\n    t.add(q)\ndef all():\n    more(s)\ns.add(p)\ns.check()\nall()",
            "asserted_after_check",
        ),
        (
            "def ask(t, c):\n    t.add(c)\n    return t.check()\ns.add(p)\nask(s, q)",
            "asserted_after_check",
        ),
        ("def f():\n    def g():\n        return q\n    return g()\ns.add(f())", "unsupported"),
        ("s.check()", "empty"),
        ("print(p)", "empty"),
    ],
)
def test_reasons(body, reason):
    error = refused(HEAD + body + "\n")
    assert error.reason == reason, error


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("(" * 3000, "too_deep"),
        ("-" * 3000 + "1", "too_deep"),
        ("not " * 3000 + "1", "too_deep"),
        ("1" + "+1" * 5000, "too_deep"),
        ("1" + "**1" * 5000, "too_deep"),
        ("a" + ".a" * 5000, "too_deep"),
        ("a" + "[0]" * 5000, "too_deep"),
        ("a" + "()" * 5000, "too_deep"),
        ("1" + " if 1 else 1" * 3000, "too_deep"),
        ("lambda: " * 3000 + "1", "too_deep"),
        ("if 1: pass\n" + "elif 1: pass\n" * 3000, "too_deep"),
        ("1\n" * 25_000, "too_long"),
        (" " * 50_001, "too_long"),
        ("x\0", "bad_char"),
        ("'\ud800'", "bad_char"),
    ],
)
def test_bounds_of_texts(text, reason):
    assert refused(text).reason == reason


def test_places_count_characters():
    error = refused(HEAD + "é = 'é'; s.add(é, y)")
    assert (error.reason, error.line, error.column) == ("unknown_symbol", 6, 19)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("q", "unknown_symbol"),
        ("Bool('q')", "unknown_symbol"),
        ("And(p, Int('k') > 1)", "unknown_symbol"),
        ("Function('g', U, BoolSort())", "redeclared"),
        ("Solver()", "redeclared"),
        ("P()", "arity_mismatch"),
        ("P(p)", "sort_mismatch"),
        ("P(a", "syntax"),
        ("P(a))(", "unbalanced"),
        ("p; q", "syntax"),
        ("p = q", "syntax"),
        ("p, p", "sort_mismatch"),
        ("(y for y in [p])", "sort_mismatch"),
        ("yield p", "unsupported"),
        ("ForAll([x], P(x), Q)", "unknown_symbol"),
    ],
)
def test_formulas(text, reason):
    symbols = (Symbol("p", (), "Bool"), Symbol("a", (), "U"), Symbol("P", ("U",), "Bool"))
    with pytest.raises(ReadError) as caught:
        read_expression(text, Declarations(("U",), symbols))
    assert caught.value.reason == reason


def test_nothing_runs_and_nothing_warns(tmp_path):
    there = tmp_path / "there"
    modules = set(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for body in (
            f"open({str(there)!r}, 'w')",
            f"s.add(open({str(there)!r}, 'w'))",
            "'\\d' is 1",
        ):
            assert refused(HEAD + body)
    assert not there.exists()
    assert set(sys.modules) == modules


PIECES = ["s.add(", "for i in ", "And(", "[x:U]", "ForAll(", "if ", "    ", " = ", ":::", "->"]
PIECES += [
    "(",
    ")",
    "[",
    "]",
    ":",
    "x",
    "p",
    ",",
    "\n",
    "'",
    '"""',
    "#",
    "é",
    "\0",
    "\\",
    "f'{",
    "}",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.text(max_size=10))
def test_any_text_is_read_or_refused(pieces, tail):
    text = HEAD + "s.add(p)\n" + "".join(pieces) + tail
    try:
        count = len(read_program(text).assertions)
    except ReadError as error:
        count = int(0 <= error.offset <= len(text))
    assert count >= 1
