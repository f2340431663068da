"""Revisions and their digests."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verifier_server.echo import MANIFEST
from tests.verifier_server.harness import REGISTRY
from verifier_server import registry
from verifier_server.contract import ErrorCode, Manifest, ScoreError
from verifier_server.registry import Registry, revision_of
from verifier_server.verifiers import BUILTIN


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the echo verifier that can be changed."""
    folder = tmp_path / "echo_copy"
    shutil.copytree(Path(__file__).parent / "echo", folder)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


COPY = replace(MANIFEST, package="echo_copy")
MEMORY = 1 << 30


def test_digest_is_stable_and_well_formed(package: Path) -> None:
    digest = revision_of(COPY, MEMORY).digest
    assert digest == revision_of(COPY, MEMORY).digest
    assert digest.startswith("sha256:")
    assert len(digest) == len("sha256:") + 64


def test_digest_changes_with_whatever_decides(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [revision_of(COPY, MEMORY).digest]
    (package / "verifier.py").write_text("# changed")
    digests.append(revision_of(COPY, MEMORY).digest)
    (package / "task_schema.json").write_text("{}")
    digests.append(revision_of(COPY, MEMORY).digest)
    (package / "sub").mkdir()
    (package / "sub" / "more.py").write_text("")
    digests.append(revision_of(COPY, MEMORY).digest)
    (package / "sub" / "more.py").rename(package / "sub" / "other.py")
    digests.append(revision_of(COPY, MEMORY).digest)
    digests.append(revision_of(replace(COPY, default_cpu_s=1.5), MEMORY).digest)
    monkeypatch.setattr(registry.importlib.metadata, "version", lambda name: "0.0.1")
    digests.append(revision_of(COPY, MEMORY).digest)
    digests.append(revision_of(COPY, MEMORY + 1).digest)
    monkeypatch.setattr(registry, "SHARED_FILES", registry.SHARED_FILES[1:])
    digests.append(revision_of(COPY, MEMORY).digest)
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    "file",
    [
        *("verifier_server/bounds.py", "verifier_server/endings.py", "verifier_server/plain.py"),
        *("sandboxes/job.py", "sandboxes/wire.py", "sandboxes/worker.py"),
    ],
)
def test_digest_changes_with_the_code_around_a_verifier(
    file: str, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = revision_of(COPY, MEMORY).digest
    read = Path.read_bytes

    def changed(path: Path) -> bytes:
        return read(path) + (b"# changed" if path.as_posix().endswith(file) else b"")

    monkeypatch.setattr(Path, "read_bytes", changed)
    assert revision_of(COPY, MEMORY).digest != before


def test_libraries_that_read_tasks_count_for_every_verifier(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = revision_of(COPY, MEMORY)
    version = registry.importlib.metadata.version
    for library in ("jsonschema", "jsonschema-specifications", "msgpack", "referencing", "rpds-py"):
        assert (library, version(library)) in before.libraries
        changed = {library: "0.0.1"}
        monkeypatch.setattr(
            registry.importlib.metadata,
            "version",
            lambda name, changed=changed: changed.get(name) or version(name),
        )
        assert revision_of(COPY, MEMORY).digest != before.digest


def test_digest_ignores_what_python_leaves_behind(package: Path) -> None:
    digest = revision_of(COPY, MEMORY).digest
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "verifier.cpython-312.pyc").write_bytes(b"x")
    assert revision_of(COPY, MEMORY).digest == digest


def test_resolve() -> None:
    revision = REGISTRY.get("echo")
    assert revision is not None
    assert REGISTRY.resolve("echo", {"echo": revision.digest, "math": "x"}, "g") is revision
    wrong = REGISTRY.resolve("echo", {"echo": "sha256:0"}, "groups[2]")
    assert isinstance(wrong, ScoreError)
    assert (wrong.code, wrong.reason) == (ErrorCode.VERIFIER_NOT_FOUND, "revision_mismatch")
    assert "groups[2].verifier" in wrong.message


def test_unknown_names_are_told_what_there_is() -> None:
    named = Registry([replace(MANIFEST, name=name) for name in ("json", "math")], MEMORY)
    assert named.names == ("json", "math")
    assert "did you mean 'math'?" in named.unknown("mth")
    assert named.unknown("zzz").endswith("Known: json, math")


def test_a_message_repeats_only_the_beginning_of_a_name() -> None:
    message = REGISTRY.unknown("echo" * 1_000_000)
    assert "'echoecho" in message
    assert len(message) < 200


def test_reading_the_built_in_verifiers_imports_none_of_their_libraries() -> None:
    code = (
        "import sys; from verifier_server.registry import builtin_registry;"
        "names = builtin_registry(1 << 30).names;"
        "heavy = {'sympy', 'jsonschema', 'z3', 'grpc'} & sys.modules.keys();"
        "print(sorted(heavy), 'json' in names, 'math' in names)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] True True\n"


def test_digest_changes_with_what_a_verifier_shares(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "echo_other"
    (other / "inner").mkdir(parents=True)
    for file in ("__init__.py", "one.py", "two.py", "inner/__init__.py", "inner/deep.py"):
        (other / file).write_text("")
    sharing = replace(COPY, shares=("echo_other.one", "echo_other.inner"))
    digests = [revision_of(COPY, MEMORY).digest, revision_of(sharing, MEMORY).digest]
    for file in ("one.py", "inner/deep.py"):
        (other / file).write_text("# changed")
        digests.append(revision_of(sharing, MEMORY).digest)
    assert len(set(digests)) == len(digests)
    (other / "two.py").write_text("# changed")
    assert revision_of(sharing, MEMORY).digest == digests[-1]
    with pytest.raises(FileNotFoundError):
        revision_of(replace(COPY, shares=("echo_other.three",)), MEMORY)


@pytest.mark.parametrize("manifest", [each for each in BUILTIN if each.shares])
def test_what_is_imported_of_other_verifiers_is_shared(manifest: Manifest) -> None:
    code = f"import sys, {manifest.module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    root = "verifier_server.verifiers."
    foreign = {
        name
        for name in done.stdout.split()
        if name.startswith(root) and not f"{name}.".startswith(f"{manifest.package}.")
    }
    packages = {each.package for each in BUILTIN}
    shared = tuple(f"{name}." for name in manifest.shares)
    assert foreign
    assert {name for name in foreign - packages if not f"{name}.".startswith(shared)} == set()
