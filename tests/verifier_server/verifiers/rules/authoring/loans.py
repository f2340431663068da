"""A small pack that passes every gate, to be broken in one way by each test."""

import copy
import json

from verifier_server.verifiers.rules.authoring.check import check
from verifier_server.verifiers.rules.authoring.report import Level, Places
from verifier_server.verifiers.rules.pack import pack_of

RULES = ("fee", "block", "spared", "calm")
_VERDICTS = {"p": "pass", "f": "fail", "-": "not_applicable"}
_CITE = {"source": "rules-of-loan", "section": "2", "date": "2024-05-01"}

PACK = {
    "id": "library-loans",
    "version": "1.0.0",
    "domain": "administration",
    "title": "Late books",
    "effective_from": "2024-05-01",
    "sources": [{"id": "rules-of-loan", "title": "Rules of loan"}],
    "facts_schema": {
        "type": "object",
        "properties": {
            "days_late": {"type": "integer", "minimum": 0, "maximum": 1000},
            "reader": {"enum": ["adult", "child"]},
        },
        "required": ["days_late", "reader"],
        "additionalProperties": False,
    },
    "answer_schema": {
        "type": "object",
        "properties": {
            "fee": {"type": "integer", "minimum": 0, "maximum": 100},
            "action": {"enum": ["none", "remind", "block"]},
        },
        "required": ["fee", "action"],
        "additionalProperties": False,
    },
    "derived": [
        {
            "name": "fee",
            "expr": "facts.days_late > 3 ? (facts.reader == 'adult' ? 5 : 2) : 0",
        }
    ],
    "rules": [
        {
            "id": "fee",
            "kind": "required",
            "severity": "major",
            "weight": 2,
            "title": "A fee after three days",
            "when": "true",
            "check": "answer.fee == derived.fee",
            "explain": "the fee is {derived.fee}",
            "cite": _CITE,
        },
        {
            "id": "block",
            "kind": "required",
            "severity": "critical",
            "weight": 3,
            "title": "Adults are blocked after thirty days",
            "when": "facts.days_late >= 30 && facts.reader == 'adult'",
            "check": "answer.action == 'block'",
            "explain": "{facts.days_late} days late",
            "cite": _CITE,
        },
        {
            "id": "spared",
            "kind": "forbidden",
            "severity": "major",
            "weight": 2,
            "title": "Children are not blocked",
            "when": "facts.reader == 'child'",
            "check": "answer.action == 'block'",
            "explain": "a child",
            "cite": _CITE,
        },
        {
            "id": "calm",
            "kind": "required",
            "severity": "minor",
            "weight": 1,
            "title": "Nobody is reminded in time",
            "when": "facts.days_late == 0",
            "check": "answer.action == 'none'",
            "explain": "in time",
            "cite": _CITE,
        },
    ],
}


def case(name, days, reader, fee, action, verdicts, value):
    return {
        "id": name,
        "facts": {"days_late": days, "reader": reader},
        "answer": {"fee": fee, "action": action},
        "verdicts": {
            rule: _VERDICTS[verdict] for rule, verdict in zip(RULES, verdicts, strict=True)
        },
        "value": value,
    }


CASES = [
    case("in-time", 0, "adult", 0, "none", "p--p", 1),
    case("in-time-reminded", 0, "adult", 0, "remind", "p--f", 2 / 3),
    case("child-in-time", 0, "child", 0, "none", "p-pp", 1),
    case("one-day", 1, "adult", 0, "remind", "p---", 1),
    case("three-days", 3, "adult", 0, "none", "p---", 1),
    case("four-days", 4, "adult", 5, "remind", "p---", 1),
    case("four-days-cheap", 4, "adult", 4, "remind", "f---", 0),
    case("four-days-dear", 4, "adult", 6, "remind", "f---", 0),
    case("child-four-days", 4, "child", 2, "none", "p-p-", 1),
    case("29-days", 29, "adult", 5, "none", "p---", 1),
    case("30-days", 30, "adult", 5, "block", "pp--", 1),
    case("30-days-unblocked", 30, "adult", 5, "none", "pf--", 0),
    case("child-30-days", 30, "child", 2, "none", "p-p-", 1),
    case("child-30-days-blocked", 30, "child", 2, "block", "p-f-", 0),
]
REFUSED = {
    "id": "refused",
    "facts": {"days_late": 0, "reader": "adult"},
    "answer": {"fee": -1, "action": "none"},
    "verdicts": None,
    "value": 0,
}


def pack():
    return copy.deepcopy(PACK)


def cases(*leaving):
    return [*copy.deepcopy([each for each in CASES if each["id"] not in leaving]), REFUSED]


def rule(content, name):
    return next(each for each in content["rules"] if each["id"] == name)


def with_rule(content, rows, new, answers):
    """Adds a rule, and what it says of each row: a verdict by the row's id, else n/a or `*`."""
    content["rules"].append(
        {
            "kind": "required",
            "severity": "minor",
            "weight": 1,
            "title": new["id"],
            "explain": "so",
            "cite": _CITE,
            **new,
        }
    )
    for row in rows:
        if row["verdicts"] is not None:
            row["verdicts"][new["id"]] = _VERDICTS[answers.get(row["id"], answers.get("*", "-"))]


def report(content=PACK, rows=None, *, accepted=(), least=0.9):
    rows = cases() if rows is None else rows
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in rows]
    return check(pack_of(content), lines, Places("", "cases.jsonl"), accepted, least)


def failing(made):
    return [gate.name for gate in made.gates if not gate.holds]


def gate(made, name):
    return next(each for each in made.gates if each.name == name)


def failures(made, name):
    return [each for each in gate(made, name).findings if each.level is Level.FAILURE]


def warnings(made, name):
    return [each for each in gate(made, name).findings if each.level is Level.WARNING]
