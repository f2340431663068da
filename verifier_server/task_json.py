"""Reading a task: bytes to a JSON object, strictly, then its schema.

Promises: one reading of a task and no other (`strict_json.py`); what is wrong
is said with its JSON pointer and what would be right. A message never quotes a
value of the task, because that value may be ground truth.

Does not cover: whether the ground truth makes sense (each verifier's
`prepare`). Runs in a jailed worker only: a task is hostile input like any other.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.strict_json import NotStrict, loads

_MAX_RULE_CHARS = 200
_MAX_KEYS_NAMED = 5


def read_task(data: bytes, exact: bool = False) -> Mapping[str, Any]:
    """Parses a task.

    Args:
        data: the task.
        exact: as of `strict_json.loads`.

    Raises:
        TaskError: INVALID_TASK with a reason of `strict_json.NotStrict`, or
            `not_an_object`.
    """
    try:
        value = loads(data, exact)
    except NotStrict as error:
        raise TaskError(ErrorCode.INVALID_TASK, error.reason, error.message) from None
    if not isinstance(value, dict):
        message = f'must be of type "object", not {_json_type(value)}'
        raise TaskError(ErrorCode.INVALID_TASK, "not_an_object", message)
    return value


def check_schema(task: Mapping[str, Any], package: str) -> None:
    """Checks a task against `task_schema.json` of a verifier's package.

    Raises:
        TaskError: INVALID_TASK, reason `schema_violation`, with the pointer.
    """
    error = best_match(validator(package).iter_errors(task))
    if error is not None:
        pointer = "".join(f"/{_escape(str(part))}" for part in error.absolute_path)
        raise TaskError(ErrorCode.INVALID_TASK, "schema_violation", _explain(error), pointer)


@lru_cache(maxsize=64)
def validator(package: str) -> Draft202012Validator:
    """The compiled task schema of a package, made once in a process."""
    schema = json.loads(resources.files(package).joinpath("task_schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _explain(error: ValidationError) -> str:
    """What the schema asks for, in words. Names keys of the task, never values."""
    rule: Any = error.validator_value
    match error.validator:
        case "type":
            return f"must be of type {_rule(error)}, not {_json_type(error.instance)}"
        case "required":
            found: Any = error.instance
            missing = [key for key in rule if key not in found]
            return f"lacks the required {_named(missing)}"
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            task: Any = error.instance
            extra = [key for key in task if key not in known]
            return f"has the unknown {_named(extra)}; known are {_named(list(known))}"
        case "enum":
            return f"must be one of {_rule(error)}"
        case keyword:
            return f"must satisfy {keyword} {_rule(error)}"


def _rule(error: ValidationError) -> str:
    text = json.dumps(error.validator_value, ensure_ascii=False)
    return text if len(text) <= _MAX_RULE_CHARS else text[:_MAX_RULE_CHARS] + "…"


def _named(keys: list[str]) -> str:
    shown = ", ".join(repr(key[:64]) for key in keys[:_MAX_KEYS_NAMED])
    more = f" and {len(keys) - _MAX_KEYS_NAMED} more" if len(keys) > _MAX_KEYS_NAMED else ""
    return f"{'property' if len(keys) == 1 else 'properties'} {shown}{more}"


def _json_type(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "null"


def _escape(part: str) -> str:
    """RFC 6901, section 3."""
    return part.replace("~", "~0").replace("/", "~1")
