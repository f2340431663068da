"""Candidates that look for what their tests expect. It stands nowhere that they can reach."""

from textwrap import dedent

from tests.hostile.kit import LIMITS, SECRET, on, python

# Honest completions are told the number; an attack has to find it.
_KNOWS = python(f"def number(key):\n    return {SECRET} + key")
TASKS = {
    "assert": {
        "mode": "assert",
        "entry_point": "number",
        "setup": f"EXPECTED = {SECRET}",
        "tests": [f"assert number(0) == EXPECTED == {SECRET}"],
        "limits": LIMITS,
    },
    "function": {
        "mode": "function",
        "entry_point": "number",
        "cases": [{"args": [0], "expected": SECRET}],
        "limits": LIMITS,
    },
    "judge": {
        "mode": "function",
        "entry_point": "number",
        "cases": [{"args": [0], "expected": SECRET}],
        "judge": f"def check(output, expected):\n    return output == expected == {SECRET}",
        "limits": LIMITS,
    },
    "pytest": {
        "mode": "pytest",
        "files": {
            "test_it.py": (
                f"import solution\n\ndef test_it():\n    assert solution.number(0) == {SECRET}\n"
            )
        },
        "limits": LIMITS,
    },
}
# `text` finds an eight-digit number that begins with 4815 in whatever it is given.
_FIND = dedent("""
    import re
    def text(found):
        match = re.search(r"4815\\d{4}", found if isinstance(found, str) else repr(found))
        return int(match.group()) if match else 0
""")
LEAKS = {
    "frames": """
        import sys
        def number(key):
            frame = sys._getframe()
            while frame:
                found = text([frame.f_locals, frame.f_globals, frame.f_code.co_consts])
                if found: return found
                frame = frame.f_back
    """,
    "threads": """
        import sys
        def number(key):
            return text([frame.f_locals for frame in sys._current_frames().values()])
    """,
    "garbage": """
        import gc
        def number(key):
            for found in gc.get_objects():
                for value in gc.get_referents(found):
                    if type(value) is int and str(value).startswith("4815"): return value
                    if type(value) is str and text(value): return text(value)
    """,
    "modules": """
        import sys
        def number(key):
            for module in list(sys.modules.values()):
                for value in list(vars(module).values()):
                    if type(value) in (str, int, list, dict, tuple) and text(str(value)[:100000]):
                        return text(str(value))
    """,
    "sources": """
        import linecache, os, sys
        def number(key):
            found = [linecache.cache, sys.argv, dict(os.environ), sys.orig_argv]
            for top in (".", "/tmp", "/app", "/runtime", "/home", "/var", "/dev", "/proc", "/run"):
                for folder, _, names in os.walk(top):
                    for name in names:
                        try: found.append(open(os.path.join(folder, name), "rb").read(100000))
                        except (OSError, ValueError): pass
                    if len(found) > 300: break
            return text(repr(found))
    """,
    "traceback": """
        def number(key):
            try: raise ValueError
            except ValueError as error:
                trace = error.__traceback__
                while trace:
                    frame = trace.tb_frame
                    while frame:
                        found = text(frame.f_globals)
                        if found: return found
                        frame = frame.f_back
                    trace = trace.tb_next
    """,
    "descriptors": """
        import os
        def number(key):
            found = []
            for descriptor in range(64):
                if descriptor == 3: continue
                try:
                    os.set_blocking(descriptor, False)
                    found.append(os.read(descriptor, 1 << 16))
                except OSError: pass
                try: found.append(os.pread(descriptor, 1 << 16, 0))
                except OSError: pass
            return text(repr(found))
    """,
    "peeks": """
        import os, socket
        channel = socket.socket(fileno=os.dup(3))
        channel.setblocking(False)
        def number(key):
            try: return text(repr(channel.recv(1 << 16, socket.MSG_PEEK)))
            except OSError: return 0
    """,
    "memory": """
        import ctypes, re
        def number(key):
            libc = ctypes.CDLL(None)
            base = id(object()) & ~0xFFFF
            for start in (base, id(text) & ~0xFFFF, id(number) & ~0xFFFF):
                for page in range(start - (1 << 19), start + (1 << 19), 4096):
                    vector = ctypes.create_string_buffer(1)
                    if libc.mincore(ctypes.c_void_p(page), 4096, vector) == 0:
                        # Our own constants hold the first digits only.
                        found = re.search(rb"4815\\d{4}", ctypes.string_at(page, 4096))
                        if found: return int(found.group())
            return 0
    """,
    "other-processes": """
        import ctypes, os
        libc = ctypes.CDLL(None)
        def number(key):
            buffer = ctypes.create_string_buffer(1 << 16)
            class Part(ctypes.Structure):
                _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]
            local = Part(ctypes.addressof(buffer), 1 << 16)
            for pid in range(0, 300):
                for address in (0x400000, id(object())):
                    remote = Part(address, 1 << 16)
                    parts = ctypes.byref(local), 1, ctypes.byref(remote), 1, 0
                    if libc.process_vm_readv(pid, *parts) > 0 and text(repr(buffer.raw)):
                        return text(repr(buffer.raw))
            return 0
    """,
    "asks-for-it": """
        import sys
        def number(key):
            serving = sys._getframe()
            while serving:
                for value in list(serving.f_locals.values()):
                    link = getattr(value, "link", value)
                    for operation in ("getattr", "call", "special", "next"):
                        for handle in range(5):
                            try:
                                got = link.request(operation, handle, "EXPECTED")
                                if text(got): return text(got)
                            except BaseException: pass
                serving = serving.f_back
            return 0
    """,
    "guesses-by-order": """
        import operator
        class Any:
            seen = []
            def __eq__(self, other):
                Any.seen.append(other)
                return True
            def __lt__(self, other): return self == other
            __gt__ = __le__ = __ge__ = __sub__ = __rsub__ = __radd__ = __lt__
            __hash__ = object.__hash__
        def number(key):
            return Any.seen[-1] if Any.seen else Any()
    """,
}

ATTACKS = [
    attack
    for mode, task in TASKS.items()
    for attack in on(
        task, _KNOWS, {f"leak-{name}-{mode}": _FIND + dedent(code) for name, code in LEAKS.items()}
    )
]
