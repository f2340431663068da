import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import statement
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError


def fault(sql: str) -> Fault | None:
    try:
        statement.check(sql)
    except QueryError as error:
        return error.fault
    return None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT 1;",
        " ;; SELECT 1 ; ; -- SELECT 2;\n;",
        "SELECT ';'",
        "SELECT 'it''s; fine';",
        'SELECT "a;b", [c;d], `e;f` /* g;h */ -- i;j',
        "SELECT 1 /* ; */ ;",
        "SELECT 1; /* never closed ; SELECT 2",
        "\ufeffSELECT 1;\ufeff",
        "SELECT 5-3 /2;",
        "SELECT 'never closed; SELECT 2",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1), (2)",
        "/* EXPLAIN */ SELECT 1",
        "explained",
    ],
)
def test_one_statement(sql):
    assert fault(sql) is None


@pytest.mark.parametrize(
    "sql", ["", " \n\t", ";", ";;;", "--", "-- a", "/* a */", "/* a", "/**/;--x\n;", "\ufeff"]
)
def test_none(sql):
    assert fault(sql) is Fault.EMPTY


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; nonsense",
        "SELECT 1; DROP TABLE t",
        "DROP TABLE t; SELECT 1",
        "SELECT 1;'",
        "SELECT 1;/*",
        "SELECT 1 -- ;\n; SELECT 2",
        "SELECT 'a'';b'; SELECT 2",
        "SELECT 1 /* ' */; SELECT 2 -- '",
        "SELECT 1; /*/ still a comment */ SELECT 2",
    ],
)
def test_several(sql):
    assert fault(sql) is Fault.SEVERAL


@pytest.mark.parametrize(
    "word",
    """ALTER ANALYZE ATTACH BEGIN COMMIT CREATE DELETE DETACH DROP END EXPLAIN INSERT PRAGMA
    REINDEX RELEASE REPLACE ROLLBACK SAVEPOINT UPDATE VACUUM explain Pragma""".split(),
)
def test_what_is_no_query(word):
    assert fault(f"/* first */ ;{word} x") is Fault.WRITE


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT '\ud800'", Fault.SYNTAX),
        ("SELECT 1\0", Fault.SYNTAX),
        ("\0", Fault.SYNTAX),
        ("x" * (limits.MAX_SQL_BYTES + 1), Fault.SIZE),
        ("\u20ac" * (limits.MAX_SQL_BYTES // 2), Fault.SIZE),
        ("SELECT '" + "é" * 500_000, Fault.SIZE),
    ],
)
def test_what_sqlite_never_sees(sql, expected):
    assert fault(sql) is expected


PIECES = st.lists(
    st.sampled_from("SELECT 1 ; ;; ' '' \" ` [ ] -- /* */ /*/ \n - / * x , ( ) \ufeff".split(" ")),
    max_size=14,
)


def texts_sqlite_runs(sql: str) -> int | None:
    """How many statements SQLite finds, or None if one of them does not compile."""
    connection = apsw.Connection(":memory:", statementcachesize=0)
    found = []

    def trace(cursor: apsw.Cursor, text: str, bindings: object) -> bool:
        found.append(len(cursor.get_description()))
        return True

    connection.exec_trace = trace
    try:
        connection.execute(sql).fetchall()
    except apsw.Error:
        return None
    return sum(1 for width in found if width)


@given(PIECES)
def test_statements_are_counted_as_sqlite_counts_them(pieces):
    sql = " ".join(pieces)
    count = texts_sqlite_runs(sql)
    if count is None:
        return
    expected = {0: Fault.EMPTY, 1: None}.get(count, Fault.SEVERAL)
    assert fault(sql) is expected


@given(PIECES)
def test_a_script_is_split_without_loss(pieces):
    sql = " ".join(pieces)
    parts = list(statement.split(sql))
    assert all(part in sql for part in parts)
    if texts_sqlite_runs(sql) is not None:
        assert len(parts) == texts_sqlite_runs(sql)


def test_a_trigger_is_one_statement_of_a_script():
    trigger = (
        "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT ';'; SELECT CASE 1 WHEN 1 THEN 2 END; END;"
    )
    script = f"CREATE TABLE t(a); -- one\n{trigger}\nSELECT 1;"
    assert list(statement.split(script)) == ["CREATE TABLE t(a);", trigger, "SELECT 1;"]
