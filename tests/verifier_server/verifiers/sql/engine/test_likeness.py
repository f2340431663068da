"""LIKE and GLOB mean what SQLite's own mean, and cost what they take."""

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import likeness
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image

CELLS = st.one_of(
    st.text(alphabet="aAbB%_*?[]^-\\éÉK\u212a\0", max_size=12),
    st.integers(-100, 100),
    st.sampled_from(
        [None, 1.5, 1e300, -0.0, b"", b"a%", "é".encode(), "\u017f", "\u0130", "\U0001f600a"]
    ),
)
NATIVE = apsw.Connection(":memory:")
CHARGED = apsw.Connection(":memory:")
likeness.register(CHARGED, lambda _: None)
for each in (NATIVE, CHARGED):
    each.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.MAX_PATTERN_BYTES)


def told(connection, sql, cells):
    try:
        return connection.execute(sql, cells).get
    except (apsw.Error, ValueError) as error:
        return str(error)


@given(CELLS, CELLS)
@example("a%", "A")
@example("[^a-b]*", "c")
@example("%" * 201, "a")
@example("é" * 101, "a")
@example("a\0b", "A")
def test_the_same_as_sqlite(pattern, value):
    for sql in ("SELECT ?2 LIKE ?1", "SELECT ?2 NOT LIKE ?1", "SELECT ?2 GLOB ?1"):
        assert told(CHARGED, sql, (pattern, value)) == told(NATIVE, sql, (pattern, value))


@given(CELLS, CELLS, st.one_of(CELLS, st.sampled_from("%_\\aé")))
@example("a%%", "a%", "%")
@example("a__", "a_", "_")
@example("%" * 201, "a", None)
@example(None, "a", "ab")
def test_the_same_as_sqlite_with_an_escape(pattern, value, escape):
    sql, cells = "SELECT ?2 LIKE ?1 ESCAPE ?3", (pattern, value, escape)
    assert told(CHARGED, sql, cells) == told(NATIVE, sql, cells)


ROWS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


def value(character, length):
    return f"replace('{'x' * 20}', 'x', '{character * (length // 20)}')"


@pytest.mark.parametrize(
    "condition",
    [
        f"v LIKE '%{'a' * 150}b' || i",
        f"v LIKE '%{'a' * 50}%{'a' * 50}%{'a' * 50}b'",
        f"v LIKE '%A_{'a_' * 60}b' ESCAPE '!'",
        f"v GLOB '*{'a' * 150}b'",
        f"v GLOB '*{'[ab]' * 40}c'",
        f"NOT v LIKE '%{'_' * 40}{'a' * 120}b'",
    ],
)
def test_what_almost_matches_everywhere_is_charged(condition):
    instance = Instance("empty", build_image("CREATE TABLE t (x)"))
    sql = ROWS.format(5000) + f", v(v) AS MATERIALIZED (SELECT {value('a', 4000)})"
    with pytest.raises(QueryError) as caught:
        instance.run(f"{sql} SELECT count(*) FROM n CROSS JOIN v WHERE {condition}")
    assert caught.value.fault is Fault.STEPS


def test_honest_searches_in_texts_of_some_kilobytes_are_not():
    page = "The quick brown fox jumps over the lazy dog, and nobody knows why. " * 45
    image = build_image(
        f"CREATE TABLE page (id INTEGER PRIMARY KEY, body TEXT); {ROWS.format(3000)}"
        f"INSERT INTO page SELECT i, '{page}' || i FROM n"
    )
    sql = "SELECT count(*) FROM page WHERE body LIKE '%jumps over the lazy cat%' OR body LIKE '%7'"
    found = Instance("pages", image).run(sql)
    assert found.rows[0][0] == 300
    assert found.steps < limits.STEPS / 2


def test_texts_that_are_not_utf8_can_be_searched():
    image = build_image(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT);"
        "INSERT INTO t VALUES (1, CAST(x'41e9' AS TEXT)), (2, 'Bo'), (3, NULL)"
    )
    instance = Instance("latin", image)
    for _ in range(2):
        assert instance.run("SELECT id FROM t WHERE s LIKE 'a%'").rows == [(1,)]
        assert instance.run("SELECT id FROM t WHERE s GLOB 'B*'").rows == [(2,)]
        with pytest.raises(QueryError) as caught:
            instance.run("SELECT s FROM t WHERE s LIKE 'a%'")
        assert caught.value.fault is Fault.TEXT
        assert instance.run("SELECT id FROM t WHERE s LIKE 'b%'", reverse=True).rows == [(2,)]
        long = f"length({value('x', 5000)} || {value('y', 5000)}) > 1"
        assert instance.run(f"SELECT id FROM t WHERE {long} AND s LIKE 'a%'").rows == [(1,)]
