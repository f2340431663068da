"""Procedural training tasks, one module a verifier.

Promises: `FAMILIES` maps a verifier's name to the family of tasks made for it.
Every task is drawn from a seeded generator, so nothing is downloaded and the
same seed gives the same data.

Does not cover: judging. A family knows the right answer to the tasks it draws,
and the verifier service alone decides whether a completion gives it.
"""

from trainer_client.tasks import json, math
from trainer_client.tasks.sample import Family

FAMILIES: dict[str, Family] = {
    math.FAMILY.verifier: math.FAMILY,
    json.FAMILY.verifier: json.FAMILY,
}
