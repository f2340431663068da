"""What is expected of an answer: groups of ties, cuts, orders."""

import pytest

from tests.verifier_server.verifiers.sql.gold.shop import shop
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.gold import expecting
from verifier_server.verifiers.sql.gold.expecting import derive
from verifier_server.verifiers.sql.gold.reading import GoldError, read
from verifier_server.verifiers.sql.policy import Order, Policy
from verifier_server.verifiers.sql.rows import Cell, Expectation

AUTO = Policy()
SHOP = shop()


def groups(sql: str, policy: Policy = AUTO) -> list[tuple[int, list[Cell]]]:
    """How many rows of each section, and the first cell of its members."""
    derived = derive(read(sql), SHOP, policy)
    assert derived.exact
    return [(each.count, [row[0] for row in each.members]) for each in derived.expectation.sections]


def expect(sql: str, instance: Instance = SHOP, policy: Policy = AUTO) -> Expectation:
    return derive(read(sql), instance, policy).expectation


def whole(*members: list[Cell]) -> list[tuple[int, list[Cell]]]:
    return [(len(each), each) for each in members]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # A column that is shown, by name, number, alias, qualified name, and in parentheses.
        ("SELECT stock FROM item ORDER BY stock", whole([None], [0], [3, 3, 3], [7, 7])),
        ("SELECT stock FROM item ORDER BY 1", whole([None], [0], [3, 3, 3], [7, 7])),
        ("SELECT stock FROM item ORDER BY +(+1)", whole([None], [0], [3, 3, 3], [7, 7])),
        ("SELECT id, stock FROM item ORDER BY 0x2", whole([4], [5], [1, 3, 6], [2, 7])),
        ("SELECT stock AS s FROM item ORDER BY s", whole([None], [0], [3, 3, 3], [7, 7])),
        ("SELECT stock FROM item ORDER BY (item.stock)", whole([None], [0], [3, 3, 3], [7, 7])),
        # One that is not.
        ("SELECT id FROM item ORDER BY stock", whole([4], [5], [1, 3, 6], [2, 7])),
        ("SELECT id FROM item ORDER BY stock DESC", whole([2, 7], [1, 3, 6], [5], [4])),
        (
            "SELECT id FROM item ORDER BY stock NULLS LAST, price",
            whole([5], [3], [1], [6], [7], [2], [4]),
        ),
        # Expressions, over columns and over aliases.
        ("SELECT id FROM item ORDER BY stock % 2, stock > 3", whole([4], [5], [1, 3, 6], [2, 7])),
        ("SELECT id, stock AS s FROM item ORDER BY s + 1", whole([4], [5], [1, 3, 6], [2, 7])),
        ('SELECT id, stock AS s FROM item ORDER BY "s" + 1', whole([4], [5], [1, 3, 6], [2, 7])),
        ("SELECT id FROM item ORDER BY 'stock'", whole([1, 2, 3, 4, 5, 6, 7])),
        ("SELECT id FROM item ORDER BY 1 + 0", whole([1, 2, 3, 4, 5, 6, 7])),
        # An alias that hides a column is the column within an expression, not as a term.
        ("SELECT id, sold AS stock FROM item WHERE id < 4 ORDER BY stock", whole([2, 3], [1])),
        ("SELECT id, sold AS stock FROM item WHERE id < 4 ORDER BY -stock", whole([2], [1, 3])),
        # Collations: declared, written, of an expression and of a shown column.
        ("SELECT id FROM maker ORDER BY name", whole([1, 2], [3], [4])),
        ("SELECT name FROM maker ORDER BY 1", whole(["Ada", "ADA"], ["bo"], ["Cy"])),
        ("SELECT id FROM maker ORDER BY name COLLATE BINARY", whole([2], [1], [4], [3])),
        (
            "SELECT name FROM maker ORDER BY 1 COLLATE BINARY",
            whole(["ADA"], ["Ada"], ["Cy"], ["bo"]),
        ),
        ("SELECT id FROM maker ORDER BY code", whole([1, 2], [3], [4])),
        ("SELECT id FROM maker ORDER BY code || ''", whole([1], [2], [3], [4])),
        ("SELECT id FROM item WHERE id IN (1, 6) ORDER BY title", whole([6], [1])),
        ("SELECT id FROM item WHERE id IN (1, 6) ORDER BY title COLLATE NOCASE", whole([1, 6])),
        (
            "SELECT id FROM item WHERE id IN (1, 6) ORDER BY '' || title COLLATE NOCASE",
            whole([1, 6]),
        ),
        # Groups.
        (
            "SELECT maker_id FROM item GROUP BY maker_id ORDER BY count(*) DESC",
            whole([1, 2, 4], [3]),
        ),
        (
            "SELECT maker_id, count(*) AS n FROM item GROUP BY 1 HAVING n > 1 ORDER BY n",
            whole([1, 2, 4]),
        ),
        (
            "SELECT sum(sold) FROM item GROUP BY maker_id ORDER BY min(made)",
            whole([None], [5, 12], [14]),
        ),
        # DISTINCT.
        ("SELECT DISTINCT maker_id FROM item ORDER BY maker_id > 2", whole([1, 2], [3, 4])),
        # Stars.
        ("SELECT * FROM item WHERE id < 4 ORDER BY sold", whole([2, 3], [1])),
        ("SELECT * FROM item WHERE id < 4 ORDER BY 6", whole([2, 3], [1])),
        ("SELECT *, -sold AS k FROM item WHERE id < 4 ORDER BY k", whole([1], [2, 3])),
        (
            "SELECT * FROM maker AS m JOIN vendor AS v ON m.town = v.town ORDER BY town",
            whole([1, 4]),
        ),
        # Compounds.
        (
            "SELECT name FROM maker UNION ALL SELECT name FROM vendor ORDER BY name",
            whole(["Ada", "ADA", "ada"], ["bo"], ["Cy"], ["Dee"]),
        ),
        (
            "SELECT title, sold AS s FROM item UNION SELECT name, 4 FROM vendor ORDER BY s DESC",
            whole(["Pen", "pen"], ["Dee", "ada", "cup", "ink"], ["lid"], ["mug"], ["jar"]),
        ),
        (
            "SELECT maker_id FROM item EXCEPT SELECT 2 ORDER BY maker_id COLLATE NOCASE DESC",
            whole([4], [3], [1]),
        ),
        # WITH, windows, correlated keys, subqueries with an order of their own.
        (
            "WITH w AS (SELECT id, stock s FROM item ORDER BY id DESC) SELECT id FROM w ORDER BY s",
            whole([4], [5], [1, 3, 6], [2, 7]),
        ),
        (
            "SELECT id, rank() OVER (ORDER BY stock) AS r FROM item ORDER BY r",
            whole([4], [5], [1, 3, 6], [2, 7]),
        ),
        (
            "SELECT id FROM item ORDER BY rank() OVER (ORDER BY stock)",
            whole([4], [5], [1, 3, 6], [2, 7]),
        ),
        (
            "SELECT id FROM maker m ORDER BY (SELECT count(*) FROM item i WHERE i.maker_id = m.id)",
            whole([3], [1, 2, 4]),
        ),
        (
            "SELECT id FROM item ORDER BY CASE WHEN stock IS NULL THEN 1 END -- why\n",
            whole([1, 2, 3, 5, 6, 7], [4]),
        ),
    ],
)
def test_rows_with_equal_keys_are_one_group(
    sql: str, expected: list[tuple[int, list[Cell]]]
) -> None:
    found = groups(sql)
    key = repr
    assert [(n, sorted(members, key=key)) for n, members in found] == [
        (n, sorted(members, key=key)) for n, members in expected
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 1", [(1, [2, 7])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 3", [(2, [2, 7]), (1, [1, 3, 6])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 2 OFFSET 3", [(2, [1, 3, 6])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 1, 2", [(1, [2, 7]), (1, [1, 3, 6])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 5", [(2, [2, 7]), (3, [1, 3, 6])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT -1 OFFSET 6", [(1, [4])]),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 100 OFFSET -1", None),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 0", []),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT 9 OFFSET 9", []),
        (
            (
                "WITH w AS (SELECT 2 n) SELECT id FROM item ORDER BY stock DESC\n"
                "LIMIT (SELECT n - 1 FROM w) OFFSET (SELECT n FROM w)"
            ),
            [(1, [1, 3, 6])],
        ),
        ("SELECT id FROM item ORDER BY stock DESC LIMIT '1' OFFSET 1 + 0.0", [(1, [2, 7])]),
        ("SELECT stock FROM item ORDER BY 1 DESC LIMIT 1", [(1, [7, 7])]),
        ("SELECT DISTINCT stock FROM item ORDER BY stock > 2 DESC LIMIT 1", [(1, [3, 7])]),
        ("SELECT 1 AS a UNION SELECT 2 ORDER BY a LIMIT 1", [(1, [1])]),
    ],
)
def test_a_cut_through_a_group_leaves_a_choice(
    sql: str, expected: list[tuple[int, list[Cell]]] | None
) -> None:
    wanted = expected if expected is not None else whole([2, 7], [1, 3, 6], [5], [4])
    assert [(n, sorted(members, key=repr)) for n, members in groups(sql)] == wanted


