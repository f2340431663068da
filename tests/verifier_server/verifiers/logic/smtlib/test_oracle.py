"""Random scripts mean what z3's own parser says they mean."""

import pytest
import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.logic.z3py import Oracle, same
from verifier_server.verifiers.logic.smtlib.commands import read_script

DECLARED = """(declare-sort U 0)
(declare-const p Bool)(declare-fun q () Bool)
(declare-fun P (U) Bool)(declare-fun Q (U U) Bool)
(declare-const a U)(declare-const |b c| U)(declare-fun f (U) U)
(declare-const x Int)(declare-const y Int)(declare-fun g (U) Int)
(declare-const r Real)(declare-fun h (Real) Real)
"""
DEFINED = """(define-fun near ((m Int) (n Real)) Bool (< (- m 1) n (+ m 1)))
(define-fun some ((u U) (b Bool)) Bool (exists ((v U)) (and b (Q u v))))
(define-const two Real 2.0)
"""
LEAVES = {
    "B": ["p", "q", "true", "false", "|p|"],
    "U": ["a", "|b c|", "v", "w"],
    "I": ["0", "1", "7", "x", "y"],
    "R": ["0.5", "2.0", "r", "two", "3"],
}
# Each shape: its sort, and its text with sorts of parts.
SHAPES = [
    ("B", "(not {B})"),
    ("B", "(and {B} {B} {B})"),
    ("B", "(or {B} {B})"),
    ("B", "(=> {B} {B} {B})"),
    ("B", "(xor {B} {B} {B})"),
    ("B", "(= {B} {B} {B})"),
    ("B", "(= {U} {U})"),
    ("B", "(= {I} {R})"),
    ("B", "(distinct {B} {B})"),
    ("B", "(distinct {U} {U} {U})"),
    ("B", "(distinct {R} {I})"),
    ("B", "(ite {B} {B} {B})"),
    ("B", "(< {I} {R} {I})"),
    ("B", "(<= {I} {I})"),
    ("B", "(> {R} {R})"),
    ("B", "(>= {R} {I})"),
    ("B", "(P {U})"),
    ("B", "(Q {U} {U})"),
    ("B", "(is_int {R})"),
    ("B", "(near {I} {R})"),
    ("B", "(some {U} {B})"),
    ("B", "(let ((p {B}) (v {U})) {B})"),
    ("B", "(let ((r {R}) (x y)) {B})"),
    ("B", "(forall ((v U)) {B})"),
    ("B", "(exists ((w U) (p Bool)) {B})"),
    ("B", "(forall ((v U)) (! {B} :weight 3 :pattern ((P v))))"),
    ("B", "(exists ((v U)) (let ((w v)) (forall ((v U)) (and (Q v w) {B}))))"),
    ("B", "(exists ((v U)) (not (some v {B})))"),
    ("U", "(f {U})"),
    ("U", "(ite {B} {U} {U})"),
    ("U", "(let ((v {U}) (a v)) {U})"),
    ("I", "(+ {I} {I} {I})"),
    ("I", "(- {I})"),
    ("I", "(- {I} {I} {I})"),
    ("I", "(* 3 {I})"),
    ("I", "(div {I} 3)"),
    ("I", "(mod {I} 2)"),
    ("I", "(abs {I})"),
    ("I", "(to_int {R})"),
    ("I", "(g {U})"),
    ("I", "(ite {B} {I} {I})"),
    ("R", "(+ {R} {I})"),
    ("R", "(- {R} {R} {I})"),
    ("R", "(* {R} 1.5)"),
    ("R", "(/ {I} 2)"),
    ("R", "(/ {R} 2 4.0)"),
    ("R", "(to_real {I})"),
    ("R", "(h {I})"),
    ("R", "(ite {B} {R} {I})"),
]


@st.composite
def terms(draw, sort="B", depth=4):
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(LEAVES[sort]))
    shape = draw(st.sampled_from([text for kind, text in SHAPES if kind == sort]))
    made = ""
    while "{" in shape:
        before, _, rest = shape.partition("{")
        made += before + draw(terms(rest[0], depth - 1))
        shape = rest[2:]
    return made + shape


def closed(term):
    """The term with v and w bound at its outside."""
    return f"(forall ((v U)) (exists ((w U)) {term}))"


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(terms(), min_size=1, max_size=2))
def test_scripts_mean_what_z3_reads(bodies):
    asserted = "".join(f"(assert (! {closed(body)} :named n{i}))" for i, body in enumerate(bodies))
    text = DECLARED + DEFINED + asserted
    script = read_script(text, gold=True)
    ours = z3.And(list(map(Oracle(script.declarations).expression, script.formulas)))
    theirs = z3.And(list(z3.parse_smt2_string(text)))
    result = same(ours, theirs)
    assume(result != "unknown")
    assert result == "unsat", text
