"""Adapter of the official JSON-Schema-Test-Suite, one test a row.

Fields: id, draft, file, optional, format, schema, data, valid. Beside a draft's
file lies remotes.jsonl, {uri, schema} a row: what the suite's remote references need.

As the suite's own runners do, `format` is asserted in its optional tests of formats
alone, and a schema without `$schema` is read by the draft whose test it is.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.cases import FOLDER, BadRow, Case, Expectation, Row, Skip, field
from tests.conformance.runner import read_rows
from trainer_client.results import CompletionResult, ScoreError

DIALECTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
# A schema without it refers to none of them: references of the suite are below this.
REMOTES_HOST = "http://localhost:1234/"


def schema_test(row: Row) -> Case | Skip:
    """json/schema_test_suite: a schema, a document, and whether it is valid."""
    name, draft = str(field(row, "id")), str(field(row, "draft"))
    if draft not in DIALECTS:
        return Skip(name, "draft_not_supported")
    return Case(
        id=name,
        category=draft,
        verifier="json",
        task=task_of(row),
        completion=json.dumps(field(row, "data")),
        expectation=_as_labelled(bool(field(row, "valid"))),
        passes=bool(field(row, "valid")),
    )


def task_of(row: Row) -> dict[str, Any]:
    """The task that a row makes, its remote documents bundled."""
    schema = field(row, "schema")
    if isinstance(schema, dict):
        schema = {"$schema": DIALECTS[field(row, "draft")]} | schema
    task = {"schema": schema, "assert_format": _asserts_format(row)}
    if REMOTES_HOST in json.dumps(schema):
        task["resources"] = _remotes(Path(field(row, FOLDER)))
    return task


def _asserts_format(row: Row) -> bool:
    about = field(row, "format") or "format-assertion" in field(row, "file")
    return bool(field(row, "optional") and about)


@cache
def _remotes(folder: Path) -> dict[str, Any]:
    for path in (folder / "remotes.jsonl", folder / "remotes.jsonl.gz"):
        if path.exists():
            return {row["uri"]: row["schema"] for _, row in read_rows(path)}
    raise BadRow(f"there are no remotes.jsonl in {folder}")


def _as_labelled(valid: bool) -> Expectation:
    def check(result: CompletionResult) -> str | None:
        outcome = result.outcome
        if isinstance(outcome, ScoreError):
            return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
        expected = ("CORRECT", "match") if valid else ("INCORRECT", "schema_invalid")
        if (outcome.verdict, outcome.reason) == expected:
            return None
        return f"should be {' '.join(expected)}, is {outcome.verdict} {outcome.reason}"

    return check
