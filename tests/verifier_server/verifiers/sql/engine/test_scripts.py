import apsw
import pytest

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import scripts
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import ScriptError, build_image

CHILD = "CREATE TABLE p(a PRIMARY KEY); CREATE TABLE c(a REFERENCES p);"


def rows(image: bytes, sql: str) -> list[tuple[object, ...]]:
    return list(Instance("built", image).run(sql).rows)


def error(script: str, base: bytes | None = None) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        build_image(script, base)
    return caught.value


def test_a_script_makes_a_database():
    image = build_image("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'x;y'), (2, NULL)")
    assert rows(image, "SELECT * FROM t") == [(1, "x;y"), (2, None)]


def test_no_script_makes_an_empty_database():
    assert rows(build_image(" -- nothing"), "SELECT 1") == [(1,)]


def test_what_dumps_begin_and_end_with():
    image = build_image(
        "\ufeffPRAGMA foreign_keys=OFF; PRAGMA journal_mode = WAL; PRAGMA page_size=8192;\n"
        "BEGIN TRANSACTION;\nCREATE TABLE t(a);\nINSERT INTO t VALUES (1);\nCOMMIT;\n"
        "VACUUM; ANALYZE; REINDEX; SELECT * FROM t;"
    )
    assert rows(image, "SELECT * FROM t") == [(1,)]


def test_a_rollback_takes_back():
    image = build_image(
        "CREATE TABLE t(a UNIQUE); BEGIN; INSERT INTO t VALUES (1); ROLLBACK;"
        "SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s; RELEASE s;"
        "INSERT INTO t VALUES (3); INSERT OR IGNORE INTO t VALUES (3), (4);"
    )
    assert rows(image, "SELECT a FROM t ORDER BY a") == [(3,), (4,)]


def test_a_script_upon_a_base_leaves_the_base():
    base = build_image("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)")
    other = build_image("UPDATE t SET a = a * 10; DELETE FROM t WHERE a = 20", base)
    assert rows(other, "SELECT a FROM t") == [(10,)]
    assert rows(base, "SELECT a FROM t") == [(1,), (2,)]


def test_triggers_fire_in_scripts_and_do_no_harm_in_instances():
    image = build_image(
        "CREATE TABLE t(a); CREATE TABLE log(a);"
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); SELECT 1; END;"
        "INSERT INTO t VALUES (7)"
    )
    assert rows(image, "SELECT a FROM log") == [(7,)]


def test_altering():
    image = build_image(
        "CREATE TABLE t(a, b); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t RENAME TO u;"
        "ALTER TABLE u RENAME COLUMN a TO c; ALTER TABLE u ADD COLUMN d DEFAULT 5;"
        "ALTER TABLE u DROP COLUMN b; INSERT INTO u(c) VALUES (1)"
    )
    assert rows(image, "SELECT * FROM u") == [(1, 5)]


def test_the_clock_of_scripts_stands_still():
    image = build_image("CREATE TABLE t(a DEFAULT CURRENT_DATE); INSERT INTO t DEFAULT VALUES")
    assert rows(image, "SELECT a FROM t") == [("2025-01-01",)]


def test_the_same_script_makes_the_same_image():
    script = "CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES ('x'), ('y')"
    assert build_image(script) == build_image(script)


@pytest.mark.parametrize(
    ("script", "statement", "message"),
    [
        ("CREATE TABLE t(a); INSERT INTO u VALUES (1)", 2, "no such table: u"),
        ("CREATE TABLE t(a); CREATE TABLE t(a);", 2, "table t already exists"),
        ("-- first\n;; SELECT 1; SELEC", 2, 'near "SELEC": syntax error'),
        ("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1), (1)", 2, "UNIQUE constraint failed"),
        (f"PRAGMA foreign_keys=ON; {CHILD} INSERT INTO c VALUES (1)", 4, "FOREIGN KEY constraint"),
        ("CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES (1)", 3, "transaction is not committed"),
        ("SELECT 1; SELECT '", 2, "unrecognized token"),
        ("SELECT '\ud800'", 1, "surrogates not allowed"),
        ("SELECT 1\0", 1, "null character"),
        ("SELECT ?", 1, "too many SQL variables"),
        ("ATTACH ':memory:' AS x", 1, "ATTACH is not allowed"),
        ("CREATE TABLE t(a); VACUUM INTO 'x.db'", 2, "ATTACH is not allowed"),
        ("DETACH main", 1, "DETACH"),
        ("PRAGMA writable_schema=1", 1, "PRAGMA writable_schema is not allowed"),
        ("PRAGMA temp_store_directory='/'", 1, "PRAGMA temp_store_directory is not allowed"),
        ("PRAGMA max_page_count=1", 1, "PRAGMA max_page_count is not allowed"),
        ("PRAGMA hard_heap_limit=0", 1, "PRAGMA hard_heap_limit is not allowed"),
        ("SELECT load_extension('x')", 1, "the function load_extension is not allowed"),
        ("CREATE TABLE t(a); INSERT INTO t VALUES (random())", 2, "the function random"),
        ("CREATE VIRTUAL TABLE t USING fts5(a)", 1, "CREATE VIRTUAL TABLE is not allowed"),
        ("CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(9999999))", 2, "too big"),
    ],
)
def test_errors_name_the_statement(script, statement, message):
    caught = error(script)
    assert caught.statement == statement
    assert message in caught.message
    assert f"statement {statement}: " in str(caught)


def test_a_base_that_is_no_database():
    assert error("SELECT 1", b"garbage" * 1000).statement == 0


def test_a_script_without_end(monkeypatch):
    monkeypatch.setattr(limits, "SCRIPT_STEPS", 1_000_000)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT sum(i) FROM n"
    assert "steps" in error(f"SELECT 1; {endless}").message


def test_steps_add_up_over_the_statements(monkeypatch):
    monkeypatch.setattr(limits, "SCRIPT_STEPS", 100_000)
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500)"
    once = f"{rows} SELECT * FROM n;"
    build_image(once)
    assert 1 < error(once * 20).statement < 20


def test_a_script_without_bounds(monkeypatch):
    monkeypatch.setattr(limits, "MAX_DATABASE_BYTES", 1 << 20)
    rows_without_end = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999)"
        " INSERT INTO t SELECT zeroblob(1000) FROM n"
    )
    assert "1048576 bytes" in error(f"CREATE TABLE t(a); {rows_without_end}").message


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(scripts, "_HEAP_BYTES", 4 << 20)
    sorted_rows = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99999)"
        " SELECT zeroblob(1000), i FROM n ORDER BY -i"
    )
    before = apsw.hard_heap_limit(-1)
    assert "bytes" in error(sorted_rows).message
    assert apsw.hard_heap_limit(-1) == before
