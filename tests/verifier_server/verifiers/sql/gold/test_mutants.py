"""Mutants: one slip each, the same every time, and mostly queries that run."""

import pytest

from tests.verifier_server.verifiers.sql.gold.shop import SCRIPT, shop
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.gold.mutants import mutants
from verifier_server.verifiers.sql.gold.reading import read

SCHEMA = read_schema(build_image(SCRIPT))
SHOP = shop()
ALL = 10_000


def of_kind(sql: str, kind: str) -> list[str]:
    return [each.sql for each in mutants(read(sql), SCHEMA, ALL) if each.kind == kind]


@pytest.mark.parametrize(
    ("kind", "sql", "expected"),
    [
        ("comparison", "SELECT id FROM item WHERE stock >= 3", "stock > 3"),
        ("comparison", "SELECT id FROM item WHERE stock = 3", "stock <> 3"),
        ("connective", "SELECT id FROM item WHERE stock > 3 AND sold > 1", "> 3 OR sold"),
        ("condition", "SELECT id FROM item WHERE stock > 3 AND sold > 1", "WHERE sold > 1"),
        ("negation", "SELECT id FROM item WHERE stock IS NOT NULL", "WHERE stock IS NULL"),
        ("negation", "SELECT id FROM item WHERE stock IS NULL", "NOT stock IS NULL"),
        ("negation", "SELECT id FROM item WHERE id IN (SELECT 1)", "NOT id IN"),
        ("negation", "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM item)", "WHERE EXISTS"),
        ("bound", "SELECT id FROM item WHERE id BETWEEN 2 AND 5", "(id > 2 AND id <= 5)"),
        ("list_item", "SELECT id FROM item WHERE id IN (2, 3)", "IN (3)"),
        ("pattern", "SELECT id FROM item WHERE title LIKE 'p%'", "LIKE '%p%'"),
        ("pattern", "SELECT id FROM item WHERE title = 'pen'", "title LIKE 'pen'"),
        ("number", "SELECT id FROM item WHERE id > 2", "id > 3"),
        ("text", "SELECT id FROM item WHERE title = 'pen'", "'PEN'"),
        ("text", "SELECT id FROM item WHERE made > '2023-12-31'", "'2024-01-01'"),
        ("text", "SELECT id FROM item WHERE made > '2024-03-01 10:00'", "'2024-02-29 10:00'"),
        ("text", "SELECT id FROM item WHERE title = 'A-7'", "'A-8'"),
        ("unit", "SELECT strftime('%Y', made) FROM item", "'%m'"),
        ("unit", "SELECT date('now', '-1 month')", "'-1 year'"),
        ("aggregate", "SELECT sum(sold) FROM item", "AVG(sold)"),
        ("count", "SELECT count(DISTINCT stock) FROM item", "COUNT(stock)"),
        ("count", "SELECT count(stock) FROM item", "COUNT(*)"),
        ("count", "SELECT count(stock) FROM item", "COUNT(DISTINCT stock)"),
        ("count", "SELECT count(*) FROM item", "COUNT(item.title)"),
        ("arithmetic", "SELECT sold + stock FROM item", "sold - stock"),
        ("division", "SELECT sold / stock FROM item", "CAST(sold AS REAL) / stock"),
        ("division", "SELECT sold * 100.0 FROM item", "sold * 100 "),
        ("function", "SELECT round(price, 1) FROM item", "SELECT price"),
        ("function", "SELECT CAST(sold AS REAL) / stock FROM item", "SELECT sold / stock"),
        ("case", "SELECT CASE WHEN id > 1 THEN 1 ELSE 0 END FROM item", "THEN 1 END"),
        ("window", "SELECT rank() OVER (PARTITION BY stock ORDER BY id) FROM item", "OVER (ORDER"),
        ("window", "SELECT rank() OVER (ORDER BY id) FROM item", "DENSE_RANK()"),
        ("where", "SELECT id FROM item WHERE id > 1", "FROM item"),
        ("having", "SELECT stock FROM item GROUP BY 1 HAVING count(*) > 1", "GROUP BY 1"),
        ("distinct", "SELECT DISTINCT stock FROM item", "SELECT stock"),
        ("distinct", "SELECT stock FROM item", "SELECT DISTINCT stock"),
        ("join", "SELECT title FROM item JOIN maker ON item.maker_id = maker.id", "FROM item"),
        ("join_kind", "SELECT title FROM item i JOIN maker m ON i.maker_id = m.id", "LEFT JOIN"),
        ("join_kind", "SELECT 1 FROM item i LEFT JOIN maker m ON i.maker_id = m.id", "AS i JOIN"),
        ("join_condition", "SELECT 1 FROM item i JOIN maker m ON i.id = m.id", "ON TRUE"),
        ("group", "SELECT stock, count(*) FROM item GROUP BY stock, sold", "GROUP BY stock"),
        ("compound", "SELECT 1 UNION SELECT 2", "UNION ALL"),
        ("compound", "SELECT 1 EXCEPT SELECT 2", "INTERSECT"),
        ("compound", "SELECT 1 EXCEPT SELECT 2", "SELECT 2 EXCEPT SELECT 1"),
        ("direction", "SELECT id FROM item ORDER BY sold LIMIT 2", "sold DESC LIMIT"),
        ("order", "SELECT id FROM item ORDER BY sold", "FROM item"),
        ("order", "SELECT id FROM item ORDER BY sold, id", "ORDER BY id, sold"),
        ("limit", "SELECT id FROM item ORDER BY id LIMIT 2", "LIMIT 3"),
        ("limit", "SELECT id FROM item ORDER BY id LIMIT 2 OFFSET 1", "OFFSET 2"),
        (
            "extremum",
            "SELECT id FROM item ORDER BY sold DESC LIMIT 1",
            "(SELECT MAX(sold) FROM item)",
        ),
        (
            "extremum",
            "SELECT id FROM item WHERE sold = (SELECT min(sold) FROM item)",
            "ORDER BY sold LIMIT 1",
        ),
        (
            "join_kind",
            "SELECT 1 FROM item i JOIN maker m ON i.id = m.id WHERE m.id IS NULL",
            "LEFT",
        ),
        ("count", "SELECT count(v.id) FROM maker m LEFT JOIN vendor v ON v.id = m.id", "COUNT(*)"),
        ("distinct", "SELECT item.id FROM item JOIN maker ON item.id > maker.id", "DISTINCT"),
        ("column", "SELECT i.stock FROM item AS i", "SELECT i.sold"),
        (
            "column",
            "SELECT 1 FROM maker m WHERE EXISTS (SELECT 1 FROM item WHERE stock = m.id)",
            "sold",
        ),
        ("table", "SELECT name FROM maker WHERE maker.town = 'Bonn'", "FROM vendor AS maker"),
    ],
)
def test_slips(kind: str, sql: str, expected: str) -> None:
    found = of_kind(sql, kind)
    assert any(expected in f"{each} " for each in found), found


