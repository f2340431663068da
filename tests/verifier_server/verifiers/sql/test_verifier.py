"""The whole judgement, in this process: verdicts, reasons, words, components."""

import json

import pytest

from verifier_server.contract import ErrorCode, TaskError, Verdict
from verifier_server.verifiers.sql.answering.scores import VERDICTS
from verifier_server.verifiers.sql.engine.faults import Fault
from verifier_server.verifiers.sql.verifier import prepare

SETUP = """
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER NOT NULL);
CREATE TABLE book (
    id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id),
    title TEXT NOT NULL, price REAL NOT NULL, printed TEXT NOT NULL
);
INSERT INTO author VALUES (1, 'Ibsen', 1828), (2, 'Undset', 1882), (3, 'Hamsun', 1859),
    (4, 'Lie', 1833), (5, 'Duun', 1876), (6, 'Sandel', 1880);
INSERT INTO book VALUES (1, 1, 'Brand', 120.5, '1866-03-15'),
    (2, 1, 'Gengangere', 99.0, '1881-12-12'),
    (3, 2, 'Jenny', 149.0, '1911-11-01'), (4, 2, 'Kransen', 199.0, '1920-10-05'),
    (5, 3, 'Sult', 99.0, '1890-06-01'), (6, 5, 'Juvikfolke', 180.0, '1918-01-01'),
    (7, 5, 'Medmenneske', 130.0, '1929-01-01'), (8, 6, 'Alberte og Jakob', 175.0, '1926-01-01');
"""
GOLD = "SELECT name FROM author WHERE born >= 1850 ORDER BY born"


def judged(completion, **task):
    return prepare({"setup": SETUP, "gold": GOLD, **task})(completion)


@pytest.mark.parametrize(
    "completion",
    [
        GOLD,
        "SELECT a.name AS who FROM author a WHERE NOT a.born < 1850 ORDER BY a.born ASC",
        "```sql\nSELECT name FROM author WHERE born > 1849 ORDER BY 2024 - born DESC;\n```",
    ],
)
def test_right(completion):
    score = judged(completion)
    assert (score.verdict, score.reason, score.value) == (Verdict.CORRECT, "match", 1.0)
    assert {part.name: part.value for part in score.components} == {
        "executable": 1.0,
        "result": 1.0,
        "order": 1.0,
    }


@pytest.mark.parametrize(
    ("completion", "verdict", "reason", "words"),
    [
        ("SELECT name FROM author ORDER BY born", "INCORRECT", "wrong_row_count", "rows, expected"),
        ("SELECT name FROM author WHERE born >= 1850", "INCORRECT", "wrong_order", "order"),
        (
            "SELECT name, born FROM author WHERE born >= 1850 ORDER BY born",
            "INCORRECT",
            "wrong_column_count",
            "2 columns, expected 1",
        ),
        (
            "SELECT id FROM author WHERE born >= 1850 ORDER BY born",
            "INCORRECT",
            "wrong_rows",
            "row",
        ),
        ("I cannot say", "NO_ANSWER", "no_statement", ""),
        ("-- nothing", "NO_ANSWER", "empty", ""),
        ("SELECT 1; SELECT 2", "POLICY_VIOLATION", "multiple_statements", ""),
        ("DELETE FROM author", "POLICY_VIOLATION", "not_a_query", "DELETE"),
        ("EXPLAIN SELECT 1", "POLICY_VIOLATION", "not_a_query", "EXPLAIN"),
        ("SELECT sql FROM sqlite_schema", "POLICY_VIOLATION", "schema_read", ""),
        ("SELECT random()", "POLICY_VIOLATION", "function_denied", "random"),
        ("SELECT FROM", "MALFORMED", "syntax_error", "syntax"),
        ("SELECT nam FROM author", "MALFORMED", "unknown_name", "did you mean name?"),
        ("SELECT name FROM authors", "MALFORMED", "unknown_name", "did you mean author?"),
        ("SELECT abs(1, 2, 3)", "MALFORMED", "compile_error", ""),
        ("SELECT abs(-9223372036854775807 - 1)", "RUNTIME_ERROR", "sql_error", "overflow"),
        ("SELECT CAST(x'ff' AS TEXT)", "RUNTIME_ERROR", "invalid_text", ""),
        (
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
            "TIME_LIMIT",
            "step_limit",
            "",
        ),
    ],
)
def test_wrong(completion, verdict, reason, words):
    score = judged(completion)
    assert (score.verdict, score.reason, score.value, score.passed) == (verdict, reason, 0.0, False)
    assert words in score.diagnostics.message


