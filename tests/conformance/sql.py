"""Adapters of the sql suites.

Fields of every suite: id. A script is named by a path, with or without "@", relative to the
folder of the suite's file, or else to the shared suites' own sql folder.

- cases: setup_sql, gold, prediction, expected, category; extra_instances, policy,
  expected_by_policy, gold_dialect (optional). Its labels are of the given data and the extra
  instances, so nothing is built; cases_built has the same rows on built instances too, where
  what is right on the given data alone is not.
- hostile: setup_sql, gold, prediction, required_status, max_wall_s. An honest query follows
  in the same group, so that it meets whatever was left behind.
- pairs, spider_equivalents: gold, prediction, author_label ("equivalent", or else wrong), and
  schema, a script; clean_subset (optional): a row out of it has a label that rests on what we do
  not assume.
- defog_golds: db_id, golds: each of them is right, as one of them all.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.conformance.cases import FOLDER, Case, Expectation, Row, Skip, field
from tests.conformance.math import passed_as
from tests.conftest import SUITES
from trainer_client.results import CompletionResult, ScoreError

# What our reasons are called in the suite.
STATUS: Mapping[str, Sequence[str]] = {
    "not_a_query": ("write_or_admin_denied",),
    "schema_read": ("schema_read", "write_or_admin_denied"),
    "multiple_statements": ("multiple_statements",),
    "function_denied": ("function_denied",),
    "syntax_error": ("sql_error",),
    "unknown_name": ("sql_error",),
    "compile_error": ("sql_error",),
    "sql_error": ("sql_error",),
    "step_limit": ("step_limit", "time_limit"),
    "row_limit": ("row_limit",),
    "size_limit": ("size_limit",),
    "memory_limit": ("memory_limit",),
    "empty": ("empty", "no_result"),
    "no_statement": ("empty", "no_result"),
    "match": ("match",),
}
MISMATCH = ("mismatch", "constant_answer")
HOSTILE_CPU_S = 0.5
POLICY_OPTIONS = {
    "exact": {"columns": "exact"},
    "permute": {"columns": "permute"},
    "superset": {"columns": "superset"},
    "set": {"duplicates": "set"},
    "bag": {"duplicates": "bag"},
    "numeric_text": {"numeric_text": True},
    "casefold": {"casefold": True},
}


def script(row: Row, name: str) -> str:
    """The text of a script that a row names by its path, or the text that is there itself."""
    if not (name.startswith("@") or name.endswith(".sql")):
        return name
    path = name.removeprefix("@")
    places = [Path(row[FOLDER]) / path, SUITES / "sql" / path]
    found = next((place for place in places if place.is_file()), places[0])
    return found.read_text(encoding="utf-8")


def _task(row: Row, setup: str, gold: Any, **options: Any) -> dict[str, Any]:
    task = {"setup": script(row, setup), "gold": gold, **options}
    if "gold_dialect" in row:
        task["gold_dialect"] = row["gold_dialect"]
    return task


def cases(row: Row, **options: Any) -> Sequence[Case]:
    """sql/cases: a query and its label under the row's own policy, and under others."""
    extra = row.get("extra_instances") or []
    options["extra_instances"] = [script(row, each) for each in extra]
    wanted = [(row.get("policy") or {}, bool(field(row, "expected")))]
    by_policy: Mapping[str, bool] = row.get("expected_by_policy") or {}
    wanted += [(POLICY_OPTIONS[name], passes) for name, passes in by_policy.items()]
    made = []
    for policy, passes in wanted:
        task = _task(row, field(row, "setup_sql"), field(row, "gold"), **options, **policy)
        prediction = field(row, "prediction")
        made.append(
            _case(row, row.get("category", ""), task, prediction, passed_as(passes), passes)
        )
    return made


def given_data(row: Row) -> Sequence[Case]:
    """sql/cases: on the data that the labels are about."""
    return cases(row, instances=0)


def hostile(row: Row) -> Sequence[Case]:
    """sql/hostile: a query that must not work, and an honest one behind it.

    Limits are stated for the given data, so nothing is built for them; that the rows are
    wrong shows on built instances. Everywhere the query must be worth nothing.
    """
    built = _task(row, field(row, "setup_sql"), field(row, "gold"))
    wanted = field(row, "required_status")
    task = built if set(wanted) & set(MISMATCH) else {**built, "instances": 0}
    made = []
    for each, expectation in ((task, _refused(wanted)), (built, _worthless)):
        prediction, honest = field(row, "prediction"), fenced(field(row, "gold"))
        made.append(_case(row, row.get("kind", ""), each, prediction, expectation, False))
        made.append(_case(row, row.get("kind", ""), each, honest, passed_as(True), True))
    return made


def pairs(row: Row) -> Case | Skip:
    """sql/pairs, sql/spider_equivalents: two queries and whether they mean the same."""
    if not row.get("clean_subset", True):
        return Skip(str(field(row, "id")), "label_assumes_more")
    passes = row.get("author_label", row.get("label")) == "equivalent"
    setup = row.get("schema") or row.get("setup_sql") or field(row, "setup")
    task = _task(row, setup, field(row, "gold"))
    category = row.get("category") or row.get("db_id", "")
    return _case(row, category, task, field(row, "prediction"), passed_as(passes), passes)


def defog_golds(row: Row) -> Sequence[Case]:
    """sql/defog_golds: accepted queries, each against the list of all."""
    golds = field(row, "golds")
    task = _task(row, f"@defog_dbs/{field(row, 'db_id')}.sql", golds)
    category = row.get("db_id", "")
    return [_case(row, category, task, fenced(gold), passed_as(True), True) for gold in golds]


def fenced(query: str) -> str:
    """A completion that answers with this query."""
    return f"```sql\n{query}\n```\n"


def _case(
    row: Row,
    category: str,
    task: Mapping[str, Any],
    completion: str,
    expectation: Expectation,
    passes: bool,
) -> Case:
    return Case(
        id=str(field(row, "id")),
        category=category,
        verifier="sql",
        task=task,
        completion=completion,
        expectation=expectation,
        passes=passes,
    )


def _worthless(result: CompletionResult) -> str | None:
    outcome = result.outcome
    if isinstance(outcome, ScoreError):
        return f"not judged: {outcome.code} {outcome.reason}: {outcome.message}"
    if outcome.passed or outcome.value > 0.0:
        return f"should be worth nothing, is {outcome.verdict} ({outcome.reason})"
    if result.timings is not None and result.timings.cpu_s > HOSTILE_CPU_S:
        return f"took {result.timings.cpu_s:.2f} s of CPU"
    return None


def _refused(wanted: Sequence[str]) -> Callable[[CompletionResult], str | None]:
    def check(result: CompletionResult) -> str | None:
        worth = _worthless(result)
        if worth is not None or isinstance(result.outcome, ScoreError):
            return worth
        status = STATUS.get(result.outcome.reason, MISMATCH)
        if not set(status) & set(wanted):
            return f"should be {wanted}, is {result.outcome.verdict} ({result.outcome.reason})"
        return None

    return check
