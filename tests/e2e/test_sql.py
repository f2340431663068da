"""The sql verifier through a real server and jail: named databases, attacks, order and load.

The databases of the folder are read only; what attacks try leaves neither them nor
the next answer changed.
"""

import hashlib
import json
import random
import sqlite3

import pytest

from tests.e2e.test_commands import run
from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, View

pytestmark = pytest.mark.sandbox

SCRIPT = """
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE game (id INTEGER PRIMARY KEY, home INTEGER NOT NULL REFERENCES team (id),
    away INTEGER NOT NULL REFERENCES team (id), goals INTEGER NOT NULL, day TEXT NOT NULL);
INSERT INTO team VALUES (1, 'Brann', 'Bergen'), (2, 'Lyn', 'Oslo'), (3, 'Viking', 'Stavanger'),
    (4, 'Skeid', 'Oslo'), (5, 'Start', 'Kristiansand');
INSERT INTO game VALUES (1, 1, 2, 3, '2024-04-01'), (2, 2, 3, 0, '2024-04-08'),
    (3, 3, 1, 5, '2024-05-01'), (4, 4, 1, 2, '2024-05-02'), (5, 1, 4, 1, '2025-03-30');
"""
GOLD = "SELECT t.name, count(*) FROM team t JOIN game g ON g.home = t.id GROUP BY t.id"
RIGHT = "SELECT count(g.id), name FROM game g, team WHERE home = team.id GROUP BY team.id, name"
WRONG = "SELECT t.name, count(*) FROM team t JOIN game g ON t.id IN (g.home, g.away) GROUP BY t.id"
ATTACKS = [
    "DELETE FROM team",
    "DROP TABLE team",
    "INSERT INTO team VALUES (9, 'x', 'y') RETURNING name, 1",
    "UPDATE game SET home = 1",
    "CREATE TEMP VIEW team AS SELECT 1",
    "CREATE TABLE x AS SELECT 1",
    "ATTACH DATABASE '/databases/league.sqlite' AS x",
    "ATTACH DATABASE '/tmp/x.db' AS x",
    "VACUUM INTO '/tmp/x.db'",
    "VACUUM INTO '/databases/x.db'",
    "PRAGMA query_only = 0",
    "PRAGMA writable_schema = 1",
    "PRAGMA hard_heap_limit = 0",
    "PRAGMA table_info(team)",
    "BEGIN IMMEDIATE",
    "SAVEPOINT x",
    "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT 1; DELETE FROM team",
    "SELECT load_extension('/no/such/place.so')",
    "SELECT readfile('/databases/league.sqlite'), 1",
    "SELECT writefile('/tmp/x', 'y'), 1",
    "SELECT sql, 1 FROM sqlite_schema",
    "SELECT name, seq FROM pragma_database_list",
    "SELECT hex(zeroblob(400000000)), 1",
    "SELECT printf('%900000000d', 1), 1",
    "SELECT name, random() FROM team",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*), 1 FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(x), 1 FROM c",
    "SELECT a.name, b.name FROM team a, team b, team c, team d, team e, team f, team g, game",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000 + ", 1",
    "SELECT 1, 2 " + "UNION ALL SELECT 1, 2 " * 800,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two databases: a script, and a file of SQLite's."""
    place = tmp_path_factory.mktemp("databases")
    place.chmod(0o755)
    (place / "league.sql").write_text(SCRIPT)
    with sqlite3.connect(place / "league.sqlite") as connection:
        connection.executescript(SCRIPT)
    return place


@pytest.fixture(scope="module")
def league(folder, tmp_path_factory):
    """A server with that folder."""
    flags = ("--workers", "2", "--database-folder", str(folder))
    with running_server(tmp_path_factory.mktemp("league"), *flags) as running:
        yield running


@pytest.fixture
def client(league):
    with VerifierClient(league.address) as client:
        yield client


def digests(folder):
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}


def named(folder):
    done = run("sql", "databases", folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_named_databases_are_judged_on_as_the_command_prints_them(folder, client):
    databases = named(folder)
    assert [each["name"] for each in databases] == ["league.sql", "league.sqlite"]
    groups = [
        Group("sql", {"database": each, "gold": GOLD}, [RIGHT, WRONG, GOLD]) for each in databases
    ]
    for group in client.score(groups):
        assert [result.score.passed for result in group.results] == [True, False, True]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"digest": f"sha256:{'0' * 64}"}, "database_changed"),
        ({"name": "other.sql"}, "unknown_database"),
        ({"name": "../league.sql"}, "schema_violation"),
    ],
)
def test_a_database_that_is_not_what_the_task_says(folder, client, change, reason):
    database = named(folder)[0] | change
    (group,) = client.score([Group("sql", {"database": database, "gold": GOLD}, [RIGHT])])
    assert (group.results[0].error.code, group.results[0].error.reason) == ("INVALID_TASK", reason)


def test_attacks_earn_nothing_and_leave_nothing(folder, client):
    before = digests(folder)
    database = named(folder)[1]
    completions = [text for attack in ATTACKS for text in (attack, f"{GOLD} -- {len(attack)}")]
    (group,) = client.score([Group("sql", {"database": database, "gold": GOLD}, completions)])
    for text, result in zip(completions, group.results, strict=True):
        assert result.score is not None, (text[:80], result)
        assert result.score.passed is text.startswith(GOLD), (text[:80], result)
        assert result.score.passed or result.score.value == 0.0
        assert result.attempts == 1, (text[:80], result)
    assert digests(folder) == before


def test_verdicts_do_not_depend_on_company_or_order(folder, client):
    database = named(folder)[0]
    completions = [RIGHT, WRONG, GOLD, *ATTACKS]
    task = {"database": database, "gold": GOLD}

    def verdicts(groups):
        found = {}
        for group, answer in zip(groups, client.score(groups), strict=True):
            for text, result in zip(group.completions, answer.results, strict=True):
                score, told = result.score, result.diagnostics
                found.setdefault(text, set()).add((score.verdict, score.reason, told.message))
        return found

    alone = verdicts([Group("sql", task, [text]) for text in completions])
    shuffled = random.Random(5).sample(completions, len(completions))
    together = verdicts([Group("sql", task, shuffled), Group("sql", task, completions)])
    assert all(len(each) == 1 for each in alone.values())
    assert alone == together


def test_the_report_says_what_is_weak(folder, tmp_path, league):
    database = named(folder)[0]
    tasks = [
        {"database": database, "gold": GOLD},
        {"verifier": "sql", "task": {"database": database, "gold": "SELECT 1 WHERE 0"}},
        {"database": database, "gold": "SELECT nothing FROM team"},
    ]
    file = tmp_path / "tasks.jsonl"
    file.write_text("".join(json.dumps(task) + "\n" for task in tasks) + "not json\n")
    done = run("sql", "report", file, "--server", league.address)
    assert done.returncode == 1
    assert "mutants" in done.stdout
    assert "gold_error" in done.stdout
    assert "not JSON" in done.stdout
    assert "empty" in done.stdout


def test_privileged_facts_say_where_it_differs(folder, client):
    task = {"database": named(folder)[0], "gold": GOLD}
    (group,) = client.score([Group("sql", task, [WRONG])], view=View.PRIVILEGED)
    keys = [key for key, _ in group.results[0].diagnostics.facts]
    assert "first_difference" in keys
    (group,) = client.score([Group("sql", task, [WRONG])])
    assert "first_difference" not in [key for key, _ in group.results[0].diagnostics.facts]
