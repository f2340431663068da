import os
import stat
import sys
import time
from pathlib import Path

import pytest

from trainer_client import server_process
from trainer_client.failures import ServerStartError
from trainer_client.server_process import verifier_server

READY = """
import sys, time, signal, pathlib
signal.signal(signal.SIGTERM, lambda *_: (print("drained", flush=True), sys.exit(0)))
path = pathlib.Path(sys.argv[sys.argv.index("--ready-file") + 1])
print("pid", __import__("os").getpid(), flush=True)
path.with_suffix(".new").write_text("127.0.0.1:4242\\n[::1]:4242\\n")
path.with_suffix(".new").replace(path)
time.sleep(600)
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    command = folder / server_process.COMMAND
    command.write_text(f"#!{sys.executable}\n{body}")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_yields_the_address_and_drains_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, READY)
    log = tmp_path / "log"
    with verifier_server(log) as address:
        assert address == "127.0.0.1:4242"
        pid = int(log.read_text().split()[1])
        assert is_running(pid)
    assert not is_running(pid)
    assert "drained" in log.read_text()


def test_ctrl_c_stops_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, READY)
    log = tmp_path / "log"
    with pytest.raises(KeyboardInterrupt), verifier_server(log):
        raise KeyboardInterrupt
    assert not is_running(int(log.read_text().split()[1]))


def test_a_server_that_ends_early_is_told_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "print('no namespaces here'); raise SystemExit(3)")
    with (
        pytest.raises(ServerStartError, match=r"status 3[\s\S]*no namespaces here"),
        verifier_server(tmp_path / "log"),
    ):
        pass


def test_a_server_that_never_gets_ready_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)"
    install(tmp_path, monkeypatch, body)
    monkeypatch.setattr(server_process, "START_TIMEOUT_S", 1.0)
    log = tmp_path / "log"
    with pytest.raises(ServerStartError, match="not ready"), verifier_server(log):
        pass
    for _ in range(100):
        if log.read_text():
            assert not is_running(int(log.read_text().split()[1]))
            break
        time.sleep(0.01)


def test_a_missing_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerStartError, match=r"\[server\]"), verifier_server(tmp_path / "log"):
        pass