def test_what_is_never_null_nor_repeated_is_counted_like_rows() -> None:
    assert of_kind("SELECT count(id) FROM maker", "count") == []
    assert of_kind("SELECT count(name) FROM maker", "count") == [
        "SELECT COUNT(DISTINCT name) FROM maker"
    ]


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("distinct", "SELECT stock, count(*) FROM item GROUP BY stock"),
        ("distinct", "SELECT count(*) FROM item"),
        ("order", "SELECT id FROM (SELECT id FROM item ORDER BY sold) AS s"),
        ("direction", "SELECT id FROM (SELECT id FROM item ORDER BY sold) AS s"),
        ("table", "SELECT price FROM item"),
        ("column", "WITH w AS (SELECT 1 AS stock) SELECT w.stock FROM w"),
        ("join", "SELECT m.town FROM item i JOIN maker m ON i.maker_id = m.id WHERE i.id > 2"),
        ("number", "SELECT id, sold FROM item ORDER BY 2"),
        ("distinct", "SELECT id, stock FROM item"),
        ("distinct", "SELECT made AS m, count(*) FROM item GROUP BY m"),
        ("distinct", "SELECT made || '', count(*) FROM item GROUP BY 1"),
        ("distinct", "SELECT 1"),
        ("distinct", "SELECT DISTINCT * FROM item JOIN maker ON item.id = maker.id"),
        ("distinct", "SELECT count(*) FROM maker WHERE id IN (SELECT stock FROM item)"),
        ("distinct", "SELECT stock FROM item UNION SELECT sold FROM item"),
        ("function", "SELECT id FROM item WHERE lower(title) LIKE lower('p%')"),
        ("division", "SELECT id FROM item WHERE price > 4.0"),
        ("case", "SELECT sum(CASE WHEN id > 2 THEN 1 ELSE 0 END) FROM item"),
        ("text", "SELECT date('now', 'utc')"),
        ("join_kind", "SELECT i.id FROM item i JOIN maker m ON i.id = m.id WHERE m.town = 'Bonn'"),
        ("join_kind", "SELECT 1 FROM item i JOIN maker m USING (id), vendor v WHERE v.id = m.id"),
    ],
)
def test_edits_that_would_not_be_slips(kind: str, sql: str) -> None:
    assert of_kind(sql, kind) == []


