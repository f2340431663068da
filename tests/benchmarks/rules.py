"""The rules verifier beside a plain loop over the same rules in the same engine.

The loop is what a rule checker looks like when it is written down quickly: the answer is
validated by jsonschema with a validator made once, and for each case every derived value, every
`when` and every `check` is evaluated in turn, compiled once. It gives a value and the verdicts.
Ours is `prepare(task)` and its judge on the text of a completion: extraction, strict parsing, the
schema, the verdicts with citations and explanations. Both in this process, in turn, round by
round; CPU time. Packs are warm: compiled by an earlier round.

A case is a row of a pack's cases; a group has 16 completions of one task, all different, made from
its answer by white space.

Does not cover: whether the verdicts are right (`tests/conformance`), and the server's share
(`scoring`).
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_math
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from jsonschema import Draft202012Validator
from rich.table import Table

from verifier_server.verifiers.rules import verifier
from verifier_server.verifiers.rules.folder import CASES, read_pack
from verifier_server.verifiers.rules.shelf import shipped_names

ROUNDS = 5
GROUP = 16
PACKS = Path(verifier.__file__).parent / "packs"


@dataclass(frozen=True, slots=True)
class Row:
    """A case: the pack's object, the facts, and the answer as decoded JSON."""

    pack: Mapping[str, Any]
    facts: Mapping[str, Any]
    answer: Any


class PlainLoop:
    """One pack, evaluated without any knowledge of what depends on what."""

    def __init__(self, pack: Mapping[str, Any]) -> None:
        roots = dict.fromkeys(("facts", "answer", "derived"), cel.Type.DYN)
        self._env = cel.NewEnv(variables=roots, extensions=[ext_math.ExtMath()])
        self._pack = pack
        self._validator = Draft202012Validator(
            pack["answer_schema"], format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        self._derived = [
            (each["name"], self._env.compile(each["expr"])) for each in pack.get("derived", ())
        ]
        self._rules = [
            (rule, self._env.compile(rule["when"]), self._env.compile(rule["check"]))
            for rule in pack["rules"]
        ]

    def evaluate(self, facts: Any, text: str) -> tuple[float, dict[str, str]]:
        """The value and the verdicts of a bare JSON text."""
        answer = json.loads(text)
        if not self._validator.is_valid(answer):
            return 0.0, {}
        answer = _coerced(answer, self._pack["answer_schema"])
        seen = {"facts": _coerced(facts, self._pack["facts_schema"]), "answer": answer}
        derived: dict[str, Any] = {}
        for name, expression in self._derived:
            activation = self._env.Activation({**seen, "derived": derived})
            derived[name] = _fed_back(expression.eval(activation).plain_value())
        activation = self._env.Activation({**seen, "derived": derived})
        return self._ask(activation)

    def _ask(self, activation: Any) -> tuple[float, dict[str, str]]:
        verdicts, earned, positive, vetoed = {}, 0.0, 0.0, False
        for rule, when, check in self._rules:
            if when.eval(activation).value() is not True:
                verdicts[rule["id"]] = "not_applicable"
                continue
            required = rule["kind"] == "required"
            held = check.eval(activation).value() is required
            verdicts[rule["id"]] = "pass" if held else "fail"
            positive += rule["weight"] * required
            earned += rule["weight"] * (held if required else held - 1)
            vetoed |= not held and rule["severity"] == "critical"
        if vetoed or not positive:
            return float(not vetoed and earned == 0), verdicts
        return max(0.0, min(1.0, earned / positive)), verdicts


def _coerced(value: Any, schema: Any) -> Any:
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: _coerced(each, properties.get(name, {})) for name, each in value.items()}
    if isinstance(value, list):
        return [_coerced(each, schema.get("items", {})) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if "number" in str(schema.get("type")) else int(value)
    return value


def _fed_back(value: Any) -> Any:
    if isinstance(value, datetime):
        stamp = Timestamp()
        stamp.FromDatetime(value.astimezone(UTC).replace(tzinfo=None))
        return stamp
    if isinstance(value, timedelta):
        span = Duration()
        span.FromTimedelta(value)
        return span
    return value


def _ours(rows: Sequence[Row], per_task: int) -> tuple[float, float, int]:
    """CPU seconds of preparing and of judging, and how many cases."""
    preparing = judging = 0.0
    judged = 0
    for row in rows:
        texts = [json.dumps(row.answer, indent=indent) for indent in range(GROUP)]
        for start in range(0, GROUP, per_task):
            began = time.process_time()
            judge = verifier.prepare({"ruleset": row.pack, "facts": row.facts})
            prepared = time.process_time()
            for text in texts[start : start + per_task]:
                judge(text)
            judging += time.process_time() - prepared
            preparing += prepared - began
            judged += per_task
    return preparing, judging, judged


def _loop(rows: Sequence[Row], loops: Mapping[int, PlainLoop]) -> tuple[float, int]:
    spent = 0.0
    for row in rows:
        loop = loops[id(row.pack)]
        texts = [json.dumps(row.answer, indent=indent) for indent in range(GROUP)]
        began = time.process_time()
        for text in texts:
            loop.evaluate(row.facts, text)
        spent += time.process_time() - began
    return spent, GROUP * len(rows)


def table(title: str, rows: Sequence[Row]) -> Table:
    """Judged cases per CPU second of one core, by how often a task is prepared."""
    loops = {id(row.pack): PlainLoop(row.pack) for row in rows}
    spent: dict[str, list[float]] = {}
    _ours(rows, GROUP)  # compiles the packs
    for _ in range(ROUNDS):
        seconds, count = _loop(rows, loops)
        spent.setdefault("plain loop", []).append(count / seconds)
        for per_task, name in ((GROUP, f"groups of {GROUP}"), (1, "a task for each")):
            preparing, judging, count = _ours(rows, per_task)
            spent.setdefault(f"ours, {name}", []).append(count / (preparing + judging))
            if per_task == GROUP:
                spent.setdefault("ours, judging alone", []).append(count / judging)
    made = Table("", "cases / CPU s", "ratio", title=f"{title}, {len(rows)} cases")
    base = _median(spent["plain loop"])
    for name, rates in spent.items():
        made.add_row(name, f"{_median(rates):,.0f}", f"{_median(rates) / base:.1f}")
    return made


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def shipped(name: str) -> list[Row]:
    """The cases of a pack that comes with the verifier."""
    pack = read_pack(PACKS / name).content
    lines = (PACKS / name / CASES).read_text(encoding="utf-8").splitlines()
    cases = map(json.loads, filter(str.strip, lines))
    return [Row(pack, case["facts"], case["answer"]) for case in cases]


def of_suite(folder: Path) -> list[Row]:
    """The cases of the shared suite."""
    packs = {
        path.name.removesuffix(".ruleset.json"): json.loads(path.read_bytes())
        for path in folder.glob("*.ruleset.json")
    }
    cases = map(json.loads, (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines())
    return [Row(packs[case["ruleset"]], case["facts"], case["answer"]) for case in cases]


def tables(suites: Path) -> list[Table]:
    """The packs that are shipped, and the shared suite where it is there."""
    made = [table(name, shipped(name)) for name in shipped_names()]
    folder = suites / "rules"
    return [*made, table("shared suite", of_suite(folder))] if folder.is_dir() else made
