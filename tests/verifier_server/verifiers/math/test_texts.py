import pytest

from tests.verifier_server.verifiers.math.comparing import equal
from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.nodes import Text

EQUAL = [
    ("Odd", "odd"),
    ("the function is odd", "odd"),
    ("it is an ellipse", "ellipse"),
    ("the answer is yes", "yes"),
    ("line segment, circle", "circle and line segment"),
    ("dne", "does not exist"),
    ("no solution", "there are no real solutions"),
    ("true", "yes"),
    ("yes!", "Yes."),
    ("right-angled", "right angled"),
]
DIFFERENT = [
    ("odd", "even"),
    ("the function is not odd", "odd"),
    ("it isn't odd", "odd"),
    ("the function is neither odd nor even", "even"),
    ("odd or even", "odd"),
    ("the sum is odd", "the product is odd"),
    ("if it is odd", "odd"),
    ("yes", "no"),
    ("true", "false"),
    ("no solution", "solution"),
    ("circle", "circle and line segment"),
    ("the speed is 5", "the speed is -5"),
    ("the rent is 240 yuan and 210 yuan", "the rent is -240 yuan and 210 yuan"),
    ("the rent is 240 yuan and 210 yuan", "the rent is 210 yuan and 240 yuan"),
    ("two - three", "two three"),
    ("it is 5!", "it is 5"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_the_same_words(left: str, right: str) -> None:
    assert same(Text(left), Text(right)).equal
    assert same(Text(right), Text(left)).equal


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_words(left: str, right: str) -> None:
    assert same(Text(left), Text(right)).equal is False
    assert same(Text(right), Text(left)).equal is False


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\emptyset", r"\text{no solution}"),
        (r"\{\}", "no real solutions"),
        (r"\infty", r"\text{infinitely many}"),
        (r"\mathbb{R}", "all real numbers"),
        ("A", r"\textbf{(A)}"),
        ("A", "A. 5 apples"),
        (r"x \ne -2, x \ne 2", "all real numbers except -2 and 2"),
        ("7:32", r"\frac{7}{32}"),
        ("12:00", "12:00"),
    ],
)
def test_words_for_what_formulas_say(left: str, right: str) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\emptyset", "0"),
        ("odd", "3"),
        (r"\text{two}", "2"),
        ("B", "A. 5 apples"),
        ("A. 5 apples", "A. 6 apples"),
        ("101_2", "101"),
        ("101_2", "5"),
        ("101_2", "101_3"),
        ("12:00", "12:01"),
    ],
)
def test_words_are_no_numbers(left: str, right: str) -> None:
    assert equal(left, right) is False


def test_numerals_of_one_value_in_two_bases_are_equal() -> None:
    assert equal("101_2", "12_3")


@pytest.mark.parametrize(
    ("left", "right"), [("10:30", "1:3"), ("10:30", "1/3"), ("4:30", "2:15"), ("12:00", "1:00")]
)
def test_a_time_of_day_is_no_ratio(left: str, right: str) -> None:
    assert equal(left, right) is False


def test_a_ratio_may_look_like_a_time_of_day() -> None:
    assert equal("S=7:32", "7:32")
    assert equal("7:32", "7/32")
