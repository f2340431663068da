from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import ErrorCode, TaskError, Verdict
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.verifier import prepare


def verdict(gold: str, answer: str, tolerance: float | None = None) -> Verdict:
    task = {"answer": gold, "form": "any"} | ({"tolerance": tolerance} if tolerance else {})
    return prepare(task)(rf"So \boxed{{{answer}}}").verdict


EQUAL = [
    (r"\frac{3}{4}", "0.75"),
    (r"\frac{1}{2}", "2/4"),
    ("5", "x = 5"),
    ("5", "5 cm"),
    ("5", r"\$5.00"),
    ("x+1", "1+x"),
    ("(x+1)^2", "x^2+2x+1"),
    (r"\frac{3n+m}{2}", r"\frac32 n + \frac12 m"),
    (r"\sin^2 x", r"1-\cos^2 x"),
    (r"\tan x", r"\frac{\sin x}{\cos x}"),
    (r"2\arcsin\sqrt{b}", r"\arccos(1-2b)"),
    (r"\sqrt{1/n}", r"\frac{1}{\sqrt n}"),
    (r"\sqrt{7+2\sqrt{10}}", r"\sqrt2+\sqrt5"),
    ("|x-1|", r"\sqrt{(x-1)^2}"),
    (r"\sqrt[3]{-8}", "-2"),
    ("i", r"\sqrt{-1}"),
    ("2+2i", r"2\sqrt2 e^{i\pi/4}"),
    (r"\log 8", r"3\log 2"),
    (r"\log_2 8", "3"),
    ("2^{1000}", "4^{500}"),
    (r"2^{2025!}", r"2^{2025!}"),
    ("(1,4.5)", r"(1,\frac92)"),
    ("1, 2, 3", "3, 2, 1"),
    ("1, 3", r"1 \text{ and } 3"),
    (r"\pm 3", r"\{-3, 3\}"),
    (r"x = \pm 3", "3, -3"),
    (r"[2,5)\cup(6,\infty)", r"(6,\infty)\cup[2,5)"),
    (r"2 \le x < 5", r"5 > x \ge 2"),
    ("x^2+1=0", "2x^2+2=0"),
    ("y=2x+1", "2y=4x+2"),
    ("f(x)=2x", "f(x)=x+x"),
    ("f(x)=2x", "2x"),
    (r"\infty", r"+\infty"),
    (r"\text{Helen}", "helen"),
    ("C", r"\text{(C)}"),
    ("3:4", "3:4"),
    (r"2\alpha", "2\u03b1"),
    ("xy", "yx"),
    ("xy-z", "-z+xy"),
    (r"x \cdot y", "xy"),
    ("sin x", r"\sin x"),
    ("no", "No"),
    (r"\frac{1}{12}ml^2", r"\frac{ml^2}{12}"),
    ("5", "5cm"),
    (r"\frac{1}{2}", r"\frac{1}{2} hours"),
    ("x=5, x=6", "6, 5"),
    ("x=5, y=6", "5, 6"),
    ("x=5, y=6", "y=6, x=5"),
    ("1, 2", r"x = 1 \text{ or } x = 2"),
    ("1,2,345", "1, 2, 345"),
    ("12,345,6", "12, 345, 6"),
    ("1,234, 5,678", "5678, 1234"),
    ("50", r"50\%"),
]

