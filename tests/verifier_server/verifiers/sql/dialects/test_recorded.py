"""The same rows as PostgreSQL 15.18 and MariaDB 10.11 give, which were recorded.

Dates are compared with timestamps as their midnights: a date moved by months stays a date here.
"""

import json
import pathlib
from typing import Any

import pytest

from tests.verifier_server.verifiers.sql.dialects.database import answer

CASES = [
    (path.stem, case["sql"], case["rows"])
    for path in sorted(pathlib.Path(__file__).parent.glob("*.jsonl"))
    for case in map(json.loads, path.read_text().splitlines())
]


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return bool(got == pytest.approx(wanted, rel=1e-6, abs=1e-9))
    if isinstance(wanted, str) and isinstance(got, str) and wanted == f"{got} 00:00:00":
        return True
    return type(wanted) is type(got) and bool(wanted == got)


def test_there_are_cases() -> None:
    assert len(CASES) > 200


@pytest.mark.parametrize(("dialect", "sql", "rows"), CASES)
def test_same_rows(dialect: str, sql: str, rows: list[list[Any]]) -> None:
    got = [list(row) for row in answer(sql, dialect)]
    if "order by" not in sql.lower().rsplit(")", 1)[-1]:

        def key(row: list[Any]) -> list[tuple[bool, str]]:
            return [(value is None, str(value).lower()) for value in row]

        got, rows = sorted(got, key=key), sorted(rows, key=key)
    assert len(got) == len(rows)
    for wanted, made in zip(rows, got, strict=True):
        assert len(wanted) == len(made)
        assert all(map(_same, wanted, made)), (wanted, made)
