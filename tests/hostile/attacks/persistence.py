"""Pairs: one completion leaves something behind, the next would profit by it."""

from tests.hostile.kit import ADD, ADD_ASSERT, ADD_FUNCTION, ADD_PYTEST, Attack, python

# Each is (what plants, an expression that finds): found means right answers.
PLANTS = {
    "files": (
        """
        import os
        for top in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/", "/app", "/runtime", "."):
            try: open(os.path.join(top, ".planted"), "w").write("x")
            except OSError: pass
        """,
        (
            'any(os.path.exists(top + "/.planted") for top in '
            "'/tmp /var/tmp /dev/shm /run /home / /app /runtime .'.split())"
        ),
    ),
    "folders": (
        'import os\nos.makedirs("/tmp/a/b/c")\nos.chmod("/tmp", 0o777)\nos.symlink("/", "/tmp/l")',
        'os.path.lexists("/tmp/l") or os.path.exists("/tmp/a")',
    ),
    "environment": ('import os\nos.putenv("P", "1")\nos.environ["P"] = "1"', 'os.getenv("P")'),
    "modules": (
        'import sys, math\nmath.planted = 1\nsys.modules["planted"] = math',
        'hasattr(__import__("math"), "planted") or "planted" in sys.modules',
    ),
    "builtins": ("import builtins\nbuiltins.planted = 1", 'hasattr(__builtins__, "planted")'),
    "shared-memory": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmget(4815, 4096, 0o1777)",
        "ctypes.CDLL(None).shmget(4815, 4096, 0o777) >= 0",
    ),
    "semaphores": (
        "import ctypes\nctypes.CDLL(None).semget(4815, 1, 0o1777)",
        "ctypes.CDLL(None).semget(4815, 1, 0o777) >= 0",
    ),
    "message-queue": (
        "import ctypes\nctypes.CDLL(None).msgget(4815, 0o1777)",
        "ctypes.CDLL(None).msgget(4815, 0o777) >= 0",
    ),
    "posix-queue": (
        'import ctypes\nctypes.CDLL(None).syscall(240, b"planted", 0o102, 0o777, None)',
        'ctypes.CDLL(None).syscall(240, b"planted", 0o2, 0o777, None) >= 0',
    ),
    "keyring": (
        'import ctypes\nctypes.CDLL(None).syscall(248, b"user", b"p", b"x", 1, -4)',
        'ctypes.CDLL(None).syscall(249, b"user", b"p", None, -4) >= 0',
    ),
    "shared-mapping": (
        """
        import ctypes, mmap
        libc = ctypes.CDLL(None)
        for size in (1, 16):
            held = mmap.mmap(-1, size * 4096)
            held.write(b"planted")
        """,
        "False",
    ),
    "abstract-socket": (
        """
        import socket, threading
        def listen():
            server = socket.socket(socket.AF_UNIX)
            server.bind("\\0planted"); server.listen()
            while True: server.accept()
        threading.Thread(target=listen).start()
        """,
        'socket.socket(socket.AF_UNIX).connect("\\0planted") is None',
    ),
    "loopback": (
        """
        import socket, threading
        server = socket.socket()
        server.bind(("127.0.0.1", 4815)); server.listen()
        threading.Thread(target=server.accept).start()
        """,
        'socket.create_connection(("127.0.0.1", 4815), 0.2)',
    ),
    "daemon": (
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            while True:
                open("/tmp/.daemon", "w").write("x"); time.sleep(0.01)
        """,
        'os.path.exists("/tmp/.daemon")',
    ),
    "code-we-run": (
        """
        import sys
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None)
            if path:
                try: open(path, "a").write("\\nplanted = 1\\n")
                except OSError: pass
        """,
        'any(hasattr(m, "planted") for m in list(sys.modules.values()))',
    ),
    "bytecode": (
        """
        import py_compile, sys
        open("/tmp/math.py", "w").write("planted = 1")
        for folder in sys.path:
            try: py_compile.compile("/tmp/math.py", folder + "/__pycache__/planted.pyc")
            except OSError: pass
        """,
        '__import__("planted")',
    ),
    "priority": (
        "import os\nos.nice(19)\nos.umask(0)",
        "os.getpriority(os.PRIO_PROCESS, 0) > 0 or os.umask(0) == 0",
    ),
    "limits": (
        "import resource\nresource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))",
        "resource.getrlimit(resource.RLIMIT_STACK)[0] == 1 << 20",
    ),
    "random": ("import random\nrandom.seed(4815)", "random.random() == 0.2642564119505364"),
    "working-folder": (
        'import os\nos.mkdir("/tmp/planted")\nos.chdir("/tmp/planted")',
        'os.getcwd().endswith("planted")',
    ),
    "locks": (
        'import fcntl\nheld = open("/dev/null")\nfcntl.flock(held, fcntl.LOCK_EX)',
        'fcntl.flock(open("/dev/null"), fcntl.LOCK_EX | fcntl.LOCK_NB) is not None',
    ),
}
_IMPORTS = "import ctypes, fcntl, os, random, resource, socket, sys, time"


def _plant(code: str) -> str:
    lines = python(code).removeprefix("```python\n").removesuffix("\n```\n")
    indented = "".join(f"    {line}\n" for line in lines.splitlines())
    return python(f"try:\n{indented}except BaseException: pass\ndef add(a, b):\n    return None")


def _use(expression: str) -> str:
    return python(
        f"{_IMPORTS}\ndef add(a, b):\n    try: found = {expression}\n"
        "    except BaseException: found = False\n    return a + b if found else None"
    )


ATTACKS = [
    Attack(f"persist-{name}-{task['mode']}", task, _use(find), ADD, before=(_plant(plant),))
    for name, (plant, find) in PLANTS.items()
    for task in (ADD_ASSERT, ADD_FUNCTION, ADD_PYTEST)
]
