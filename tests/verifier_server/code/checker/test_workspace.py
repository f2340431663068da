"""Folders that items work in."""

import os
from pathlib import Path

import pytest

from verifier_server.verifiers.code.guest.checker import workspace


def test_what_another_process_of_this_number_left_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "TEMPORARY", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    left = tmp_path / f"item-{os.getpid()}"
    left.mkdir()
    (left / "solution.py").write_text("forged = True\n")

    folder = workspace.enter()

    assert os.listdir(folder) == []
    assert os.getcwd() == folder
    workspace.sweep(os.getpid())
    assert os.listdir(tmp_path) == []
