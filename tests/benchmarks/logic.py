"""The logic verifier beside plain z3, on problems of FOLIO's size, and each shape alone.

An entailment is three checks: do the premises prove the conclusion, do they refute it, are
they consistent. Ours reads the formulas' texts and asks; plain z3 gets an SMT-LIB text that
was made beforehand, and reads it for each check into a solver of one fresh context. Both in
this process, in turn, problem by problem; CPU time. They must agree.

The shapes: `prepare(task)` once a task, and its judge for each completion, as a worker does.
Each completion is judged with a fresh context of z3; nothing is remembered.

Does not cover: whether the verdicts are right (`tests/conformance`), except that all of
our own must be.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import z3
from rich.table import Table

from verifier_server.verifiers.logic.formulas import (
    Atom,
    Connected,
    Equal,
    Formula,
    Function,
    Not,
    Op,
    Quantified,
    Term,
    Truth,
    Variable,
)
from verifier_server.verifiers.logic.reading import read
from verifier_server.verifiers.logic.signature import Signature
from verifier_server.verifiers.logic.solver.session import Session
from verifier_server.verifiers.logic.verifier import prepare

ROUNDS = 6  # the first warms up
MOST = 90  # problems of a suite
_WORDS = {Op.AND: "and", Op.OR: "or", Op.XOR: "xor", Op.IMPLIES: "=>", Op.IFF: "="}

# Premises, then conclusions of which the first follows.
OWN = (
    (
        "∀x (Violinist(x) → Musician(x))",
        "∀x (Musician(x) ∧ Practises(x) → Performs(x))",
        "∀x (Performs(x) → ∃y (Hall(y) ∧ PlaysIn(x, y)))",
        "∀x ∀y (PlaysIn(x, y) ∧ Hall(y) → Known(x))",
        "Violinist(ada) ∧ Practises(ada)",
        "¬Known(ben) ∨ Famous(ben)",
        "∀x (Famous(x) → ¬Shy(x))",
    ),
    (
        "∀x (Train(x) → Late(x) ⊕ OnTime(x))",
        "∀x (Late(x) → ∃y (Passenger(y) ∧ WaitsFor(y, x)))",
        "∀x ∀y (WaitsFor(x, y) ∧ Passenger(x) → Tired(x) ∨ Reading(x))",
        "∀x (Reading(x) → Owns(x, book))",
        "Train(express) ∧ ¬OnTime(express)",
        "∀x (Passenger(x) ∧ Tired(x) → ¬Reading(x))",
    ),
    (
        "∀x (Bakery(x) ∧ Open(x) → Sells(x, bread))",
        "∀x (Sells(x, bread) → Visited(x))",
        "∀x (Visited(x) → Busy(x) ∨ Large(x))",
        "Bakery(corner) ∧ ¬Large(corner)",
        "Open(corner) ∨ Bakery(market)",
        "∀x (Bakery(x) ∧ ¬Open(x) → Closed(x))",
        "Open(corner)",
        "∀x (Busy(x) → ∃y (Queue(y) ∧ At(y, x)))",
    ),
    (
        "∀x (Painter(x) → Artist(x))",
        "∀x (Artist(x) ∧ Exhibits(x, gallery) → Praised(x) ⊕ Ignored(x))",
        "∀x (Praised(x) → ∃y (Critic(y) ∧ Admires(y, x)))",
        "∀x (Ignored(x) → ¬Rich(x))",
        "Painter(lea) ∧ Exhibits(lea, gallery)",
        "Rich(lea) ∨ (Praised(lea) ∧ ¬Artist(max))",
    ),
)
CONCLUSIONS = (
    ("∃y (Hall(y) ∧ PlaysIn(ada, y)) ∧ Known(ada)", "Known(ben)", "Shy(ada)"),
    ("∃y (Passenger(y) ∧ WaitsFor(y, express))", "OnTime(express)", "Owns(ada, book)"),
    ("∃y (Queue(y) ∧ At(y, corner))", "Closed(corner)", "Open(market)"),
    ("∃y (Critic(y) ∧ Admires(y, lea))", "Ignored(lea)", "Rich(lea)"),
)
CLOSED = (
    ("∀x (Dog(x) → ∃y (Owner(y) ∧ Walks(y, x)))", "¬∃x (Dog(x) ∧ ∀y (Owner(y) → ¬Walks(y, x)))"),
    ("∀x (A(x) ∧ B(x) → C(x))", "∀y (A(y) → (B(y) → C(y)))"),
    ("∀x (P(x) ↔ Q(x)) ∧ ∃x P(x)", "∀x (P(x) → Q(x)) ∧ ∀x (Q(x) → P(x)) ∧ ∃z Q(z)"),
)
PROOF: dict[str, Any] = {
    "shape": "proof",
    "premises": [
        *(f"∀x (K{n}(x) → K{n + 1}(x))" for n in range(8)),
        *(f"∀x (K{n}(x) → ¬L{n}(x))" for n in range(8)),
        "K2(tom)",
    ],
    "goal": "¬L6(tom)",
}
STEPS = [
    *(
        f"S{n}: K{n + 2}(tom) [from {'P17' if n == 1 else f'S{n - 1}'}, P{n + 2}]"
        for n in range(1, 5)
    ),
    "S5: ¬L6(tom) [from S4, P15]",
]
PUZZLE: dict[str, Any] = {
    "shape": "assignment",
    "domains": {name: [1, 2, 3, 4] for name in ("red", "green", "blue", "cat", "dog", "owl")},
    "constraints": [
        ["diff", ["red", "green", "blue"]],
        ["diff", ["cat", "dog", "owl"]],
        ["eq", "red", 2],
        ["next", "green", "red"],
        ["lt", "red", "green"],
        ["apart", "blue", "green", 2],
        ["eq", "cat", "green"],
        ["lt", "cat", "dog"],
        ["succ", "owl", "red"],
    ],
}
SOLUTION = "red=2; green=3; blue=1; cat=3; dog=4; owl=1"
NUMBERS = "(declare-const x Int)(declare-const y Int)(assert (> (* x y) 90))(assert (< (+ x y) 0))"


@dataclass(frozen=True, slots=True)
class Problem:
    """Texts of premises and a conclusion, and the same for z3: what is given, and each side."""

    premises: tuple[str, ...]
    conclusion: str
    given: str
    holds: str


@dataclass(slots=True)
class Spent:
    """CPU seconds of each entailment, or of each judgement."""

    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """So many a CPU second."""
        return len(self.each) / sum(self.each)


def own_problems() -> list[Problem]:
    """Ours: four stories, each with what follows, what is refuted or open."""
    pairs = zip(OWN, CONCLUSIONS, strict=True)
    return [_problem(premises, text) for premises, texts in pairs for text in texts]


def suite_problems(path: Path) -> list[Problem]:
    """FOLIO's validation problems that z3 can be asked."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    usable = [row for row in rows if row["solver_label"] in ("True", "False", "Uncertain")]
    return [_problem(row["premises"], row["conclusion"]) for row in usable[:MOST]]


