"""Queries that are after time or memory: each ends by a count, and the next one is served."""

import pytest

from verifier_server.verifiers.sql.engine.faults import Fault, QueryError

from .shop import HONEST, HONEST_ROWS, IMAGE, shop

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT {}) SELECT count(*) FROM n"
MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) "
LONG = (
    "WITH RECURSIVE d(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM d WHERE length(x) < 32768),"
    " n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50),"
    " l(x) AS MATERIALIZED (SELECT max(x) FROM d) SELECT {} FROM l, n, n AS n1, n AS n2, n AS n3 {}"
)
BUDGET = 500_000  # less than the default: what is shown is that a count ends them


def doubled(part: str, count: int) -> str:
    """A chain of common table expressions, each of which has the one before it twice."""
    chain = ", ".join(f"t{k} AS ({part.format(f't{k - 1}')})" for k in range(1, count + 1))
    return f"WITH t0 AS (SELECT Id AS x FROM Customer), {chain} SELECT count(*) FROM t{count}"


def joined(count: int, join: str) -> str:
    """A join of many tables with itself."""
    rest = " ".join(join.format(k, k - 1) for k in range(1, count))
    return f'SELECT count(*) FROM "Order" t0 {rest}'


STEPS, SIZE, MEMORY = {Fault.STEPS}, {Fault.SIZE}, {Fault.MEMORY}

CASES = {
    # endless
    "recursion": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n",
        STEPS,
    ),
    "recursion of distinct rows": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT count(*) FROM n",
        STEPS,
    ),
    "recursion that fans out": (
        ENDLESS.format("i + y FROM n, (SELECT 1 AS y UNION ALL SELECT 2)"),
        STEPS,
    ),
    "recursion in order": (
        ENDLESS.format("i + 1 FROM n ORDER BY 1 DESC"),
        STEPS,
    ),
    "cross join": ("SELECT count(*) FROM " + ", ".join(f"Customer c{k}" for k in range(30)), STEPS),
    "offset": (
        "SELECT 1 FROM "
        + ", ".join(f"Customer c{k}" for k in range(30))
        + " LIMIT 1 OFFSET 9223372036854775806",
        STEPS,
    ),
    "limit that is a query": (
        "SELECT 1 LIMIT (SELECT count(*) FROM "
        + ", ".join(f"Customer c{k}" for k in range(30))
        + ")",
        STEPS,
    ),
    "correlated": (
        MANY.format(5000) + "SELECT sum((SELECT count(*) FROM n WHERE i < o.i)) FROM n AS o",
        STEPS,
    ),
    "window with an exclusion": (
        MANY.format(20000)
        + "SELECT max(i) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
        " EXCLUDE CURRENT ROW) FROM n",
        STEPS,
    ),
    "json tables": (
        "SELECT count(*) FROM "
        + ", ".join(f"json_each('[1,2,3,4,5,6,7,8,9]') e{k}" for k in range(12)),
        STEPS,
    ),
    # while it is compiled
    "tables twice and twice": (doubled("SELECT x FROM {0} UNION ALL SELECT x FROM {0}", 40), SIZE),
    "joins twice and twice": (doubled("SELECT a.x FROM {0} a JOIN {0} b USING (x)", 40), SIZE),
    "expressions twice and twice": (
        doubled("SELECT x + x AS x FROM {0}", 40).replace("count(*)", "x"),
        MEMORY,
    ),
    "cases twice and twice": (
        doubled("SELECT CASE WHEN x THEN x ELSE -x END AS x FROM {0}", 40).replace("count(*)", "x"),
        MEMORY,
    ),
    "natural joins": (joined(60, 'NATURAL FULL JOIN "Order" t{0}'), SIZE),
    "parentheses": ("SELECT " + "(" * 9000 + "1" + ")" * 9000, SIZE),
    "brackets": ("(" * 19_000, {Fault.SYNTAX}),
    "nested queries": ("SELECT * FROM " + "(SELECT * FROM " * 900 + "Customer" + ")" * 900, SIZE),
    "NOT": ("SELECT " + "NOT " * 4000 + "1", SIZE),
    "CASE": ("SELECT " + "CASE WHEN 1 THEN " * 600 + "1" + " END" * 600, SIZE),
    "OR": ("SELECT 1 FROM Customer WHERE Id = 1" + " OR Id = 1" * 1500, SIZE),
    "1 MB": ("SELECT '" + "a" * 1_000_000 + "'", SIZE),
    # long values
    "a text that doubles": (
        "WITH RECURSIVE d(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM d) SELECT 1 FROM d",
        SIZE,
    ),
    "a text that grows": (
        "WITH RECURSIVE d(x) AS (SELECT 'a' UNION ALL SELECT x || 'a' FROM d) SELECT x FROM d",
        STEPS | SIZE,
    ),
    "upper": (LONG.format("sum(length(upper(x || n.i)))", ""), STEPS),
    "substr": (LONG.format("sum(length(substr(x, -n.i)))", ""), STEPS),
    "comparison": (LONG.format("sum(x = x || n.i)", ""), STEPS),
    "instr": (LONG.format("sum(instr(x, substr(x, 1, 16000) || n.i))", ""), STEPS),
    "replace": (LONG.format("sum(length(replace(x, substr(x, 1, 16000) || n.i, '')))", ""), STEPS),
    "replace that grows": (LONG.format("max(replace(x, 'a', x))", ""), STEPS | SIZE),
    "trim": (LONG.format("sum(length(trim(x, substr(upper(x), 1, 5000) || 'a')))", ""), STEPS),
    "hex": (LONG.format("sum(length(hex(substr(x, n.i, 30000))))", ""), STEPS),
    "group_concat": (LONG.format("length(group_concat(x || n.i))", ""), SIZE | STEPS),
    "json_group_array": (LONG.format("json_group_array(x || n.i)", ""), SIZE | STEPS | MEMORY),
    "sorting": (LONG.format("x || n.i", "ORDER BY 1"), STEPS | MEMORY),
    "grouping": (LONG.format("count(*)", "GROUP BY x || n.i"), STEPS | MEMORY),
    "DISTINCT": (LONG.format("count(DISTINCT x || n.i)", ""), STEPS | MEMORY),
    "materialized": (
        MANY.format(200_000)
        + ", m(x) AS MATERIALIZED (SELECT substr('"
        + "a" * 4000
        + "', 1, 3900) || i FROM n) SELECT a.x FROM m a, m b WHERE a.x > b.x",
        STEPS | MEMORY,
    ),
    "a window of texts": (
        LONG.format("max(x || n.i) OVER (ORDER BY n.i ROWS 5000 PRECEDING)", "LIMIT 1 OFFSET 9000"),
        STEPS | MEMORY,
    ),
    "texts of a cross join": (
        "SELECT group_concat(a.Name) OVER (ORDER BY a.Id, b.i) FROM Customer a, "
        "(" + MANY.format(9000) + "SELECT i FROM n) b",
        SIZE | STEPS | MEMORY,
    ),
    "unknown function with many arguments": ("SELECT char(" + "65," * 900 + "65)", SIZE),
    "JSON": (LONG.format("sum(json_valid('[' || replace(x, 'a', '1,') || n.i))", ""), SIZE | STEPS),
    "JSON in depth": ("SELECT json('" + "[" * 5000 + "]" * 5000 + "')", {Fault.RUN}),
}


