"""Which test programs may share a process with the next completion's."""

import pytest

from verifier_server.verifiers.code.guest.checker import programs, traces

HUMANEVAL = """
METADATA = {"author": "us"}
def check(candidate):
    import math
    for index in range(3):
        assert abs(candidate([index]) - math.pi) < 1, "no"
    class Box:
        def __init__(self, x):
            self.x = x
    assert candidate(Box(1).x) == 1
"""


def leaves_none(source: str) -> bool:
    program = programs.parse(source, "<tests>", "/tests")
    return traces.leaves_none([program], programs.resolve([program], ["f"], []))


@pytest.mark.parametrize(
    "source",
    [
        "assert f(1) == 2",
        HUMANEVAL,
        "import random\nrandom.seed(3)\nassert f(random.random())",
        "from collections import Counter\nassert Counter(f(1)) == Counter([1])",
        "try:\n    f()\nexcept ValueError as error:\n    assert str(error)\nelse:\n    1 / 0",
        "assert math.isclose(f(1), 2.0)",
        "assert [x for x in f(1)] == sorted(f(2), key=lambda x: -x)",
    ],
)
def test_ordinary_tests_leave_none(source: str) -> None:
    assert leaves_none(source)


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.setrecursionlimit(10)\nassert f(1)",
        "assert sys.getsizeof(f(1)) > 1",
        "import math\nmath.pi = 3\nassert f(1)",
        "import os.path\nassert f(1)",
        "from decimal import getcontext\ngetcontext().prec = 3\nassert f(1)",
        "assert Decimal(1) == f(1)",
        "open('/tmp/x', 'w').write(f(1))",
        "setattr(f, 'x', 1)",
        "exec('assert f(1)')",
        "assert eval('f(1)')",
        "__import__('sys').path.clear()\nassert f(1)",
        "f.cache = {}\nassert f(1)",
        "(1).__class__.__base__.__subclasses__()\nassert f(1)",
        "class Meta(type): pass\nclass X(metaclass=Meta): pass\nassert f(X)",
        "async def go():\n    return await f(1)\nimport asyncio\nassert asyncio.run(go())",
        "from . import helper\nassert f(1)",
        "globals()['f'](1)",
    ],
)
def test_what_might_leave_one_is_said_to(source: str) -> None:
    assert not leaves_none(source)
