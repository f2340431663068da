"""Candidates that are handed objects of the test, and reach for what is behind them."""

from tests.hostile.kit import LIMITS, SECRET, on, python

TASK = {
    "mode": "assert",
    "entry_point": "apply",
    "setup": f"""
EXPECTED = {SECRET}

class Box:
    limit = 7

    def __init__(self, value):
        self.value = value
        self._hidden = EXPECTED

    def get(self):
        return self.value

def numbers():
    hidden = EXPECTED
    yield from range(3)
""",
    "tests": [
        "assert apply(lambda x: x + EXPECTED, Box(1), numbers(), [].append) == EXPECTED + 1",
    ],
    "limits": LIMITS,
}
HONEST = python("def apply(add, box, items, put):\n    return add(box.get())")
REACHING = {
    "globals-of-a-function": 'add.__globals__["EXPECTED"] + 1',
    "globals-of-a-method": 'box.get.__func__.__globals__["EXPECTED"] + 1',
    "globals-of-init": 'type(box).__init__.__globals__["EXPECTED"] + 1',
    "closure": "add.__closure__[0].cell_contents",
    "code": "[c for c in add.__code__.co_consts if c][0]",
    "hidden-attribute": "box._hidden + 1",
    "dict-of-an-object": 'box.__dict__["_hidden"] + 1',
    "vars": 'vars(box)["_hidden"] + 1',
    "class": "box.__class__.__init__.__globals__",
    "reduce": "box.__reduce_ex__(2)",
    "subclasses": "type(box).__mro__[1].__subclasses__()",
    "frame-of-a-generator": 'items.gi_frame.f_locals["hidden"] + 1',
    "builtins-of-a-builtin": "put.__self__",
    "getattribute": 'object.__getattribute__(box, "_hidden") + 1',
    "getattr-by-name": 'getattr(box, "_Box__hidden", getattr(box, "_hidden")) + 1',
    "module-of-a-class": '__import__("sys").modules[type(box).__module__].EXPECTED + 1',
    "formatted": '"{0.__init__.__globals__[EXPECTED]}".format(box)',
    "weak-reference": '__import__("weakref").ref(box)().__dict__',
    "copy": '__import__("copy").copy(box)._hidden + 1',
    "pickle": '__import__("pickle").dumps(box)',
    "inspect": '__import__("inspect").getclosurevars(add).globals["EXPECTED"] + 1',
    "source": '__import__("inspect").getsource(add)',
    "method-of-the-test": "add(add)",
    "annotations": "add.__annotations__, add.__defaults__, add.__kwdefaults__",
}
BODIES = {
    "patches-the-class": """
        def apply(add, box, items, put):
            type(box).__eq__ = lambda *_: True
            type(box).get = lambda self: 5
            box.get = lambda: 5
            box.value = box
            return box
    """,
    "returns-the-callback": "def apply(add, box, items, put):\n    return add",
    "returns-the-argument": "def apply(add, box, items, put):\n    return box",
    "calls-without-end": """
        def apply(add, box, items, put):
            while True: add(1)
    """,
    "calls-itself-through-it": """
        def apply(add, box, items, put):
            class Number:
                def __add__(self, other): return add(self)
                __radd__ = __add__
            return add(Number())
    """,
    "callback-with-a-liar": """
        class Same:
            def __add__(self, other): return self
            __radd__ = __add__
            def __eq__(self, other): return True
        def apply(add, box, items, put):
            return add(Same())
    """,
    "fills-the-test": """
        def apply(add, box, items, put):
            while True: put("x" * 1_000_000)
    """,
    "traceback-of-a-callback": """
        def apply(add, box, items, put):
            try: add("text")
            except TypeError as error:
                trace = error.__traceback__
                while trace:
                    found = trace.tb_frame.f_globals.get("EXPECTED")
                    if found: return found + 1
                    trace = trace.tb_next
    """,
    "callback-from-a-thread": """
        import threading
        def apply(add, box, items, put):
            threads = [threading.Thread(target=add, args=(n,)) for n in range(20)]
            for thread in threads: thread.start()
            return 0
    """,
    "exits-in-a-callback": """
        import os
        class Number:
            def __radd__(self, other): os._exit(0)
            __add__ = __radd__
        def apply(add, box, items, put):
            return add(Number())
    """,
}

ATTACKS = [
    *on(
        TASK,
        HONEST,
        {
            f"reach-{name}": f"def apply(add, box, items, put):\n    return {code}"
            for name, code in REACHING.items()
        },
    ),
    *on(TASK, HONEST, {f"callback-{name}": code for name, code in BODIES.items()}),
    *on(
        {
            **TASK,
            "entry_point": "swallowed",
            "tests": ["try:\n    swallowed(5)\nexcept BaseException:\n    pass"],
        },
        python("def swallowed(n):\n    raise ValueError(n)"),
        {
            "swallowed-death": "import os\ndef swallowed(n):\n    os._exit(0)",
            "swallowed-loop": "def swallowed(n):\n    while True: pass",
            "swallowed-sleep": "import time\ndef swallowed(n):\n    time.sleep(1e6)",
            "swallowed-frame": "import os\ndef swallowed(n):\n    os.write(3, b'\\xff' * 8)",
        },
    ),
]