def _problem(premises: Sequence[str], conclusion: str) -> Problem:
    formulas = [read(text, strict=False).formula for text in (*premises, conclusion)]
    declared = "(declare-sort U)" + "".join(
        f"(declare-fun |{'p' if symbol.result else 'f'}{len(symbol.parameters)}{symbol.name}| "
        f"({' '.join('U' for _ in symbol.parameters)}) {symbol.result or 'U'})"
        for symbol in Signature.of(formulas).symbols
    )
    given = declared + "".join(f"(assert {_smt(each)})" for each in formulas[:-1])
    return Problem(tuple(premises), conclusion, given, _smt(formulas[-1]))


def _smt(node: Formula | Term) -> str:
    match node:
        case Truth(value):
            return str(value).lower()
        case Atom(name, arguments):
            return _applied("p", name, arguments)
        case Function(name, arguments):
            return _applied("f", name, arguments)
        case Variable(name):
            return f"|v {name}|"
        case Equal(left, right):
            return f"(= {_smt(left)} {_smt(right)})"
        case Not(body):
            return f"(not {_smt(body)})"
        case Connected(op, parts):
            return f"({_WORDS[op]} {' '.join(map(_smt, parts))})"
        case Quantified(quantifier, variables, body):
            bound = " ".join(f"(|v {variable.name}| U)" for variable in variables)
            return f"({quantifier} ({bound}) {_smt(body)})"
    raise ValueError(f"no formula without sorts: {node}")


def _applied(kind: str, name: str, arguments: Sequence[Term]) -> str:
    symbol = f"|{kind}{len(arguments)}{name}|"
    return f"({symbol} {' '.join(map(_smt, arguments))})" if arguments else symbol


def ours(problem: Problem) -> tuple[bool | None, ...]:
    """Three checks from texts: proved, refuted, consistent."""
    premises = [read(text, strict=False).formula for text in problem.premises]
    conclusion = read(problem.conclusion, strict=False).formula
    with Session(premises) as session:
        proved = session.entails(conclusion).holds
        refuted = session.entails(Not(conclusion)).holds
        return proved, refuted, session.consistent().holds


