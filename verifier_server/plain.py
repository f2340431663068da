"""Scores and task errors as plain data, between a jailed worker and the server.

Promises: encoding bounds every text and makes it valid UTF-8; decoding trusts
nothing, so that a worker which was taken over can say only what a verifier
could have said. What does not decode raises `MalformedAnswer`; it never
becomes a score.

Does not cover: the framing of the bytes (`sandboxes`), or the public wire
format (`codec.py`).
"""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from verifier_server.bounds import (
    MAX_COMPONENTS,
    MAX_FACTS,
    MAX_FACTS_BYTES,
    MAX_REASON_CHARS,
    MAX_TEXT_BYTES,
)
from verifier_server.contract import Component, Diagnostics, ErrorCode, Score, ScoreError, Verdict

ELLIPSIS = "…"
# The keys of facts are as verifier.v1.Fact documents them. Reasons may carry a
# place, as in "step_invalid@3".
_FACT_KEY = re.compile(r"[a-z][a-z0-9_.-]{0,62}", re.ASCII)
_REASON = re.compile(r"[a-z0-9][a-z0-9_.@-]*", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_POINTER_BYTES = 256
# Tags and lengths of a verifier.v1.Fact within its list, beside its key and value.
_FACT_OVERHEAD_BYTES = 8
# The only errors that a task can cause; every other one is for the server to say.
_TASK_ERRORS = {ErrorCode.INVALID_TASK, ErrorCode.BAD_GROUND_TRUTH, ErrorCode.VERIFIER_FAULT}
# Sub-checks are int32 on the wire.
_MAX_COUNT = 2**31 - 1


class MalformedAnswer(Exception):
    """A worker's answer breaks the contract; the message says how, and quotes nothing of it."""


def bounded(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """`text` as valid UTF-8 of at most `limit` bytes, cut on a character.

    Lone surrogates become U+FFFD. A cut text ends with an ellipsis.
    """
    if len(text) <= limit and text.isascii():
        return text
    # A character is at least one byte: cut first, so that a huge text is cheap.
    head = text[: limit + 1]
    data = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", head).encode()
    if len(head) == len(text) and len(data) <= limit:
        return data.decode()
    return data[: limit - len(ELLIPSIS.encode())].decode("utf-8", "ignore") + ELLIPSIS


def encode_score(score: Score) -> dict[str, Any]:
    """Plain data for a score. Runs in the jail."""
    seen = score.diagnostics
    return {
        "value": float(score.value),
        "passed": bool(score.passed),
        "verdict": str(score.verdict),
        "reason": score.reason,
        "components": [
            [part.name, float(part.value), float(part.weight), part.passed, part.total]
            for part in score.components
        ],
        "extracted": bounded(seen.extracted),
        "message": bounded(seen.message),
        "facts": _encode_facts(seen.facts),
        "privileged": _encode_facts(seen.privileged),
    }


def _encode_facts(facts: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The first facts, as many as there may be; the one that fits in part is cut."""
    encoded: list[list[str]] = []
    room = MAX_FACTS_BYTES
    for key, value in islice(facts, MAX_FACTS):
        room -= len(key) + _FACT_OVERHEAD_BYTES
        if room < len(ELLIPSIS.encode()):
            break
        text = bounded(value, min(MAX_TEXT_BYTES, room))
        room -= len(text.encode())
        encoded.append([key, text])
    return encoded


def encode_task_error(code: str, reason: str, message: str, pointer: str) -> dict[str, Any]:
    """Plain data for a task that cannot be judged against. Runs in the jail."""
    return {
        "code": str(code),
        "reason": reason,
        "message": bounded(message),
        "pointer": bounded(pointer, _POINTER_BYTES),
    }


def decode_task_error(plain: object) -> ScoreError:
    """The error that `encode_task_error` made, with the place in its message.

    Raises:
        MalformedAnswer: it is not one.
    """
    fields = _mapping(plain, "error")
    code = _text(fields, "code", MAX_REASON_CHARS)
    if code not in _TASK_ERRORS:
        raise MalformedAnswer("an error of a task cannot have this code")
    message = _text(fields, "message", MAX_TEXT_BYTES)
    pointer = _text(fields, "pointer", _POINTER_BYTES)
    place = f"task{pointer}"
    if not message.startswith(place):
        message = bounded(f"{place}: {message}")
    return ScoreError(ErrorCode(code), _reason(fields), message)


def decode_score(plain: object, components: Sequence[str]) -> Score:
    """The score that `encode_score` made.

    Args:
        plain: what the worker answered; untrusted.
        components: names that the verifier's manifest declares.

    Raises:
        MalformedAnswer: it is not a score, or one that the contract rules out.
    """
    fields = _mapping(plain, "score")
    value = fields.get("value")
    passed = fields.get("passed")
    if not isinstance(value, float) or not 0.0 <= value <= 1.0:
        raise MalformedAnswer("a score's value must be a number in [0,1]")
    if not isinstance(passed, bool):
        raise MalformedAnswer("a score's `passed` must be a boolean")
    try:
        verdict = Verdict(_text(fields, "verdict", MAX_REASON_CHARS))
    except ValueError:
        raise MalformedAnswer("`verdict` must be a verdict") from None
    if passed and verdict is not Verdict.CORRECT:
        raise MalformedAnswer(f"a passed score must be CORRECT, not {verdict}")
    if verdict is Verdict.PARTIAL and not 0.0 < value < 1.0:
        raise MalformedAnswer("a PARTIAL score's value must lie strictly between 0 and 1")
    if verdict is Verdict.UNDECIDED and value != 0.0:
        raise MalformedAnswer("an UNDECIDED score's value must be 0")
    return Score(
        value=value,
        passed=passed,
        verdict=verdict,
        reason=_reason(fields),
        components=tuple(_components(fields, components)),
        diagnostics=Diagnostics(
            extracted=_text(fields, "extracted", MAX_TEXT_BYTES),
            message=_text(fields, "message", MAX_TEXT_BYTES),
            facts=tuple(_facts(fields, "facts")),
            privileged=tuple(_facts(fields, "privileged")),
        ),
    )


def _mapping(plain: object, what: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise MalformedAnswer(f"the {what} is not a mapping")
    return plain


def _list(fields: dict[str, Any], key: str, limit: int) -> Sequence[Any]:
    items = fields.get(key)
    if not isinstance(items, list | tuple) or len(items) > limit:
        raise MalformedAnswer(f"`{key}` must be a list of at most {limit}")
    return items


def _text(fields: dict[str, Any], key: str, limit: int) -> str:
    return _bounded_text(fields.get(key), key, limit)


def _bounded_text(text: object, key: str, limit: int) -> str:
    if not isinstance(text, str):
        raise MalformedAnswer(f"`{key}` must be text")
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        raise MalformedAnswer(f"`{key}` must be valid UTF-8") from None
    if size > limit:
        raise MalformedAnswer(f"`{key}` must have at most {limit} bytes, not {size}")
    return text


def _reason(fields: dict[str, Any]) -> str:
    reason = _text(fields, "reason", MAX_REASON_CHARS)
    if not _REASON.fullmatch(reason):
        raise MalformedAnswer("a reason must match [a-z0-9][a-z0-9_.@-]*")
    return reason


def _components(fields: dict[str, Any], declared: Sequence[str]) -> Iterable[Component]:
    for item in _list(fields, "components", MAX_COMPONENTS):
        match item:
            case [str(name), float(value), float(weight), int(passed), int(total)]:
                pass
            case _:
                raise MalformedAnswer("a component must be [name, value, weight, passed, total]")
        if name not in declared:
            raise MalformedAnswer("the verifier declares no component of this name")
        if not 0.0 <= value <= 1.0 or not (math.isfinite(weight) and weight >= 0.0):
            raise MalformedAnswer(f"component {name!r}: value in [0,1] and weight >= 0 required")
        if not 0 <= passed <= total <= _MAX_COUNT:
            raise MalformedAnswer(f"component {name!r}: 0 <= passed <= total required")
        yield Component(name, value, weight, int(passed), int(total))  # true is an int, too


def _facts(fields: dict[str, Any], key: str) -> Iterable[tuple[str, str]]:
    room = MAX_FACTS_BYTES
    for item in _list(fields, key, MAX_FACTS):
        match item:
            case [str(name), value] if _FACT_KEY.fullmatch(name):
                text = _bounded_text(value, key, MAX_TEXT_BYTES)
                room -= len(name) + len(text.encode()) + _FACT_OVERHEAD_BYTES
                if room < 0:
                    raise MalformedAnswer(f"`{key}` must have at most {MAX_FACTS_BYTES} bytes")
                yield name, text
            case _:
                raise MalformedAnswer(f"an item of `{key}` must be [key, value]")
