"""Packs for tests, made from one whole one."""

import copy
import json
from importlib import resources

from verifier_server.verifiers.json.parse import parse
from verifier_server.verifiers.rules.evaluate import CompiledPack
from verifier_server.verifiers.rules.pack import pack_of

TASK = json.loads(
    resources.files("verifier_server.verifiers.rules").joinpath("task_schema.json").read_bytes()
)["examples"][0]
FACTS = TASK["facts"]
GOOD = {"due_at": "2024-03-22T10:00:00Z", "renewal": "refused", "fee_for_two_days": 0.5}


def whole():
    """The pack of the task schema's example, for a test to change."""
    return copy.deepcopy(TASK["ruleset"])


def closed(**properties):
    """A closed object's schema, every property required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def rule(name="R", check="true", when="true", **fields):
    return {
        "id": name,
        "kind": "required",
        "severity": "major",
        "weight": 1,
        "title": "a rule",
        "when": when,
        "check": check,
        "explain": "because",
        "cite": {"source": "HOUSE", "section": "1"},
    } | fields


def content(facts, answer, rules, derived=()):
    """A pack of these schemas' properties, rules and derived values."""
    return whole() | {
        "facts_schema": closed(**facts),
        "answer_schema": closed(**answer),
        "rules": list(rules),
        "derived": [{"name": name, "expr": expr} for name, expr in derived],
    }


def compiled(facts, answer, rules, derived=()):
    return CompiledPack(pack_of(content(facts, answer, rules, derived)))


def read(answer):
    """An answer as a completion's text is read."""
    return parse(answer if isinstance(answer, str) else json.dumps(answer))


def statuses(evaluation):
    return {each.rule.id: each.status for each in evaluation.verdicts}
