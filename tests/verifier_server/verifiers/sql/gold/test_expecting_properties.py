"""Groups of ties against SQLite's own ranks, over random rows and queries."""

from collections import Counter
from itertools import groupby
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql.comparing.comparison import agree
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.gold.expecting import derive
from verifier_server.verifiers.sql.gold.reading import read
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Row

POLICY = Policy()
COLUMNS = "id INTEGER PRIMARY KEY, a INTEGER, b REAL, c TEXT COLLATE NOCASE, d TEXT, e"
VALUES = (
    st.integers(0, 3).map(str),
    st.sampled_from(["0.5", "1.5", "-2.0", "1"]),
    st.sampled_from(["'x'", "'X'", "'y'", "'x '"]),
    st.sampled_from(["'x'", "'X'", "'y'", "'x '"]),
    st.sampled_from(["1", "1.0", "'1'", "x'31'", "'a'"]),
)
NULLABLE = [st.one_of(st.just("NULL"), each, each, each) for each in VALUES]
ROWS = st.lists(st.tuples(*NULLABLE), max_size=9)

# A term of ORDER BY, and the same over the columns of the table.
TERMS = (
    ("a", "a"),
    ("2", "a"),
    ("k", "b"),
    ("3", "b"),
    ("+2", "a"),
    ("-(-0x3)", "b"),
    ("c", "c"),
    ("d", "d"),
    ("e", "e"),
    ("c COLLATE BINARY", "c COLLATE BINARY"),
    ("d COLLATE NOCASE", "d COLLATE NOCASE"),
    ("(d) COLLATE RTRIM", "d COLLATE RTRIM"),
    ("k * 2", "b * 2"),
    ("a % 2", "a % 2"),
    ("c || 'z'", "c || 'z'"),
    ("length(d)", "length(d)"),
    ("e IS NULL", "e IS NULL"),
    ("CASE WHEN a > 1 THEN d ELSE c END", "CASE WHEN a > 1 THEN d ELSE c END"),
)
DIRECTIONS = ("", " ASC", " DESC", " NULLS LAST", " DESC NULLS FIRST")
ORDERS = st.lists(
    st.tuples(st.sampled_from(TERMS), st.sampled_from(DIRECTIONS)), min_size=1, max_size=3
)


def made(rows: list[tuple[str, ...]]) -> Instance:
    inserts = "".join(
        f"INSERT INTO t VALUES ({', '.join([str(i), *row])});" for i, row in enumerate(rows)
    )
    return Instance("random", build_image(f"CREATE TABLE t ({COLUMNS});{inserts}"))


@given(ROWS, ORDERS, st.integers(-1, 10), st.integers(0, 4))
def test_sections_are_sqlites_ranks(
    rows: list[tuple[str, ...]],
    orders: list[tuple[tuple[str, str], str]],
    limit: int,
    offset: int,
) -> None:
    instance = made(rows)
    written = ", ".join(term + direction for (term, _), direction in orders)
    meant = ", ".join(term + direction for (_, term), direction in orders)
    sql = f"SELECT id, a, b AS k FROM t ORDER BY {written} LIMIT {limit} OFFSET {offset}"
    ranked = instance.run(
        f"SELECT id, a, b, rank() OVER (ORDER BY {meant}) AS r FROM t ORDER BY r, id"
    ).rows
    derived = derive(read(sql), instance, POLICY)
    assert derived.exact
    expected: list[tuple[int, Counter[Row]]] = []
    end = len(ranked) if limit < 0 else offset + limit
    place = 0
    for _, group in groupby(ranked, key=lambda row: row[3]):
        members = [row[:3] for row in group]
        count = min(place + len(members), end) - max(place, offset)
        if count > 0:
            expected.append((count, Counter(members)))
        place += len(members)
    found = [(each.count, Counter(each.members)) for each in derived.expectation.sections]
    assert found == expected


FORMS = (
    "SELECT c, e FROM t ORDER BY {0}",
    "SELECT DISTINCT a, c, d FROM t ORDER BY {0}",
    "SELECT a, count(*) AS n, max(b) FROM t GROUP BY a ORDER BY n {1}, a % 2",
    "SELECT c, sum(b) FROM t GROUP BY c HAVING count(*) > 1 ORDER BY 2 {1}, count(d)",
    "SELECT a, d FROM t UNION SELECT id, c FROM t ORDER BY d {1}",
    "SELECT a FROM t EXCEPT SELECT 1 ORDER BY 1 {1}",
    "WITH w AS (SELECT a, b, c, d, e FROM t WHERE a > 0) SELECT * FROM w ORDER BY {0}",
    "SELECT *, row_number() OVER (ORDER BY id) AS r FROM t ORDER BY r / 2 {1}, {0}",
    "SELECT x.id, y.id FROM t AS x JOIN t AS y ON x.a = y.a ORDER BY x.c {1}, y.d",
)
KEYS = st.sampled_from(["a", "c", "d", "a, c DESC", "d COLLATE NOCASE", "a % 2, c"])


@given(
    ROWS,
    st.sampled_from(FORMS),
    KEYS,
    st.sampled_from(["", "DESC"]),
    st.sampled_from(["", " LIMIT 3", " LIMIT 2 OFFSET 1"]),
    st.integers(0, 1 << 30),
)
def test_ties_may_stand_in_any_order_and_groups_may_not(
    rows: list[tuple[str, ...]], form: str, keys: str, direction: str, limit: str, seed: int
) -> None:
    instance = made(rows)
    sql = form.format(keys, direction) + limit
    derived = derive(read(sql), instance, POLICY)
    expectation = derived.expectation
    assert agree(expectation, derived.result.rows, POLICY, None) is None
    random = Random(seed)
    groups = [random.sample(each.members, each.count) for each in expectation.sections]
    shuffled = [row for group in groups for row in group]
    assert agree(expectation, shuffled, POLICY, None) is None
    if len(groups) > 1 and len(set(shuffled)) == len(shuffled):
        other = [row for group in (*groups[1:], groups[0]) for row in group]
        assert agree(expectation, other, POLICY, None) is not None
