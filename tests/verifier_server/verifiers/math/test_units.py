import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.comparing.units import powers, same_unit
from verifier_server.verifiers.math.policy import DEFAULT, Policy

REQUIRED = Policy(units="required")
CONVERT = Policy(units="convert")

EQUAL = [
    ("5", r"5\text{ cm}", DEFAULT),
    (r"5\text{ cm}", "5 cm", REQUIRED),
    ("x = 5 \\text{ cm}", "5", DEFAULT),
    (r"5 \text{ hours}", r"300 \text{ minutes}", CONVERT),
    (r"36 \text{ km/h}", r"10 \text{ m/s}", CONVERT),
    (r"1 \text{ mile}", r"1.609344 \text{ km}", CONVERT),
    (r"1 \text{ mile}", r"1.6093 \text{ km}", CONVERT),
    (r"3 \text{ feet}", r"1 \text{ yard}", CONVERT),
    (r"1 \text{ m}^2", r"10000 \text{ cm}^2", CONVERT),
    (r"\$2", r"200 \text{ cents}", CONVERT),
    (r"45^\circ", r"\frac{\pi}{4}", DEFAULT),
    (r"45^\circ", "45", DEFAULT),
    (r"45^\circ", r"45 \text{ degrees}", DEFAULT),
    (r"60^\circ 30'", r"60.5^\circ", DEFAULT),
    (r"45^\circ", r"\frac{\pi}{4}", REQUIRED),
    (r"A = \frac{5\pi}{6}", r"150^\circ", DEFAULT),
    (r"(3 \text{ cm}, 4 \text{ cm})", "(3,4)", DEFAULT),
]
DIFFERENT = [
    (r"8 \text{ hours}", r"8 \text{ minutes}", DEFAULT),
    (r"5 \text{ hours}", r"300 \text{ minutes}", DEFAULT),
    (r"8 \text{ hours}", r"8 \text{ minutes}", CONVERT),
    ("5 cm", r"5\text{ cm}^2", DEFAULT),
    ("5", r"5\text{ cm}", REQUIRED),
    ("5", r"5\text{ cm}", CONVERT),
    (r"5 \text{ cm}", r"5 \text{ grams}", CONVERT),
    (r"5 \text{ units}", "5 cm", DEFAULT),
    (r"75^\circ", r"\frac{\pi}{3}", DEFAULT),
    (r"45^\circ", r"46", DEFAULT),
    (r"\frac{\pi}{4}", r"\frac{\pi}{4}^\circ", DEFAULT),
    (r"\$5", r"5\%", DEFAULT),
    (r"5\%", "5 cm", DEFAULT),
    (r"45^\circ", r"45 \text{ cm}", DEFAULT),
    (r"\$2", r"2 \text{ cents}", DEFAULT),
]


@pytest.mark.parametrize(("left", "right", "policy"), EQUAL)
def test_the_same_quantity(left: str, right: str, policy: Policy) -> None:
    assert equal(left, right, policy)


@pytest.mark.parametrize(("left", "right", "policy"), DIFFERENT)
def test_another_quantity(left: str, right: str, policy: Policy) -> None:
    assert equal(left, right, policy) is False


def test_a_unit_is_a_product_of_powers() -> None:
    assert powers("kg m/s^2") == (("kg", 1), ("m", 1), ("second", -2))
    assert same_unit("mph", "mile/hour")
    assert same_unit("m*s", "s m")
    assert not same_unit("m/s", "m s")
    assert not same_unit("m", "m^2")


def test_absurd_powers_are_not_computed() -> None:
    huge = Policy(units="convert")
    assert not equal(r"5 \text{ m}^{99}", r"5 \text{ cm}^{99}", huge)
    assert len(powers("m^999999999999")) == 1
