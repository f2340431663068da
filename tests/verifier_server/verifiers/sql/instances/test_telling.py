"""Slips that instances must show, and rewritings that they must not reject."""

import pytest

from tests.verifier_server.verifiers.sql.instances.support import ZOO, told_apart

WRONG = [
    (
        "SELECT nick FROM animal WHERE weight > 30 AND kind = 'otter'",
        [
            "SELECT nick FROM animal WHERE weight >= 30 AND kind = 'otter'",
            "SELECT nick FROM animal WHERE weight > 31 AND kind = 'otter'",
            "SELECT nick FROM animal WHERE weight > 30",
            "SELECT nick FROM animal WHERE kind = 'otter'",
            "SELECT nick FROM animal WHERE weight > 30 OR kind = 'otter'",
            "SELECT DISTINCT nick FROM animal WHERE weight > 30 AND kind = 'otter'",
            "SELECT nick FROM animal WHERE weight > 30 AND kind LIKE '%otter%'",
        ],
    ),
    (
        (
            "SELECT k.name FROM keeper k JOIN house h ON h.keeper_id = k.id "
            "GROUP BY k.id HAVING COUNT(*) >= 3"
        ),
        [
            (
                "SELECT k.name FROM keeper k JOIN house h ON h.keeper_id = k.id "
                "GROUP BY k.id HAVING COUNT(*) > 3"
            ),
            (
                "SELECT k.name FROM keeper k JOIN house h ON h.keeper_id = k.id "
                "GROUP BY k.id HAVING COUNT(*) >= 2"
            ),
            (
                "SELECT k.name FROM keeper k JOIN house h ON h.id = k.id "
                "GROUP BY k.id HAVING COUNT(*) >= 3"
            ),
        ],
    ),
    (
        "SELECT nick FROM animal WHERE kind = 'otter' ORDER BY weight DESC LIMIT 1",
        [
            "SELECT nick FROM animal ORDER BY weight DESC LIMIT 1",
            "SELECT nick FROM animal WHERE kind = 'otter' ORDER BY weight LIMIT 1",
            "SELECT MAX(nick) FROM animal WHERE kind = 'otter'",
        ],
    ),
    (
        "SELECT name FROM keeper WHERE id NOT IN (SELECT keeper_id FROM house WHERE seats > 50)",
        [
            "SELECT k.name FROM keeper k JOIN house h ON h.keeper_id = k.id WHERE h.seats <= 50",
            "SELECT name FROM keeper WHERE id NOT IN (SELECT keeper_id FROM house)",
        ],
    ),
    (
        (
            "SELECT house_id FROM animal WHERE kind = 'otter' "
            "INTERSECT SELECT house_id FROM animal WHERE kind = 'seal'"
        ),
        [
            "SELECT DISTINCT house_id FROM animal WHERE kind IN ('otter', 'seal')",
            (
                "SELECT house_id FROM animal WHERE kind IN ('otter', 'seal') "
                "GROUP BY house_id HAVING COUNT(*) >= 2"
            ),
        ],
    ),
    (
        "SELECT COUNT(*) FROM animal WHERE born <= date('2020-05-01', '-10 years')",
        ["SELECT COUNT(*) FROM animal WHERE 2020 - CAST(strftime('%Y', born) AS INTEGER) >= 10"],
    ),
    (
        "SELECT nick FROM animal WHERE weight > (SELECT AVG(weight) FROM animal)",
        [
            "SELECT nick FROM animal WHERE weight > (SELECT MIN(weight) FROM animal)",
            "SELECT nick FROM animal WHERE weight >= (SELECT MAX(weight) FROM animal)",
        ],
    ),
    (
        "SELECT COUNT(*) FROM ticket WHERE date(sold) = '2020-02-29'",
        ["SELECT COUNT(*) FROM ticket WHERE sold = '2020-02-29'"],
    ),
    (
        (
            "SELECT h.label, COUNT(a.id) FROM house h LEFT JOIN animal a ON a.house_id = h.id "
            "GROUP BY h.id"
        ),
        [
            (
                "SELECT h.label, COUNT(a.id) FROM house h JOIN animal a ON a.house_id = h.id "
                "GROUP BY h.id"
            ),
            (
                "SELECT h.label, COUNT(*) FROM house h LEFT JOIN animal a ON a.house_id = h.id "
                "GROUP BY h.id"
            ),
        ],
    ),
]

RIGHT = [
    (
        "SELECT COUNT(*) FROM animal a JOIN house h ON a.house_id = h.id WHERE h.seats > 20",
        (
            "SELECT COUNT(a.nick) FROM animal a JOIN house h ON a.house_id = h.id "
            "JOIN keeper k ON h.keeper_id = k.id WHERE h.seats >= 21"
        ),
    ),
    (
        "SELECT nick FROM animal WHERE kind = 'Otter'",
        "SELECT nick FROM animal WHERE kind LIKE 'otter'",
    ),
    (
        "SELECT name FROM keeper WHERE id IN (SELECT keeper_id FROM house)",
        "SELECT name FROM keeper k WHERE EXISTS (SELECT 1 FROM house WHERE keeper_id = k.id)",
    ),
    (
        "SELECT MAX(weight) FROM animal WHERE kind = 'otter' OR born < '2010-01-01'",
        (
            "SELECT weight FROM animal WHERE born < '2010-01-01' OR kind = 'otter' "
            "ORDER BY weight DESC LIMIT 1"
        ),
    ),
    (
        "SELECT k.id FROM keeper k EXCEPT SELECT keeper_id FROM house",
        "SELECT k.id FROM keeper k LEFT JOIN house h ON h.keeper_id = k.id WHERE h.id IS NULL",
    ),
    (
        "SELECT label FROM house WHERE seats <> 20",
        "SELECT label FROM house WHERE id NOT IN (SELECT id FROM house WHERE seats = 20)",
    ),
]


@pytest.mark.parametrize(
    ("gold", "answer"), [(gold, answer) for gold, answers in WRONG for answer in answers]
)
def test_slips_are_seen(gold: str, answer: str) -> None:
    assert told_apart(ZOO, gold, answer)


@pytest.mark.parametrize(("gold", "answer"), RIGHT)
def test_rewritings_pass(gold: str, answer: str) -> None:
    assert not told_apart(ZOO, gold, answer)


def test_near_misses_of_the_tasks_own_day_are_told_apart() -> None:
    script = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, made DATE NOT NULL);"
    for written in ("date('now', '-30 days')", "date(CURRENT_TIMESTAMP, '-30 days')"):
        gold = f"SELECT a FROM t WHERE made >= {written}"
        for wrong in (">= date('now', '-31 days')", "> date('now', '-30 days')", "> '2010-01-01'"):
            answer = f"SELECT a FROM t WHERE made {wrong}"
            assert told_apart(script, gold, answer, now="2009-06-25T00:00:00Z")
            assert told_apart(script, gold, answer)