DIFFERENT = [
    ("42", "41 = 42"),
    ("42", r"x \ne 42"),
    ("42", r"x \ge 42"),
    ("42", "x=41, x=42"),
    ("7", r"7 \text{ or } 9"),
    ("1, 2", "1, 2, 3"),
    ("1, 2, 2", "1, 1, 2"),
    ("(1,2)", "(2,1)"),
    ("(1,2)", "[1,2]"),
    ("(1,2)", r"\{1,2\}"),
    ("(1,234)", "1234"),
    ("5 hours", "5 minutes"),
    ("5 cm", r"5 \text{ cm}^2"),
    ("2", "2t"),
    ("2A", "2a"),
    ("x+1", "y+1"),
    ("A", "A, B, C, D"),
    (r"\frac13", "0.333"),
    (r"\pi", r"\frac{22}{7}"),
    (r"\frac{1}{2^{99}}", "2^{-98}"),
    ("0", "10^{-400}"),
    (r"\sqrt2", r"\sqrt2 + 10^{-200}"),
    ("262537412640768744", r"e^{\pi\sqrt{163}}"),
    ("16384", "16385"),
    ("1", "1 + x^{100000}"),
    ("1", "1 + e^{-1000000x^2}"),
    ("y=1", "y = 1 + x^{100000}"),
    ("1", "x" + r"\cdot x" * 290),
    ("0.5", r"0.5\%"),
    ("|x-1000|", "1000-x"),
    (r"\ln x", r"\ln |x|"),
    (r"\log 100", r"\ln 100"),
    (r"\sqrt{x^2}", "x"),
    ("x^2+3=0", "x^2+x+5=0"),
    ("y=2x+1", r"0 \cdot y = 0 \cdot x"),
    ("x=3", "0=0"),
    ("x=3", "x=x"),
    ("x<3", r"x \le 3"),
    ("f(x)=2x", "f(x)=f(x)"),
    (r"\infty", r"-\infty"),
    (r"\infty", r"\frac{1}{0}"),
    (r"\text{undefined}", r"\frac{1}{0}"),
    (r"\emptyset", "0"),
    (r"\emptyset", r"\{\emptyset\}"),
    ("3+4i", "3-4i"),
    ("xy", "Xy"),
    ("ab", "Ab"),
    ("ABC", "ACB"),
    (r"\frac{1}{12}ml^2", r"\frac{1}{12}"),
    (r"\frac{1}{12} ml^2", r"\frac{1}{12}"),
    (r"\frac{1}{2}ft", r"\frac12"),
    ("2 ml^2", "2"),
    ("x=5, y=6", "6, 5"),
    ("x=5, y=6", "y=5, x=6"),
    ("x=5, 6, y=7", "x=6, 5, y=7"),
    ("(1,2)", r"(1 \text{ or } 2)"),
    ("[1,2]", r"[1 \text{ and } 2]"),
    ("x=1, y=2", r"x=1 \text{ or } y=2"),
    ("1,2,345", "1,2345"),
]


@pytest.mark.parametrize(("gold", "answer"), EQUAL)
def test_equal_answers(gold: str, answer: str) -> None:
    assert verdict(gold, answer) is Verdict.CORRECT
    assert verdict(answer, gold) is Verdict.CORRECT


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_different_answers(gold: str, answer: str) -> None:
    assert verdict(gold, answer) is not Verdict.CORRECT
    score = prepare({"answer": gold})(answer)
    assert not score.passed
    assert score.value == 0.0


@pytest.mark.parametrize(
    ("gold", "answer", "tolerance", "passed"),
    [
        (r"\frac13", "0.333", 0.01, True),
        (r"\frac13", "0.333", 0.0001, False),
        (r"\pi", "3.14", 0.001, True),
        ("100", "101", 0.01, True),
        ("100", "102", 0.01, False),
        ("0", "0.0001", 0.5, False),
        ("-1", "1", 0.5, False),
        (r"(\pi, 1)", "(3.14, 1)", 0.001, True),
        ("x", "1.001x", 0.01, False),
        ("5 cm", "5.001 m", 0.01, False),
    ],
)
def test_tolerance(gold: str, answer: str, tolerance: float, passed: bool) -> None:
    assert (verdict(gold, answer, tolerance) is Verdict.CORRECT) == passed


