"""A verifier server of the run's own, as a subprocess.

Promises: inside the context the server answers at the yielded address; leaving
it, by whatever way, stops the server. A server that cannot be started is a
`ServerStartError` with the end of its log.

Does not cover: restarting a server that dies (`RemoteReward` then raises), and
importing the server: a training job may have only its command installed.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer_client.failures import ServerStartError

COMMAND = "verifier-server"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
_POLL_S = 0.05
_LOG_TAIL_CHARS = 2000


@contextmanager
def verifier_server(log_path: Path) -> Iterator[str]:
    """Starts a server on a free local port and yields its address.

    Args:
        log_path: where the server's output goes.

    Raises:
        ServerStartError: it is not installed, ended early, or is not ready in time.
    """
    command = _command()
    with tempfile.TemporaryDirectory(prefix="trainer-client-") as folder:
        ready_file = Path(folder) / "ready"
        arguments = ["serve", "--listen", "127.0.0.1:0", "--ready-file", str(ready_file)]
        # The pipe closes when this process ends, even by SIGKILL, and the server with it.
        arguments.append("--stop-on-stdin-eof")
        with log_path.open("wb") as log:
            # A session of its own: Ctrl-C in the terminal ends the run first, and
            # the run then drains the server.
            process = subprocess.Popen(
                [command, *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield _wait_until_ready(process, ready_file, log_path)
            finally:
                _stop(process)


def _command() -> str:
    beside = Path(sys.executable).with_name(COMMAND)
    found = str(beside) if beside.exists() else shutil.which(COMMAND)
    if found is None:
        raise ServerStartError(
            f"the command {COMMAND!r} is not installed: install the package with its "
            "[server] extra, or name a running server with --server HOST:PORT"
        )
    return found


def _wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path, log_path: Path) -> str:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        status = process.poll()
        if status is not None:
            raise ServerStartError(
                f"{COMMAND} ended with status {status} before it was ready.\n{_tail(log_path)}"
            )
        if ready_file.exists():  # written at once, with an address a line
            return ready_file.read_text(encoding="utf-8").splitlines()[0]
        time.sleep(_POLL_S)
    raise ServerStartError(
        f"{COMMAND} was not ready after {START_TIMEOUT_S:.0f} s.\n{_tail(log_path)}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    # SIGTERM alone: a closed standard input as well would be a second request to
    # stop, which ends the server without draining.
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()


def _tail(log_path: Path) -> str:
    text = log_path.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL_CHARS:].strip()
    return f"Its log ({log_path}) ends with:\n{text}" if text else "It wrote no log."
