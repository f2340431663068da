from decimal import Decimal
from typing import Any

import pytest

from verifier_server.strict_json import NotStrict, loads


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
        (b"-1e-7", Decimal("-1e-7")),
        (b"5", 5),
        (b"1" * 40, int("1" * 40)),
    ],
)
def test_exact_numbers_keep_every_digit(data: bytes, value: Any) -> None:
    found = loads(data, exact=True)
    assert (found, type(found)) == (value, type(value))


def test_numbers_are_floats_unless_asked_for() -> None:
    assert type(loads(b"0.10")) is float


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("data", [b"1e400", b"[-1e400]", b"1" * 5000])
def test_numbers_beyond_a_double_are_refused(data: bytes, exact: bool) -> None:
    with pytest.raises(NotStrict) as caught:
        loads(data, exact)
    assert caught.value.reason == "number_out_of_range"


def test_an_exponent_beyond_every_decimal_is_refused() -> None:
    with pytest.raises(NotStrict) as caught:
        loads(b"1e-99999999999999999999", exact=True)
    assert caught.value.reason == "number_out_of_range"
