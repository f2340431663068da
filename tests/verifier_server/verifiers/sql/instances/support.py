"""Databases and queries of the tests."""

from collections.abc import Sequence

from verifier_server.verifiers.sql.comparing.comparison import Comparison
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.clock import DEFAULT_NOW
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.gold.expecting import derive
from verifier_server.verifiers.sql.gold.reading import read
from verifier_server.verifiers.sql.instances.build import build, origin
from verifier_server.verifiers.sql.policy import Policy
from verifier_server.verifiers.sql.rows import Row

ZOO = """
CREATE TABLE keeper (id INTEGER PRIMARY KEY, name TEXT, town TEXT, hired DATE);
CREATE TABLE house (id INTEGER PRIMARY KEY, label TEXT UNIQUE, keeper_id INTEGER NOT NULL
    REFERENCES keeper(id), seats INTEGER CHECK (seats BETWEEN 1 AND 500));
CREATE TABLE animal (id INTEGER PRIMARY KEY, house_id INTEGER REFERENCES house(id), kind TEXT,
    nick TEXT, weight REAL, born DATE);
CREATE TABLE feeding (animal_id INTEGER REFERENCES animal(id), day DATE, grams INTEGER,
    PRIMARY KEY (animal_id, day));
CREATE TABLE ticket (no INTEGER PRIMARY KEY, sold DATETIME, price REAL, guest TEXT);
"""

ODD = """
CREATE TABLE "a ""b" (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT NOT NULL,
    twice TEXT GENERATED ALWAYS AS (n || n) VIRTUAL);
CREATE TABLE [w w] (k TEXT, v INT UNIQUE, PRIMARY KEY (k)) WITHOUT ROWID;
CREATE TABLE "select" ("x y" INTEGER, "käse" TEXT, p INT REFERENCES [w w](v),
    PRIMARY KEY ("x y"));
CREATE TABLE me (id INTEGER PRIMARY KEY, boss INTEGER NOT NULL REFERENCES me(id),
    q REAL CHECK (q BETWEEN 0 AND 5));
CREATE TABLE left_ (id INTEGER PRIMARY KEY, r INTEGER NOT NULL REFERENCES right_(id));
CREATE TABLE right_ (id INTEGER PRIMARY KEY, l INTEGER NOT NULL REFERENCES left_(id));
CREATE TABLE bare (a, b);
CREATE INDEX low ON "select" (lower("käse"));
CREATE VIEW seen AS SELECT id AS number, n AS text FROM "a ""b" WHERE n <> 'hidden';
"""


def made(
    script: str, golds: Sequence[str], count: int = 8, seed: int = 1, now: str = DEFAULT_NOW
) -> tuple[bytes, ...]:
    """Instances for `golds` on the database that `script` makes."""
    base = build_image(script)
    return build(origin(base, read_schema(base)), golds, count, seed, now).images


def rows(image: bytes, sql: str) -> list[Row]:
    """The rows of `sql` on `image`."""
    instance = Instance("test", image)
    try:
        return list(instance.run(sql).rows)
    finally:
        instance.close()


def told_apart(script: str, gold: str, answer: str, count: int = 8, now: str = DEFAULT_NOW) -> bool:
    """Whether some instance made for `gold` shows that `answer` is another query."""
    policy, query = Policy(), read(gold)
    comparison = Comparison(policy)
    for image in made(script, [gold], count, now=now):
        instance = Instance("test", image, now=now, functions=query.functions)
        try:
            expectation = derive(query, instance, policy).expectation
            if comparison.add(expectation, instance.run(answer)) is not None:
                return True
        finally:
            instance.close()
    return False
