"""Making instances is bounded by counts, whatever the accepted query and the schema."""

import pytest

from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.clock import DEFAULT_NOW
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.gold.reading import read
from verifier_server.verifiers.sql.instances.build import origin, prepare
from verifier_server.verifiers.sql.instances.filling import MAX_EFFORT

TWO = """CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c REAL);
CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t(id), x INTEGER);"""
CHAIN = "".join(
    f"CREATE TABLE w{n} (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES w{n + 1}(id), "
    "q TEXT UNIQUE);"
    for n in range(100)
)
HOSTILE = [
    (TWO, "SELECT t.id FROM t, u WHERE " + " AND ".join(f"a + x * {n} <> c" for n in range(60))),
    (TWO, "SELECT id FROM t WHERE " + " OR ".join(f"a = {n}" for n in range(190))),
    (CHAIN + "CREATE TABLE w100 (id INTEGER PRIMARY KEY);", "SELECT q FROM w0 WHERE p = 3"),
]


@pytest.mark.parametrize(("script", "gold"), HOSTILE)
def test_an_instance_takes_no_more_than_its_effort(script: str, gold: str) -> None:
    base = build_image(script)
    generator = prepare(origin(base, read_schema(base)), [read(gold)], DEFAULT_NOW)
    one, same = generator.make(1), generator.make(1)
    # What is begun is finished: at most one row's worth of looking goes beyond.
    assert one.effort < 2 * MAX_EFFORT
    assert (one.image, one.effort) == (same.image, same.effort)


def test_a_usual_query_is_far_from_its_effort() -> None:
    base = build_image(TWO)
    gold = "SELECT t.id FROM t JOIN u ON u.t_id = t.id WHERE a > 3 AND b = 'q' ORDER BY a LIMIT 3"
    generator = prepare(origin(base, read_schema(base)), [read(gold)], DEFAULT_NOW)
    assert max(generator.make(number).effort for number in range(8)) < MAX_EFFORT // 2
