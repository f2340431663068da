from decimal import Decimal
from typing import Any

import pytest

from verifier_server.verifiers.json.compare import plan


def matches(rule: dict[str, Any], expected: Any, predicted: Any) -> bool:
    return plan(expected, {"": rule}).measure(predicted).exact


@pytest.mark.parametrize(
    ("rule", "expected", "predicted", "same"),
    [
        ({}, 1, Decimal("1.0"), True),
        ({}, 1, True, False),
        ({}, 0, False, False),
        ({}, None, False, False),
        ({}, 2**70, 2**70 + 1, False),
        ({}, Decimal("0.1"), Decimal("0.1000000000000000000000000000000000001"), False),
        ({}, 5, "5", False),
        ({}, [], {}, False),
        ({}, [], None, False),
        ({"type": "number", "rel": Decimal("0.01")}, 100, 101, True),
        ({"type": "number", "rel": Decimal("0.01")}, 100, Decimal(f"101.{'0' * 60}1"), False),
        ({"type": "number", "rel": Decimal("0.01")}, -100, -99, True),
        ({"type": "number", "rel": 0.01}, 100, 101, True),
        ({"type": "number", "abs": Decimal("0.5")}, 0, Decimal("-0.5"), True),
        ({"type": "number", "abs": 1}, 10**900, 10**900 + 1, True),
        ({"type": "number", "abs": 1}, 10**900, 10**900 + 2, False),
        ({"type": "number", "abs": 1}, 1, "1", False),
        ({"type": "number", "abs": 1}, 1, True, False),
        ({"type": "text"}, "Straße", "STRASSE", True),
        ({"type": "text"}, "ﬁne  print", " FINE\tPRINT\n", True),
        ({"type": "text"}, "e\u0301", "É", True),
        ({"type": "text"}, "e", "é", False),
        ({"type": "text"}, "a", "a\u200b", False),
        ({"type": "text"}, "a", "\u0430", False),
        ({"type": "text"}, "ab", "a b", False),
        ({"type": "text", "case": False}, "A", "a", False),
        ({"type": "text", "case": False}, "A", " A", True),
        ({"type": "text", "space": False}, "A", " a", False),
        ({"type": "text", "unicode": False}, "ﬁ", "fi", True),  # case folding alone does it
        ({"type": "text", "unicode": False}, "①", "1", False),
        ({"type": "text"}, "①", "1", True),
        ({"type": "text"}, "a" + "\u0301\u0316" * 20, "A" + "\u0316\u0301" * 20, False),
        ({"type": "one_of", "values": ["b", 2, None]}, "a", "a", True),
        ({"type": "one_of", "values": ["b", 2, None]}, "a", Decimal("2.0"), True),
        ({"type": "one_of", "values": ["b", 2, None]}, "a", None, True),
        ({"type": "one_of", "values": ["b", 1, None]}, "a", True, False),
        ({"type": "one_of", "values": ["b"]}, "a", ["b"], False),
    ],
)
def test_a_leaf(rule: dict[str, Any], expected: Any, predicted: Any, same: bool) -> None:
    assert matches(rule, expected, predicted) is same


@pytest.mark.parametrize(
    ("rule", "expected", "predicted", "same"),
    [
        ({"type": "date"}, "2024-03-01", "2024-03-01", True),
        ({"type": "date"}, "2024-03-01", "01.03.2024", False),
        ({"type": "date"}, "2024-03-01", "\uff12\uff10\uff12\uff14-03-01", False),
        ({"type": "date"}, "2024-03-01", "2024-03-01 ", False),
        ({"type": "date", "formats": ["%Y-%m-%d", "%d.%m.%Y"]}, "2024-03-01", "1.3.2024", True),
        ({"type": "date", "formats": ["%Y-%m-%d", "%d.%m.%Y"]}, "2024-03-01", "01/03/2024", False),
        (
            {"type": "date", "formats": ["%Y-%m-%d", "%B %d, %Y"]},
            "2024-03-01",
            "march 1, 2024",
            True,
        ),
        ({"type": "date", "formats": ["%Y-%m-%d", "%d %b %y"]}, "2024-03-01", "1 Mar  24", True),
        ({"type": "date", "formats": ["%Y-%m-%d", "%d %b %y"]}, "1969-03-01", "1 Mar 69", True),
        (
            {"type": "date", "formats": ["%Y-%m-%d", "%a %d.%m.%Y"]},
            "2024-03-01",
            "Fri 1.3.2024",
            True,
        ),
        (
            {"type": "date", "formats": ["%Y-%m-%d", "%a %d.%m.%Y"]},
            "2024-03-01",
            "Sat 1.3.2024",
            False,
        ),
        ({"type": "date", "formats": ["%d/%m/%Y", "%m/%d/%Y"]}, "01/03/2024", "03/01/2024", False),
        ({"type": "time"}, "10:30", "10:30:00.000", True),
        ({"type": "time"}, "10:30", "22:30", False),
        ({"type": "time"}, "01:30+02:00", "23:30Z", True),
        ({"type": "time", "formats": ["%H:%M", "%I:%M %p"]}, "12:30", "12:30 pm", True),
        ({"type": "time", "formats": ["%H:%M", "%I:%M %p"]}, "00:30", "12:30 AM", True),
        ({"type": "datetime"}, "2024-03-01T10:00:00Z", "2024-03-01T12:00:00+02:00", True),
        ({"type": "datetime"}, "2024-03-01T10:00:00Z", "2024-03-01t10:00:00.0z", True),
        ({"type": "datetime"}, "2024-03-01T10:00:00Z", "2024-03-01T10:00:00", False),
        ({"type": "datetime"}, "0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00Z", False),
        ({"type": "datetime"}, "2024-02-28T23:00:00-02:00", "2024-02-29T01:00:00Z", True),
        ({"type": "datetime"}, "2024-03-01T10:00:00Z", "2024-03-01T10:00:01Z", False),
        ({"type": "time", "tolerance": 60}, "23:59:30", "00:00:30", True),
        ({"type": "time", "tolerance": 60}, "00:00:30", "23:59:29.9", False),
        (
            {"type": "datetime", "tolerance": 60},
            "2024-03-01T23:59:30",
            "2024-03-01T00:00:00",
            False,
        ),
        (
            {"type": "datetime", "tolerance": Decimal("0.5")},
            "2024-03-01T10:00:00Z",
            "2024-03-01T10:00:00.5Z",
            True,
        ),
        (
            {"type": "datetime", "tolerance": Decimal("0.5")},
            "2024-03-01T10:00:00Z",
            "2024-03-01T10:00:00.500000001Z",
            False,
        ),
    ],
)
def test_a_moment(rule: dict[str, Any], expected: str, predicted: str, same: bool) -> None:
    assert matches(rule, expected, predicted) is same
