"""Expressions compared by value: signs, regions, sizes, and where there is no value."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from verifier_server.contract import TaskError, Verdict
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.nodes import Node
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.values import probe as probe_module
from verifier_server.verifiers.math.values.numeric import evaluate
from verifier_server.verifiers.math.verifier import prepare


def equal(left: str, right: str) -> bool | None:
    one, two = parse(left), parse(right)
    assert same(one, two) == same(two, one)
    return same(one, two).equal


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2xy", "2|xy|"),
        (r"\frac{x}{y}", r"|\frac{x}{y}|"),
        ("2xy", r"\sqrt{4x^2y^2}"),
        (r"\sqrt{9a^2b^2}", "3ab"),
        ("2wx yz", "2|wx yz|"),
        (r"\sqrt{x/y}", r"\frac{\sqrt x}{\sqrt y}"),
        (r"\ln(x/y)", r"\ln x-\ln y"),
        (r"\sqrt{x}^2", "x + 0y"),
    ],
)
def test_signs_of_several_letters_are_independent(left: str, right: str) -> None:
    assert not equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x^2-13x+42", "|x^2-13x+42|"),
        ("(x-6)(x-7)", r"\sqrt{(x-6)(x-7)}^2"),
        ("(1000x-6001)(1000x-6002)", "|(1000x-6001)(1000x-6002)|"),
        ("y=x^2-13x+42", "y=|x^2-13x+42|"),
        (r"\arctan\frac{1}{(x-6)(x-7)}", r"\frac{\pi}{2}-\arctan((x-6)(x-7))"),
        (r"\ln(x^2)", r"2\ln x"),
        ("|x-y-1000|", "1000+y-x"),
    ],
)
def test_a_narrow_region_counts(left: str, right: str) -> None:
    assert not equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("|x|", r"\sqrt{x^2}"),
        (r"\ln(x^2)", r"2\ln|x|"),
        ("|x^2-13x+42|", "|(x-6)(x-7)|"),
        (r"\sqrt{a^2+b^2}", r"\sqrt{b^2+a^2}"),
        (r"\sqrt{4a^2+4b^2}", r"2\sqrt{a^2+b^2}"),
        (r"1+\sqrt{a-b}", r"\sqrt{a-b}+1"),
        (r"x^{n+1}", r"x \cdot x^n"),
        (r"y=\sqrt{x}", r"2y=2\sqrt{x}"),
        ("x^{1/2}", r"\sqrt x"),
    ],
)
def test_equal_in_every_region(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("e^{200}", "e^{200}+1"),
        (r"\pi^{200}", r"\pi^{200}+1"),
        (r"(\sqrt2)^{1000}", r"(\sqrt2)^{1000}+1"),
        ("1", r"\tanh(100)"),
        (r"\cosh(300)", r"\sinh(300)"),
        (r"\frac{\pi}{2}", r"\arctan(e^{200})"),
        ("1", r"(1+e^{-200})(1-e^{-200})"),
        ("x", "x+e^{-300}"),
        ("x", "x+e^{-30000}"),
        ("y=x", "y=x+e^{-300}"),
    ],
)
def test_large_and_small_parts_are_seen(left: str, right: str) -> None:
    assert not equal(left, right)


def test_large_parts_can_be_equal() -> None:
    assert equal("e^{200}+1", r"1+(e^{100})^2")
    assert equal(r"\frac{1}{e^{-300}}", "e^{300}")
    assert equal("e^{2024}+1", "1+e^{2024}")
    assert equal("x^{2024}+1", "1+x^{2024}")
    assert not equal("e^{2024}+1", "2+e^{2024}")


@pytest.mark.parametrize(
    "text", [r"\tan(\pi/2)", r"0\tan(\pi/2)", r"\ln(\sin\pi)", r"(2, \frac{1}{\sin\pi})"]
)
def test_no_value_equals_nothing(text: str) -> None:
    assert not equal(text, r"\sec(\pi/2)")
    assert prepare({"answer": "0"})(rf"\boxed{{{text}}}").verdict is not Verdict.CORRECT
    with pytest.raises(TaskError) as caught:
        prepare({"answer": text})
    assert caught.value.reason == "undefined_answer"


def test_no_value_anywhere_is_not_proved_away() -> None:
    assert not equal("x", r"x+0/(\sin^2 x+\cos^2 x-1)")


def test_points_follow_from_both_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Fraction] = []

    def recorded(node: Node, point: Mapping[str, Fraction], digits: int) -> Any:
        seen.extend(point.values())
        return evaluate(node, point, digits)

    monkeypatch.setattr(probe_module, "evaluate", recorded)
    draws = []
    for pair in (("x+1", "1+x"), ("1+x", "x+1"), ("x+1", "2x+1-x"), ("x+1", "3x+1-2x")):
        seen.clear()
        assert probe_module.probe(*map(parse, pair)) is probe_module.Evidence.EQUAL
        draws.append(set(seen))
    assert draws[0] == draws[1]
    assert not draws[0] & draws[2]
    assert not draws[2] & draws[3]
