"""The json verifier beside graders that hand each call its schema, on the same completions.

The others are written as their authors do it: `jsonschema.validate` for each call; strip, the
schema checked and validated with formats, as in a harness for evaluations; and a
schema made strict (every property required, no others) for each call, as in a gym for
training. They say whether the shape fits. Ours gives its full report: the schema's errors by
pointer, weighted F1 by the task's comparators, and each field's status. `prepare` once a
group, as a worker does, with the schema seen before. All in this process, in turn, round by
round; CPU time. A group has GROUP different completions, a quarter of them right.

Does not cover: whether the verdicts are right (`tests/conformance`), and what a server adds
(`scoring`).
"""

import copy
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from rich.table import Table

from verifier_server.verifiers.json.verifier import prepare

GROUP = 16
ROUNDS = 5
SEED = 7
LINES = 6
ROWS = 200
_NAMES = "Ada Grace Edsger Barbara Alan Kurt Emmy Sofia Niels Lise".split()


@dataclass(frozen=True, slots=True)
class Shape:
    """Documents of one form: their schema, how values are compared, how many groups are run."""

    name: str
    schema: Mapping[str, Any]
    compare: Mapping[str, Any]
    make: Callable[[random.Random], dict[str, Any]]
    groups: int


@dataclass(slots=True)
class Spent:
    """CPU seconds of judging and of preparing, and what was judged in them."""

    judging: float = 0.0
    preparing: list[float] = field(default_factory=list)
    judged: int = 0
    accepted: int = 0


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_DATE = {"type": "string", "format": "date"}
_AMOUNT = {"type": "number", "minimum": 0}
_COUNT = {"type": "integer", "minimum": 0}
_LINE = _closed({"sku": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}, "quantity": _COUNT})
_PRICED = _closed({**_LINE["properties"], "price": _AMOUNT})
_ROW = _closed({"id": _COUNT, "name": _TEXT, "amount": _AMOUNT, "paid": {"type": "boolean"}})


def _person(random_: random.Random) -> dict[str, Any]:
    return {"name": random_.choice(_NAMES), "age": random_.randint(18, 99)}


def _invoice(random_: random.Random) -> dict[str, Any]:
    lines = [
        {"sku": f"AB-{index}", "quantity": random_.randint(1, 9), "price": random_.random()}
        for index in range(LINES)
    ]
    return {
        "number": f"INV-{random_.randint(1, 9999)}",
        "date": f"2024-03-{random_.randint(10, 28)}",
        "currency": random_.choice(["EUR", "USD", "GBP"]),
        "total": random_.randint(100, 99999) / 100,
        "vendor": {"name": random_.choice(_NAMES), "vat_id": None},
        "lines": lines,
    }


def _table(random_: random.Random) -> dict[str, Any]:
    rows = [
        {
            "id": index,
            "name": random_.choice(_NAMES),
            "amount": random_.randint(0, 9999) / 100,
            "paid": random_.random() < 0.5,
        }
        for index in range(ROWS)
    ]
    return {"rows": rows}


SHAPES = (
    Shape(
        "small", _closed({"name": _TEXT, "age": _COUNT}), {"/name": {"type": "text"}}, _person, 12
    ),
    Shape(
        "invoice",
        _closed(
            {
                "number": _TEXT,
                "date": _DATE,
                "currency": {"enum": ["EUR", "USD", "GBP"]},
                "total": _AMOUNT,
                "vendor": _closed({"name": _TEXT, "vat_id": {"type": ["string", "null"]}}),
                "lines": {"type": "array", "items": _PRICED},
            }
        ),
        {
            "/total": {"type": "number", "abs": 0.005, "weight": 3},
            "/vendor/name": {"type": "text"},
            "/lines": {"list": "unordered"},
            "/lines/*/price": {"type": "number", "rel": 0.001},
        },
        _invoice,
        8,
    ),
    Shape(
        f"table of {ROWS} rows",
        _closed({"rows": {"type": "array", "items": _ROW}}),
        {"/rows/*/name": {"type": "text"}},
        _table,
        2,
    ),
)


