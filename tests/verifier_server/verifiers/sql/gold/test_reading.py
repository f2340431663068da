"""What an accepted query's text says of its rows."""

import pytest

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.gold.reading import GoldError, read


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t ORDER BY a",
        "select a from t order\n/* x */ by a -- done",
        "SELECT a FROM t UNION SELECT b FROM u ORDER BY 1",
        "WITH w AS (SELECT 1 AS a) SELECT a FROM w ORDER BY a;",
        "SELECT a IS DISTINCT FROM b FROM t ORDER BY 1 LIMIT 2",
        "SELECT CASE WHEN a THEN (SELECT 1) END FROM t ORDER BY 1",
    ],
)
def test_an_outermost_order_by_orders(sql: str) -> None:
    assert read(sql).ordered


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t",
        "SELECT 'x ORDER BY y' FROM t -- ORDER BY a",
        "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 3)",
        "WITH w AS (SELECT a FROM t ORDER BY a) SELECT a FROM w",
        "SELECT RANK() OVER (ORDER BY a) FROM t",
        "SELECT RANK() OVER w FROM t WINDOW w AS (ORDER BY a)",
        'SELECT "order", [by] FROM t',
        "SELECT group_concat(a ORDER BY b) FROM t",
    ],
)
def test_other_order_bys_do_not(sql: str) -> None:
    gold = read(sql)
    assert not gold.ordered
    assert gold.limit is None


@pytest.mark.parametrize(
    ("sql", "count", "offset"),
    [
        ("SELECT a FROM t LIMIT 3", "3", None),
        ("SELECT a FROM t LIMIT 3 OFFSET 2", "3", "2"),
        ("SELECT a FROM t LIMIT 2, 3", "3", "2"),
        ("SELECT a FROM t LIMIT (SELECT max(1, 2) FROM u LIMIT 1)", None, None),
        ("SELECT a FROM t LIMIT 1 + 2 OFFSET max(0, 1)", "1 + 2", "max(0, 1)"),
    ],
)
def test_a_limit_is_read_verbatim(sql: str, count: str | None, offset: str | None) -> None:
    gold = read(sql)
    assert gold.limit is not None
    assert gold.limit.count == (count or "(SELECT max(1, 2) FROM u LIMIT 1)")
    assert gold.limit.offset == offset
    assert gold.unlimited == "SELECT a FROM t"


@pytest.mark.parametrize(
    ("sql", "aliases"),
    [
        ("SELECT a AS x, b y, c, t.d, 1 'z' FROM t", ["x", "y", None, None, "z"]),
        ("SELECT count(*) n, a || b, a COLLATE NOCASE, NOT a FROM t", ["n", None, None, None]),
        ("SELECT CASE a WHEN 1 THEN b END, CASE WHEN a THEN b END e FROM t", [None, "e"]),
        ("SELECT a IS DISTINCT FROM b, rank() OVER w, a LIKE b FROM t", [None, None, None]),
        ("SELECT DISTINCT a AS [X y], * FROM t", ["x y", None]),
        ("SELECT ALL a FROM t", [None]),
    ],
)
def test_aliases_are_found_with_and_without_as(sql: str, aliases: list[str | None]) -> None:
    assert [each.alias for each in read(sql).arms[0].projections] == aliases


def test_the_arms_of_a_compound_are_apart() -> None:
    gold = read(
        "WITH w AS (SELECT 1) SELECT DISTINCT a, b FROM t UNION SELECT c, d EXCEPT VALUES (1, 2)"
    )
    assert [len(arm.projections) for arm in gold.arms] == [2, 2, 0]
    assert [arm.distinct for arm in gold.arms] == [True, False, False]
    assert gold.text[gold.body :].startswith("SELECT DISTINCT a")


def test_functions_are_the_names_that_are_called() -> None:
    gold = read(
        "SELECT COUNT(*), \"Abs\"(a), CAST(a AS DECIMAL(5, 2)), printf ('%d', a), 'max(1)' "
        "FROM t JOIN u USING (a) WHERE a IN (1) AND EXISTS (SELECT 1) AND b = replace(c, 'a', 'b')"
    )
    assert gold.functions == {"count", "abs", "cast", "printf", "replace"}


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "empty"),
        ("-- nothing\n;", "empty"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("DELETE FROM t", "must be a SELECT"),
        ("WITH w AS (SELECT 1) DELETE FROM t", "has no SELECT"),
        ("SELECT 'a", "not SQL"),
        ("SELECT (1", "parenthesis"),
        ("SELECT 1)", "parenthesis"),
        ("SELECT a, FROM t", "empty column"),
        ("SELECT a FROM t ORDER BY", "empty ORDER BY"),
        ("SELECT a FROM t ORDER a", "without BY"),
        ("SELECT a FROM t LIMIT", "LIMIT"),
        ("SELECT a FROM t LIMIT 1, 2, 3", "LIMIT"),
        ("SELECT a FROM t ORDER BY Random()", "random"),
        ("SELECT 1 " + " " * limits.MAX_SQL_BYTES, "longer"),
    ],
)
def test_what_cannot_be_used_is_said(sql: str, message: str) -> None:
    with pytest.raises(GoldError, match=message):
        read(sql)


@pytest.mark.parametrize(
    "sql", ["SELECT " + "(" * 2000 + "1" + ")" * 2000, "SELECT a FROM t WHERE a IS NOT"]
)
def test_what_sqlglot_cannot_parse_has_no_tree(sql: str) -> None:
    assert read(sql).tree is None
