"""What a function of another dialect's takes counts as steps."""

import pytest

from verifier_server.contract import Verdict
from verifier_server.verifiers.sql.verifier import prepare

ROWS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000),"
    " v(v) AS (SELECT repeat('a', 4000)) "
)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM n CROSS JOIN v WHERE v || i ~ '^(.*)(.*)(.*)(.*)(.*)(.*)(.*)x$'",
        "SELECT count(*) FROM n CROSS JOIN v WHERE reverse(v || i) = 'x'",
        "SELECT stddev(i * 1.1e10 / 7) FROM n",
    ],
)
def test_expensive_calls_end_by_a_count(query):
    task = {
        "setup": "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)",
        "gold": "SELECT count(*) FROM t",
        "dialect": "postgres",
        "instances": 0,
    }
    score = prepare(task)(ROWS + query)
    assert (score.verdict, score.reason) == (Verdict.TIME_LIMIT, "step_limit")
