"""The math verifier against Math-Verify, in one process each, on the same rows.

In-process is `prepare(task)` once a group and its judge for each prediction; for
Math-Verify the gold is parsed once a group as well, by its defaults. The rows are dealt
into rounds of different groups, and the two take turns at each round: a noisy machine is
noisy for both, and nothing that one remembers from a round answers in the next. CPU time.

The stage that decided is the verifier's own word, from its diagnostics; `no answer`,
`unread` and `bad gold` are what ended before any comparison.

Does not cover: whether the verdicts are right (`tests/conformance`), except that most must be.
"""

import gzip
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from verifier_server.contract import Score, TaskError
from verifier_server.verifiers.math.verifier import prepare

ROUNDS = 6  # the first warms up
SAMPLE = 900  # rows of each suite that Math-Verify judges too: it takes milliseconds for each
MIN_RIGHT = 0.7  # of the verdicts; a benchmark of wrong answers would measure nothing
_PROVED = "symbolic"

# Used where there are no suites.
OWN_ROWS = (
    (r"\frac{3}{4}", ("0.75", r"\frac34", "3/4", r"\frac{6}{8}", "0.76", "4/3")),
    (r"2\sqrt{3}", (r"\sqrt{12}", r"\frac{6}{\sqrt3}", r"3\sqrt{2}", "2√3")),
    ("(2,5]", ("2 < x \\le 5", "(2, 5]", "(2,5)", "[2,5]")),
    (r"x^2-1", ("(x-1)(x+1)", "x^2 - 1", "x^2+1", "-1+x^2")),
    ("1,234", ("1234", "1 234", "1235", r"1{,}234")),
    (r"\{1, 2, 3\}", ("3, 2, 1", r"\{1,2,3\}", r"\{1,2\}", "1, 2, 4")),
    (r"y = 2x + 1", ("2x - y + 1 = 0", "y=2x+1", "y=2x-1", "2y = 4x+2")),
    (r"\frac{\pi}{4}", (r"\pi/4", "0.785398", r"\frac{\pi}{5}", r"45^\circ")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """One gold answer with completions, and which of them are right."""

    gold: str
    completions: tuple[str, ...]
    expected: tuple[bool, ...]


@dataclass(slots=True)
class Spent:
    """CPU seconds: of each judgement, and of what was done once a group."""

    each: list[float] = field(default_factory=list)
    golds: float = 0.0
    right: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    # Of what no sympy proof decided.
    before_proof: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Verdicts a second and core, golds included."""
        return len(self.each) / (sum(self.each) + self.golds)


def _rows(path: Path) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
        return [json.loads(line) for line in lines]


def _grouped(rows: Iterable[Mapping[str, Any]]) -> list[Group]:
    by_gold: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if str(row["expected"]) in ("True", "False"):
            by_gold.setdefault(row["gold"], []).append(row)
    return [
        Group(
            gold,
            tuple(
                row["prediction"] if row["pred_form"] == "text" else _boxed(row["prediction"])
                for row in members
            ),
            tuple(str(row["expected"]) == "True" for row in members),
        )
        for gold, members in by_gold.items()
    ]


def _boxed(text: str) -> str:
    return text if r"\boxed" in text else rf"\boxed{{{text}}}"


def suites(folder: Path) -> dict[str, list[Group]]:
    """The groups of each suite, by its name.

    Args:
        folder: the shared suites; rows of our own where it has no math suites.
    """
    folder = folder / "math"
    if not folder.is_dir():
        groups = [
            Group(gold, tuple(map(_boxed, texts)), (True,) * len(texts)) for gold, texts in OWN_ROWS
        ]
        return {"own rows": groups * ROUNDS}
    graders = _rows(folder / "grader_cases.jsonl")
    return {
        "math_mix": _grouped(_rows(folder / "math_mix.jsonl.gz")),
        "gsm8k_outputs": _grouped(_rows(folder / "gsm8k_outputs.jsonl.gz")),
        "hardverify": _grouped(row for row in graders if row["suite"] == "hardverify_math"),
    }


def _stage(score: Score) -> str:
    for name, value in score.diagnostics.facts:
        if name == "stage":
            return str(value)
    return {"NO_ANSWER": "no answer", "MALFORMED": "unread"}.get(score.verdict.value, "other")


def _ours(groups: Sequence[Group], spent: Spent) -> None:
    for group in groups:
        started = time.process_time()
        try:
            judge = prepare({"answer": group.gold})
        except TaskError:
            spent.golds += time.process_time() - started
            spent.stages["bad gold"] += len(group.completions)
            continue
        spent.golds += time.process_time() - started
        for completion, expected in zip(group.completions, group.expected, strict=True):
            started = time.process_time()
            score = judge(completion)
            took = time.process_time() - started
            stage = _stage(score)
            spent.each.append(took)
            spent.stages[stage] += 1
            spent.right += score.passed is expected
            if stage != _PROVED:
                spent.before_proof.append(took)


def _math_verify() -> Callable[[Sequence[Group], Spent], None] | None:
    try:
        from math_verify import parse, verify
    except ImportError:
        return None

    def judged(groups: Sequence[Group], spent: Spent) -> None:
        for group in groups:
            started = time.process_time()
            gold = parse(group.gold if "$" in group.gold else f"${group.gold}$")
            spent.golds += time.process_time() - started
            for completion, expected in zip(group.completions, group.expected, strict=True):
                started = time.process_time()
                passed = verify(gold, parse(completion))
                spent.each.append(time.process_time() - started)
                spent.right += passed is expected

    return judged


def _sample(groups: Sequence[Group], rows: int) -> list[Group]:
    """Every so many groups, of about so many rows."""
    total = sum(len(group.completions) for group in groups)
    return list(groups[:: max(1, total // rows)])


def measure(groups: Sequence[Group]) -> dict[str, Spent]:
    """Ours on all groups; ours and Math-Verify's on a sample of them, in turns."""
    theirs = _math_verify()
    everything, ours, others = Spent(), Spent(), Spent()
    sample = _sample(groups, SAMPLE)
    for number in range(ROUNDS):
        warming = number == 0
        _ours(groups[number::ROUNDS], Spent() if warming else everything)
        if theirs is not None:
            dealt = sample[number::ROUNDS]
            theirs(dealt, Spent() if warming else others)
            _ours(dealt, Spent() if warming else ours)
    assert everything.right >= MIN_RIGHT * len(everything.each), "most verdicts are wrong"
    measured = {"ours": everything}
    return {**measured, "ours, sample": ours, "Math-Verify": others} if theirs else measured


def _microseconds(times: Sequence[float]) -> list[str]:
    """Mean, median and 99th percentile."""
    percentiles = statistics.quantiles(times, n=100)
    parts = (statistics.mean(times), percentiles[49], percentiles[98])
    return [f"{part * 1e6:,.0f}" for part in parts]


def tables(folder: Path) -> list[Table]:
    """The printed tables: speed, and the share of rows by deciding stage.

    Args:
        folder: the shared suites.
    """
    speed = Table(
        "suite",
        "row",
        "verdicts",
        "right",
        "verdicts/s/core",
        "before sympy",
        "mean us",
        "p50 us",
        "p99 us",
        "ratio",
        title="math verifier, one core, CPU time, gold compiled once a group",
    )
    stages = Table("suite", "deciding stages", title="share of rows by deciding stage")
    for suite, groups in suites(folder).items():
        measured = measure(groups)
        for name, spent in measured.items():
            other = measured.get("Math-Verify")
            ratio = f"{spent.rate / other.rate:,.0f}x" if other and name == "ours, sample" else ""
            rest = spent.before_proof
            share = len(rest) / len(spent.each)
            before = f"{len(rest) / (sum(rest) + share * spent.golds):,.0f}" if rest else ""
            speed.add_row(
                suite,
                name,
                f"{len(spent.each):,}",
                f"{spent.right / len(spent.each):.1%}",
                f"{spent.rate:,.0f}",
                before,
                *_microseconds(spent.each),
                ratio,
            )
        counted = measured["ours"].stages
        total = counted.total()
        shares = (f"{stage} {count / total:.1%}" for stage, count in counted.most_common())
        stages.add_row(suite, ", ".join(shares))
    return [speed, stages]