def test_every_fault_has_a_verdict():
    assert set(VERDICTS) == set(Fault)


@pytest.mark.parametrize(
    "completion",
    [
        "SELECT name FROM author WHERE born IN (1859, 1876, 1880, 1882) ORDER BY born",
        "SELECT name FROM author WHERE id NOT IN (1, 4) ORDER BY born",
        "SELECT name FROM author WHERE born > 1850 ORDER BY born",
        "SELECT name FROM author WHERE born >= 1850 ORDER BY name DESC",
        "SELECT DISTINCT name FROM author a JOIN book b ON author_id = a.id WHERE born >= 1850",
    ],
)
def test_right_by_coincidence_is_wrong(completion):
    # On the given data alone all but the fourth are right.
    assert judged(completion).verdict is Verdict.INCORRECT


@pytest.mark.parametrize("condition", ["id < 0", "id <= -3", "id = 0", "born < 0"])
def test_nothing_is_no_answer_where_the_accepted_query_finds_nothing_in_the_given_data(condition):
    gold = f"SELECT name FROM author WHERE {condition}"
    assert not judged("SELECT name FROM author WHERE 1 = 0", gold=gold).passed
    assert judged(f"SELECT a.name FROM author a WHERE NOT NOT (a.{condition})", gold=gold).passed


def test_constants_are_no_answer():
    task = {"gold": "SELECT count(*) FROM author", "instances": 0}
    score = judged("SELECT 6", **task)
    assert (score.verdict, score.reason) == (Verdict.INCORRECT, "constant_answer")
    assert judged("SELECT count(id) FROM author", **task).passed


def test_one_of_several_golds():
    golds = [GOLD, "SELECT id FROM author WHERE born >= 1850", "SELECT name, id FROM author"]
    assert judged("SELECT id FROM author WHERE born > 1849", gold=golds).passed
    assert judged("SELECT id, name FROM author", gold=golds).passed
    assert not judged("SELECT born FROM author WHERE born > 1849", gold=golds).passed


def test_a_constant_is_right_where_an_accepted_query_is_one():
    golds = ["SELECT count(*) FROM author", "SELECT 6"]
    assert judged("SELECT 6", gold=golds, instances=0).passed
    assert not judged("SELECT 7", gold=golds, instances=0).passed


EMPTY = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER NOT NULL);"
UNSTABLE = "SELECT group_concat(a) FROM t"
FAILING = "SELECT abs(-9223372036854775807 - (id > -1)) FROM t"


@pytest.mark.parametrize("golds", [[UNSTABLE], ["SELECT count(*) FROM t", UNSTABLE]])
def test_what_is_up_to_the_scan_on_every_instance_is_taken_as_it_is(golds):
    task = {"setup": EMPTY, "gold": golds}
    score = judged(UNSTABLE, **task)
    assert score.passed
    assert any(text.startswith("unstable: ") for _, text in score.diagnostics.privileged)
    for wrong in ("SELECT max(a) FROM t", "SELECT min(a) FROM t", "SELECT n, a FROM t"):
        assert not judged(wrong, **task).passed


def test_what_depends_on_how_rows_are_stored_is_said():
    setup = (
        "CREATE TABLE t (id INTEGER, code TEXT); INSERT INTO t VALUES (1, 'q'), (2, 'r'), (3, 's');"
    )
    for gold, said in (("LIMIT 1", True), (", id LIMIT 1", False)):
        query = f"SELECT id FROM t WHERE id = (SELECT id FROM t ORDER BY length(code){gold})"
        query = query.replace(")LIMIT", ") LIMIT")
        facts = judged(query, setup=setup, gold=query, instances=0).diagnostics.privileged
        assert any(text.startswith("unstable: ") for _, text in facts) is said


@pytest.mark.parametrize(
    "task",
    [
        {"gold": FAILING},
        {"gold": ["SELECT a FROM t", FAILING]},
        {"gold": "SELECT a FROM t", "instances": 0},
    ],
)
def test_without_any_rows_there_is_nothing_to_compare(task):
    with pytest.raises(TaskError) as caught:
        judged("SELECT a FROM t", setup=EMPTY, **task)
    assert caught.value.reason == "nothing_to_compare"
    task["extra_instances"] = ["INSERT INTO t VALUES (-7, 'x', 1)"]
    assert not judged("SELECT n FROM t", setup=EMPTY, **task).passed
    assert judged(
        FAILING if task["gold"] == FAILING else "SELECT a FROM t", setup=EMPTY, **task
    ).passed


