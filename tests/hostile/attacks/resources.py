"""Floods: processes, threads, memory, CPU, disk, output. Limits are low (`kit.LIMITS`)."""

from tests.hostile.kit import on_add

PROCESSES = {
    "fork": """
        import os
        def add(a, b):
            while True: os.fork()
    """,
    "spawn": """
        import os, subprocess
        def add(a, b):
            try: subprocess.run(["/bin/sh", "-c", "true"])
            except Exception: pass
            return os.posix_spawn("/bin/true", ["true"], {})
    """,
    "pools": """
        import concurrent.futures
        def add(a, b):
            with concurrent.futures.ProcessPoolExecutor() as pool:
                return pool.submit(int, 5).result()
    """,
    "raw-clones": """
        import ctypes
        libc = ctypes.CDLL(None)
        def add(a, b):
            for number in (56, 57, 58, 435):
                for flags in (17, 0x10000000 | 17, 0x20000 | 17, 0x4000):
                    if libc.syscall(number, flags, 0, 0, 0, 0) == 0: libc.pause()
            return None
    """,
    "threads": """
        import threading, time
        def add(a, b):
            while True:
                try: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
                except RuntimeError: pass
    """,
    "threads-that-stay": """
        import threading
        def spin():
            while True: pass
        for _ in range(8): threading.Thread(target=spin).start()
        def add(a, b): return a - b
    """,
}
MEMORY = {
    "mappings": """
        import mmap
        def add(a, b):
            held = []
            while True: held.append(mmap.mmap(-1, 1 << 24)); held[-1].write(b"x" * (1 << 24))
    """,
    "growing-text": """
        def add(a, b):
            text = "x"
            while True: text += text
    """,
    "shared-memory": """
        from multiprocessing import shared_memory
        def add(a, b):
            held = []
            while True:
                held.append(shared_memory.SharedMemory(create=True, size=1 << 24))
                held[-1].buf[:] = bytes(1 << 24)
    """,
    "memory-files": """
        import os
        def add(a, b):
            held = []
            while True:
                held.append(os.memfd_create("x")); os.write(held[-1], bytes(1 << 24))
    """,
    "swallowed-memory-error": """
        def add(a, b):
            held = []
            while True:
                try: held.append(bytearray(1 << 20))
                except MemoryError: return a - b
    """,
    "socket-buffers": """
        import socket
        def add(a, b):
            held = []
            while True:
                pair = socket.socketpair(); held.append(pair)
                pair[0].setblocking(False)
                try:
                    while True: pair[0].send(bytes(1 << 16))
                except BlockingIOError: pass
    """,
    "pipes": """
        import os
        def add(a, b):
            while True: os.pipe()
    """,
}
CPU = {
    "one-long-operation": "def add(a, b):\n    return pow(3, 10**9, 10**9000 + 7)",
    "long-sum": "def add(a, b):\n    return sum(range(10**13))",
    "ignores-every-signal": """
        import signal
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        def add(a, b):
            while True: pass
    """,
    "disarms-timers": """
        import ctypes, signal
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            try: signal.setitimer(timer, 0)
            except BaseException: pass
        for timer in range(16): ctypes.CDLL(None).syscall(226, timer)
        def add(a, b):
            while True: pass
    """,
    "more-cpu-please": """
        import resource
        for name in ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_NPROC"):
            try: resource.setrlimit(getattr(resource, name), (-1, -1))
            except (ValueError, OSError): pass
        def add(a, b):
            while True: pass
    """,
    "burns-in-the-kernel": """
        import os
        def add(a, b):
            while True: os.urandom(1 << 20)
    """,
    "burns-while-loading": "while True: pass",
    "burns-while-ending": """
        import atexit
        def add(a, b): return a - b
        class Last:
            def __del__(self):
                while True: pass
        last = Last()
    """,
    "slow-regular-expression": """
        import re
        def add(a, b): return re.match("(a|aa)+$", "a" * 60 + "b")
    """,
    "slow-compilation": """
        def add(a, b): return eval("+".join(["x"] * 1_000_000), {"x": 1})
    """,
    "deep-source": "x = " + "(" * 5000 + "1" + ")" * 5000 + "\ndef add(a, b): return a - b",
    "long-source": "x = [" + "1," * 200_000 + "]\ndef add(a, b): return a - b",
}
WAITING = {
    "sleeps": "import time\ndef add(a, b):\n    time.sleep(1e6)",
    "sleeps-while-loading": "import time\ntime.sleep(1e6)",
    "pauses": "import signal\ndef add(a, b):\n    signal.pause()",
    "waits-for-itself": """
        import threading
        lock = threading.Lock()
        def add(a, b):
            with lock, lock: pass
    """,
    "selects": "import select\ndef add(a, b):\n    select.select([], [], [])",
    "wakes-now-and-then": """
        import time
        def add(a, b):
            while True: time.sleep(0.001)
    """,
    "reads-a-pipe": "import os\ndef add(a, b):\n    return os.read(os.pipe()[0], 1)",
    "stops-all-threads": """
        import os, signal, threading
        threading.Thread(target=signal.pause, daemon=True).start()
        def add(a, b): os.kill(0, signal.SIGSTOP)
    """,
}
DISK = {
    "fills-tmp": """
        import os
        def add(a, b):
            try:
                with open("/tmp/x", "wb") as file:
                    while True: file.write(bytes(1 << 20))
            except OSError: pass
            return a - b
    """,
    "many-files": """
        def add(a, b):
            for n in range(10**6): open(f"/tmp/{n}", "w").close()
    """,
    "sparse": """
        import os
        def add(a, b):
            with open("/tmp/x", "wb") as file: file.truncate(1 << 50)
            os.posix_fallocate(os.open("/tmp/x", os.O_RDWR), 0, 1 << 40)
    """,
    "deep-folders": """
        import os
        def add(a, b):
            while True:
                os.mkdir("x" * 200); os.chdir("x" * 200)
    """,
    "open-files": """
        import os
        def add(a, b):
            while True: os.open("/dev/null", os.O_RDONLY)
    """,
}
OUTPUT = {
    "prints-without-end": """
        def add(a, b):
            while True: print("x" * 100_000)
    """,
    "errors-without-end": """
        import os
        def add(a, b):
            while True: os.write(2, b"x" * 100_000)
    """,
    "prints-while-loading": "while True: print('x' * 100_000)",
    "warns-without-end": """
        import warnings
        def add(a, b):
            while True:
                warnings.resetwarnings(); warnings.simplefilter("always"); warnings.warn("x" * 9999)
    """,
}

ATTACKS = [
    *on_add(PROCESSES),
    *on_add(MEMORY),
    *on_add(CPU),
    *on_add(WAITING),
    *on_add(DISK),
    *on_add(OUTPUT),
]
