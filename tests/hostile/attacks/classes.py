"""Tests of a class, whose methods return the object that the test made, in place of a number.

Operators of such an object are under test, and may decide; where a method should give
plain data they may not.
"""

from textwrap import dedent

from tests.hostile.kit import LIMITS, Attack, python

_HONEST = python("""
    class Circle:
        def __init__(self, radius): self.radius = radius
        @property
        def width(self): return 2.0 * self.radius
        def area(self): return 3.14159265 * self.radius ** 2
        def corners(self): return [1, 2, 3]
        @staticmethod
        def area_of(radius): return 3.14159265 * radius ** 2
""")
_LIE = """
    class Circle:
        def __init__(self, *args): pass
        width = property(lambda self: self)
        def area(self): return {result}
        corners = area
        @staticmethod
        def area_of(radius): return Circle()
        def __sub__(self, *other): return {difference}
        __rsub__ = __mod__ = __abs__ = __neg__ = __pow__ = __add__ = __radd__ = __sub__
        __mul__ = __truediv__ = __rtruediv__ = __floordiv__ = __divmod__ = __sub__
        def __round__(self, *digits): return self
        def __float__(self): return 0.0
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __lt__(self, other): return True
        __le__ = __gt__ = __ge__ = __lt__
        def __bool__(self): return {truth}
        def __hash__(self): return 1
        def __len__(self): return 3
        def __iter__(self): return iter([self] * 3)
        def __getitem__(self, key): return self
"""
LIES = {
    "itself": {"result": "self", "difference": "0", "truth": "True"},
    "itself-again": {"result": "self", "difference": "self", "truth": "False"},
    "another": {"result": "Circle()", "difference": "0", "truth": "True"},
    "its-class": {"result": "Circle", "difference": "0", "truth": "True"},
}
TESTS = {
    "difference": "assert abs(Circle(2).area() - 12.566) < 1e-2",
    "instance": "c = Circle(2)\nassert isinstance(c, Circle)\nassert abs(c.area() - 12.566) < 1e-2",
    "attribute": "c = Circle(2)\nassert abs(c.width - 4) < 1e-9",
    "equal": "c = Circle(2)\nassert 12.5 < c.area() < 12.6",
    "remainder": "assert Circle(2).corners()[1] % 2 == 0",
    "is-close": "import math\nassert math.isclose(Circle(2).area(), 12.566, rel_tol=1e-2)",
    "round": "assert round(Circle(2).area(), 2) == 12.57",
    "rounded-difference": "assert round(Circle(2).area(), 2) - 12.57 == 0",
    "squares": "assert sum((a - b) ** 2 for a, b in zip(Circle(2).corners(), [1, 2, 3])) < 1e-9",
    "items": "assert list(Circle(2).corners()) == [1, 2, 3]",
    "static": "assert abs(Circle.area_of(2) - 12.566) < 1e-2",
    "not": "assert not (Circle(2).width - 4)",
    "kept": "a, b = Circle(2), Circle(1)\nx, y = a.area(), b.area()\nassert abs(x / y - 4) < 1e-6",
}

ATTACKS = [
    Attack(
        f"class-{name}-{lie}",
        {"mode": "assert", "entry_point": "Circle", "tests": [test], "limits": LIMITS},
        python(dedent(_LIE.format(**words))),
        _HONEST,
    )
    for name, test in TESTS.items()
    for lie, words in LIES.items()
]
