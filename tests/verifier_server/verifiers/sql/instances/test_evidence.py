"""How much the given rows, the golds' constants and names say of a column's values."""

import re

import pytest

from tests.verifier_server.verifiers.sql.instances.support import made, rows, told_apart
from verifier_server.verifiers.sql.instances import formats, naming

FARM = (
    "CREATE TABLE horse (horse_id INTEGER PRIMARY KEY, called TEXT, born TEXT, chip_no TEXT,"
    " speed REAL, price INTEGER, trained INTEGER);"
)


def farm(count: int) -> str:
    """`count` horses; no column has a value twice, `trained` is NULL here and there."""
    found = [
        f"({i + 1}, 'Horse {chr(65 + i % 26)}{chr(97 + i // 26)}',"
        f" '20{i % 20:02d}-0{i % 9 + 1}-1{i % 7}',"
        f" 'C-{100 + i}', {i * 1.37 + 3}, {i * 41 + 300}, {'NULL' if i % 4 == 0 else i * 3})"
        for i in range(count)
    ]
    return f"{FARM} INSERT INTO horse VALUES {', '.join(found)};"


SLIPS = [
    (
        "SELECT called FROM horse WHERE price = (SELECT MAX(price) FROM horse)",
        "SELECT called FROM horse ORDER BY price DESC LIMIT 1",
    ),
    ("SELECT SUM(speed) FROM horse", "SELECT SUM(DISTINCT speed) FROM horse"),
    ("SELECT called FROM horse", "SELECT DISTINCT called FROM horse"),
    ("SELECT AVG(trained) FROM horse", "SELECT SUM(trained) * 1.0 / COUNT(*) FROM horse"),
    ("SELECT COUNT(trained) FROM horse", "SELECT COUNT(*) FROM horse"),
]


@pytest.mark.parametrize(("gold", "answer"), SLIPS)
def test_no_duplicates_in_few_rows_are_chance(gold: str, answer: str) -> None:
    assert told_apart(farm(20), gold, answer)


def test_identifiers_and_many_rows_are_unique() -> None:
    for count, column in ((20, "chip_no"), (60, "called")):
        for image in made(farm(count), ["SELECT called, chip_no FROM horse WHERE price > 500"], 4):
            there = rows(image, f"SELECT {column} FROM horse")
            assert len(set(there)) == len(there) > 1


def test_dates_do_not_run_out() -> None:
    dates = "; ".join(f"INSERT INTO t VALUES ({i}, '2001-02-{10 + i}')" for i in range(9))
    script = f"CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE UNIQUE); {dates};"
    found: set[str] = set()
    for image in made(script, ["SELECT day FROM t ORDER BY id LIMIT 12"], 4):
        there = [str(row[0]) for row in rows(image, "SELECT day FROM t")]
        assert len(set(there)) == len(there)
        found.update(there)
    assert len(found) > 9
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", each) for each in found)


@pytest.mark.parametrize(
    "text", ["2024-02-28", "2024-02-28 10:00", "20240228", "23:58", "23:58:10", "AB-12", "a@b.org"]
)
def test_other_texts_of_the_same_form(text: str) -> None:
    others = [formats.another(text, number) for number in range(1, 50)]
    assert len({*others, text}) == 50
    if "@" not in text:
        assert all(re.sub(r"\d", "9", each) == re.sub(r"\d", "9", text) for each in others)
    assert formats.another("Bob", 3) == "Bob3"


TIMETABLE = """
CREATE TABLE bus (id INTEGER PRIMARY KEY, season TEXT, leaves TEXT, route TEXT, lunch_time TEXT,
    load TEXT, starts TIME);
"""
FORMS = [
    ("SELECT id FROM bus WHERE season >= '2014'", "season", r"\d{4}"),
    ("SELECT id FROM bus WHERE season > 2014", "season", r"\d{4}"),
    ("SELECT id FROM bus WHERE leaves < '09:00'", "leaves", r"[012]\d:[0-5]\d"),
    ("SELECT id FROM bus WHERE leaves BETWEEN '09:00' AND '10:30'", "leaves", r"[012]\d:[0-5]\d"),
    ("SELECT id FROM bus WHERE route = 'AB-12'", "route", r"AB-\d\d"),
    ("SELECT id FROM bus WHERE load > '45%'", "load", r"\d\d%"),
    ("SELECT id FROM bus WHERE id > 2", "lunch_time", r"[012]\d:[0-5]\d"),
    ("SELECT id FROM bus WHERE starts >= '12:00'", "starts", r"[012]\d:[0-5]\d"),
]


@pytest.mark.parametrize(("gold", "column", "form"), FORMS)
def test_constants_and_names_show_the_form(gold: str, column: str, form: str) -> None:
    for image in made(TIMETABLE, [gold], 4):
        there = [str(row[0]) for row in rows(image, f"SELECT {column} FROM bus")]
        assert all(re.fullmatch(form, each) for each in there), there


def test_boundaries_stay_in_the_form() -> None:
    gold = "SELECT id FROM bus WHERE leaves < '09:00'"
    assert told_apart(TIMETABLE, gold, "SELECT id FROM bus WHERE leaves <= '09:00'")
    assert told_apart(TIMETABLE, gold, "SELECT id FROM bus WHERE leaves < '10:00'")
    same = "SELECT id FROM bus WHERE CAST(substr(leaves, 1, 2) AS INTEGER) < 9"
    assert not told_apart(TIMETABLE, gold, same)


def test_words_stay_words() -> None:
    found = {
        str(row[0])
        for image in made(TIMETABLE, ["SELECT id FROM bus WHERE route = 'Ring'"], 4)
        for row in rows(image, "SELECT route FROM bus")
    }
    assert "Ring" in found
    assert len(found) > 4


def test_names() -> None:
    assert all(map(naming.is_identifier, ("chip_no", "FlightNo", "e_mail", "IsoCode", "hotelid")))
    assert not any(map(naming.is_identifier, ("paid", "name", "no_of_guests", "valid", "title")))
    assert all(map(naming.is_measure, ("total_price", "num_guests", "ViewCount", "birth_date")))
    assert naming.is_time("DepTime")
    assert not naming.is_time("date_time")


LINKS = """
CREATE TABLE hero (id INTEGER PRIMARY KEY, alias TEXT);
CREATE TABLE power (id INTEGER PRIMARY KEY, label TEXT);
CREATE TABLE hero_power (hero_id INTEGER REFERENCES hero(id),
    power_id INTEGER REFERENCES power(id));
"""


def test_pairs_are_unique_unless_a_gold_counts_them_once() -> None:
    gold = "SELECT hero_id FROM hero_power GROUP BY hero_id HAVING COUNT(DISTINCT power_id) > 2"
    assert told_apart(LINKS, gold, gold.replace("DISTINCT ", ""))
    plain = gold.replace("DISTINCT ", "")
    assert not told_apart(LINKS, plain, gold)