def test_a_limit_without_order_by_takes_any_rows() -> None:
    assert groups("SELECT id FROM item LIMIT 2 OFFSET 1") == [(2, [1, 2, 3, 4, 5, 6, 7])]
    assert groups("SELECT id FROM item LIMIT 99") == whole([1, 2, 3, 4, 5, 6, 7])


def test_without_order_by_there_is_one_section() -> None:
    expectation = expect("SELECT title, id FROM item", SHOP, AUTO)
    assert not expectation.ordered
    assert len(expectation.sections) == 1
    assert (expectation.width, expectation.names) == (2, ("title", "id"))


def test_an_empty_answer_has_its_width() -> None:
    expectation = expect("SELECT id, title FROM item WHERE 0 ORDER BY 1", SHOP, AUTO)
    assert (expectation.width, expectation.count) == (2, 0)


def test_the_policy_may_say_always() -> None:
    always = Policy(order=Order.ALWAYS)
    assert groups("SELECT id FROM item LIMIT 2", always) == whole([1], [2])
    assert expect("SELECT id FROM item", SHOP, always).ordered
    assert groups("SELECT id FROM item WHERE id < 3 ORDER BY price", always) == whole([1, 2])


def test_the_policy_may_say_never() -> None:
    never = Policy(order=Order.NEVER)
    assert groups("SELECT id FROM item WHERE id < 4 ORDER BY id", never) == whole([1, 2, 3])
    assert not expect("SELECT id FROM item ORDER BY id", SHOP, never).ordered
    assert groups("SELECT id FROM item ORDER BY stock DESC LIMIT 1", never) == [(1, [2, 7])]
    assert groups("SELECT id FROM item ORDER BY stock DESC LIMIT 2", never) == whole([2, 7])
    assert [n for n, _ in groups("SELECT id FROM item ORDER BY stock LIMIT 3", never)] == [3]


