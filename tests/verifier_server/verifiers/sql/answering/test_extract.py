"""Which part of a completion is its query: by position and markup, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql.answering.extract import NoStatementError, extract

FENCE = "```"


@pytest.mark.parametrize(
    ("completion", "query"),
    [
        ("SELECT a FROM t", "SELECT a FROM t"),
        ("  select a from t;\n", "select a from t;"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"),
        ("(SELECT 1)", "(SELECT 1)"),
        ("-- first\n/* then */ SELECT 1", "-- first\n/* then */ SELECT 1"),
        ("-- nothing but words", "-- nothing but words"),
        (f"Here:\n{FENCE}sql\nSELECT 1\n{FENCE}\nIt works.", "SELECT 1"),
        (f"{FENCE}\nSELECT 1\n{FENCE}", "SELECT 1"),
        (f"{FENCE}SQLite\nSELECT 1\n{FENCE}", "SELECT 1"),
        (f"{FENCE}sql SELECT 1{FENCE}", "SELECT 1"),
        (f"{FENCE}sql\nSELECT 1\n{FENCE}\nno:\n{FENCE}sql\nSELECT 2\n{FENCE}", "SELECT 2"),
        (f"{FENCE}sql\nSELECT 1\n{FENCE}\n{FENCE}text\n1 row\n{FENCE}", "SELECT 1"),
        (f"{FENCE}sql\nSELECT 1", "SELECT 1"),
        (f"SELECT 1\n{FENCE}", "SELECT 1"),
        (f"SELECT 1\n{FENCE}\nor\n{FENCE}sql\nSELECT 2\n{FENCE}", "SELECT 2"),
        (f"{FENCE * 2}sql\nSELECT '{FENCE}'\n{FENCE * 2}", f"SELECT '{FENCE}'"),
        ("<think>SELECT 1</think>\nSELECT 2", "SELECT 2"),
        (f"<think>a\n{FENCE}sql\nSELECT 1\n{FENCE}</think>SELECT 2", "SELECT 2"),
        ("reasoning</think>SELECT 2<|im_end|>", "SELECT 2"),
        ("<answer>SELECT 1</answer>", "SELECT 1"),
        (f"so <answer>\n{FENCE}sql\nSELECT 1\n{FENCE}\n</answer> done", "SELECT 1"),
        ("DROP TABLE t", "DROP TABLE t"),
        ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2"),
    ],
)
def test_the_query_of_a_completion(completion, query):
    assert extract(completion) == query


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (f"{FENCE}sql\n{FENCE}", "empty"),
        ("I am not able to answer.", "no_statement"),
        ("The query is SELECT 1", "no_statement"),
        (f"{FENCE}python\nprint('SELECT 1')\n{FENCE}", "no_statement"),
        ("<think>SELECT 1", "unfinished_reasoning"),
        ("<think>SELECT 1</think>", "empty"),
    ],
)
def test_without_a_query(completion, reason):
    with pytest.raises(NoStatementError) as caught:
        extract(completion)
    assert caught.value.reason == reason


def found(completion):
    """The query, or the reason why there is none."""
    try:
        return extract(completion)
    except NoStatementError as error:
        return error.reason


@given(st.text(max_size=200))
def test_any_text_is_a_query_or_has_a_reason(completion):
    assert found(completion)


@pytest.mark.parametrize(
    "part", [f"{FENCE}\n", " ", "(", "/*", "-- \n", "<answer>", "<think>", f"{FENCE}sql x", "`"]
)
def test_long_completions_end(part):
    assert found(part * (1_000_000 // len(part)))


@pytest.mark.parametrize("begin", [FENCE, f"{FENCE}sql", f"{FENCE} a", "SELECT", "<", "/*", "`"])
@pytest.mark.parametrize("blank", [" ", "\t", "\n", "x"])
def test_long_gaps_end(begin, blank):
    assert found(f"x {begin}{blank * 1_000_000}x")
