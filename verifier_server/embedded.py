"""A server of one's own, for the length of a block.

Promises: the server listens on a free loopback port, is ready when the block
begins, and is gone when it ends, or when this process dies.

Does not cover: servers that outlive their starter; run `verifier-server serve`.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 45.0
_POLL_S = 0.02


class StartError(Exception):
    """The server did not start; the message says why. `exit_code` is the server's, or 1."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def embedded_server(
    flags: Sequence[str] = (), *, start_timeout_s: float = START_TIMEOUT_S
) -> Iterator[str]:
    """Runs `verifier-server serve` and yields its address, such as "127.0.0.1:40123".

    Args:
        flags: further flags of `serve`.
        start_timeout_s: seconds until it must be ready.

    Raises:
        StartError: it ended or was not ready in time.
    """
    with tempfile.TemporaryDirectory(prefix="verifier-") as folder:
        ready = Path(folder) / "ready"
        command = [sys.executable, "-m", "verifier_server", "serve", "--listen", "127.0.0.1:0"]
        command += ["--ready-file", str(ready), "--stop-on-stdin-eof", *flags]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            try:
                yield _address(process, ready, start_timeout_s)
            finally:
                _stop(process)


def _address(process: subprocess.Popen[bytes], ready: Path, timeout_s: float) -> str:
    deadline = time.monotonic() + timeout_s
    while not ready.exists():
        code = process.poll()
        if code is not None:
            raise StartError(f"the server ended with exit code {code}; see above", code)
        if time.monotonic() > deadline:
            raise StartError(f"the server was not ready within {timeout_s:g} s")
        time.sleep(_POLL_S)
    return ready.read_text().splitlines()[0]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