@pytest.mark.parametrize(
    ("completion", "expected", "reason"),
    [
        (r"\boxed{42}", Verdict.CORRECT, "equal"),
        ("#### 42", Verdict.CORRECT, "equal"),
        ("42", Verdict.CORRECT, "equal"),
        (r"\boxed{41}", Verdict.INCORRECT, "not_equal"),
        (r"\boxed{2 3}", Verdict.MALFORMED, "unparsable"),
        (r"\boxed{\sum_{k=1}^{9} k}", Verdict.NO_ANSWER, "restates_problem"),
        (r"\boxed{2x = 84}", Verdict.NO_ANSWER, "restates_problem"),
        (r"\boxed{x = x}", Verdict.INCORRECT, "tautology"),
        (r"\boxed{41}\boxed{42}", Verdict.NO_ANSWER, "multiple_answers"),
        (r"\boxed{41} or \boxed{42}", Verdict.NO_ANSWER, "multiple_answers"),
        (r"\boxed{41}. Then \boxed{42}", Verdict.NO_ANSWER, "multiple_answers"),
        (r"\boxed{41} wait, \boxed{42}", Verdict.CORRECT, "equal"),
        (r"-\boxed{42}", Verdict.NO_ANSWER, "partial_box"),
        (r"\boxed{42 \text{ or } 43}", Verdict.INCORRECT, "not_equal"),
        (r"<think>\boxed{42}", Verdict.NO_ANSWER, "unfinished_reasoning"),
        ("nothing to see", Verdict.NO_ANSWER, "no_answer"),
        ("What a pity!", Verdict.NO_ANSWER, "no_answer"),
        (r"\boxed{10^{10^{10}}}", Verdict.INCORRECT, "not_equal"),
        (r"\boxed{e^{e^{e^{e^{e^{5}}}}}}", Verdict.UNDECIDED, "undecided"),
    ],
)
def test_verdicts(completion: str, expected: Verdict, reason: str) -> None:
    score = prepare({"answer": "42"})(completion)
    assert (score.verdict, score.reason) == (expected, reason)
    assert score.value == float(expected is Verdict.CORRECT)


def test_a_real_root_beside_a_principal_power_is_undecided() -> None:
    assert verdict(r"\sqrt[3]{x}", "x^{1/3}") is Verdict.UNDECIDED
    assert verdict(r"\sqrt[3]{x}", "2x^{1/3}") is Verdict.INCORRECT


def test_an_unreadable_answer_to_a_question_in_words_is_wrong() -> None:
    assert prepare({"answer": "yes"})(r"\boxed{\neg}").verdict is Verdict.INCORRECT


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("2 3", "unparsable_answer"),
        ("1/2x", "unparsable_answer"),
        (r"\boxed{1} but \boxed{2} then", "unparsable_answer"),
        ("1/0", "undefined_answer"),
        (r"\tan\frac{\pi}{2}", "undefined_answer"),
        ("x = x", "vacuous_answer"),
        ("0 = 0", "vacuous_answer"),
        ("2x + 1 = 1 + x + x", "vacuous_answer"),
    ],
)
def test_an_unusable_gold_is_no_judgement(gold: str, reason: str) -> None:
    with pytest.raises(TaskError) as caught:
        prepare({"answer": gold})
    assert caught.value.code is ErrorCode.BAD_GROUND_TRUTH
    assert (caught.value.reason, caught.value.pointer) == (reason, "/answer")


def test_open_diagnostics_hide_the_answer() -> None:
    diagnostics = prepare({"answer": "31337"})(r"\boxed{42}").diagnostics
    assert diagnostics.extracted == "42"
    assert ("stage", "exact") in diagnostics.facts
    assert "31337" not in repr((diagnostics.extracted, diagnostics.message, diagnostics.facts))
    assert ("answer", "31337") in diagnostics.privileged


