"""The sql verifier beside an evaluator as the benchmarks' authors write it, on the same queries.

The evaluator opens the database file, runs the prediction and the gold on one
connection, compares sets of rows, and does it in a thread that it waits for with a limit,
as BIRD's evaluation does with func_timeout. Ours is `prepare(task)` once a group and its judge
for each different completion, as a worker does; a repeated completion costs nothing, as in the
scheduler. Both in this process, in turn, round by round; CPU time. Gold is prepared
apart: `prepare` is its cost a task, at its first use by a worker.

A group has 16 completions, 8 of them different: the accepted query, the suite's
prediction, and six answers to other questions.

Does not cover: whether the verdicts are right (`tests/conformance`).
"""

import gzip
import json
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from verifier_server.verifiers.sql.databases import digest_of
from verifier_server.verifiers.sql.verifier import prepare

INSTANCES = (1, 4, 8)
ROUNDS = 3
GROUP = 16
OTHERS = 6
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Question:
    """An accepted query, and completions of a group: those that are different, in order."""

    gold: str
    different: tuple[str, ...]


@dataclass(slots=True)
class Spent:
    """CPU seconds of judging and of preparing; verdicts counted with their repeats."""

    judging: float = 0.0
    preparing: float = 0.0
    judged: int = 0
    verdicts: int = 0
    tasks: int = 0
    right: int = 0


def evaluate(prediction: str, gold: str, path: Path) -> int:
    """Execution accuracy on one database, as it is usually written."""
    connection = sqlite3.connect(path)
    cursor = connection.cursor()
    cursor.execute(prediction)
    predicted = cursor.fetchall()
    cursor.execute(gold)
    wanted = cursor.fetchall()
    connection.close()
    return int(set(predicted) == set(wanted))


def with_thread_timeout(prediction: str, gold: str, path: Path) -> int:
    """The same in a thread, and 0 where that raises or is late."""
    answer: list[int] = []

    def run() -> None:
        try:
            answer.append(evaluate(prediction, gold, path))
        except sqlite3.Error:
            answer.append(0)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(TIMEOUT_S)
    return answer[0] if answer else 0


def questions(rows: Sequence[Mapping[str, Any]], path: Path) -> list[Question]:
    """Groups from a suite's rows, of queries that run on this database."""
    usable = [row for row in rows if not {"policy", "gold_dialect"} & set(row)]
    usable = [row for row in usable if _runs(row["gold"], path) and _runs(row["prediction"], path)]
    made = []
    for index, row in enumerate(usable):
        others = [
            usable[(index + step) % len(usable)]["prediction"] for step in range(1, OTHERS + 1)
        ]
        different = tuple(dict.fromkeys((row["gold"], row["prediction"], *others)))
        made.append(Question(row["gold"], different))
    return made


def _runs(query: str, path: Path) -> bool:
    try:
        with sqlite3.connect(path) as connection:
            return connection.execute(query).description is not None
    except sqlite3.Error:
        return False


def _ours(
    count: int, database: Mapping[str, str], folder: Path
) -> Callable[[Question, Spent], None]:
    def run(question: Question, spent: Spent) -> None:
        task = {"database": database, "gold": question.gold, "instances": count}
        started = time.process_time()
        judge = prepare(task, folder)
        prepared = time.process_time()
        right = sum(judge(text).passed for text in question.different)
        spent.judging += time.process_time() - prepared
        spent.preparing += prepared - started
        _count(spent, question, right)

    return run


def _theirs(path: Path) -> Callable[[Question, Spent], None]:
    def run(question: Question, spent: Spent) -> None:
        started = time.process_time()
        right = sum(with_thread_timeout(text, question.gold, path) for text in question.different)
        spent.judging += time.process_time() - started
        _count(spent, question, right)

    return run


def _count(spent: Spent, question: Question, right: int) -> None:
    spent.judged += len(question.different)
    spent.verdicts += GROUP
    spent.tasks += 1
    spent.right += right


def table(title: str, script: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """Verdicts per CPU-second on one database, for each count of instances and for the other."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "database.sqlite"
        with sqlite3.connect(path) as connection:
            connection.executescript(script)
        size = path.stat().st_size
        database = {"name": path.name, "digest": digest_of(path.read_bytes())}
        groups = questions(rows, path)
        runs = {"thread timeout, sets": _theirs(path)}
        for count in INSTANCES:
            name = f"ours, {count} instance{'s' if count > 1 else ''}"
            runs[name] = _ours(count, database, folder)
        spent = {name: Spent() for name in runs}
        for question in groups:
            for _ in range(ROUNDS):  # of one question: what is prepared is kept for the next
                for name, run in runs.items():
                    run(question, spent[name])
    return _printed(f"{title}, {size >> 10} KiB, {len(groups)} groups", spent)


def _printed(title: str, spent: Mapping[str, Spent]) -> Table:
    made = Table(
        "",
        "judgements / CPU s",
        "ratio",
        f"verdicts / CPU s, groups of {GROUP}",
        "with preparing",
        "preparing, ms a task",
        "right",
        title=title,
    )
    base = next(iter(spent.values()))
    for name, each in spent.items():
        first_uses = each.tasks / ROUNDS  # what was prepared is kept for the rounds that follow
        made.add_row(
            name,
            f"{each.judged / each.judging:,.0f}",
            f"{each.judged / each.judging / (base.judged / base.judging):.2f}",
            f"{each.verdicts / each.judging:,.0f}",
            f"{each.verdicts / ROUNDS / (each.judging / ROUNDS + each.preparing):,.0f}",
            f"{1000 * each.preparing / first_uses:.1f}",
            f"{each.right / each.judged:.0%}",
        )
    return made


def tables(suites: Path) -> list[Table]:
    """The small database and the full one."""
    folder = suites / "sql"
    rows = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    small = (folder / "mini_chinook.sql").read_text()
    full = gzip.decompress((folder / "chinook_full.sql.gz").read_bytes()).decode("utf-8-sig")
    return [table("small Chinook", small, rows), table("full Chinook", full, rows)]
