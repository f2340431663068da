"""What the given rows keep, instances keep."""

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier_server.verifiers.sql.instances.support import made, rows
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.instances.invariants import MANY_ROWS, survey

TABLE = (
    "CREATE TABLE stay (id INTEGER, guest TEXT, arrives TEXT, leaves TEXT, city TEXT, land TEXT,"
    " rooms INTEGER, paid REAL, remark TEXT);"
)
CITIES = {"Basel": "CH", "Bern": "CH", "Lyon": "FR", "Graz": "AT"}


def script(count: int, cities: list[str], remarks: list[bool]) -> str:
    """`count` stays that keep several rules."""
    lines = [TABLE]
    for i in range(count):
        city = cities[i % len(cities)]
        remark = "'late'" if remarks[i % len(remarks)] else "NULL"
        lines.append(
            f"INSERT INTO stay VALUES ({i + 1}, 'guest {i}', '2020-01-{i % 20 + 1:02d}',"
            f" '2020-02-{i % 25 + 1:02d}', '{city}', '{CITIES[city]}', {i % 3 + 1}, {i * 7 % 50}.5,"
            f" {remark});"
        )
    return "".join(lines)


GOLD = "SELECT guest FROM stay WHERE city = 'Bern' AND paid > 20 AND arrives > '2020-01-10'"


@settings(max_examples=12, deadline=None)
@given(
    count=st.integers(32, 60),
    cities=st.lists(st.sampled_from(sorted(CITIES)), min_size=2, max_size=4, unique=True),
    remarks=st.lists(st.booleans(), min_size=1, max_size=4),
)
def test_rules_are_kept(count: int, cities: list[str], remarks: list[bool]) -> None:
    for image in made(script(count, cities, remarks), [GOLD], 3):
        there = rows(image, "SELECT * FROM stay")
        assert there
        assert rows(image, "SELECT 1 FROM stay WHERE arrives > leaves") == []
        known = {city: CITIES[city] for city in cities}
        for _, _, _, _, city, land, number, paid, remark in there:
            assert city in known or city == "Bern"
            assert land == known.get(str(city), land)
            assert number in (1, 2, 3)
            assert isinstance(paid, float)
            assert paid >= 0
            assert (remark is None and not all(remarks)) or remark == "late"
        assert len({row[0] for row in there}) == len(there)
        if count >= MANY_ROWS:
            assert len({row[1] for row in there}) == len(there)
        assert all(None not in row[:8] for row in there)


def test_few_rows_are_no_evidence() -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(script(3, ["Bern", "Lyon"], [True]))
    facts = survey(connection, read_schema(connection.serialize("main"))).facts
    assert not any(each.unique or each.enum for each in facts.columns.values())
    assert not facts.ordered
    assert not facts.determined


def test_inclusion_is_found_in_its_direction() -> None:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE p (k TEXT); CREATE TABLE c (k TEXT)")
    connection.executemany("INSERT INTO p VALUES (?)", [(f"k{i}",) for i in range(10)])
    connection.executemany("INSERT INTO c VALUES (?)", [(f"k{i % 4}",) for i in range(12)])
    schema = read_schema(connection.serialize("main"))
    pair = ("p", "k"), ("c", "k")
    assert survey(connection, schema).facts_for([pair]).contained == ((pair[1], pair[0]),)