QUERIES = [
    (
        "SELECT m.town, count(*) AS n, round(avg(i.price), 2) FROM item AS i JOIN maker AS m "
        "ON i.maker_id = m.id LEFT JOIN vendor AS v ON v.town = m.town WHERE i.price > 1.5 "
        "AND (i.title LIKE 'p%' OR i.made BETWEEN '2024-01-01' AND '2024-12-31') "
        "GROUP BY m.town HAVING count(*) >= 1 ORDER BY n DESC, m.town LIMIT 3"
    ),
    (
        "WITH w AS (SELECT maker_id, sum(sold) AS s FROM item GROUP BY maker_id) "
        "SELECT name FROM maker WHERE id IN (SELECT maker_id FROM w WHERE s > 5) "
        "UNION SELECT name FROM vendor WHERE NOT town IS NULL ORDER BY 1"
    ),
    (
        "SELECT title FROM item AS a WHERE price = (SELECT max(price) FROM item AS b "
        "WHERE b.maker_id = a.maker_id) AND strftime('%Y', made) = '2024'"
    ),
    (
        "SELECT DISTINCT CASE WHEN stock > 3 THEN 'many' ELSE 'few' END, rank() OVER "
        "(PARTITION BY maker_id ORDER BY sold DESC) FROM item LIMIT 4 OFFSET 1"
    ),
]


@pytest.mark.parametrize("sql", QUERIES)
def test_mutants_are_the_same_every_time_and_leave_the_tree_alone(sql: str) -> None:
    gold = read(sql)
    assert gold.tree is not None
    before = repr(gold.tree)
    first = mutants(gold, SCHEMA, ALL)
    assert first == mutants(read(sql), SCHEMA, ALL)
    assert repr(gold.tree) == before
    texts = [each.sql for each in first]
    assert len(set(texts)) == len(texts)
    assert gold.tree.sql("sqlite") not in texts


@pytest.mark.parametrize("sql", QUERIES)
def test_mutants_are_queries(sql: str) -> None:
    """What does not compile names something that an edit removed: never bad syntax."""
    found = mutants(read(sql), SCHEMA, ALL)
    failed: list[Fault] = []
    for each in found:
        try:
            SHOP.run(each.sql)
        except QueryError as error:
            failed.append(error.fault)
    assert set(failed) <= {Fault.NAME, Fault.COMPILE}
    assert len(failed) * 10 <= len(found)


@pytest.mark.parametrize("sql", QUERIES)
def test_a_few_are_spread_over_the_kinds(sql: str) -> None:
    gold = read(sql)
    kinds = {each.kind for each in mutants(gold, SCHEMA, ALL)}
    few = mutants(gold, SCHEMA, len(kinds))
    assert len(few) == len(kinds)
    assert len({each.kind for each in few}) >= len(kinds) - 2
    assert mutants(gold, SCHEMA, 0) == ()


def test_most_mutants_of_a_query_answer_something_else() -> None:
    answer = sorted(map(repr, SHOP.run(QUERIES[0]).rows))
    found = mutants(read(QUERIES[0]), SCHEMA, ALL)
    other = 0
    for each in found:
        try:
            other += sorted(map(repr, SHOP.run(each.sql).rows)) != answer
        except QueryError:
            continue
    assert other * 5 > len(found) * 2


def test_what_has_no_tree_has_no_mutants() -> None:
    for sql in ("SELECT CAST(id AS) FROM item", "SELECT " + "(" * 5000 + "1" + ")" * 5000):
        gold = read(sql)
        assert gold.tree is None
        assert mutants(gold, SCHEMA, 5) == ()


def test_a_huge_query_has_no_mutants() -> None:
    huge = "SELECT id FROM item WHERE " + " AND ".join(["id > 1"] * 1000)
    assert read(huge).tree is not None
    assert mutants(read(huge), SCHEMA, 5) == ()


def test_of_a_long_list_only_some_items_are_dropped() -> None:
    listed = ", ".join(str(i) for i in range(200))
    dropped = of_kind(f"SELECT id FROM item WHERE id IN ({listed})", "list_item")
    assert 1 < len(dropped) < 200
