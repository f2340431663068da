"""Whole suites of right solutions, through a checker and candidates without a sandbox.

Hostile rows run nowhere but in jails (`tests/conformance`).
"""

import gzip
import json
from typing import Any

import pytest

from tests.conftest import SUITES
from tests.verifier_server.code.checker.kit import Nursery, checker

pytestmark = [pytest.mark.slow, pytest.mark.suites]
NAMED_LIKE_BUILTINS = {126: ["sum"]}  # MBPP's task_id: an entry point that must be declared


def rows(name: str) -> list[dict[str, Any]]:
    path = SUITES / "code" / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("partial", [False, True])
def test_every_canonical_solution_of_humaneval_passes(nursery: Nursery, partial: bool) -> None:
    for row in rows("HumanEval.jsonl.gz"):
        entry_point = row["entry_point"]
        tests = f"{row['test']}\ncheck({entry_point})"
        fields = {"setup": row["prompt"], "entry_points": [entry_point], "partial": partial}
        with checker(nursery, "assert", tests=tests, **fields) as started:
            answer = started.judge(row["prompt"] + row["canonical_solution"])
            assert answer["passed"] == answer["total"] > 0, (row["task_id"], answer)
            stub = started.judge(row["prompt"] + "    return None\n")
            assert stub["passed"] < stub["total"], (row["task_id"], stub)


def test_every_reference_of_sanitized_mbpp_passes(nursery: Nursery) -> None:
    for row in rows("mbpp_sanitized.jsonl.gz"):
        fields = {
            "setup": row.get("test_setup_code") or "",
            "entry_points": NAMED_LIKE_BUILTINS.get(row["task_id"], []),
        }
        with checker(nursery, "assert", tests=row["test_list"], **fields) as started:
            assert started.prepared.get("prepared"), (row["task_id"], started.prepared)
            answer = started.judge(row["code"])
            assert answer["passed"] == answer["total"] > 0, (row["task_id"], answer)
