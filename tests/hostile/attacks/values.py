"""Results that are hard to carry, to compare, or to look at: huge, deep, endless, colliding."""

from tests.hostile.kit import LIMITS, on, on_add, python

HARD = {
    "colliding-integers": "return {n * (2**61 - 1) for n in range(100_000)}",
    "colliding-keys": "return {n * (2**61 - 1): n for n in range(100_000)}",
    "colliding-floats": "return {float(n * (2**61 - 1)) for n in range(1, 2000)}",
    "colliding-tuples": "return {(n * (2**61 - 1),) for n in range(50_000)}",
    "colliding-fractions": """
        from fractions import Fraction
        return {Fraction(1, (2**61 - 1) * n) for n in range(1, 20_000)}
    """,
    "nested-tuples": """
        value = ()
        for _ in range(10**6): value = (value,)
        return value
    """,
    "nested-dicts": """
        value = {}
        for _ in range(10**5): value = {1: value}
        return value
    """,
    "circular-list": "value = []; value.append(value); return value",
    "circular-dict": "value = {}; value[1] = [value]; return value",
    "shared-without-end": """
        value = [1]
        for _ in range(60): value = [value, value]
        return value
    """,
    "huge-integer": "return 1 << 80_000_000",
    "huge-fraction": """
        from fractions import Fraction
        return Fraction(1 << 9_000_000, 3)
    """,
    "huge-decimal": """
        from decimal import Decimal
        return Decimal('1e999999999')
    """,
    "tiny-decimal": """
        from decimal import Decimal
        return Decimal('1e-999999999')
    """,
    "signalling-nan": """
        from decimal import Decimal
        return Decimal('sNaN')
    """,
    "huge-text": "return 'x' * 100_000_000",
    "huge-bytes": "return bytes(100_000_000)",
    "long-list": "return [0] * 20_000_000",
    "lists-of-nothing": "return [[]] * 3_000_000",
    "texts-of-nothing": "return ['\\ud800' * 3] * 300_000",
    "endless-range": "return range(10**30)",
    "endless-iterator": """
        import itertools
        return itertools.count()
    """,
    "endless-generator": "return (n for n in iter(int, 1))",
    "generator-that-exits": "return (__import__('os')._exit(0) for _ in [1])",
    "coroutine": """
        async def later(): return 5
        return later()
    """,
    "module": """
        import sys
        return sys
    """,
    "frame": """
        import sys
        return sys._getframe()
    """,
    "type": "return type",
    "object-with-a-million-names": "return type('X', (), {f'n{n}': n for n in range(10**6)})()",
    "class-with-a-million-bases": """
        kind = object
        for n in range(3000): kind = type(f"K{n}", (kind,), {})
        return kind()
    """,
    "objects-without-end": "return [object() for _ in range(500_000)]",
    "functions-without-end": "return [lambda: n for n in range(200_000)]",
    "unprintable": """
        class Silent:
            def __repr__(self): raise SystemExit
            __str__ = __hash__ = __len__ = __iter__ = __bool__ = __eq__ = __repr__
        return Silent()
    """,
    "raises-from-everything": """
        class Meta(type):
            def __getattribute__(cls, name): raise KeyboardInterrupt
        class Raising(metaclass=Meta):
            def __getattribute__(self, name): raise SystemExit
        return Raising()
    """,
    "named-tuple-of-source": """
        import collections
        made = collections.namedtuple("Point", "x y")
        made._fields = ("x=__import__('os')._exit(0)", "y")
        made.__name__ = "a; import os"
        return made(1, 2)
    """,
    "dates-out-of-range": """
        import datetime
        class Zone(datetime.tzinfo):
            def utcoffset(self, when): return datetime.timedelta(hours=23, microseconds=1)
        return datetime.datetime.max.replace(tzinfo=Zone())
    """,
    "lone-surrogates": "return '\\udcff\\ud800' * 1000",
    "nul": "return '\\0' * 1000",
    "dict-that-changes": """
        class Changing(dict):
            def items(self):
                self[len(self)] = 0
                return super().items()
            __iter__ = keys = values = items
        return Changing({1: 2})
    """,
    "list-of-changing-length": """
        class Changing(list):
            def __len__(self): return -5
            def __iter__(self):
                while True: yield 5
        return Changing([5])
    """,
    "not-a-result": "return NotImplemented",
    "ellipsis": "return ...",
}
# Tests that look into the result: what it costs there must end, and be judged.
_LOOKING = {
    "list": "assert list(answer()) == [1, 2, 3]",
    "sorted": "assert sorted(answer()) == [1, 2, 3]",
    "whole": "assert int(answer()) == 5",
    "length": "assert len(answer()) == 3",
}
_ENDLESS = {
    "list": ("[1, 2, 3]", "import itertools\ndef answer(): return itertools.count()"),
    "sorted": ("[1, 2, 3]", "def answer(): return range(10**10)"),
    "whole": ("5", "from decimal import Decimal\ndef answer(): return Decimal('1e99999999')"),
    "length": ("[1, 2, 3]", "def answer(): return range(10**30)"),
}
JUDGED = {
    "mode": "function",
    "entry_point": "answer",
    "cases": [{"args": [7], "expected": [0, 7]}],
    "judge": (
        "def check(input, output, expected):\n"
        "    a, b = output\n"
        "    return sum(range(a)) >= 0 and a + b == input[0] and sorted(output) == sorted(output)"
    ),
    "limits": LIMITS,
}
JUDGES = {
    "judge-none": "def answer(n): return None",
    "judge-text": "def answer(n): return 'ab'",
    "judge-true": "def answer(n): return True",
    "judge-nested": "def answer(n): return eval('[' * 90 + ']' * 90)",
    "judge-mixed": "def answer(n): return [1, 'x']",
    "judge-huge": "def answer(n): return [10**12, 7 - 10**12]",
    "judge-liar": """
        class Same(int):
            def __eq__(self, other): return True
            def __radd__(self, other): return Same(7)
            __add__ = __radd__
        def answer(n): return [Same(1), Same(1)]
    """,
    "judge-object": """
        class Pair:
            def __iter__(self): return iter((0, 7))
            def __eq__(self, other): return True
        def answer(n): return Pair()
    """,
    "judge-exception": "def answer(n): raise ValueError([0, 7])",
    "judge-many": "def answer(n): return [0, 7] * 500_000",
}


def _function(body: str) -> str:
    if "\n" not in body:
        return f"def add(a, b):\n    {body}"
    lines = python(body).removeprefix("```python\n").removesuffix("\n```\n").splitlines()
    return "def add(a, b):\n" + "\n".join(f"    {line}" for line in lines)


ATTACKS = [
    *on_add({f"value-{name}": _function(body) for name, body in HARD.items()}),
    *(
        attack
        for name, test in _LOOKING.items()
        for attack in on(
            {"mode": "assert", "entry_point": "answer", "tests": [test], "limits": LIMITS},
            python(f"def answer():\n    return {_ENDLESS[name][0]}"),
            {f"endless-{name}": _ENDLESS[name][1]},
        )
    ),
    *on(JUDGED, python("def answer(n):\n    return [3, n - 3]"), JUDGES),
]
