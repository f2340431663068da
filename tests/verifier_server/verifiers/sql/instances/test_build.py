"""Instances are the same everywhere, and lawful."""

import hashlib
import os
import subprocess
import sys

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.sql.instances.support import ODD, ZOO, made, rows
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.instances.build import build, origin

JOINED = (
    "SELECT k.name, COUNT(*) FROM keeper k JOIN house h ON h.keeper_id = k.id "
    "JOIN animal a ON a.house_id = h.id WHERE a.weight > 30 AND k.town = 'Basel' "
    "GROUP BY k.id HAVING COUNT(*) > 2 ORDER BY 2 DESC LIMIT 3"
)
GOLDS = (
    JOINED,
    "SELECT nick FROM animal WHERE house_id NOT IN (SELECT id FROM house WHERE seats < 20)",
    "SELECT kind FROM animal INTERSECT SELECT label FROM house",
    (
        "WITH w AS (SELECT house_id, MAX(weight) AS m FROM animal GROUP BY house_id) "
        "SELECT h.label, w.m FROM house h LEFT JOIN w ON w.house_id = h.id WHERE w.m IS NULL"
    ),
    "SELECT SUM(CASE WHEN strftime('%Y', born) = '2015' THEN 1 ELSE 0 END) FROM animal",
    "SELECT guest FROM ticket WHERE date(sold) BETWEEN '2020-02-01' AND '2020-02-29' LIMIT 0",
    "SELECT 1",
    "VALUES (1), (2)",
)


def lawful(image: bytes) -> None:
    """SQLite finds nothing wrong with the database or its references."""
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", image)
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    assert list(connection.execute("PRAGMA foreign_key_check")) == []
    connection.close()


def digests(count: int = 3) -> list[str]:
    """Digests of some instances."""
    return [hashlib.sha256(image).hexdigest() for image in made(ZOO, [JOINED], count)]


@pytest.mark.parametrize("hash_seed", ["1", "77"])
def test_same_bytes_in_another_process(hash_seed: str) -> None:
    code = f"from {__name__} import digests; print(*digests())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == digests()


def test_seed_and_gold_change_the_instances() -> None:
    assert len({*made(ZOO, [JOINED], 2, 1), *made(ZOO, [JOINED], 2, 2)}) == 4
    assert set(made(ZOO, [GOLDS[1]], 2)).isdisjoint(made(ZOO, [GOLDS[2]], 2))


@pytest.mark.parametrize("gold", GOLDS)
def test_every_gold_gets_lawful_instances(gold: str) -> None:
    images = made(ZOO, [gold], 4)
    assert len(images) == 4
    for image in images:
        lawful(image)
        for table in ("keeper", "house", "animal", "feeding", "ticket"):
            assert 1 <= rows(image, f"SELECT COUNT(*) FROM {table}")[0][0] <= 60  # type: ignore[operator]


def test_several_golds_share_the_instances() -> None:
    images = made(ZOO, [GOLDS[1], "SELECT nick FROM animal WHERE kind = 'otter'"], 4)
    assert any(rows(image, "SELECT 1 FROM animal WHERE kind = 'otter'") for image in images)


@pytest.mark.parametrize(
    "gold",
    [
        "SELECT text FROM seen WHERE number > 3",
        "SELECT s.\"käse\" FROM \"select\" s JOIN [w w] w ON s.p = w.v WHERE w.k = 'o''q'",
        "SELECT e.id FROM me e JOIN me b ON e.boss = b.id WHERE e.q > b.q",
        'SELECT twice FROM "a ""b" WHERE twice LIKE \'ab%\' ORDER BY twice',
        "SELECT l.id FROM left_ l JOIN right_ r ON l.r = r.id WHERE r.id > 4",
        "SELECT a FROM bare WHERE b = 3 EXCEPT SELECT b FROM bare",
        "SELECT COUNT(*) FROM me NATURAL JOIN left_",
        "SELECT * FROM me JOIN left_ USING (id) WHERE q IN (1, 2.5)",
    ],
)
def test_odd_schemas(gold: str) -> None:
    images = made(ODD, [gold], 3)
    assert len(images) == 3
    for image in images:
        lawful(image)
        rows(image, gold)


def test_no_null_without_evidence() -> None:
    for image in made(ZOO, [JOINED], 6):
        for table in read_schema(image).tables:
            for column in table.columns:
                nulls = f"SELECT COUNT(*) FROM {table.name} WHERE {column.name} IS NULL"
                assert rows(image, nulls) == [(0,)]


def test_null_where_the_gold_asks_for_it() -> None:
    gold = "SELECT nick FROM animal WHERE weight IS NOT NULL AND kind = 'otter'"
    images = made(ZOO, [gold], 6)
    assert any(rows(image, "SELECT 1 FROM animal WHERE weight IS NULL") for image in images)
    assert not any(rows(image, "SELECT 1 FROM animal WHERE born IS NULL") for image in images)


def test_survivors_are_reported() -> None:
    base = build_image(ZOO)
    chosen = build(origin(base, read_schema(base)), [JOINED], 4, 1)
    assert chosen.total > 10
    assert len(chosen.survivors) < chosen.total / 4
    assert all(mutant.kind for mutant in chosen.survivors)


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(table=names, column=names, text=st.text(st.characters(codec="utf-8"), max_size=12))
def test_any_name_and_any_constant(table: str, column: str, text: str) -> None:
    def quote(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    if table.lower().startswith("sqlite_") or "\0" in text:
        return
    script = f"CREATE TABLE {quote(table)} (id INTEGER PRIMARY KEY, {quote('c' + column)} TEXT);"
    constant = "'" + text.replace("'", "''") + "'"
    gold = f"SELECT id FROM {quote(table)} WHERE {quote('c' + column)} = {constant}"
    images = made(script, [gold], 1)
    assert len(images) == 1
    lawful(images[0])


def test_a_computed_key() -> None:
    script = """CREATE TABLE a (x INTEGER, k INTEGER AS (x * 2) STORED UNIQUE, n TEXT);
        CREATE TABLE b (r INTEGER, m INTEGER);"""
    images = made(script, ["SELECT a.n FROM a JOIN b ON b.r = a.k WHERE b.m > 3"])
    assert all(rows(image, "SELECT count(*) > 1 FROM b") == [(1,)] for image in images)


def test_a_reference_to_a_table_that_is_not_there() -> None:
    script = "CREATE TABLE b (g INTEGER REFERENCES gone(id), m INTEGER)"
    images = made(script, ["SELECT g FROM b WHERE m > 3"])
    assert all(rows(image, "SELECT count(*) > 1 FROM b") == [(1,)] for image in images)