def test_keys_that_distinct_hides_leave_every_row_in_its_place() -> None:
    gold = read("SELECT DISTINCT stock FROM item ORDER BY price, id")
    derived = derive(gold, SHOP, AUTO)
    assert not derived.exact
    assert [each.members for each in derived.expectation.sections] == [
        (row,) for row in derived.result.rows
    ]


def test_a_query_with_no_room_for_its_keys_leaves_every_row_in_its_place() -> None:
    columns = ", ".join(["stock"] * limits.MAX_COLUMNS)
    for limit in ("", " LIMIT 3"):
        derived = derive(read(f"SELECT {columns} FROM item ORDER BY -id{limit}"), SHOP, AUTO)
        assert not derived.exact
        assert derived.expectation.count == len(derived.result.rows)


def test_a_query_that_sqlglot_cannot_parse_has_its_ties() -> None:
    sql = "SELECT id FROM item ORDER BY CAST(stock AS)"
    assert read(sql).tree is None
    assert [n for n, _ in groups(sql)] == [1, 1, 3, 2]


@pytest.mark.parametrize(
    "sql", ["SELECT nothing FROM item", "SELECT a FROM gone ORDER BY 1", "SELECT 1 +"]
)
def test_a_query_that_fails_is_ours(sql: str) -> None:
    with pytest.raises(GoldError, match="the accepted query fails"):
        expect(sql, SHOP, AUTO)


MANY = shop(
    "CREATE TABLE many (n INTEGER);"
    "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 60000)"
    "INSERT INTO many SELECT x FROM c;"
)


def test_a_choice_among_too_many_rows_is_refused() -> None:
    with pytest.raises(GoldError, match="LIMIT without ORDER BY"):
        expect("SELECT n FROM many LIMIT 3", MANY, AUTO)
    with pytest.raises(GoldError, match="rows tie"):
        expect("SELECT n FROM many ORDER BY n % 1 LIMIT 3", MANY, AUTO)


@pytest.mark.parametrize("size", [1, 200, expecting.MARGINS[0], expecting.MARGINS[0] * 4])
@pytest.mark.parametrize("offset", [0, 1, 30_000])
def test_ties_are_found_however_far_they_reach(size: int, offset: int) -> None:
    sql = f"SELECT n FROM many ORDER BY (n - 1) / {size} LIMIT 2 OFFSET {offset}"
    expectation = expect(sql, MANY, AUTO)
    first = offset // size
    members = [n for section in expectation.sections for (n,) in section.members]
    assert expectation.count == 2
    assert sorted(members) == list(range(first * size + 1, (offset + 1) // size * size + size + 1))