def test_constants_need_no_rows():
    assert judged("SELECT 1", setup=EMPTY, gold="SELECT 1", instances=0).passed


def test_findings_are_told_once_for_all_accepted_queries():
    golds = [f"SELECT name FROM author WHERE id < 0 AND born > {year}" for year in range(16)]
    told = [text for key, text in judged("", gold=golds).diagnostics.privileged if "find" in key]
    assert [text.partition(":")[0] for text in told].count("empty") <= 1
    assert sum(map(len, told)) < 1_000


def test_luck_of_the_scan_is_wrong():
    gold = "SELECT name FROM author WHERE born = (SELECT min(born) FROM author)"
    for lucky in ("SELECT name FROM author LIMIT 1", "SELECT (SELECT name FROM author)"):
        score = judged(lucky, gold=gold, instances=0)
        assert (score.verdict, score.reason) == (Verdict.INCORRECT, "wrong_rows")
    lucky = "SELECT name FROM author WHERE id > 0 LIMIT 1"
    for extra in ([], ["DELETE FROM book"]):
        score = judged(lucky, gold=gold, instances=0, extra_instances=extra)
        assert (score.verdict, score.reason) == (Verdict.INCORRECT, "unstable_rows")


@pytest.mark.parametrize(
    ("task", "code", "reason", "pointer"),
    [
        ({"gold": "SELECT x FROM author"}, "BAD_GROUND_TRUTH", "gold_error", "/gold"),
        ({"gold": [GOLD, "DELETE FROM author"]}, "BAD_GROUND_TRUTH", "gold_error", "/gold/1"),
        ({"gold": [GOLD, GOLD, "SELECT"]}, "BAD_GROUND_TRUTH", "gold_error", "/gold/2"),
        ({"gold": ["SELECT"]}, "BAD_GROUND_TRUTH", "gold_error", "/gold/0"),
        ({"gold": "SELECT random()"}, "BAD_GROUND_TRUTH", "gold_error", "/gold"),
        ({"setup": "CREATE TABLE ("}, "INVALID_TASK", "invalid_script", "/setup"),
        (
            {"extra_instances": ["DELETE FROM x"]},
            "INVALID_TASK",
            "invalid_script",
            "/extra_instances/0",
        ),
        ({"now": "2024-02-31T00:00:00Z"}, "INVALID_TASK", "invalid_now", "/now"),
        (
            {"gold": "SELECT no_such_function(name) FROM author", "gold_dialect": "postgres"},
            "BAD_GROUND_TRUTH",
            "gold_untranslatable",
            "/gold",
        ),
    ],
)
def test_what_is_wrong_with_the_task_is_said(task, code, reason, pointer):
    with pytest.raises(TaskError) as caught:
        judged(GOLD, **task)
    assert (caught.value.code, caught.value.reason, caught.value.pointer) == (
        ErrorCode(code),
        reason,
        pointer,
    )


def test_nothing_of_the_data_is_told():
    secret = "Raskolnikov"
    setup = (
        f"CREATE TABLE t (a TEXT, n INTEGER); INSERT INTO t VALUES ('{secret}', 77123), ('b', 2);"
    )
    for wrong in ("SELECT n FROM t", "SELECT a FROM t WHERE n < 5", "SELECT a || 'x' FROM t"):
        for gold in ("SELECT a FROM t", "SELECT a FROM t ORDER BY n"):
            score = prepare({"setup": setup, "gold": gold, "instances": 0})(wrong)
            told = json.dumps([score.diagnostics.message, score.diagnostics.facts])
            assert not score.passed
            assert secret not in told
            assert "77123" not in told


def test_shape_hints_can_be_kept_back():
    told = judged("SELECT name, born FROM author", shape_hints=False).diagnostics.message
    assert "1" not in told


