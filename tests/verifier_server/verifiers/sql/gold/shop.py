"""A small shop, with everything that ties: declared collations, NULLs, repeated values."""

from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image

SCRIPT = """
CREATE TABLE maker (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    town TEXT,
    code TEXT COLLATE RTRIM
);
CREATE TABLE vendor (id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT, code TEXT);
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    maker_id INTEGER NOT NULL REFERENCES maker (id),
    title TEXT,
    price REAL,
    stock INTEGER,
    sold INTEGER,
    made TEXT
);
INSERT INTO maker VALUES (1, 'Ada', 'Bonn', 'x'), (2, 'ADA', 'Kiel', 'x '), (3, 'bo', NULL, 'y'),
    (4, 'Cy', 'Bonn', 'z');
INSERT INTO vendor VALUES (1, 'ada', 'Ulm', 'q'), (2, 'Dee', 'Bonn', 'r');
INSERT INTO item VALUES
    (1, 1, 'pen', 2.5, 3, 10, '2024-01-05'),
    (2, 1, 'ink', 2.5, 7, 4, '2024-02-01'),
    (3, 2, 'cup', 1.0, 3, 4, '2024-02-01'),
    (4, 2, 'mug', 4.0, NULL, 1, '2023-11-30'),
    (5, 3, 'jar', 2.5, 0, NULL, NULL),
    (6, 4, 'Pen', 9.0, 3, 10, '2024-03-09'),
    (7, 4, 'lid', NULL, 7, 2, '2023-11-30');
"""


def shop(rows: str = "") -> Instance:
    """The shop; `rows` is more SQL for its script."""
    return Instance("shop", build_image(SCRIPT + rows))
