"""Long values, and what they cost."""

import pytest

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image

EMPTY = build_image("CREATE TABLE t(a)")
DOUBLED = (
    "WITH RECURSIVE d(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM d WHERE length(x) < {})"
    " SELECT max(length(x)) FROM d"
)


def fault(instance: Instance, sql: str) -> Fault:
    with pytest.raises(QueryError) as caught:
        instance.run(sql)
    return caught.value.fault


def test_values_up_to_the_bound():
    instance = Instance("empty", EMPTY)
    half = limits.MAX_VALUE_BYTES // 2
    assert list(instance.run(DOUBLED.format(half)).rows) == [(half,)]
    assert fault(instance, DOUBLED.format(half + 1)) is Fault.SIZE  # a record has a header


def test_steps_with_long_values_count_more():
    instance = Instance("empty", EMPTY)
    count = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000),"
        " s AS (SELECT group_concat(substr('{}', 1, 40), '') AS x FROM n LIMIT 1)"
        " SELECT length(x) FROM s"
    )
    short = instance.run(count.format("a"))
    long = instance.run(count.format("a" * 40))
    assert short.rows[0] == (1000,)
    assert long.rows[0] == (40_000,)
    assert long.steps >= limits.LONG_VALUE_WEIGHT * short.steps
    assert instance.run(count.format("a")).steps == short.steps  # also afterwards


@pytest.mark.parametrize("length", [5_000, 100_000, limits.MAX_STORED_VALUE_BYTES - 100])
def test_values_of_the_database_can_be_read_whatever_their_length(length):
    image = build_image(
        "CREATE TABLE t(a, b TEXT AS (a || '.'));"
        f"INSERT INTO t(a) VALUES ('{'x' * length}'), (NULL), (1.5);"
        "CREATE TABLE long(a BLOB); INSERT INTO long VALUES (zeroblob(10000))"
    )
    instance = Instance("long", image)
    result = instance.run("SELECT a, length(a) FROM t WHERE a > 'w'")
    assert result.rows[0] == ("x" * length, length)
    assert result.steps == 0  # they are what this database holds, and count as others do


def test_a_schema_longer_than_any_value():
    columns = ", ".join(f"column_with_a_rather_long_name_{each} TEXT" for each in range(1500))
    instance = Instance("wide", build_image(f"CREATE TABLE wide({columns})"))
    assert list(instance.run("SELECT column_with_a_rather_long_name_7 FROM wide").rows) == []
    assert fault(instance, DOUBLED.format(1 << 20)) is Fault.SIZE
    assert list(instance.run("SELECT count(*) FROM wide").rows) == [(0,)]


def test_results_are_bounded_in_bytes():
    instance = Instance("empty", EMPTY)
    lengths = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {})"
    wide = lengths + " SELECT replace(hex(substr('" + "a" * 2000 + "', 1, {})), '6', 'b') FROM n"
    rows = instance.run(wide.format(4000, 1500)).rows
    assert len(rows) == 4000
    assert fault(instance, wide.format(6000, 1500)) is Fault.SIZE


def test_results_are_bounded_in_rows_and_cells():
    instance = Instance("empty", EMPTY)
    lengths = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {})"
    assert len(instance.run(f"{lengths.format(limits.MAX_ROWS)} SELECT i FROM n").rows) == (
        limits.MAX_ROWS
    )
    assert fault(instance, f"{lengths.format(limits.MAX_ROWS + 1)} SELECT i FROM n") is Fault.ROWS
    columns = ", ".join("i" for _ in range(100))
    most = limits.MAX_CELLS // 100
    assert len(instance.run(f"{lengths.format(most)} SELECT {columns} FROM n").rows) == most
    assert fault(instance, f"{lengths.format(most + 1)} SELECT {columns} FROM n") is Fault.ROWS
