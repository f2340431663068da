"""Close names come from the schema, and from nothing else."""

import pytest

from verifier_server.verifiers.sql.answering.hints import MAX_NAME, hint
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.scripts import build_image

SCHEMA = read_schema(
    build_image(
        "CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, full_name TEXT);"
        "CREATE TABLE orders (id INTEGER, customer_id INTEGER, total REAL);"
        "CREATE VIEW recent_orders AS SELECT * FROM orders;"
    )
)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("no such table: customer", "did you mean customers?"),
        ("no such table: main.ORDER", "did you mean orders"),
        ("no such table: recent_order", "recent_orders"),
        ("no such column: fullname", "did you mean full_name?"),
        ("no such column: orders.ful_name", ""),
        ("no such column: orders.full_name", "full_name is a column of customers"),
        ("no such column: customers.totl", ""),
        ("no such column: T1.full_name", "full_name is a column of customers"),
        ("no such column: T1.fullname", "did you mean full_name?"),
        ("no such column: zzz", ""),
        ('near "FROM": syntax error', ""),
        (f"no such table: {'customers' * MAX_NAME}", ""),
    ],
)
def test_what_would_be_right(message, words):
    found = hint(message, SCHEMA)
    assert words in found
    assert bool(found) == bool(words)
