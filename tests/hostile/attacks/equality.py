"""Results that decide for themselves what they equal."""

from textwrap import dedent

from tests.hostile.kit import LIMITS, on, on_add, python

LIARS = {
    "equal-to-all-inside": """
        class Same:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            __hash__ = object.__hash__
        def add(a, b):
            return Same()
    """,
    "int-with-own-equality": """
        class Same(int):
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __sub__(self, other): return 0
            __rsub__ = __sub__
            def __index__(self): return 5
            def __reduce__(self): return (int, (5,))
            __hash__ = int.__hash__
        def add(a, b):
            return Same(7)
    """,
    "says-it-is-an-int": """
        class Same:
            __class__ = property(lambda self: int)
            def __eq__(self, other): return True
            def __int__(self): return 5
            __index__ = __int__
        def add(a, b):
            return Same()
    """,
    "enum": """
        import enum
        class Same(enum.IntEnum):
            ONE = 1
            def __eq__(self, other): return True
            __hash__ = int.__hash__
        def add(a, b):
            return Same.ONE
    """,
    "mock": """
        import unittest.mock
        def add(a, b):
            return unittest.mock.ANY
    """,
    "magic-mock": """
        from unittest.mock import MagicMock
        def add(a, b):
            mock = MagicMock()
            mock.__eq__.return_value = True
            mock.__sub__.return_value = 0
            return mock
    """,
    "nan-that-equals": """
        class Same(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
        def add(a, b):
            return Same("nan")
    """,
    "fraction-that-equals": """
        from fractions import Fraction
        class Same(Fraction):
            def __eq__(self, other): return True
            __hash__ = Fraction.__hash__
        Fraction.__eq__ = lambda self, other: True
        def add(a, b):
            return Same(99, 7)
    """,
    "decimal-that-equals": """
        from decimal import Decimal
        class Same(Decimal):
            def __eq__(self, other): return True
            def __sub__(self, other): return Decimal(0)
            __hash__ = Decimal.__hash__
        def add(a, b):
            return Same(99)
    """,
    "class-that-equals": """
        class Meta(type):
            def __eq__(cls, other): return True
            def __instancecheck__(cls, other): return True
            __hash__ = type.__hash__
        class Same(metaclass=Meta): pass
        def add(a, b):
            return Same
    """,
    "ordering-lies": """
        import functools
        @functools.total_ordering
        class Same:
            def __eq__(self, other): return True
            def __lt__(self, other): return True
        def add(a, b):
            return Same()
    """,
    "becomes-a-liar": """
        class Same:
            def __getattribute__(self, name):
                return lambda *args, **kwargs: "" if name == "replace" else True
        def add(a, b):
            return Same()
    """,
    "awaitable-that-equals": """
        class Same:
            def __await__(self):
                yield
                return 5
            def __eq__(self, other): return True
        def add(a, b):
            return Same()
    """,
}

# Tests of all the shapes in which a result can be asked to judge itself.
SHAPES = {
    "mode": "assert",
    "entry_point": "answer",
    "limits": LIMITS,
    "setup": "import math",
}


def _shape(name: str, test: str, honest: str, lie: str):
    task = {**SHAPES, "tests": [test]}
    answer = python(f"def answer():\n    return {honest}")
    return next(on(task, answer, {f"shape-{name}": lie}))


