"""Schemas held against their metaschemas, by both implementations.

Promises: a schema that either implementation finds invalid by the metaschema of its
dialect is refused, with the place at fault.

Does not cover: schemas of more than MAX_OBJECTS objects, which the engine that judges
checks alone, because the other takes 0.25 ms for each of them; formats in metaschemas,
but for patterns, which `patterns` reads; a bundled metaschema is applied by the engine
that judges alone.
"""

from functools import lru_cache
from typing import Any

import jsonschema
import jsonschema_rs
from jsonschema_specifications import REGISTRY as PUBLISHED

from verifier_server.verifiers.json.schema import oracle, patterns
from verifier_server.verifiers.json.schema.dialects import DRAFTS, Draft
from verifier_server.verifiers.json.schema.pointers import MASK, path_of
from verifier_server.verifiers.json.schema.walk import Place

MAX_OBJECTS = 1_000


def check(schema: Any, draft: Draft, place: Place) -> None:
    """Checks a schema by the draft's own metaschema.

    Raises:
        SchemaFaultError: it is invalid.
    """
    engine = _engine(draft.uri)
    if not engine.is_valid(schema):
        try:
            engine.validate(schema)
        except jsonschema_rs.ValidationError as error:
            raise place.fault(error.message, *path_of(error)) from None
    if _objects(schema) > MAX_OBJECTS:
        return
    second = jsonschema.exceptions.best_match(oracle.metaschema(draft).iter_errors(schema))
    if second is not None:
        raise place.fault(second.message, *second.absolute_path)


@lru_cache(maxsize=len(DRAFTS))
def _engine(uri: str) -> Any:
    return jsonschema_rs.validator_for(
        PUBLISHED.contents(uri),
        validate_formats=False,
        pattern_options=patterns.OPTIONS,
        mask=MASK,
        offline=True,
    )


def _objects(schema: Any) -> int:
    count = 0
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            count += 1
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return count
