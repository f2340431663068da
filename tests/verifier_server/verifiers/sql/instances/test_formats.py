"""Made-up values have the form that the given ones share."""

import re
from datetime import date

import pytest

from tests.verifier_server.verifiers.sql.instances.support import made, rows
from verifier_server.verifiers.sql.instances import formats

DAYS = [f"20{year:02}-{month:02}-15" for year in range(8, 12) for month in range(3, 9)]


def table(column: str, values: list[str]) -> str:
    listed = ", ".join(f"({number}, '{value}')" for number, value in enumerate(values, 1))
    return f"CREATE TABLE t (id INTEGER PRIMARY KEY, {column}); INSERT INTO t VALUES {listed};"


@pytest.mark.parametrize(
    "condition",
    [
        "d > date('now', '-14 years')",
        "d < '2010'",
        "d LIKE '2010%'",
        "strftime('%Y', d) = '2010'",
        "substr(d, 1, 4) = '2010'",
        "d >= '2010-05-01 00:00:00'",
    ],
)
def test_dates_are_dates(condition: str) -> None:
    for image in made(table("d DATE NOT NULL", DAYS), [f"SELECT id FROM t WHERE {condition}"]):
        for (value,) in rows(image, "SELECT d FROM t"):
            assert isinstance(value, str)
            assert date.fromisoformat(value).isoformat() == value


def test_compact_dates_and_codes() -> None:
    days = [each.replace("-", "") for each in DAYS]
    gold = "SELECT id FROM t WHERE substr(d, 1, 4) = '2010'"
    for image in made(table("d TEXT NOT NULL", days), [gold]):
        for (value,) in rows(image, "SELECT d FROM t"):
            assert re.fullmatch(r"(19|20|21)\d{6}", str(value))
    codes = [f"AB-{number:03}" for number in range(30)]
    gold = "SELECT id FROM t WHERE c > 'AB-01' AND c LIKE '%7'"
    for image in made(table("c TEXT NOT NULL", codes), [gold]):
        for (value,) in rows(image, "SELECT c FROM t"):
            assert re.fullmatch(r"AB-\d{3}", str(value))


def test_without_a_common_form_anything_goes() -> None:
    assert formats.form_of(("a1", "b2", "c3", "d4", "e5")) is None
    assert formats.form_of(("2011-01-01", "01/02/2011", "2011-01-02", "2011", "x")) is None
    assert formats.form_of(("2011-01-01",) * 2) is None


@pytest.mark.parametrize("declared", ["BOOL", "BOOLEAN NOT NULL"])
@pytest.mark.parametrize("data", ["", "INSERT INTO t VALUES (1, 0), (2, 1), (3, 1);"])
def test_truths_are_0_and_1(declared: str, data: str) -> None:
    script = f"CREATE TABLE t (id INTEGER PRIMARY KEY, is_male {declared}); {data}"
    for image in made(script, ["SELECT id FROM t WHERE is_male = 1"]):
        assert {value for (value,) in rows(image, "SELECT is_male FROM t")} <= {0, 1}
