"""Candidates that rewrite the interpreter, and the part of us that runs in their process."""

from tests.hostile.kit import on_add

_OURS = """
        import sys
        ours = {name: module for name, module in sys.modules.items()
                if name.partition(".")[0] == "guest"}
"""
PATCHES = {
    "our-encoder": _OURS
    + """
        for module in ours.values():
            for name in ("encode", "decode", "text", "pack", "merge"):
                if hasattr(module, name): setattr(module, name, lambda *a, **k: 5)
        def add(a, b): return a - b
    """,
    "our-classes": _OURS
    + """
        class Same:
            def __init__(self, *a, **k): pass
            def __getattr__(self, name): return Same()
            def __call__(self, *a, **k): return Same()
        for module in ours.values():
            for name, value in list(vars(module).items()):
                if isinstance(value, type): setattr(module, name, Same)
        def add(a, b): return a - b
    """,
    "our-code-objects": _OURS
    + """
        import types
        def fake(*a, **k): return 5
        for module in ours.values():
            for value in list(vars(module).values()):
                if isinstance(value, types.FunctionType):
                    try: value.__code__ = fake.__code__
                    except ValueError: pass
        def add(a, b): return a - b
    """,
    "our-frames": """
        import sys
        def add(a, b):
            frame = sys._getframe()
            while frame:
                for name in list(frame.f_locals):
                    if name in ("value", "answer", "result", "message"): frame.f_locals[name] = 5
                frame.f_trace = lambda *_: None
                frame = frame.f_back
            return a - b
    """,
    "our-objects-by-gc": """
        import gc
        def add(a, b):
            for found in gc.get_objects():
                if type(found).__name__ in ("Link", "Serving", "Channel", "Session"):
                    for name in ("send", "request", "serve"):
                        method = getattr(found, name, None)
                        if method:
                            try: method({"v": 5})
                            except Exception: pass
            return a - b
    """,
    "json-and-os": """
        import builtins, json, os, socket, struct
        json.dumps = json.JSONEncoder.encode = lambda *a, **k: '{"v": 5}'
        os.write = os.read = lambda *a: b'{"v": 5}'
        struct.pack = lambda *a: b"\\0\\0\\0\\0"
        def add(a, b): return a - b
    """,
    "all-builtins": """
        import builtins
        for name in "len type isinstance id hasattr getattr dict list int".split():
            setattr(builtins, name, lambda *a, **k: 5)
        def add(a, b): return a - b
    """,
    "build-class": """
        import builtins
        builtins.__build_class__ = lambda *a, **k: int
        builtins.__import__ = lambda *a, **k: 5
        def add(a, b): return a - b
    """,
    "small-integers": """
        import ctypes
        def add(a, b):
            ctypes.memmove(id(4) + 24, id(5) + 24, 4)
            return 4
    """,
    "bool-slots": """
        import ctypes
        ctypes.memmove(id(False) + 16, id(True) + 16, 16)
        def add(a, b): return a - b == a + b
    """,
    "int-slots": """
        import ctypes
        for offset in range(24, 400, 8):
            try: ctypes.c_uint64.from_address(id(int) + offset).value = 0
            except Exception: pass
        def add(a, b): return a - b
    """,
    "opcode-trace": """
        import sys
        def trace(frame, event, arg):
            frame.f_trace_opcodes = True
            if event == "return":
                frame.f_locals.clear()
            return trace
        sys.settrace(trace)
        def add(a, b):
            frame = sys._getframe(1)
            while frame:
                frame.f_trace = trace
                frame = frame.f_back
            return a - b
    """,
    "monitoring": """
        import sys
        monitoring = sys.monitoring
        monitoring.use_tool_id(5, "x")
        def changed(code, offset, value): raise SystemExit(0)
        monitoring.register_callback(5, monitoring.events.PY_RETURN, changed)
        monitoring.set_events(5, monitoring.events.PY_RETURN)
        def add(a, b): return a - b
    """,
    "audit-hook": """
        import sys
        def hook(event, args): raise SystemExit(0)
        sys.addaudithook(hook)
        def add(a, b): return a - b
    """,
    "import-hook": """
        import sys
        class Finder:
            def find_spec(self, name, path=None, target=None): raise SystemExit(0)
        sys.meta_path.insert(0, Finder())
        sys.modules.clear()
        def add(a, b): return a - b
    """,
    "gc-callback": """
        import gc, os
        gc.callbacks.append(lambda phase, info: os._exit(0))
        def add(a, b):
            gc.collect()
            return a - b
    """,
    "recursion-limit": """
        import sys
        sys.setrecursionlimit(40)
        def add(a, b): return a - b
    """,
    "no-integers-as-text": """
        import sys
        sys.set_int_max_str_digits(640)
        def add(a, b): return 10**700
    """,
    "switch-interval": """
        import sys, threading
        sys.setswitchinterval(1e9)
        def spin():
            while True: pass
        threading.Thread(target=spin, daemon=True).start()
        def add(a, b): return a - b
    """,
    "subinterpreter": """
        import _xxsubinterpreters as interpreters
        def add(a, b):
            one = interpreters.create()
            interpreters.run_string(one, "import os; os._exit(0)")
            return a - b
    """,
    "main-module": """
        import sys, types
        main = types.ModuleType("__main__")
        main.add = lambda a, b: a + b
        sys.modules["__main__"] = sys.modules["solution"] = main
        def add(a, b): return a - b
    """,
    "deletes-itself": """
        import sys
        def add(a, b): return a - b
        sys.modules[__name__].__dict__.clear()
    """,
}

ATTACKS = [*on_add(PATCHES)]
