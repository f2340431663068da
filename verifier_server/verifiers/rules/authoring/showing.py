"""Answers in messages: JSON, bounded.

Does not cover: reading them back; numbers are shown as written, long ones cut.
"""

import json
from decimal import Decimal
from typing import Any

MAX_SHOWN = 300


def shown(value: Any) -> str:
    """JSON of a value of exact numbers, cut at MAX_SHOWN characters."""
    text = json.dumps(value, default=_number, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)
