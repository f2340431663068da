"""The official suite on both implementations, in process, as tasks would use them.

`oracle_differences.txt` has the ids of the tests on which the second implementation is
wrong or fails: a file of the suite a line, then its tests. Written anew by running this
module. None of them may be one on which it has an opinion.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.cases import Row
from tests.conformance.json_schemas import DIALECTS, task_of
from tests.conformance.runner import read_rows
from tests.conftest import SUITES
from verifier_server.verifiers.json.schema import compile_schema, compiling, oracle, second_opinion
from verifier_server.verifiers.json.values import exact

PINNED = Path(__file__).parent / "oracle_differences.txt"
FOLDER = Path("json") / "json_schema_test_suite"
TESTS = 8327


def rows(suites: Path) -> Iterator[Row]:
    for draft in DIALECTS:
        yield from (row for _, row in read_rows(suites / FOLDER / f"{draft}.jsonl.gz"))


def opinion(row: Row) -> bool | None:
    task = task_of(row)
    return second_opinion(
        task["schema"], exact(row["data"]), task["assert_format"], task.get("resources")
    )


def pinned(ids: list[str]) -> str:
    by_file: dict[str, list[str]] = {}
    for name in ids:
        file, group, test = name.rsplit("/", 2)
        by_file.setdefault(file, []).append(f"{group}/{test}")
    return "".join(f"{file} {' '.join(tests)}\n" for file, tests in by_file.items())


def differences(suites: Path) -> list[str]:
    """Ids of the tests on which the second implementation is wrong, asked of all."""
    known, oracle.difference = oracle.difference, lambda *_: None
    compiling._compile.cache_clear()
    wrong = []
    try:
        for row in rows(suites):
            try:
                agrees = opinion(row) is row["valid"]
            except Exception:  # whatever it raises is a difference
                agrees = False
            if not agrees:
                wrong.append(row["id"])
    finally:
        oracle.difference = known
        compiling._compile.cache_clear()
    return wrong


@pytest.mark.suites
@pytest.mark.slow
def test_the_whole_suite_by_the_engine_that_judges(suites: Path) -> None:
    wrong, count = [], 0
    for row in rows(suites):
        count += 1
        task = task_of(row)
        validate = compile_schema(task["schema"], task["assert_format"], task.get("resources"))
        if (validate(exact(row["data"])) == []) is not row["valid"]:
            wrong.append(row["id"])
    assert wrong == []
    assert count == TESTS


@pytest.mark.suites
@pytest.mark.slow
def test_the_second_implementation_has_no_wrong_opinion(suites: Path) -> None:
    opinions = {row["id"]: opinion(row) for row in rows(suites)}
    valid = {row["id"]: row["valid"] for row in rows(suites)}
    asked = {name: found for name, found in opinions.items() if found is not None}
    assert [name for name, found in asked.items() if found is not valid[name]] == []
    assert len(asked) >= 6_200


@pytest.mark.suites
@pytest.mark.slow
def test_where_the_second_implementation_differs_is_pinned(suites: Path) -> None:
    assert pinned(differences(suites)) == PINNED.read_text()


if __name__ == "__main__":
    PINNED.write_text(pinned(differences(SUITES)))