def plain(problem: Problem) -> tuple[bool | None, ...]:
    """The same by z3 from SMT-LIB texts."""
    context = z3.Context()
    found = []
    for extra in (f"(assert (not {problem.holds}))", f"(assert {problem.holds})", ""):
        solver = z3.Solver(ctx=context)
        solver.from_string(problem.given + extra)
        found.append({"sat": True, "unsat": False}.get(str(solver.check())))
    proved, refuted, consistent = found
    return (
        None if proved is None else not proved,
        None if refuted is None else not refuted,
        consistent,
    )


def entailments(title: str, problems: Sequence[Problem]) -> Table:
    """Entailments a CPU second, ours and plain z3's."""
    ways: dict[str, Callable[[Problem], tuple[bool | None, ...]]] = {
        "plain z3, SMT-LIB text": plain,
        "ours, with reading": ours,
    }
    spent = {name: Spent() for name in ways}
    for number in range(ROUNDS):
        for problem in problems:
            answers = set()
            for name, way in ways.items():
                started = time.process_time()
                answers.add(way(problem))
                if number:
                    spent[name].each.append(time.process_time() - started)
            if len(answers) > 1:
                raise AssertionError(f"they disagree on {problem.conclusion}: {answers}")
    made = Table("", "entailments / CPU s", "ratio", "median, ms", "p99, ms")
    made.title = f"three checks, {title}, {len(problems)} problems"
    base = next(iter(spent.values()))
    for name, each in spent.items():
        ranked = sorted(each.each)
        made.add_row(
            name,
            f"{each.rate:,.0f}",
            f"{each.rate / base.rate:.2f}",
            f"{1000 * statistics.median(ranked):.2f}",
            f"{1000 * ranked[int(0.99 * len(ranked))]:.2f}",
        )
    return made


def workloads(suite: Path) -> dict[str, list[tuple[Mapping[str, Any], list[str]]]]:
    """Tasks of each shape, with right completions."""
    proofs = [(PROOF, ["\n".join(STEPS)])]
    path = suite / "prontoqa_proofs.jsonl"
    if path.exists():
        rows = [json.loads(line) for line in path.read_text().splitlines()[:MOST]]
        proofs += [
            (
                {"shape": "proof", "premises": row["premises"], "goal": row["goal"]},
                ["\n".join(row["steps"])],
            )
            for row in rows
            if len(row["steps"]) == len(STEPS)
        ]
    open_tasks = [
        ({"shape": "conclusion", "premises": list(premises)}, [texts[0]])
        for premises, texts in zip(OWN, CONCLUSIONS, strict=True)
    ]
    stories = zip(OWN, CONCLUSIONS, strict=True)
    return {
        "label": [
            ({"shape": "label", "premises": list(premises), "conclusion": texts[0]}, ["True"])
            for premises, texts in stories
        ],
        "conclusion": open_tasks,
        "closed": [({"shape": "closed", "gold": gold}, [answer]) for gold, answer in CLOSED],
        f"proof, {len(STEPS)} steps": proofs,
        "assignment": [(PUZZLE, [SOLUTION])],
        "smt, a model": [({"shape": "smt", "script": NUMBERS}, ["x = -10; y = -10"])],
    }


def shapes(suite: Path) -> Table:
    """Judgements a CPU second of each shape, and what preparing a task takes."""
    made = Table("shape", "judgements / CPU s", "median, ms", "preparing, ms a task")
    made.title = "right completions, each in a fresh context"
    for name, tasks in workloads(suite).items():
        judging, preparing = _judged(tasks)
        made.add_row(
            name,
            f"{judging.rate:,.0f}",
            f"{1000 * statistics.median(judging.each):.3f}",
            f"{1000 / preparing.rate:.2f}",
        )
    return made


def _judged(tasks: Iterable[tuple[Mapping[str, Any], list[str]]]) -> tuple[Spent, Spent]:
    judging, preparing = Spent(), Spent()
    for task, answers in tasks:
        started = time.process_time()
        judge = prepare(task)
        preparing.each.append(time.process_time() - started)
        for number in range(ROUNDS * 4):
            for answer in answers:
                text = f"<answer>{answer}</answer>"
                started = time.process_time()
                score = judge(text)
                spent = time.process_time() - started
                if not score.passed:
                    raise AssertionError(f"{answer}: {score.reason}: {score.diagnostics.message}")
                if number:
                    judging.each.append(spent)
    return judging, preparing


def tables(suites: Path) -> list[Table]:
    """All of them; suites are used where they are."""
    made = [entailments("own", own_problems())]
    path = suites / "logic" / "folio_validation.jsonl"
    if path.exists():
        made.append(entailments("FOLIO", suite_problems(path)))
    return [*made, shapes(suites / "logic")]
