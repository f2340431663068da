"""Flag before environment before file before default."""

from pathlib import Path
from typing import Any

import pytest

from verifier_server.settings import Settings, SettingsError, load_settings, to_toml


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VERIFIER_{name.upper()}", raising=False)


def written(folder: Path, text: str) -> Path:
    path = folder / "server.toml"
    path.write_text(text)
    return path


def test_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = written(tmp_path, "workers = 3\nqueue_mib = 7\ndrain_grace_s = 1.5\n")
    monkeypatch.setenv("VERIFIER_WORKERS", "4")
    monkeypatch.setenv("VERIFIER_QUEUE_MIB", "8")
    found = load_settings({"workers": 5, "queue_mib": None}, config)
    assert (found.workers, found.queue_mib, found.drain_grace_s) == (5, 8, 1.5)
    assert found.queue_groups == 8192


def test_defaults_are_local_and_sandboxed() -> None:
    found = load_settings({}, None)
    assert found.listen == ("127.0.0.1:50051",)
    assert (found.sandbox, found.insecure) == ("nsjail", False)
    assert found.workers >= 1


def test_addresses_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_LISTEN", "127.0.0.1:1,unix:/run/s")
    assert load_settings({}, None).listen == ("127.0.0.1:1", "unix:/run/s")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("worker = 3", "unknown key 'worker'; did you mean 'workers'?"),
        ("[serve]\nworkers = 3", "unknown key 'serve'"),
        ("workers = 0", r"workers \(--workers, VERIFIER_WORKERS\): .*not 0"),
        ('sandbox = "none"', "sandbox .*'nsjail' or 'rlimits'"),
        ("workers = ", "not valid TOML"),
        ("listen = []", "listen"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings({}, written(tmp_path, text))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings({}, tmp_path / "absent")


@pytest.mark.parametrize("flags", [{}, {"listen": ('unix:/a "b"\\c', "127.0.0.1:0"), "workers": 9}])
def test_printed_settings_read_back(tmp_path: Path, flags: dict[str, Any]) -> None:
    settings = load_settings(flags, None)
    assert load_settings({}, written(tmp_path, to_toml(settings))) == settings


@pytest.mark.parametrize("name", ["database_folder", "pack_folder"])
def test_folders_that_tasks_name_things_of(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(load_settings({}, None), name) is None
    monkeypatch.setenv(f"VERIFIER_{name.upper()}", str(tmp_path))
    assert getattr(load_settings({}, None), name) == tmp_path
    with pytest.raises(SettingsError, match=name):
        load_settings({name: str(tmp_path / "missing")}, None)