def completions(expected: Mapping[str, Any], random_: random.Random) -> list[str]:
    """A group's: bare documents, laid out in different ways, every fourth of them right."""
    made = []
    for index in range(GROUP):
        document = copy.deepcopy(dict(expected))
        if index % 4:
            _spoil(document, random_)
        spaces = ", " + " " * (index // 4)
        made.append(json.dumps(document, separators=(spaces, ": " + " " * (index % 4))))
    return made


def _spoil(document: Any, random_: random.Random) -> None:
    """Changes, drops or adds something, at a place drawn from the document."""
    while True:
        places = list(document) if isinstance(document, dict) else range(len(document))
        place = random_.choice(list(places))
        if not isinstance(document[place], (dict, list)) or not document[place]:
            break
        document = document[place]
    spoilt = random_.randrange(3)
    if spoilt == 0:
        document[place] = 12345
    elif spoilt == 1:
        del document[place]
    elif isinstance(document, dict):
        document["note"] = "?"
    else:
        document.append("?")


def per_call(completion: str, schema: Mapping[str, Any]) -> bool:
    """`jsonschema.validate`, which checks and compiles the schema each time."""
    try:
        jsonschema.validate(json.loads(completion), schema)
    except (ValueError, jsonschema.ValidationError):
        return False
    return True


def as_in_a_harness(completion: str, schema: Mapping[str, Any]) -> bool:
    """Strip what may be a fence; check the schema; validate with a checker of formats."""
    text = completion.strip().strip("`").strip("json")
    try:
        document = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        checker = jsonschema.FormatChecker()
        validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
        validator.validate(document)
    except (ValueError, jsonschema.ValidationError):
        return False
    return True


def as_in_a_gym(completion: str, schema: Mapping[str, Any]) -> bool:
    """A copy of the schema, made strict, for each call."""
    strict = copy.deepcopy(schema)
    _make_strict(strict)
    return per_call(completion, strict)


def _make_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
            schema["additionalProperties"] = False
        for value in schema.values():
            _make_strict(value)


OTHERS: Mapping[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "jsonschema.validate a call": per_call,
    "harness: strip, check, validate": as_in_a_harness,
    "gym: strict copy, validate": as_in_a_gym,
}
OURS = "ours, full report"


def _run_ours(task: Mapping[str, Any], texts: Sequence[str], spent: Spent) -> None:
    started = time.process_time()
    judge = prepare(task)
    prepared = time.process_time()
    spent.accepted += sum(judge(text).passed for text in texts)
    spent.judging += time.process_time() - prepared
    spent.preparing.append(prepared - started)
    spent.judged += len(texts)


def _run_other(
    grade: Callable[[str, Mapping[str, Any]], bool],
    schema: Mapping[str, Any],
    texts: Sequence[str],
    spent: Spent,
) -> None:
    started = time.process_time()
    spent.accepted += sum(grade(text, schema) for text in texts)
    spent.judging += time.process_time() - started
    spent.judged += len(texts)


def table(shape: Shape) -> Table:
    """Gradings per CPU second for documents of one shape."""
    random_ = random.Random(SEED)
    groups = []
    for _ in range(shape.groups):
        expected = shape.make(random_)
        task = {"schema": shape.schema, "expected": expected, "compare": shape.compare}
        groups.append((task, completions(expected, random_)))
    prepare(groups[0][0])  # the schema has been seen, as in any training run after its first group
    spent = {name: Spent() for name in (OURS, *OTHERS)}
    for _ in range(ROUNDS):
        for task, texts in groups:
            _run_ours(task, texts, spent[OURS])
            for name, grade in OTHERS.items():
                _run_other(grade, shape.schema, texts, spent[name])
    size = len(groups[0][1][0])
    return _printed(f"{shape.name}, {size:,} characters", spent)


def _printed(title: str, spent: Mapping[str, Spent]) -> Table:
    made = Table(
        "",
        "gradings / CPU s",
        "times jsonschema.validate",
        f"with preparing, groups of {GROUP}",
        "preparing, ms a task",
        "accepted",
        title=title,
    )
    base = spent["jsonschema.validate a call"]
    for name, each in spent.items():
        preparing = sum(each.preparing)
        made.add_row(
            name,
            f"{each.judged / each.judging:,.0f}",
            f"{each.judged / each.judging / (base.judged / base.judging):.0f}",
            f"{each.judged / (each.judging + preparing):,.0f}",
            f"{1000 * preparing / len(each.preparing):.2f}" if each.preparing else "",
            f"{each.accepted / each.judged:.0%}",
        )
    return made


def tables() -> list[Table]:
    """One for each shape."""
    return [table(shape) for shape in SHAPES]
