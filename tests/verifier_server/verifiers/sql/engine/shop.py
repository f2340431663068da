"""A small database for these tests."""

from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image

SCRIPT = """
CREATE TABLE Customer (Id INTEGER PRIMARY KEY, Name TEXT NOT NULL, City TEXT);
CREATE TABLE "Order" (Id INTEGER PRIMARY KEY, CustomerId INTEGER REFERENCES Customer, Total REAL);
CREATE VIEW Spent AS
    SELECT c.Name, sum(o.Total) AS Total FROM Customer c JOIN "Order" o ON o.CustomerId = c.Id
    GROUP BY c.Id;
CREATE TRIGGER no_more BEFORE INSERT ON Customer BEGIN SELECT raise(ABORT, 'closed'); END;
"""
ROWS = """
DROP TRIGGER no_more;
INSERT INTO Customer VALUES (1, 'Ada', 'Paris'), (2, 'Bo', 'Rome'), (3, 'Cy', NULL);
INSERT INTO "Order" VALUES (1, 1, 10.5), (2, 1, 4.5), (3, 2, 7);
"""
IMAGE = build_image(SCRIPT + ROWS)


def shop(**options) -> Instance:
    """An instance of the database."""
    return Instance("shop", IMAGE, **options)


HONEST = "SELECT Name FROM Customer ORDER BY Id"
HONEST_ROWS = [("Ada",), ("Bo",), ("Cy",)]
