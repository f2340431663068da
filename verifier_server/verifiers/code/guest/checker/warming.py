"""Prepares small programs once in the zygote, so that its children find everything hot.

As `guest/warming.py` says: what Python rewrites while it warms up is rewritten here,
not in each child, where every such write copies a page.

Does not cover: frameworks, whose tests take longer than their pages.
"""

import sys

from ..warming import ROUNDS
from . import asserts

_SETUP = '''
from typing import List

def helper(values: List[int], by: float) -> bool:
    """Whether a value is above."""
    return any(abs(value) > by for value in values)
'''
_TESTS = """
METADATA = {"author": "us", "dataset": "test"}

def check(candidate):
    assert candidate([1.0, 2.0, 3.9], 0.3) == True
    assert candidate([1, 2, 3], 0.05) == False, "a message"
    for index in range(10):
        value = {"a": [index, (1, 2)], "b": "text"}
        assert not candidate(value["a"], index + 1) or value["b"][0] < "z"

check(solve)
"""


def warm() -> None:
    """Prepares what an ordinary task has, several times over, and leaves nothing of it."""
    main = sys.modules["__main__"]
    request = {
        "setup": _SETUP,
        "entry_points": ["solve"],
        "partial": False,
        "modules": ["solution"],
        "trust": "proxies",
    }
    for _ in range(ROUNDS):
        asserts.prepare({**request, "tests": _TESTS})
        asserts.prepare({**request, "tests": ["assert solve(1) == 2", "assert solve([]) is None"]})
    sys.modules["__main__"] = main
