"""A script behaves as under `python main.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier_server.code.guest.processes import script

PROGRAMS = {
    "echo": "import sys\nfor line in sys.stdin: print(line.strip()[::-1])",
    "input": "print(input() + input('? '))",
    "eof": "input(); input(); input()",
    "buffer": "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])",
    "read": "print(open(0).read().upper())",
    "guard": "def main(): print('main')\nif __name__ == '__main__': main()",
    "exit": "import sys\nprint('a')\nsys.exit(3)",
    "exit text": "import sys\nprint('a'); sys.exit('bad')",
    "exit none": "raise SystemExit",
    "exit true": "raise SystemExit(True)",
    "exit big": "raise SystemExit(256 + 7)",
    "exit object": "raise SystemExit([1])",
    "os exit": "import os\nprint('lost')\nos._exit(4)",
    "raise": "print('x')\ndef f():\n    1 / 0\nf()",
    "atexit": "import atexit\natexit.register(print, 'bye')\nprint('hi')",
    "threads": "import threading, time\ndef f():\n    time.sleep(0.05); print('late')\n"
    "threading.Thread(target=f).start()\nprint('early')",
    "pool": "from concurrent.futures import ThreadPoolExecutor as T\n"
    "print(list(T(2).map(abs, [-1, -2])))",
    "closed": "import sys\nprint('a'); sys.stdout.flush(); sys.stdout.close()",
    "none": "import sys\nsys.stdout = None\nprint('nothing')",
    "hook": "import sys\nsys.excepthook = lambda *a: print('hooked', a[0].__name__)\n1 / 0",
    "raw": "import os, sys\nos.write(1, b'raw ')\nprint('text')",
    "argv": "import sys\nprint(sys.argv, __name__, __file__[-8:])",
    "unicode": "print('\u00e9', '\\U0001f600')",
    "surrogate": "print('\\udc80')",
    "big": "print('x' * 50000)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_python_would(name: str, tmp_path: Path) -> None:
    source, stdin = PROGRAMS[name], "first\nsecond \u00e9\n".encode()
    (tmp_path / "main.py").write_text(source)
    real = subprocess.run(
        [sys.executable, "main.py"],
        input=stdin,
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONUTF8": "1"},
        timeout=30,
    )
    ours = script(source, stdin)
    assert (ours.code, ours.stdout) == (real.returncode, real.stdout)
    assert ours.stderr.splitlines()[-1:] == real.stderr.decode().splitlines()[-1:]


def test_the_traceback_shows_source_lines() -> None:
    ran = script("def f():\n    return 1 / 0\nf()")
    assert 'File "main.py", line 3, in <module>\n    f()' in ran.stderr
    assert "return 1 / 0" in ran.stderr
    assert "guest" not in ran.stderr


def test_a_syntax_error_is_shown_and_is_status_1() -> None:
    ran = script("print('a'\n")
    assert (ran.code, ran.stdout) == (1, b"")
    assert "SyntaxError" in ran.stderr


def test_a_script_has_no_channel() -> None:
    ran = script("import os\ntry: os.fstat(3)\nexcept OSError: print('closed')")
    assert ran.stdout == b"closed\n"


def test_a_failed_flush_is_status_120() -> None:
    assert script("import os\nprint('x')\nos.close(1)").code == 120