def test_shaping_is_off_and_capped():
    near = "SELECT name FROM author WHERE born >= 1840 ORDER BY born"
    assert judged(near).value == 0.0
    score = judged(near, shaping=0.2)
    assert score.verdict is Verdict.PARTIAL
    assert 0.1 < score.value <= 0.2
    assert not score.passed
    assert judged("SELECT 'Undset'", shaping=0.2).value == 0.0
    assert judged("DROP TABLE author", shaping=0.2).value == 0.0
    assert judged(GOLD, shaping=0.2).value == 1.0


def test_a_completion_changes_nothing_for_the_next():
    judge = prepare({"setup": SETUP, "gold": GOLD})
    before = judge(GOLD)
    for attack in (
        "DROP TABLE author",
        "UPDATE author SET born = 1 RETURNING name",
        "CREATE TEMP VIEW author AS SELECT 1",
        "PRAGMA writable_schema = 1",
        "ATTACH 'x' AS y",
        "SELECT 1 UNION ALL SELECT 1" * 40,
    ):
        assert judge(attack).value == 0.0
        assert judge(GOLD) == before


def test_the_same_task_is_the_same_however_it_is_written():
    one = prepare({"setup": SETUP, "gold": GOLD, "order": "auto"})
    other = prepare({"order": "auto", "gold": GOLD, "setup": SETUP})
    wrong = "SELECT name FROM author WHERE born > 1850 ORDER BY born"
    assert one(wrong) == other(wrong)


@pytest.mark.parametrize(
    ("dialect", "completion"),
    [
        ("postgres", "SELECT name FROM public.author WHERE born::int >= 1850 ORDER BY born"),
        ("mysql", "SELECT `name` FROM author WHERE born >= 1850 ORDER BY born LIMIT 0, 100"),
        ("tsql", "SELECT TOP 100 [name] FROM dbo.author WHERE born >= 1850 ORDER BY born"),
        ("bigquery", "SELECT name FROM `project.data.author` WHERE born >= 1850 ORDER BY born"),
        ("snowflake", "SELECT name FROM author WHERE born >= 1850 ORDER BY born NULLS LAST"),
    ],
)
def test_completions_of_other_dialects(dialect, completion):
    assert judged(completion, dialect=dialect, gold_dialect="sqlite").passed


def test_what_is_not_understood_is_not_wrong():
    query = "SELECT jsonb_path_query(name, '$') FROM author"
    score = judged(query, dialect="postgres", gold_dialect="sqlite")
    assert (score.verdict, score.reason) == (Verdict.UNDECIDED, "untranslatable")


@pytest.mark.parametrize(
    ("dialect", "literal"),
    [
        ("postgres", "E'\\'; x'"),
        ("postgres", "$$; x$$"),
        ("mysql", "'\\'; x'"),
        ("bigquery", "'''';'''"),
    ],
)
def test_where_statements_end_is_asked_of_the_dialect(dialect, literal):
    query = f"SELECT name FROM author WHERE name <> {literal} AND born >= 1850 ORDER BY born"
    assert judged(query, dialect=dialect, gold_dialect="sqlite").passed
    score = judged(f"{query}; SELECT 1", dialect=dialect, gold_dialect="sqlite")
    assert (score.verdict, score.reason) == (Verdict.POLICY_VIOLATION, "multiple_statements")


@pytest.mark.parametrize(
    "cheap",
    [
        "SELECT avg(id) FROM customer",
        "SELECT 1.0 * max(id) FROM customer",
        "SELECT id + 1000.0 FROM customer ORDER BY spent DESC LIMIT 1",
    ],
)
def test_no_real_stands_for_all_large_identifiers(cheap):
    rows = ", ".join(f"({10**9 + i}, {i * 37 % 101})" for i in range(40))
    judge = prepare(
        {
            "setup": "CREATE TABLE customer (id INTEGER PRIMARY KEY, spent INTEGER NOT NULL);"
            f"INSERT INTO customer VALUES {rows}",
            "gold": "SELECT id FROM customer ORDER BY spent DESC LIMIT 1",
            "instances": 4,
        }
    )
    assert judge("SELECT 1.0 * id FROM customer ORDER BY spent DESC LIMIT 1").passed
    assert not judge(cheap).passed


def test_a_day_is_no_rounding_of_a_julian_day():
    gold = "SELECT title, julianday(printed) FROM book"
    off = "SELECT title, julianday(printed) + 1 FROM book"
    assert not judged(off, gold=gold, instances=0).passed
    assert judged("SELECT title, julianday(printed) + 0.1 - 0.1 FROM book", gold=gold).passed
