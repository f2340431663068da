"""Whatever the text, there is a result or a `QueryError`, and the database stays as it is."""

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier_server.verifiers.sql.engine import functions
from verifier_server.verifiers.sql.engine.faults import QueryError
from verifier_server.verifiers.sql.rows import Result

from .shop import HONEST, HONEST_ROWS, IMAGE, shop

instance = shop()
WORDS = st.sampled_from(
    """SELECT FROM WHERE ORDER BY GROUP HAVING LIMIT OFFSET UNION ALL EXCEPT JOIN LEFT ON AS WITH
    RECURSIVE VALUES DISTINCT CASE WHEN THEN ELSE END AND OR NOT NULL IN EXISTS LIKE BETWEEN IS
    OVER PARTITION CAST COLLATE NOCASE DELETE INSERT INTO UPDATE SET DROP TABLE CREATE TEMP
    PRAGMA ATTACH EXPLAIN RETURNING RAISE Customer "Order" Spent Id Name City Total c o x * ( )
    , . ; + - / || -> ->> = < > 'a' 'it''s' "x" [x] x'ff' 1 0 2.5 9223372036854775807 1e999 ?1 :x
    -- /* */ sqlite_master pragma_table_info json_each rowid""".split()
)
NAMES = st.sampled_from(sorted(functions.ALLOWED))
ATOMS = st.sampled_from(
    "1 0 -1 2.5 NULL 'a' '' '2024-02-29' x'00ff' '[1,{\"a\":2}]' '$.a' Id Name City 1e308".split()
)
CALLS = st.builds(
    lambda name, arguments, tail: f"{name}({', '.join(arguments)}){tail}",
    NAMES,
    st.lists(st.one_of(ATOMS, st.builds("{}({})".format, NAMES, ATOMS)), max_size=4),
    st.sampled_from(["", " OVER (ORDER BY Id)", " FILTER (WHERE Id > 1)", " || Name"]),
)


def check(sql: str) -> None:
    try:
        result = instance.run(sql)
    except QueryError:
        return
    assert isinstance(result, Result)
    assert all(len(row) == len(result.names) for row in result.rows)


@given(st.text(st.characters(), max_size=40))
def test_any_text(text):
    check(text)
    check(f"SELECT {text}")
    check(f"SELECT '{text}'")


@given(st.lists(WORDS, max_size=20))
def test_any_words(words):
    check("SELECT " + " ".join(words))
    check(" ".join(words))


@settings(max_examples=300)
@given(st.lists(CALLS, min_size=1, max_size=3))
def test_any_calls(calls):
    check(f"SELECT {', '.join(calls)} FROM Customer")


@given(st.binary(max_size=30))
def test_any_bytes_read_as_completions_are(raw):
    check("SELECT " + raw.decode("utf-8", "surrogateescape"))


def test_nothing_of_it_changed_the_database():
    assert instance._connection.serialize("main") == IMAGE
    assert list(instance.run(HONEST).rows) == HONEST_ROWS


def test_every_allowed_function_exists():
    known = apsw.Connection(":memory:").execute("SELECT name FROM pragma_function_list").fetchall()
    assert {name for (name,) in known} >= functions.ALLOWED
