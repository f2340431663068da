"""What is not known to be right is refused, with flags that tell policy from syntax."""

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.sql.dialects.database import schema
from verifier_server.verifiers.sql.dialects.functions import NAMES, register
from verifier_server.verifiers.sql.dialects.translate import (
    DIALECTS,
    UntranslatableError,
    translate,
)

OTHERS = [dialect for dialect in DIALECTS if dialect != "sqlite"]


def _refusal(sql: str, dialect: str = "postgres") -> UntranslatableError:
    with pytest.raises(UntranslatableError) as caught:
        translate(sql, dialect, schema())
    return caught.value


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_sleep(1)",
        "SELECT nosuch(name) FROM emp",
        "SELECT random()",
        "SELECT ARRAY_AGG(name) FROM emp",
        "SELECT dept FROM emp GROUP BY ROLLUP(dept)",
        "SELECT 1 FROM emp, LATERAL (SELECT 1) AS x",
        "SELECT UNNEST(ARRAY[1])",
        "SELECT name ~ '(a)\\1' FROM emp",
        "SELECT name ~ '(?=a)' FROM emp",
        "SELECT name SIMILAR TO 'a' FROM emp",
        "SELECT seen - hired FROM emp",
        "SELECT INTERVAL '1 day'",
        "SELECT TO_CHAR(hired, 'J') FROM emp",
        "SELECT hired + rate FROM emp",
        "SELECT rate::text FROM emp",
        "SELECT seen AT TIME ZONE 'UTC' FROM emp",
        "SELECT DATE '2024-02-30'",
        "SELECT LAG(age) IGNORE NULLS OVER (ORDER BY id) FROM emp",
        "SELECT id FROM emp FOR UPDATE",
        "SELECT id FROM emp TABLESAMPLE SYSTEM (10)",
        "SELECT dept FROM emp INTERSECT ALL SELECT name FROM dept",
    ],
)
def test_unknown_is_refused(sql: str) -> None:
    refusal = _refusal(sql)
    assert refusal.message
    assert (refusal.several, refusal.write, refusal.empty) == (False, False, False)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT rowid FROM emp"),
        ("postgres", "SELECT id FROM emp WHERE hired > 'Jan 31, 2024'"),
        ("postgres", "SELECT id FROM emp WHERE active = 'perhaps'"),
        ("postgres", "SELECT id FROM emp WHERE age > 'x'"),
        ("postgres", "SELECT GREATEST(age, '40') FROM emp"),
        ("postgres", "SELECT CONCAT(age > 1) FROM emp"),
        ("postgres", "SELECT TO_CHAR(hired, 'WW') FROM emp"),
        ("mysql", "SELECT id FROM emp WHERE hired > 20240101"),
        ("mysql", "SELECT id FROM emp WHERE rate LIKE '1%'"),
        ("tsql", "SELECT CAST(seen AS VARCHAR(11)) FROM emp"),
        ("tsql", "SELECT id FROM emp WHERE seen LIKE '2024%'"),
        ("bigquery", "SELECT CAST(seen AS STRING) FROM emp"),
        ("bigquery", "SELECT COUNT(DISTINCT age) OVER () FROM emp"),
        ("bigquery", "SELECT MAX(age) AS age FROM emp GROUP BY dept HAVING age > 1"),
        ("bigquery", "SELECT -age AS age FROM emp ORDER BY age + 0"),
        ("snowflake", "SELECT LISTAGG(DISTINCT name) OVER () FROM emp"),
        ("snowflake", "SELECT id FROM emp WHERE hired > '20240101'"),
        ("snowflake", "SELECT SUBSTR(name, age, 2) FROM emp"),
    ],
)
def test_what_differs_or_fails_there_is_refused(dialect: str, sql: str) -> None:
    assert _refusal(sql, dialect).message


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE emp", "DELETE FROM emp", "SET x = 1", "WITH a AS (SELECT 1) DELETE FROM emp"],
)
def test_writes_are_flagged(sql: str, dialect: str) -> None:
    assert _refusal(sql, dialect).write


@pytest.mark.parametrize("dialect", OTHERS)
def test_several_statements_are_flagged(dialect: str) -> None:
    assert _refusal("SELECT 1; DROP TABLE emp", dialect).several
    assert translate("SELECT 1;", dialect, schema()) == "SELECT 1"


@pytest.mark.parametrize("sql", ["", " ;; ", "-- nothing"])
def test_nothing_is_flagged(sql: str) -> None:
    assert _refusal(sql).empty


def test_syntax_has_a_place() -> None:
    refusal = _refusal("SELECT name\nFROM emp WHERE (")
    assert refusal.syntax
    assert refusal.line == 2


def test_sqlite_is_left_alone() -> None:
    assert translate("anything; at 'all", "sqlite", schema()) == "anything; at 'all"


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 9000 + "1" + ")" * 9000,
        "SELECT " + "NOT " * 4000 + "1",
        "SELECT " + "1 + " * 4000 + "1",
        "SELECT " + "CASE WHEN 1 THEN " * 900 + "1" + " END" * 900,
        "SELECT * FROM a " + "JOIN b " * 2500,
        "SELECT 1 /* " + "x" * 30_000,
        "SELECT '\ud800'",
        "SELECT '\0'",
    ],
)
def test_hostile_texts_are_refused(sql: str, dialect: str) -> None:
    assert _refusal(sql, dialect).message


def test_text_that_would_double_at_every_level_is_refused() -> None:
    sql = "SELECT " + "LEFT(name, LENGTH(" * 11 + "name" + "))" * 11 + " FROM emp"
    assert _refusal(sql).message == "the query becomes too long"


_WORDS = """select from where group by order limit join on as with ( ) , . * emp name hired 1 'x' =
    < + - / and or not in between null like case when then end distinct union over interval day
    cast :: date extract count sum date_trunc filter qualify top [ ] ; ~ ^ `z` into""".split()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=40), st.sampled_from(OTHERS))
def test_any_text_ends_in_sqlite_text_or_a_refusal(words: list[str], dialect: str) -> None:
    try:
        made = translate("select " + " ".join(words), dialect, schema())
    except UntranslatableError:
        return
    assert made.isprintable()


def test_functions_take_hostile_arguments() -> None:
    connection = apsw.Connection(":memory:")
    register(connection)
    for sql in (
        "SELECT verifier_repeat('a', 9e9)",
        "SELECT verifier_lpad('a', 1000000000, 'b')",
        "SELECT verifier_regex('a', '(a*)*{1000}', '')",
        "SELECT verifier_regex(x'00', 'a', '')",
        "SELECT verifier_greatest(1, 'a')",
    ):
        with pytest.raises(Exception, match=r"."):
            connection.execute(sql).fetchall()
    listed = {row[0] for row in connection.execute("SELECT name FROM pragma_function_list")}
    assert listed >= NAMES