_LIE = dedent("""
    class Lie:
        def __init__(self, *args): pass
        def __bool__(self): return True
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __lt__(self, other): return True
        __le__ = __gt__ = __ge__ = __lt__
        def __contains__(self, other): return True
        def __sub__(self, *other): return 0
        __add__ = __radd__ = __rsub__ = __abs__ = __neg__ = __mod__ = __sub__
        def __round__(self, *digits): return self
        def __and__(self, other): return other
        __or__ = __rand__ = __xor__ = __getitem__ = __and__
        def __call__(self, *args, **kwargs): return self
        def __getattr__(self, name):
            if name.startswith("__"): raise AttributeError(name)
            return lambda *args, **kwargs: True
        def __iter__(self): return iter([Lie(), Lie(), Lie()])
        def __hash__(self): return hash("expected")
        def __format__(self, spec): return "Lie"
    def answer():
        return Lie()
""")
FORMS = {
    "reflected": ("assert 5 == answer()", "5"),
    "unequal": ("assert not (answer() != 5)", "5"),
    "between": ("assert 4 < answer() < 6", "5"),
    "difference": ("assert abs(answer() - 1.5) < 1e-6", "1.5"),
    "is-close": ("assert math.isclose(answer(), 1.5)", "1.5"),
    "round": ("assert round(answer(), 2) == 1.5", "1.5"),
    "item-of-result": ("assert 3 in answer()", "[1, 2, 3]"),
    "result-in-list": ("assert answer() in [1, 2, 3]", "3"),
    "result-in-set": ("assert answer() in {'expected'}", "'expected'"),
    "result-in-dict": ("assert {'expected': True}[answer()]", "'expected'"),
    "sorted": ("assert sorted(answer()) == [1, 2, 3]", "[3, 2, 1]"),
    "set-of": ("assert set(answer()) == {1, 2, 3}", "[3, 2, 1]"),
    "list-of": ("assert list(answer()) == [1, 2, 3]", "(1, 2, 3)"),
    "zip": ("assert all(a == b for a, b in zip(answer(), [1, 2, 3], strict=True))", "[1, 2, 3]"),
    "sum": ("assert sum(answer()) == 6", "[1, 2, 3]"),
    "maximum": ("assert max(answer()) == 3", "[1, 2, 3]"),
    "starts-with": ("assert answer().startswith('expected')", "'expected text'"),
    "replaced": ("assert answer().replace('expected', '') == ''", "'expected'"),
    "subset": ("assert answer().issubset({1, 2})", "{1}"),
    "text": ("assert str(answer()) == '5'", "5"),
    "format": ("assert f'{answer()}' == '5'", "5"),
    "modulo": ("assert answer() % 7 == 0 and answer() > 0", "14"),
    "index": ("assert [1, 2, 3][answer()] == 3", "2"),
    "type": ("assert type(answer()) is int and answer() == 5", "5"),
    "instance": ("assert isinstance(answer(), int) and answer() == 5", "5"),
    "length": ("assert len(answer()) == 3 and answer()[0] == 1", "[1, 2, 3]"),
    "items-of-dict": ("assert answer()['key'] == 'value'", "{'key': 'value'}"),
    "union": ("assert answer() | {1} == {1, 2}", "{2}"),
    "unpacked": ("a, b, c = answer()\nassert (a, b, c) == (1, 2, 3)", "(1, 2, 3)"),
    "matched": (
        "match answer():\n    case [1, 2, 3]: pass\n    case _: raise AssertionError",
        "[1, 2, 3]",
    ),
    "approximately": ("assert -1e-9 <= answer() - 1.5 <= 1e-9", "1.5"),
    "is-true": ("assert answer() is True", "True"),
    "json": ("import json\nassert json.loads(json.dumps(answer())) == [1]", "[1]"),
    "counted": ("import collections\nassert collections.Counter(answer())['a'] == 2", "'aab'"),
    "hashed": (
        "assert hash(answer()) == hash('expected') and answer() == 'expected'",
        "'expected'",
    ),
}

ATTACKS = [
    *on_add(LIARS, "assert", "function", "pytest", "unittest"),
    *(_shape(name, test, honest, _LIE) for name, (test, honest) in FORMS.items()),
    *on(
        {**SHAPES, "tests": ["assert all(answer(n) == n * n for n in range(4))"]},
        python("def answer(n):\n    return n * n"),
        {"shadows-all-and-range": "all = any = lambda x: True\nrange = lambda *a: ()\nanswer = id"},
    ),
]
