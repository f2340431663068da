"""Twins have the same rows in another order."""

from tests.verifier_server.verifiers.sql.instances.support import ODD, ZOO, made, rows
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.instances.twin import twin

DATA = """
INSERT INTO "a ""b" (n) VALUES ('p'), ('q'), ('r');
INSERT INTO [w w] VALUES ('m', 1), ('b', 2), ('z', 3);
INSERT INTO "select" VALUES (5, 't', 1), (3, 's', 2);
INSERT INTO bare VALUES (1, 2), (3, NULL);
"""


def test_same_rows_in_reverse() -> None:
    image = build_image(ODD + DATA)
    schema = read_schema(image)
    other = twin(image, schema)
    for table in schema.tables:
        query = f"SELECT * FROM {quote(table.name)}"
        assert rows(other, query) == rows(image, query)[::-1]
    assert rows(other, "SELECT text FROM seen ORDER BY number") == [("p",), ("q",), ("r",)]


def test_keys_hold_in_the_twin() -> None:
    image = build_image(ODD + DATA)
    before, after = read_schema(image), read_schema(twin(image, read_schema(image)))
    for one, other in zip(before.tables, after.tables, strict=True):
        assert (one.name, one.primary_key, one.foreign_keys) == (
            other.name,
            other.primary_key,
            other.foreign_keys,
        )
        assert other.rowid_alias is None
    assert before.views == after.views


def test_what_depends_on_luck_differs() -> None:
    gold = "SELECT nick FROM animal WHERE weight > 5"
    lucky = "SELECT id FROM animal LIMIT 1"
    for image in made(ZOO, [gold], 4):
        other = twin(image, read_schema(image))
        assert sorted(map(repr, rows(image, gold))) == sorted(map(repr, rows(other, gold)))
        if len(rows(image, "SELECT id FROM animal")) > 1:
            first, last = "SELECT nick FROM animal NOT INDEXED LIMIT 1", "ORDER BY id DESC LIMIT 1"
            assert rows(other, first) == rows(image, f"SELECT nick FROM animal {last}")
            assert rows(image, lucky) == rows(image, "SELECT MIN(id) FROM animal")


def test_a_default_that_looks_like_a_column() -> None:
    script = (
        "CREATE TABLE t (note TEXT DEFAULT 'id INTEGER', \"id\" INTEGER /* INTEGER */ PRIMARY KEY);"
        "INSERT INTO t (id) VALUES (1), (2);"
    )
    image = build_image(script)
    assert rows(twin(image, read_schema(image)), "SELECT * FROM t") == [
        ("id INTEGER", 2),
        ("id INTEGER", 1),
    ]
