"""What is said of weak and doubtful accepted queries."""

import pytest

from tests.verifier_server.verifiers.sql.gold.shop import SCRIPT, shop
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.gold.reading import read
from verifier_server.verifiers.sql.gold.traits import Traits, observe, traits
from verifier_server.verifiers.sql.policy import Policy

POLICY = Policy()
FIRST = shop()
SECOND = shop("INSERT INTO item VALUES (8, 3, 'net', 7.0, 9, 8, '2024-04-01');")


def turned() -> Instance:
    """The first shop with the rows of `vendor` stored the other way round."""
    return Instance(
        "turned",
        build_image(
            SCRIPT + "DROP TABLE vendor;"
            "CREATE TABLE vendor (id INT PRIMARY KEY, name TEXT NOT NULL, town TEXT, code TEXT);"
            "INSERT INTO vendor VALUES (2, 'Dee', 'Bonn', 'r'), (1, 'ada', 'Ulm', 'q');"
        ),
    )


def slugs(sql: str, *instances: Instance, twin: Instance | None = None) -> list[str]:
    gold = read(sql)
    seen = [observe(gold, each, POLICY, twin) for each in instances]
    return [slug for slug, _ in traits(seen, POLICY).findings]


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


def test_a_twin_shows_what_a_backward_scan_does_not() -> None:
    sql = "SELECT name FROM vendor WHERE id = (SELECT id FROM vendor ORDER BY length(code) LIMIT 1)"
    assert slugs(sql, FIRST) == []
    assert slugs(sql, FIRST, twin=turned()) == ["unstable"]
    assert slugs("SELECT name FROM vendor ORDER BY length(code)", FIRST, twin=turned()) == []


def test_a_finding_is_a_sentence_for_its_author() -> None:
    found = traits([observe(read("SELECT 1"), FIRST, POLICY)], POLICY)
    assert "no_table" in found
    assert "empty" not in found
    assert found.weak
    assert found.findings[0][1].startswith("the accepted query reads no table")
    assert not Traits(()).weak
