"""What is said of weak and doubtful accepted queries."""

import pytest

from tests.verifier_server.verifiers.sql.gold.shop import shop
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.gold.reading import read
from verifier_server.verifiers.sql.gold.traits import findings, observe
from verifier_server.verifiers.sql.policy import Policy

POLICY = Policy()
FIRST = shop()
SECOND = shop("INSERT INTO item VALUES (8, 3, 'net', 7.0, 9, 8, '2024-04-01');")


def slugs(sql: str, *instances: Instance) -> list[str]:
    gold = read(sql)
    seen = [observe(gold, each, POLICY) for each in instances]
    return [slug for slug, _ in findings(seen, POLICY)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT title FROM item", []),
        ("SELECT count(*) FROM item", []),
        ("SELECT title, count(*) OVER () FROM item ORDER BY stock LIMIT 3", []),
        ("SELECT 1", ["no_table"]),
        ("SELECT 0", ["no_table", "trivial"]),
        ("SELECT title FROM item WHERE id < 0", ["constant", "empty"]),
        ("SELECT sum(sold) FROM item WHERE id < 0", ["constant", "trivial"]),
        (
            "SELECT count(*), '', NULL FROM item WHERE stock > 7 AND sold IS NULL",
            ["constant", "trivial"],
        ),
        ("SELECT name FROM maker", ["constant"]),
        ("SELECT group_concat(title) FROM item WHERE id > 3", ["unstable"]),
        ("SELECT (SELECT title FROM item WHERE stock = 3) FROM item", ["unstable"]),
        ("SELECT DISTINCT stock FROM item ORDER BY title", ["order_as_returned"]),
    ],
)
def test_findings(sql: str, expected: list[str]) -> None:
    assert slugs(sql, FIRST, SECOND) == expected


def test_one_instance_shows_nothing_of_constancy() -> None:
    assert slugs("SELECT name FROM maker", FIRST) == []


def test_a_finding_is_a_sentence_for_its_author() -> None:
    found = dict(findings([observe(read("SELECT 1"), FIRST, POLICY)], POLICY))
    assert found["no_table"].startswith("the accepted query reads no table")
