"""What the benchmarks judge: groups of 8 distinct completions of training-like length.

Promises: deterministic; no two completions of a group are alike, so that nothing
is saved by deduplication; half of them are right.
"""

import json
import random
from collections.abc import Sequence

from trainer_client.results import Group

GROUP_SIZE = 8
PROSE_CHARS = 2000  # of reasoning before the answer, as in the notes' measurements
_WORDS = "so then we know that the sum of both sides is equal to what was asked for".split()


def _prose(random_: random.Random) -> str:
    words: list[str] = []
    while sum(map(len, words)) + len(words) < PROSE_CHARS:
        words.append(random_.choice(_WORDS))
    return " ".join(words)


def _math(random_: random.Random) -> Group:
    numerator, denominator = random_.randint(1, 99), random_.randint(2, 99)
    completions = []
    for index in range(GROUP_SIZE):
        off = index % 2
        answer = f"\\frac{{{3 * numerator + off}}}{{{3 * denominator}}}"
        completions.append(f"{_prose(random_)}\n\\boxed{{{answer}}}")
    return Group("math", {"answer": f"{numerator}/{denominator}"}, completions)


def _json(random_: random.Random) -> Group:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    expected = {"name": "Ada", "age": random_.randint(10, 99)}
    completions = []
    for index in range(GROUP_SIZE):
        answer = json.dumps({**expected, "age": expected["age"] + index % 2})
        completions.append(f"{_prose(random_)}\n```json\n{answer}\n```")
    return Group("json", {"schema": schema, "expected": expected}, completions)


MAKERS = {"math": _math, "json": _json}


def groups(verifier: str, count: int, seed: int) -> Sequence[Group]:
    """`count` groups for one verifier."""
    random_ = random.Random(seed)
    return [MAKERS[verifier](random_) for _ in range(count)]