@pytest.mark.parametrize("gold", ["42", r"\sqrt{2}x+1"])
@pytest.mark.parametrize(
    "bomb",
    [
        "10^{10^{10}}",
        "9^9^9^9",
        "99999999!",
        "((9!)!)!",
        "1E999999999",
        r"\binom{1000000}{500000}",
        r"\sin(\sin(e^{e^{e^{3}}}+3))",
        "x^{x^{x^{x^{x^x}}}}",
        "(1+10^{-300})^{10^{300}}",
        r"\log_2(2^{2^{2^{2^2}}})",
        "3^{9000}+7^{5000}/11^{5000}",
        r"\sin(10^{5000})",
        "x^{100000000000}",
        r"\cosh(99999)",
        "(x+1)^{10000}",
        r"\arctan(i)",
        r"\ln(0)",
        "0^0",
        r"\frac{x}{0}",
        "i^{i^{i^{i}}}",
        r"\sqrt[1000000]{2}",
        "+".join(rf"\sqrt{{{n}}}x" for n in range(2, 90)),
        "+".join(rf"\frac{{1}}{{{2 * n + 3}^{{900}}}}" for n in range(60)),
        r"\{" + ",".join(rf"\sqrt{{{n}}}" for n in range(60)) + r"\}",
    ],
)
def test_bombs_are_never_correct(gold: str, bomb: str) -> None:
    assert not prepare({"answer": gold})(rf"\boxed{{{bomb}}}").passed


def test_a_bomb_leaves_nothing_behind() -> None:
    judge = prepare({"answer": r"\sqrt{8}"})
    for bomb in ("9^9^9^9", r"\sqrt{x}^{x}", "1/0"):
        judge(rf"\boxed{{{bomb}}}")
    assert judge(r"\boxed{2\sqrt2}").passed


ATOMS = st.sampled_from(["1", "2", "7", "0.5", "x", "y", r"\pi", r"\sqrt{3}", "10"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({}+{})".format, inner, inner)
        | st.builds("{} \\cdot ({})".format, inner, inner)
        | st.builds("({})-({})".format, inner, inner)
        | st.builds(r"\frac{{{}}}{{{}}}".format, inner, inner)
        | st.builds("({})^2".format, inner)
    ),
    max_leaves=5,
)
ANSWERS = (
    EXPRESSIONS
    | st.builds("({}, {})".format, EXPRESSIONS, EXPRESSIONS)
    | st.sampled_from(
        ["x = 5", "5 cm", r"\{1, 2\}", "yes", r"x < 3", r"\infty", "1, 2", "(1, 2]", "A"]
    )
)


@given(ANSWERS, ANSWERS)
def test_equality_is_symmetric(left: str, right: str) -> None:
    one, two = parse(left), parse(right)
    assert same(one, two).equal == same(two, one).equal


@given(EXPRESSIONS)
def test_a_near_miss_is_never_correct(text: str) -> None:
    for miss in (f"{text}+1", f"{text}-0.001", f"{text}+10^{{-50}}"):
        assert not same(parse(text), parse(miss)).equal


@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6))
def test_fractions_are_equal_exactly_when_they_are(left: Fraction, right: Fraction) -> None:
    gold = rf"\frac{{{left.numerator}}}{{{left.denominator}}}"
    assert verdict(gold, f"{left.numerator * 3}/{left.denominator * 3}") is Verdict.CORRECT
    passed = verdict(gold, f"{right.numerator}/{right.denominator}") is Verdict.CORRECT
    assert passed == (left == right)


@given(st.integers(-(10**12), 10**12), st.integers(1, 1000))
def test_integers_off_by_some(number: int, off: int) -> None:
    assert verdict(str(number), f"{number:,}") is Verdict.CORRECT
    assert verdict(str(number), f"{number + off:,}") is Verdict.INCORRECT


@given(st.text() | st.text("0123456789xe+-*/^(){}[]|,.!%$\\ \n#boxdAnswer:<think>/\ud800\udc80"))
def test_any_text_gets_a_score(completion: str) -> None:
    judge = prepare({"answer": "42"})
    assert judge(completion).value in (0.0, 1.0)
    assert judge(rf"\boxed{{{completion}}}").value in (0.0, 1.0)


@given(st.text("0123456789xye+-*/^(){}[]|,.!%\\ ", max_size=12))
def test_whatever_can_be_right_equals_itself(text: str) -> None:
    try:
        prepare({"answer": text})
    except TaskError:
        return
    node = parse(text)
    assert same(node, node).equal
