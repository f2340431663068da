"""Each branch of a gold decides alone for some rows, and what comes first changes."""

import pytest

from tests.verifier_server.verifiers.sql.instances.support import told_apart

PORT = """
CREATE TABLE owner (id INTEGER PRIMARY KEY, title TEXT, flag TEXT);
CREATE TABLE ship (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owner(id), kind TEXT,
    tons INTEGER);
CREATE TABLE visit (id INTEGER PRIMARY KEY, ship_id INTEGER REFERENCES ship(id), year TEXT,
    cargo TEXT, fee INTEGER);
"""
SHIPS = "SELECT o.title FROM owner o JOIN ship s ON s.owner_id = o.id"
SLIPS = [
    (
        f"{SHIPS} GROUP BY o.id HAVING COUNT(*) > 3 OR SUM(s.kind = 'tanker') > 0",
        [
            f"{SHIPS} WHERE s.kind = 'tanker' GROUP BY o.id",
            f"{SHIPS} GROUP BY o.id HAVING COUNT(*) > 3",
        ],
    ),
    (
        "SELECT owner_id FROM ship GROUP BY owner_id HAVING COUNT(*) > 3 OR SUM(tons) > 900",
        [
            "SELECT owner_id FROM ship GROUP BY owner_id HAVING COUNT(*) > 3",
            "SELECT owner_id FROM ship GROUP BY owner_id HAVING SUM(tons) > 900",
        ],
    ),
    (
        (
            "SELECT owner_id FROM ship GROUP BY owner_id HAVING COUNT(*) >= 2 INTERSECT SELECT"
            " s.owner_id FROM ship s JOIN visit v ON v.ship_id = s.id GROUP BY s.owner_id"
            " HAVING COUNT(*) > 3"
        ),
        [
            "SELECT owner_id FROM ship GROUP BY owner_id HAVING COUNT(*) >= 2",
            (
                "SELECT s.owner_id FROM ship s JOIN visit v ON v.ship_id = s.id"
                " GROUP BY s.owner_id HAVING COUNT(*) > 3"
            ),
        ],
    ),
    (
        (
            "SELECT id FROM ship WHERE id IN (SELECT ship_id FROM visit WHERE year = '2014')"
            " AND id IN (SELECT ship_id FROM visit WHERE year = '2015')"
        ),
        [
            (
                "SELECT ship_id FROM visit WHERE year IN ('2014', '2015')"
                " GROUP BY ship_id HAVING COUNT(*) >= 2"
            ),
        ],
    ),
    (
        (
            "SELECT s.kind FROM ship s JOIN visit v ON v.ship_id = s.id WHERE v.cargo = 'tea'"
            " GROUP BY s.kind ORDER BY COUNT(*) DESC LIMIT 1"
        ),
        [
            (
                "SELECT s.kind FROM ship s JOIN visit v ON v.ship_id = s.id"
                " GROUP BY s.kind ORDER BY COUNT(*) DESC LIMIT 1"
            ),
            (
                "SELECT s.kind FROM ship s JOIN visit v ON v.ship_id = s.id WHERE v.cargo = 'tea'"
                " GROUP BY s.kind ORDER BY SUM(v.fee) DESC LIMIT 1"
            ),
        ],
    ),
    (
        (
            "SELECT ship_id FROM visit WHERE year >= '2014' GROUP BY ship_id"
            " ORDER BY COUNT(*) DESC LIMIT 1"
        ),
        [
            (
                "SELECT ship_id FROM visit WHERE year > '2014' GROUP BY ship_id"
                " ORDER BY COUNT(*) DESC LIMIT 1"
            ),
            (
                "SELECT ship_id FROM visit WHERE year >= '2013' GROUP BY ship_id"
                " ORDER BY COUNT(*) DESC LIMIT 1"
            ),
        ],
    ),
    (
        (
            "SELECT id FROM ship WHERE kind = 'ferry' UNION"
            " SELECT id FROM ship WHERE kind = 'tanker' AND tons > 5"
        ),
        ["SELECT id FROM ship WHERE kind IN ('ferry', 'tanker') AND tons > 5"],
    ),
    (
        "SELECT MIN(tons) FROM ship WHERE tons > (SELECT MIN(tons) FROM ship)",
        ["SELECT tons FROM ship ORDER BY tons LIMIT 1 OFFSET 1"],
    ),
    (
        "SELECT ship_id FROM visit GROUP BY ship_id HAVING COUNT(*) > 10",
        ["SELECT ship_id FROM visit GROUP BY ship_id HAVING COUNT(*) >= 10"],
    ),
]


@pytest.mark.parametrize(
    ("gold", "answer"), [(gold, answer) for gold, answers in SLIPS for answer in answers]
)
def test_slips_are_seen(gold: str, answer: str) -> None:
    assert told_apart(PORT, gold, answer)
