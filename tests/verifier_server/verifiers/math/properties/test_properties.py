"""Properties of the whole verifier, over generated answers of every kind.

Symmetry, reflexivity, invariance under our own rewriters and spellings, and
nothing CORRECT that means something else. The examples are the same in every
run; VERIFIER_PROPERTY_EXAMPLES=5000 draws so many new ones for each property.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random

import mpmath
import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.math.properties import perturbers, rewriters, strategies
from tests.verifier_server.verifiers.math.properties.model import (
    SCALARS,
    Answer,
    Expr,
    Num,
    Quantity,
    Range,
    Ranges,
    Several,
    is_defined,
    same_meaning,
    value,
    variables,
)
from tests.verifier_server.verifiers.math.properties.typeset import (
    PLAIN,
    Style,
    decimal,
    is_terminating,
    write,
)
from verifier_server.contract import Judge, TaskError, Verdict
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.policy import Policy
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.verifier import prepare

LONG = 600  # characters: products of sums grow without bound
_MANY = int(os.environ.get("VERIFIER_PROPERTY_EXAMPLES", "0"))


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Settings: `count` fixed examples, or as many new ones as the environment asks for."""
    return settings(
        max_examples=_MANY or count,
        derandomize=not _MANY,
        database=None,
        deadline=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


@cache
def judge_for(gold: str) -> Judge:
    # "any": a sine of a constant is then no restatement of the question.
    return prepare({"answer": gold, "form": "any"})


def verdict(gold: str, prediction: str) -> Verdict:
    note(f"{gold}   |   {prediction}")
    return judge_for(gold)(rf"\boxed{{{prediction}}}").verdict


def both_ways(one: str, two: str) -> bool:
    """Whether either answers the other; the two must agree, by `same` and through `prepare`."""
    there, back = verdict(one, two), verdict(two, one)
    assert (there is Verdict.CORRECT) == (back is Verdict.CORRECT), (there, back)
    left, right = parse(one), parse(two)
    assert same(left, right).equal is same(right, left).equal
    return there is Verdict.CORRECT


chances = st.integers(0, 2**32).map(Random)


@examples(150)
@given(strategies.answers, strategies.styles)
def test_an_answer_is_right_in_its_own_words(answer: Answer, style: Style) -> None:
    text = write(answer, style)
    assert verdict(text, text) is Verdict.CORRECT


@examples(250)
@given(strategies.answers, strategies.styles, strategies.styles)
def test_spelling_makes_no_difference(answer: Answer, one: Style, two: Style) -> None:
    assert both_ways(write(answer, one), write(answer, two))


@examples(60)
@given(strategies.answers, strategies.styles)
def test_terminating_fractions_may_be_decimals(answer: Answer, style: Style) -> None:
    decimals = replace(style, decimals=True, fraction=r"\frac")
    assert both_ways(write(answer, PLAIN), write(answer, decimals))


@examples(40)
@given(strategies.values, strategies.styles)
def test_mixed_numbers(answer: Expr, style: Style) -> None:
    mixed = replace(style, mixed=True, fraction=r"\frac")
    assume(isinstance(answer, Num))
    assert both_ways(write(answer, PLAIN), write(answer, mixed))


@examples(60)
@given(strategies.expressions, strategies.styles, st.sampled_from(("w", "f(2)", r"\theta", "m_1")))
def test_a_name_makes_no_difference(answer: Expr, style: Style, name: str) -> None:
    text = write(answer, replace(style, wrapper=("", "")))
    assert both_ways(write(answer, PLAIN), f"{name} = {text}")


@examples(80)
@given(
    strategies.ranges(),
    strategies.styles,
    st.sampled_from(("inequality", "membership", "builder", "interval")),
    st.sampled_from(("inequality", "membership", "builder", "interval")),
)
def test_intervals_inequalities_and_sets(
    answer: Range | Ranges, style: Style, one: str, two: str
) -> None:
    left, right = replace(PLAIN, ranges=one), replace(style, ranges=two)
    assert both_ways(write(answer, left), write(answer, right))


# Where most answers of all kinds have nothing for a change to take hold of.
_SUITED: dict[object, st.SearchStrategy[Answer]] = {
    rewriters.nest_radicals: strategies.sums_of_roots,
    rewriters.rationalise: strategies.surds(),
    rewriters.respell_roots: strategies.surds(),
    rewriters.rescale_equation: strategies.equations,
    rewriters.over_one_denominator: strategies.sums,
    rewriters.split_fraction: strategies.sums,
    rewriters.expand: strategies.sums,
    rewriters.use_identities: strategies.functions(),
    rewriters.repeat_factors: strategies.formulas,
    perturbers.change_items: strategies.collections,
    perturbers.change_ends: strategies.ranges(),
    perturbers.change_label: strategies.labels,
}


def _name(change: object) -> str:
    return str(getattr(change, "__name__", change))


@pytest.mark.parametrize("rewriter", rewriters.SAME_KIND, ids=_name)
@examples(40)
@given(data=st.data(), style=strategies.styles, chance=chances)
def test_rewriting_makes_no_difference(
    rewriter: rewriters.Rewriter, data: st.DataObject, style: Style, chance: Random
) -> None:
    answer = data.draw(_SUITED.get(rewriter, strategies.answers))
    rewritten = rewriter(answer, chance)
    assume(rewritten is not None)
    assert rewritten is not None
    # The rewriter's own promise, by other means than the verifier's.
    meant = same_meaning(answer, rewritten)
    assume(meant is not None)
    assert meant
    text = write(rewritten, style)
    assume(len(text) <= LONG)
    assert both_ways(write(answer, PLAIN), text)


@pytest.mark.parametrize("rewriter", rewriters.OTHER_KIND, ids=_name)
@examples(30)
@given(answer=strategies.rewritable, style=strategies.styles, chance=chances)
def test_another_kind_of_the_same_answer(
    rewriter: rewriters.Rewriter, answer: Answer, style: Style, chance: Random
) -> None:
    rewritten = rewriter(answer, chance)
    assume(rewritten is not None)
    assert rewritten is not None
    assert both_ways(write(answer, PLAIN), write(rewritten, style))


@examples(60)
@given(strategies.formulas, st.lists(st.sampled_from(rewriters.SAME_KIND), min_size=2), chances)
def test_several_rewriters_make_no_difference(
    answer: Expr, chosen: list[rewriters.Rewriter], chance: Random
) -> None:
    rewritten: Answer = answer
    for rewriter in chosen:
        rewritten = rewriter(rewritten, chance) or rewritten
    text = write(rewritten)
    assume(len(text) <= LONG)
    # What no stage decides is no reward, but never the opposite verdict.
    assert verdict(write(answer), text) in (Verdict.CORRECT, Verdict.UNDECIDED)


@pytest.mark.parametrize("perturber", perturbers.PERTURBERS, ids=_name)
@examples(100)
@given(data=st.data(), style=strategies.styles, chance=chances)
def test_what_is_perturbed_is_wrong(
    perturber: perturbers.Perturber, data: st.DataObject, style: Style, chance: Random
) -> None:
    answer = data.draw(_SUITED.get(perturber, strategies.answers))
    perturbed = perturber(answer, chance)
    assume(perturbed is not None)
    assert perturbed is not None
    assume(is_defined(perturbed))
    assume(same_meaning(answer, perturbed) is False)
    assert not both_ways(write(answer, PLAIN), write(perturbed, style))


@examples(100)
@given(strategies.answers, st.sampled_from(perturbers.PERTURBERS), chances)
def test_what_is_rewritten_after_it_is_perturbed_is_wrong(
    answer: Answer, perturber: perturbers.Perturber, chance: Random
) -> None:
    perturbed = perturber(answer, chance)
    assume(perturbed is not None)
    assert perturbed is not None
    rewritten = chance.choice(rewriters.SAME_KIND)(perturbed, chance) or perturbed
    assume(is_defined(rewritten))
    assume(same_meaning(answer, rewritten) is False)
    assert not both_ways(write(answer), write(rewritten))


@examples(250)
@given(strategies.answers, strategies.answers, strategies.styles)
def test_two_answers_are_the_same_only_if_they_mean_the_same(
    one: Answer, two: Answer, style: Style
) -> None:
    right = both_ways(write(one), write(two, style))
    assert not right or same_meaning(one, two) is not False


@examples(60)
@given(strategies.values.filter(lambda each: not isinstance(each, Num)), st.integers(4, 12))
def test_a_rounded_value_is_right_to_its_last_digit(answer: Expr, places: int) -> None:
    exact = value(answer, {})
    assume(not mpmath.im(exact) and abs(exact) > 1)
    with mpmath.workdps(50):
        nearest = int(mpmath.nint(exact * 10**places))
        assume(abs(exact * 10**places - nearest) > mpmath.mpf(10) ** -20)
    text = write(answer)
    for last, right in ((nearest, True), (nearest + 1, False), (nearest - 1, False)):
        assert both_ways(text, decimal(Fraction(last, 10**places), places)) is right


@examples(60)
@given(strategies.rationals, st.integers(1, 40), chances)
def test_a_decimal_is_not_another_decimal(answer: Num, places: int, chance: Random) -> None:
    assume(is_terminating(answer.value))
    step = Fraction(chance.choice((-1, 1)), 10**places)
    near = decimal(answer.value + step)
    assert not both_ways(decimal(answer.value, 2), near)


policies = st.builds(
    Policy,
    tolerance=st.sampled_from((None, None, 1e-9, 1e-3, 0.2)),
    significant_digits=st.sampled_from((None, None, 1, 3, 6)),
    units=st.sampled_from(("optional", "required", "convert")),
    ordered_lists=st.booleans(),
    rename_variables=st.booleans(),
    loose_percent=st.booleans(),
)


@examples(200)
@given(strategies.answers, strategies.answers, st.booleans(), policies, chances)
def test_every_policy_is_symmetric_and_knows_an_answer_again(
    answer: Answer, other: Answer, near: bool, policy: Policy, chance: Random
) -> None:
    changes = (*perturbers.PERTURBERS, *rewriters.SAME_KIND, *rewriters.OTHER_KIND)
    if near:
        other = chance.choice(changes)(answer, chance) or other
    one, two = parse(write(answer)), parse(write(other))
    note(f"{write(answer)}   |   {write(other)}")
    assert same(one, one, policy).equal
    assert same(one, two, policy).equal is same(two, one, policy).equal


@examples(60)
@given(strategies.rationals, st.sampled_from((0.1, 0.01, 1e-4)), st.integers(-300, 300))
def test_a_tolerance_is_relative_to_the_larger_number(
    answer: Num, tolerance: float, percents: int
) -> None:
    off = answer.value * (1 + Fraction(tolerance) * Fraction(percents, 100))
    distance = abs(off - answer.value) / max(abs(off), abs(answer.value), Fraction(1, 10**9))
    # At the very border the rounding of the tolerance itself would decide.
    assume(abs(distance / Fraction(tolerance) - 1) > Fraction(1, 10**6))
    left, right = parse(write(answer)), parse(write(Num(off)))
    assert same(left, right, Policy(tolerance=tolerance)).equal is (distance < tolerance)


_CONVERSIONS = (
    ("hour", "minute", 60), ("minute", "second", 60), ("m", "cm", 100), ("km", "m", 1000),
    ("kg", "g", 1000), ("day", "hour", 24),
)  # fmt: skip


@examples(40)
@given(st.integers(1, 500), st.sampled_from(_CONVERSIONS), strategies.styles)
def test_units_are_converted_only_on_request(
    amount: int, units: tuple[str, str, int], style: Style
) -> None:
    large, small, factor = units
    one = write(Quantity(strategies.num(amount), large))
    two = write(Quantity(strategies.num(amount * factor), small), style)
    wrong = write(Quantity(strategies.num(amount * factor + 1), small), style)
    note(f"{one}   |   {two}")
    convert = Policy(units="convert")
    assert same(parse(one), parse(two), convert).equal
    assert same(parse(one), parse(wrong), convert).equal is False
    assert same(parse(one), parse(two)).equal is False


_SOUP = (
    r"1 2 0 - + * / ^ _ = < \le > ( ) [ ] { } \{ \} , ; : | ! ' % . x y n e i C \pi \infty \sqrt "
    r"\frac \binom \sin \ln \log \cos^{-1} \pm \mp \cup \cap \in \mid \text \text{or} \text{cm} "
    r"\cdot \times \left( \right) ^\circ \sum_{k=1}^n \int_0^1 dx \lim_{x\to0} \lfloor \rfloor "
    r"\begin{pmatrix} \end{pmatrix} & \\ \begin{cases} \end{cases} \mathbb{R} \setminus \ne "
    r"\approx \equiv \pmod \dots \ldots \emptyset \overline \bar \vec \langle \rangle \$ \% and or "
    r"{1} {2} {x} _2 ^2 ^{-1} 0.5 1,000 1e5 f(x) \det \gcd \max \bmod odd no cm x_1"
).split()


@examples(600)
@example(["0", "/", "0"])
@example(["0", "^", "0"])
@given(st.lists(st.sampled_from(_SOUP), min_size=1, max_size=9))
def test_every_text_is_read_or_refused_and_is_itself(signs: list[str]) -> None:
    text = " ".join(signs)
    try:
        node = parse(text)
    except UnreadableError:
        return
    assert same(node, node).equal is not False or _refuses(text)
    if not _refuses(text):
        assert verdict(text, text) is not Verdict.INCORRECT


def _refuses(gold: str) -> bool:
    try:
        judge_for(gold)
    except TaskError:
        return True
    return False


@examples(400)
@given(
    st.lists(st.sampled_from(_SOUP), min_size=1, max_size=7), st.integers(0, 6),
    st.sampled_from(_SOUP),
)  # fmt: skip
def test_any_two_texts_are_compared_alike_both_ways(signs: list[str], at: int, other: str) -> None:
    changed = [*signs[:at], other, *signs[at + 1 :]]
    texts = " ".join(signs), " ".join(changed)
    try:
        one, two = map(parse, texts)
    except UnreadableError:
        return
    assert same(one, two).equal is same(two, one).equal


@examples(60)
@given(strategies.several, strategies.styles, chances)
def test_only_what_is_ordered_has_an_order(answer: Several, style: Style, chance: Random) -> None:
    turned = Several(answer.kind, answer.items[::-1])
    ordered = answer.kind in ("tuple", "vector")
    assert both_ways(write(answer), write(turned, style)) is not ordered


@examples(60)
@given(strategies.several, strategies.values)
def test_a_value_is_no_collection_of_others(answer: Several, other: Expr) -> None:
    assert not both_ways(write(answer), write(other))
    assert isinstance(other, SCALARS)
    assert not variables(other)
