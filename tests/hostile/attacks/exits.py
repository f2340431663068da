"""Leaving early, dying, and raising what frameworks and interpreters treat specially."""

from tests.hostile.kit import on_add

LEAVING = {
    "thread-exit": """
        import os, threading
        threading.Timer(0.01, os._exit, (0,)).start()
        def add(a, b):
            while True: pass
    """,
    "exit-in-metaclass": """
        import os
        class Meta(type):
            def __call__(cls, *args): os._exit(0)
        class add(metaclass=Meta): pass
    """,
    "exit-in-getattr": """
        def __getattr__(name):
            raise SystemExit(0)
    """,
    "exit-in-del": """
        import os
        class Last:
            def __del__(self): os._exit(0)
        def add(a, b):
            Last()
    """,
    "exit-in-finalizer": """
        import atexit, os, weakref, sys
        atexit.register(os._exit, 0)
        weakref.finalize(sys.modules[__name__], os._exit, 0)
        sys.exit(0)
    """,
    "exit-group-syscall": """
        import ctypes
        libc = ctypes.CDLL(None)
        def add(a, b):
            libc.syscall(231, 0)
    """,
    "abort-exit-zero": """
        import os, signal
        signal.signal(signal.SIGABRT, lambda *_: os._exit(0))
        def add(a, b):
            os.abort()
    """,
    "jump-over-the-caller": """
        import ctypes
        libc = ctypes.CDLL(None)
        def add(a, b):
            libc.pthread_exit(0)
    """,
    "quit-with-a-text": """
        def add(a, b):
            raise SystemExit("all tests passed")
    """,
    "exit-with-a-liar": """
        class Zero(int):
            def __eq__(self, other): return True
        def add(a, b):
            raise SystemExit(Zero())
    """,
}
RAISING = {
    "keyboard-interrupt": """
        def add(a, b):
            raise KeyboardInterrupt
    """,
    "generator-exit": """
        def add(a, b):
            raise GeneratorExit
    """,
    "stop-iteration": """
        def add(a, b):
            raise StopIteration(a + b)
    """,
    "stop-async-iteration": """
        def add(a, b):
            raise StopAsyncIteration(5)
    """,
    "cancelled": """
        import asyncio
        def add(a, b):
            raise asyncio.CancelledError
    """,
    "group-of-exits": """
        def add(a, b):
            raise BaseExceptionGroup("done", [SystemExit(0), KeyboardInterrupt()])
    """,
    "no-name-exception": """
        class Quiet(BaseException):
            def __str__(self): raise Quiet
            __repr__ = __str__
        def add(a, b):
            raise Quiet
    """,
    "lying-exception-class": """
        class Meta(type):
            def __instancecheck__(cls, other): return True
            def __subclasscheck__(cls, other): return True
            def __eq__(cls, other): return True
            __hash__ = type.__hash__
        class Fine(Exception, metaclass=Meta):
            __class__ = property(lambda self: StopIteration)
        def add(a, b):
            raise Fine(a, b)
    """,
    "huge-exception": """
        def add(a, b):
            raise ValueError("x" * 50_000_000)
    """,
    "endless-causes": """
        def add(a, b):
            error = ValueError()
            for _ in range(100_000):
                outer = ValueError()
                outer.__cause__ = outer.__context__ = error
                error = outer
            raise error
    """,
    "circular-cause": """
        def add(a, b):
            one, two = ValueError(1), ValueError(2)
            one.__cause__, two.__cause__ = two, one
            raise one
    """,
}
DYING = {
    "stops-itself": """
        import os, signal
        def add(a, b):
            os.kill(os.getpid(), signal.SIGSTOP)
    """,
    "kills-its-group": """
        import os, signal
        def add(a, b):
            os.killpg(0, signal.SIGKILL)
    """,
    "segfault-in-thread": """
        import ctypes, threading
        def add(a, b):
            thread = threading.Thread(target=ctypes.string_at, args=(0,))
            thread.start(); thread.join()
            return a + b
    """,
    "illegal-instruction": """
        import signal
        def add(a, b):
            signal.raise_signal(signal.SIGILL)
    """,
    "profiling-signal": """
        import signal
        def add(a, b):
            signal.raise_signal(signal.SIGPROF)
    """,
    "cpu-limit-signal": """
        import os, signal
        def add(a, b):
            os.kill(os.getpid(), signal.SIGXCPU)
            signal.raise_signal(signal.SIGKILL)
    """,
    "stack-overflow": """
        import sys
        sys.setrecursionlimit(10**9)
        def add(a, b):
            return add(a, b)
    """,
    "corrupts-the-heap": """
        import ctypes
        def add(a, b):
            for at in range(0, 1 << 16, 8):
                ctypes.memset(id(object()) + at, 0x41, 64)
            return object()
    """,
}

ATTACKS = [*on_add(LEAVING), *on_add(RAISING, "assert", "pytest"), *on_add(DYING)]
