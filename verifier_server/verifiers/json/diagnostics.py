"""What is told of a judgement: open facts, and privileged ones.

Promises: open facts name places, keywords, statuses and shares, and hold nothing of the
expected document or the schema's text but the schema's own names: a place that only
the expected document has is named by `*` where no schema names it, because a name may be
the answer (`{"capitals": {"Norway": ...}}`). Facts come with the weightiest first and
are bounded, in number and in length.

Does not cover: the bounds of the wire (`verifier_server/plain.py`), which cut further.
"""

import json
from collections.abc import Iterator, Sequence, Set
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from verifier_server.verifiers.json.compare import Agreement, Field, Status
from verifier_server.verifiers.json.schema import Violation

MAX_FACTS = 32
MAX_VIOLATIONS_TOLD = 16
MAX_POINTER = 200
MAX_MESSAGE = 200

HIDDEN = "*"

Facts = tuple[tuple[str, str], ...]

_INDEX_DIGITS = 7
_MAX_CHUNKS = 80  # of a value's JSON, before it is cut
# What stands under these in a schema is a document, not names of its own.
_DOCUMENTS = {"const", "enum", "default", "examples"}


def names_of(schemas: Sequence[Any]) -> frozenset[str]:
    """The names of members that schemas speak of, in `properties` and `required`."""
    names: set[str] = set()
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, list):
            waiting += schema
        if not isinstance(schema, dict):
            continue
        for keyword, value in schema.items():
            if keyword == "properties" and isinstance(value, dict):
                names |= value.keys()
                waiting += value.values()
            elif keyword == "required" and isinstance(value, list):
                names |= {each for each in value if isinstance(each, str)}
            elif keyword not in _DOCUMENTS:
                waiting.append(value)
    return frozenset(names)


def open_facts(
    violations: Sequence[Violation],
    agreement: Agreement | None,
    document: Any,
    names: Set[str],
) -> Facts:
    """Facts for every caller.

    Args:
        violations: of the schema.
        agreement: with the expected document, None where there is none.
        document: the parsed document.
        names: that may be told, `names_of` the schema.
    """
    told = []
    if agreement:
        statuses = [each.status for each in agreement.fields]
        told += [
            ("f1", _share(agreement.f1)),
            ("precision", _share(agreement.precision)),
            ("recall", _share(agreement.recall)),
            ("hallucinated", str(statuses.count(Status.EXTRA))),
            ("omitted", str(statuses.count(Status.MISSING))),
        ]
    for error in violations[: MAX_VIOLATIONS_TOLD if agreement else MAX_FACTS]:
        told.append(("schema_error", f"{_cut(error.pointer)} {error.keyword}"))
    for each in agreement.fields[: MAX_FACTS - len(told)] if agreement else ():
        place, status, comparator, _, _ = each
        if status is Status.MISSING:
            place = _told(each, document, names)
        if len(place) > MAX_POINTER:
            place = _cut(place)
        # Added, not formatted: a StrEnum formats itself ten times as slowly.
        told.append(("field", place + " " + status + " " + comparator))
    return tuple(told)


def privileged_facts(violations: Sequence[Violation], agreement: Agreement | None) -> Facts:
    """Facts for callers that may see the ground truth: messages and expected values."""
    errors: Iterator[tuple[str, str]] = (
        ("schema_error", f"{_cut(each.pointer)}: {each.message[:MAX_MESSAGE]}")
        for each in islice(violations, MAX_VIOLATIONS_TOLD)
    )
    fields = agreement.fields if agreement else ()
    expected = (
        ("expected", f"{_cut(each.pointer)}: {_shown(each.expected)}")
        for each in fields
        if each.status not in (Status.MATCH, Status.EXTRA)
    )
    return tuple(islice(chain(errors, expected), MAX_FACTS))


def _share(value: float) -> str:
    return f"{value:.6g}"


def _cut(pointer: str) -> str:
    return pointer if len(pointer) <= MAX_POINTER else pointer[: MAX_POINTER - 1] + "…"


def _told(field: Field, document: Any, names: Set[str]) -> str:
    """A missing field's pointer, without names that only the expected document has."""
    shown = []
    place: Any = document
    for part in field.pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        parent, place = place, _member(place, name)
        known = place is not None or isinstance(parent, list) or name in names
        shown.append(part if known else HIDDEN)
    return "".join(f"/{part}" for part in shown)


def _member(parent: Any, name: str) -> Any:
    """What a document has at a name or an index; None where nothing or null."""
    if isinstance(parent, dict):
        return parent.get(name)
    if isinstance(parent, list) and len(name) <= _INDEX_DIGITS and name.isdecimal():
        return parent[int(name)] if int(name) < len(parent) else None
    return None


def _shown(value: Any) -> str:
    """The beginning of a value's JSON; decimals inside containers as doubles."""
    if isinstance(value, Decimal):
        return str(value)[:MAX_MESSAGE]
    if isinstance(value, (dict, list)):
        text = "".join(islice(_ENCODER.iterencode(value), _MAX_CHUNKS))
    else:
        text = _ENCODER.encode(value)
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=float)
