"""C++ in the jails: one child compiles, and then one child a case runs the program.

Promises: no flag, path or environment of the compiler comes from the completion,
only its files and one of two standards. Whatever the compiler does with them ends
in one answer: a program, a compile error, or a compiler that ran into its limits.
The program that runs is the bytes on the channel, executed from memory with
nothing open but descriptors 0, 1 and 2.

Does not cover: CPU, memory and file sizes: the jail's rlimits, which g++ inherits,
bound them. Standard library only; runs inside the "compiler" and "native" jails.

The compiler's descriptors: 3 is a channel of frames (`frames.py`), 4 takes the program.

    W to compiler    {"files": {name: text}, "standard": "c++17" or "c++20"}
    compiler to W    {"binary_bytes": n} once n bytes are written to 4,
                     {"compile_error": text} or {"compile_limit": text}

A program's descriptors: 0, 1 and 2 are its own, 3 is a pipe with its bytes.
"""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from .frames import Channel

CHANNEL_FD = 3
BINARY_FD = 4
PROGRAM_FD = 3
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
PROGRAM = "program"
SOURCES = (".cpp", ".cc", ".cxx")
OPTIONS = (
    "-O2",
    "-pipe",
    "-fmax-errors=20",
    "-fdiagnostics-color=never",
    "-fno-diagnostics-show-caret",
    "-ftemplate-backtrace-limit=4",
)
MAX_DIAGNOSTICS = 4000  # characters; the compiler's first lines say most
CHUNK_BYTES = 1 << 16
MAX_BINARY_BYTES = 64 << 20
MAX_FILE_BYTES = 16 << 20  # of a file that the program writes; its own bytes may be more
STACK_BYTES = 64 << 20  # deep recursion is common in these programs; threads copy the figure

# What the g++ driver and its parts say when a limit stopped them, not the language.
LIMIT_MARKS = (
    "terminated program",
    "out of memory",
    "memory exhausted",
    "annot allocate memory",
    "No space left on device",
    "File too large",
    "size limit exceeded",
    "is too large",
    "internal compiler error",
)

EXIT_NO_COMPILER = 3


def compile_main() -> None:
    """The "compiler" jail's entry: one order, one answer."""
    channel = Channel(CHANNEL_FD)
    order = channel.recv()
    compiler = shutil.which("g++", path=SEARCH_PATH)
    if compiler is None:
        os._exit(EXIT_NO_COMPILER)
    for name, text in order["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    sources = [name for name in order["files"] if name.endswith(SOURCES)]
    command = [compiler, f"-std={order['standard']}", *OPTIONS, "-o", PROGRAM, *sources]
    status, said = _run_compiler(command)
    program = Path(PROGRAM)
    if status == 0 and program.exists():
        size = program.stat().st_size
        if size > MAX_BINARY_BYTES:
            channel.send({"compile_limit": f"the program has {size} bytes"})
        else:
            _write_all(BINARY_FD, program.read_bytes())
            channel.send({"binary_bytes": size})
    elif status < 0 or any(mark in said for mark in LIMIT_MARKS):
        channel.send({"compile_limit": said})
    else:
        channel.send({"compile_error": said})
    os._exit(0)


def _run_compiler(command: list[str]) -> tuple[int, str]:
    """The compiler's exit status, negative for a signal, and the first of what it said."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": SEARCH_PATH, "LC_ALL": "C", "TMPDIR": str(Path.cwd())},
    )
    assert process.stderr is not None
    said = b""
    # Read to the end, so that it never waits for us; how much it says is CPU-bound.
    while chunk := process.stderr.read(CHUNK_BYTES):
        if len(said) < MAX_DIAGNOSTICS * 4:
            said += chunk
    return process.wait(), said.decode(errors="backslashreplace")[:MAX_DIAGNOSTICS]


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def run_main() -> None:
    """The "native" jail's entry: becomes the program that it is sent."""
    memory = os.memfd_create(PROGRAM, os.MFD_CLOEXEC)
    while chunk := os.read(PROGRAM_FD, CHUNK_BYTES):
        _write_all(memory, chunk)
    os.closerange(3, memory)
    os.closerange(memory + 1, 1 << 16)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    stack = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))
    # Python ignores these, and what is ignored stays so over exec (signal(7)).
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execve(memory, [PROGRAM], {"LC_ALL": "C.UTF-8", "PATH": SEARCH_PATH})
