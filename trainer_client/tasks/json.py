"""Records to extract from a sentence as a JSON object.

Promises: the sentence states every field of the expected record; a spoiled
completion never equals it.

Does not cover: nested records, arrays or optional fields.
"""

import json
from random import Random
from typing import Any

from trainer_client.tasks.sample import Family, Sample

_NAMES = (
    *("ann", "bob", "cleo", "dan", "eve", "finn", "gus", "hana"),
    *("ivan", "june", "kai", "lea", "max", "nora", "omar", "pia"),
)
_CITIES = ("rome", "oslo", "lima", "cairo", "delhi", "paris", "tokyo", "quito")
_MIN_AGE, _MAX_AGE = 10, 99
_WORDINGS = (
    "{name} is {age} and lives in {city}",
    "{city} is home to {name}, aged {age}",
    "at {age}, {name} moved to {city}",
)
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "city": {"type": "string"},
    },
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}

# What a record that breaks the schema keeps: a small policy's first ones mostly do, and groups
# of nothing but zeros teach nothing.
_INVALID_WEIGHT = 0.5

# Shares of the ways to go wrong; the rest swaps two fields.
_AGE_AS_TEXT = 0.5
_FIELD_MISSING = 0.25


def _draw(rng: Random) -> Sample:
    record = {
        "name": rng.choice(_NAMES),
        "age": rng.randint(_MIN_AGE, _MAX_AGE),
        "city": rng.choice(_CITIES),
    }
    return Sample(
        verifier="json",
        key=f"{record['name']},{record['age']},{record['city']}",
        question="extract: " + rng.choice(_WORDINGS).format(**record),
        task={"schema": _SCHEMA, "expected": record, "invalid_weight": _INVALID_WEIGHT},
        solution=json.dumps(record),
    )


def _spoil(sample: Sample, rng: Random) -> str:
    record = dict(sample.task["expected"])
    kind = rng.random()
    if kind < _AGE_AS_TEXT:
        record["age"] = str(record["age"])
    elif kind < _AGE_AS_TEXT + _FIELD_MISSING:
        del record[rng.choice(("age", "city"))]
    else:
        record["name"], record["city"] = record["city"], record["name"]
    return json.dumps(record)


FAMILY = Family(
    verifier="json",
    instruction=(
        "Extract the record as one JSON object with the fields "
        "name (string), age (integer) and city (string), and nothing else."
    ),
    draw=_draw,
    spoil=_spoil,
)
