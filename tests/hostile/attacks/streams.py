"""Whole programs with pipes: what they print, when, and how they end."""

from tests.hostile.kit import SUM, SUM_STDIO, on

PROGRAMS = {
    "prints-a-constant": "print(5)",
    "prints-all-answers": "print(5); print(42); print(0)",
    "prints-nothing": "pass",
    "accepted": "print('Accepted'); print('All tests passed')",
    "prints-the-input": "print(input())",
    "right-then-more": "print(sum(map(int, input().split()))); print('and more')",
    "right-then-failure": "print(sum(map(int, input().split())), flush=True)\nraise SystemExit(1)",
    "right-then-exception": "print(sum(map(int, input().split())), flush=True)\n1 / 0",
    "right-then-signal": """
        import os
        print(sum(map(int, input().split())), flush=True)
        os.abort()
    """,
    "right-then-sleep": """
        import time
        print(sum(map(int, input().split())), flush=True)
        time.sleep(1e6)
    """,
    "right-then-loop": """
        print(sum(map(int, input().split())), flush=True)
        while True: pass
    """,
    "right-then-flood": """
        print(sum(map(int, input().split())))
        while True: print(" " * 100_000)
    """,
    "right-on-the-wrong-stream": """
        import sys
        print(sum(map(int, input().split())), file=sys.stderr)
    """,
    "right-at-the-end-and-wrong": """
        import atexit
        atexit.register(print, "wrong")
        print(sum(map(int, input().split())))
    """,
    "right-in-a-thread-then-more": """
        import threading, time
        def late():
            time.sleep(0.05); print("late")
        threading.Thread(target=late).start()
        print(sum(map(int, input().split())))
    """,
    "closed-output": """
        import os, sys
        total = sum(map(int, input().split()))
        os.close(1)
        print(total)
    """,
    "closed-everything": "import os\nos.closerange(0, 64)",
    "lost-in-the-buffer": """
        import os
        print(sum(map(int, input().split())))
        os._exit(0)
    """,
    "digits-of-another-script": """
        total = str(sum(map(int, input().split())))
        print(total.translate({ord("0") + n: 0xFF10 + n for n in range(10)}))
    """,
    "as-a-float": "print(float(sum(map(int, input().split()))))",
    "in-another-base": "print(hex(sum(map(int, input().split()))))",
    "with-separators": "print('0' + str(sum(map(int, input().split()))))",
    "nan": "print('nan')",
    "infinite": "print('inf')",
    "split-digits": "print(*str(sum(map(int, input().split())) + 10))",
    "nul-bytes": "print(str(sum(map(int, input().split()))) + '\\0')",
    "erased": "print('9\\b' + str(sum(map(int, input().split()))))",
    "carriage-return": "print('9\\r\\x1b[2K' + str(sum(map(int, input().split()))) + 'x')",
    "bytes-that-are-no-text": """
        import sys
        sys.stdout.buffer.write(b'\\xff\\xfe5')
    """,
    "reads-for-ever": """
        import sys
        while True: sys.stdin.read()
    """,
    "waits-for-more": """
        import os
        os.read(0, 100)
        os.read(os.pipe()[0], 1)
    """,
    "writes-its-own-input": "import os\nos.write(0, b'5')",
    "speaks-on-descriptor-3": """
        import os
        for number in range(3, 64):
            try: os.write(number, b'{"passed": true}' * 100)
            except OSError: pass
    """,
    "hands-output-to-a-child": """
        import os, subprocess
        subprocess.Popen(["/bin/sleep", "100"])
        print(5)
    """,
    "stops": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "floods-errors": "import os\nwhile True: os.write(2, bytes(1 << 16))",
    "floods-lines": "while True: print()",
    "one-endless-line": "while True: print(end='5' * 100_000)",
    "many-tokens": "print('5 ' * 400_000)",
    "one-long-token": "print('5' * 900_000)",
    "exit-120": """
        import os, sys
        print(sum(map(int, input().split())))
        sys.stdout.flush()
        os._exit(120)
    """,
    "knows-one-case": "print({'2 3': 5}.get(input(), 7))",
}

ATTACKS = [*on(SUM_STDIO, SUM, {f"stdio-{name}": code for name, code in PROGRAMS.items()})]
