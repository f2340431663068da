import pytest

from verifier_server.verifiers.math.limits import MAX_BITS
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.values.canonical import key, key_of_multiples


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2x-y", "x-y+x"),
        ("xy", "yx"),
        (r"\frac{x}{2}", "0.5x"),
        ("-(-x)", "x"),
        ("x-x", "0"),
        (r"x+0\cdot y^2", "x"),
        (r"\sin x-\sin x", "0"),
        (r"\sin(2x)", r"\sin(x+x)"),
        ("2^{10}", "1024"),
        (r"\frac{2x}{3y}", r"\frac{2}{3}\cdot\frac{x}{y}"),
    ],
)
def test_ways_to_write_one_expression_share_a_key(left: str, right: str) -> None:
    assert key(parse(left)) == key(parse(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x-y", "y-x"),
        ("x^2", "2x"),
        ("x/y", "y/x"),
        (r"\sin x", r"\cos x"),
        ("(1,2)", "[1,2]"),
        ("(1,2)", "(2,1)"),
        ("2", "-2"),
        ("1/0", "0"),
        ("x", r"x+\frac{0}{x-x}"),
        ("x", r"x+0\cdot\ln(x-x)"),
        ("0", r"\frac{1}{x}-\frac{1}{x}"),
        ("0", r"\ln x-\ln x"),
        ("f(x)", "g(x)"),
    ],
)
def test_other_expressions_have_other_keys(left: str, right: str) -> None:
    assert key(parse(left)) != key(parse(right))


def test_very_long_numbers_have_keys() -> None:
    assert key(parse("8" * 900)) == key(parse(r"\frac{" + "8" * 900 + "}{1}"))
    assert key(parse("2^{9000}")) != key(parse("2^{9001}"))


def test_products_too_long_to_be_multiplied_out_have_keys() -> None:
    product = parse("*".join(f"{base}^{{4999}}" for base in range(2, 140)))
    numbers = key(product).split(",")
    assert len(numbers) > 100
    assert max(map(len, numbers)) <= MAX_BITS // 2


def test_multiples_of_a_sum_share_a_key() -> None:
    assert key_of_multiples(parse("2x-4y")) == key_of_multiples(parse("-3x+6y"))
    assert key_of_multiples(parse("2x-4y")) != key_of_multiples(parse("2x-5y"))
    assert key_of_multiples(parse("x-x")) == ""