@pytest.fixture(scope="module")
def instance():
    return shop()


@pytest.mark.parametrize("case", CASES)
def test_hostile_queries_end_by_a_count(instance, case):
    sql, faults = CASES[case]
    with pytest.raises(QueryError) as caught:
        instance.run(sql, steps=BUDGET)
    assert caught.value.fault in faults, caught.value.message
    assert list(instance.run(HONEST).rows) == HONEST_ROWS
    assert instance._connection.serialize("main") == IMAGE


def test_rows_without_end(instance):
    with pytest.raises(QueryError) as caught:
        instance.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        )
    assert caught.value.fault is Fault.ROWS


@pytest.mark.parametrize(
    "sql",
    [
        joined(64, 'JOIN "Order" t{0} ON t{0}.Id = t{1}.CustomerId'),
        joined(60, 'LEFT JOIN "Order" t{0} ON t{0}.CustomerId = t{1}.Id'),
        joined(40, 'RIGHT JOIN "Order" t{0} ON t{0}.Id = t{1}.Id'),
        "SELECT count(*) FROM Customer WHERE "
        + " AND ".join(f"(Id = {k} OR City = {k})" for k in range(90)),
        "SELECT count(*) FROM Customer WHERE Id IN (" + ", ".join(map(str, range(3000))) + ")",
        "SELECT 'a' LIKE '" + "%a" * 90 + "b'",
        "SELECT date('now', '+99999999999 days'), 1e999, 0x7fffffffffffffff, 1 << 9999999999",
        "SELECT ntile(9223372036854775807) OVER (), nth_value(Id, 99999999) OVER () FROM Customer",
        "SELECT '" + "'" * 19_000 + "'",
        "SELECT 1" + "-" * 19_000,
        MANY.format(30_000) + "SELECT median(1), percentile(i % 2, 30) FROM n",
    ],
)
def test_odd_queries_that_are_cheap_are_answered(instance, sql):
    assert len(instance.run(sql).rows) >= 1
