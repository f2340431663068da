"""What tables declare of values is asked for, too."""

import pytest

from tests.verifier_server.verifiers.sql.instances.support import made, rows, told_apart


@pytest.mark.parametrize(
    ("columns", "gold", "answer"),
    [
        (
            "x INTEGER NOT NULL UNIQUE CHECK (x IN (1, 2)), y TEXT CHECK (length(y) = 3)",
            "SELECT y FROM t WHERE x = 2",
            "SELECT y FROM t WHERE x = 1",
        ),
        (
            "x TEXT CHECK (x GLOB 'K[0-9][0-9]'), y TEXT",
            "SELECT x FROM t WHERE y = 'a'",
            "SELECT x FROM t",
        ),
        (
            "x TEXT CHECK (x LIKE '__-%' AND length(x) < 12), y INTEGER",
            "SELECT x FROM t WHERE y > 4",
            "SELECT x FROM t WHERE y >= 4",
        ),
        (
            "x INTEGER, y INTEGER, CONSTRAINT later CHECK (y > x)",
            "SELECT x FROM t WHERE y > 7",
            "SELECT x FROM t WHERE y >= 7",
        ),
        (
            "x INT, y TEXT, z REAL, b BLOB, q ANY",
            "SELECT x, q FROM t WHERE z > 1.5",
            "SELECT x, q FROM t WHERE z > 2",
        ),
        (
            "x INTEGER, y INTEGER AS (x + 1), n TEXT",
            "SELECT n FROM t WHERE y > 5",
            "SELECT n FROM t WHERE x > 5",
        ),
        (
            "x INTEGER, y INTEGER AS (x / 10) STORED, n TEXT",
            "SELECT n FROM t AS a WHERE a.y > 50",
            "SELECT n FROM t AS a WHERE a.y >= 50",
        ),
    ],
)
def test_slips_are_seen(columns: str, gold: str, answer: str) -> None:
    strict = "STRICT" if "ANY" in columns else ""
    assert told_apart(f"CREATE TABLE t ({columns}) {strict}", gold, answer)
    assert not told_apart(f"CREATE TABLE t ({columns}) {strict}", gold, f"{gold} ")


def test_a_check_that_makes_long_values_costs_nothing() -> None:
    script = "CREATE TABLE t (x INTEGER CHECK (length(hex(zeroblob(x * 0 + 30000000))) > 0))"
    for image in made(script, ["SELECT x FROM t WHERE x > 1"]):
        assert rows(image, "SELECT * FROM t") == []


def test_a_check_that_nothing_keeps() -> None:
    script = "CREATE TABLE t (x INTEGER, CHECK (x < 0 AND x > 0)); CREATE TABLE u (y INTEGER)"
    for image in made(script, ["SELECT x, y FROM t, u WHERE x = y"]):
        assert {value for (value,) in rows(image, "SELECT x FROM t")} <= {None}
        assert rows(image, "SELECT count(*) > 0 FROM u") == [(1,)]
