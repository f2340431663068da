"""A pack judged by another implementation of CEL, for tests only.

The engine is common-expression-language (module `cel`, in Rust). Nothing of ours is used but the
conversion of documents, so a difference is one between engines, or a mistake of `evaluate`.
Known differences of the engine, which packs must not meet: `size` of a text that is not ASCII
counts bytes, `-false` is true, `getHours` takes no time zone.
"""

import datetime
from decimal import Decimal
from functools import lru_cache

import cel
from cel.stdlib import add_stdlib_to_context

from verifier_server.verifiers.rules.converting import converter
from verifier_server.verifiers.rules.shapes import shape_of


def judge(pack, facts, document):
    """Value and status by rule; an engine's error escapes."""
    seen = {
        "facts": converter(shape_of(pack.facts_schema, free=True), 2**63 - 1)(facts),
        "answer": converter(shape_of(pack.answer_schema, free=False), 2**53 - 1)(document),
        "derived": {},
    }
    for each in pack.derived:
        seen["derived"][each.name] = _run(each.expr, seen)
    verdicts = {rule.id: _status(rule, seen) for rule in pack.rules}
    return _value(pack, verdicts), verdicts


def _run(text, seen):
    context = cel.Context()
    add_stdlib_to_context(context)
    context.update(seen)
    value = _compiled(text).execute(context)
    assert not isinstance(value, datetime.datetime) or value.tzinfo is not None
    return value


_compiled = lru_cache(cel.compile)


def _status(rule, seen):
    applies = _run(rule.when, seen)
    assert isinstance(applies, bool)
    if not applies:
        return "not_applicable"
    held = _run(rule.check, seen)
    assert isinstance(held, bool)
    return "pass" if held is (rule.kind == "required") else "fail"


def _value(pack, verdicts):
    weights = {"pass": Decimal(0), "fail": Decimal(0), "penalty": Decimal(0)}
    for rule in pack.rules:
        status, weight = verdicts[rule.id], Decimal(repr(rule.weight))
        if status == "fail" and rule.severity == "critical":
            return 0.0
        if rule.kind == "required" and status != "not_applicable":
            weights[status] += weight
        elif status == "fail":
            weights["penalty"] += weight
    applicable = weights["pass"] + weights["fail"]
    if not applicable:
        return float(weights["penalty"] == 0 and set(verdicts.values()) != {"not_applicable"})
    return float(max((weights["pass"] - weights["penalty"]) / applicable, Decimal(0)))
