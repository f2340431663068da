"""Classes of a candidate and their instances, as a test program uses them."""

from collections import OrderedDict

import pytest

from tests.verifier_server.code.guest.processes import loaded

CLASSES = """
import enum, functools
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from typing import NamedTuple

class Account:
    rate = 0.5
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._balance += amount
        return self
    @property
    def balance(self): return self._balance
    @balance.setter
    def balance(self, value): self._balance = value
    @classmethod
    def empty(cls): return cls("nobody")
    @staticmethod
    def double(x): return 2 * x
    def __len__(self): return 7
    def __contains__(self, x): return x == self.owner
    def __getitem__(self, i):
        if i > 2: raise IndexError(i)
        return i * 10
    def __str__(self): return f"Account of {self.owner}"
    def __call__(self, x): return x + 1
    def __enter__(self): return self
    def __exit__(self, kind, error, trace): return kind is KeyError
    def __eq__(self, other): return isinstance(other, Account) and other.owner == self.owner
    def __lt__(self, other): return self.owner < other.owner
    def __hash__(self): return hash(self.owner)
class Savings(Account): pass
class Plain: pass
class Stack(list):
    def push(self, x): self.append(x); return self
class LRU(OrderedDict):
    def __init__(self, size): super().__init__(); self.size = size
    def put(self, k, v):
        self[k] = v
        if len(self) > self.size: self.popitem(last=False)
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)
    def __matmul__(self, o): return self.x * o.x + self.y * o.y
    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __iadd__(self, k): self.x += k; return self
    @classmethod
    def unit(cls): return cls(1, 0)
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Level(enum.IntEnum):
    LOW = 1
class Word(str, enum.Enum):
    YES = "yes"
@dataclass(order=True)
class Item:
    name: str
    tags: list
Pair = namedtuple("Pair", "a b")
class Rich(NamedTuple):
    a: int
    def double(self): return self.a * 2
def pair(): return Pair(1, 2)
def items(): return [Item("a", [1]), Item("b", [])]
def said(): return Word.YES
def pick(c): return Color.BLUE if c is Color.RED else Color.RED
class Meter:
    @functools.lru_cache(maxsize=None)
    def read(self, x): return x
"""


def test_classes_and_instances() -> None:
    with loaded(CLASSES) as session:
        account = session.bind("Account")
        one = account("ann", balance=5)
        assert one.deposit(3) is one
        assert one.balance == 8
        one.balance = 1
        assert one.balance == 1
        assert (account.rate, account.double(4), one.double(5)) == (0.5, 8, 10)
        with pytest.raises(ValueError, match="positive"):
            one.deposit(-1)
        assert isinstance(one, account)
        assert type(one) is account
        assert account.__name__ == type(one).__name__ == "Account"
        savings = session.bind("Savings")("ann")
        assert isinstance(savings, account)
        assert issubclass(session.bind("Savings"), account)
        assert not isinstance(one, session.bind("Savings"))
        assert (len(one), "ann" in one, "bob" in one) == (7, True, False)
        assert (list(one), one[2]) == ([0, 10, 20], 20)
        assert (str(one), f"{one}", one(4)) == ("Account of ann", "Account of ann", 5)
        assert one == savings
        assert account("a") < account("b")
        assert sorted([account("b"), account("a")])[0].owner == "a"
        assert {one: 1}[savings] == 1
        assert account.empty().owner == "nobody"
        assert hasattr(one, "deposit")
        assert not hasattr(one, "withdraw")
        with one as entered:
            assert entered is one
            raise KeyError
        with pytest.raises(IndexError):
            one[3]


def test_attributes_and_abilities() -> None:
    with loaded(CLASSES) as session:
        account = session.bind("Account")
        one = account("ann")
        del one.owner
        with pytest.raises(AttributeError):
            one.owner  # noqa: B018 (the access is the test)
        with pytest.raises(TypeError):
            account()
        assert callable(one)
        assert not callable(session.bind("Plain")())
        assert not hasattr(session.bind("Plain")(), "__len__")
        assert "deposit" in dir(one)
        assert vars(account("x", 2)) == {"owner": "x", "_balance": 2}
        meter = session.bind("Meter")()
        assert (meter.read(1), meter.read(1), meter.read.cache_info().hits) == (1, 1, 1)


def test_classes_that_extend_builtins() -> None:
    with loaded(CLASSES) as session:
        stack = session.bind("Stack")([1])
        assert stack.push(2) is stack
        assert (len(stack), stack[0], list(stack)) == (2, 1, [1, 2])
        assert stack == [1, 2]
        assert stack != [1]
        assert stack > [1]
        cache = session.bind("LRU")(2)
        for key in "abc":
            cache.put(key, 1)
        assert list(cache) == ["b", "c"]
        assert cache == OrderedDict(b=1, c=1)
        assert "a" not in cache
        pair = session.bind("pair")()
        assert (pair.a, pair) == (1, (1, 2))
        assert isinstance(pair, session.bind("Pair"))
        rich = session.bind("Rich")(4)
        assert (rich.double(), rich.a, rich == (4,)) == (8, 4, True)


def test_operators_of_objects_that_the_test_made() -> None:
    with loaded(CLASSES) as session:
        vector = session.bind("Vector")
        assert vector(1, 2) * 3 == vector(3, 6)
        assert 3 * vector(1, 2) == vector(3, 6)
        assert vector(1, 2) + vector(1, 1) == vector(2, 3)
        assert vector(1, 2) @ vector(3, 4) == 11
        assert abs(vector(3, 4)) == 5
        assert (vector.unit() * 5).x == 5
        assert abs(vector(3, 4) * 2) == 10  # once the class is used as one
        moved = same = vector(1, 1)
        moved += 4
        assert moved is same
        assert moved.x == 5


def test_enumerations_and_dataclasses() -> None:
    with loaded(CLASSES) as session:
        color = session.bind("Color")
        assert color.RED is color.RED
        assert color.RED is color(1)
        assert color["RED"] is color.RED
        assert color.RED != color.BLUE
        assert (color.RED.name, color.RED.value) == ("RED", 1)
        assert list(color) == [color.RED, color.BLUE]
        assert len(color) == 2
        assert session.bind("pick")(color.RED) is color.BLUE
        assert isinstance(color.RED, color)
        assert session.bind("Level").LOW == 1
        said = session.bind("said")()
        assert (said.value, said.name) == ("yes", "YES")
        assert said == "yes"
        assert said is session.bind("Word").YES
        first, second = session.bind("items")()
        item = session.bind("Item")
        assert first == item("a", [1])
        assert [first, second] == [item("a", [1]), item("b", [])]
        assert repr(second) == "Item(name='b', tags=[])"
        assert first < second
        with pytest.raises(TypeError):
            hash(first)
