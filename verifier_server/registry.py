"""Which verifiers exist, and which revision of each judges.

Promises: a digest changes whenever something that decides a verdict changes:
the files of the verifier's package and of what it shares, the types and the worker code it runs
under, its manifest, the versions of its libraries and of those that read its
tasks, a worker's memory limit, the minor version of Python. Nothing here
imports a verifier or its libraries.

Does not cover: verifiers uploaded at run time, or judging (`scheduler.py`).
"""

import dataclasses
import difflib
import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from verifier_server.bounds import MAX_ECHO_BYTES, MAX_VERIFIER_NAME_BYTES
from verifier_server.contract import ErrorCode, Manifest, ScoreError
from verifier_server.offer import Offer
from verifier_server.plain import bounded

# Under these every verifier runs: how a task is read, a completion decoded, a
# budget counted and an ending understood decides verdicts as much as the verifier does.
SHARED_FILES = (
    "sandboxes/config.py",
    "sandboxes/contain.py",
    "sandboxes/cputimer.py",
    "sandboxes/job.py",
    "sandboxes/limits.py",
    "sandboxes/peer.py",
    "sandboxes/pool.py",
    "sandboxes/runtime.py",
    "sandboxes/seccomp.py",
    "sandboxes/wire.py",
    "sandboxes/worker.py",
    "sandboxes/zygote.py",
    "verifier_server/bounds.py",
    "verifier_server/contract.py",
    "verifier_server/endings.py",
    "verifier_server/plain.py",
    "verifier_server/scheduler.py",
    "verifier_server/strict_json.py",
    "verifier_server/task_json.py",
    "verifier_server/worker.py",
)
# Under these disposable children live and end.
CHILDREN_FILES = (
    "sandboxes/children.py",
    "sandboxes/disposable.py",
    "sandboxes/distributions.py",
    "sandboxes/nursery.py",
    "sandboxes/states.py",
    "verifier_server/bench.py",
    "verifier_server/jails.py",
    "verifier_server/offer.py",
    "verifier_server/toolchain.py",
)
# Of `task_json.py` and `sandboxes/wire.py`; the last two are what jsonschema resolves
# references with.
SHARED_LIBRARIES = ("jsonschema", "jsonschema-specifications", "msgpack", "referencing", "rpds-py")
_DIGESTED_SUFFIXES = {".py", ".json", ".toml"}
_NAMED_IN_MESSAGES = 20


@dataclass(frozen=True)
class Revision:
    """One immutable content of a verifier. `libraries` are (name, version), by name.

    `offer` is what candidates get, None for a verifier that runs none.
    """

    manifest: Manifest
    digest: str
    task_schema: str
    libraries: tuple[tuple[str, str], ...]
    offer: Offer | None = None


class Registry:
    """The verifiers of a server, by name.

    `memory_bytes` is what a worker may use: it decides who gets RESOURCE_LIMIT,
    so servers with different limits have different revisions. `offer` is what
    candidates get, None where there is no jail to run them in.
    """

    def __init__(
        self, manifests: Iterable[Manifest], memory_bytes: int, offer: Offer | None = None
    ) -> None:
        self._revisions = {each.name: revision_of(each, memory_bytes, offer) for each in manifests}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._revisions))

    def get(self, name: str) -> Revision | None:
        """The revision that judges now, None when there is no such verifier."""
        return self._revisions.get(name)

    def revisions(self) -> Iterator[Revision]:
        """All revisions, by name."""
        return (self._revisions[name] for name in self.names)

    def resolve(self, name: str, pins: Mapping[str, str], path: str) -> Revision | ScoreError:
        """The revision to judge with, or why there is none.

        Args:
            name: the verifier asked for.
            pins: digests that must judge, by name of the verifier.
            path: where the group stands in the request, for the message.
        """
        revision = self._revisions.get(name)
        if revision is None:
            return _not_found("unknown_verifier", f"{path}.verifier: {self.unknown(name)}")
        if revision.manifest.children and revision.offer is None:
            return ScoreError(
                ErrorCode.SANDBOX_FAULT,
                "sandbox_required",
                f"{path}.verifier: {name!r} runs code of completions, and this server has no jail "
                "for it; start it with --sandbox=nsjail",
            )
        expected = pins.get(name, revision.digest)
        if expected != revision.digest:
            return _not_found(
                "revision_mismatch",
                f"{path}.verifier: {name!r} is pinned to {expected}, "
                f"but this server has {revision.digest}",
            )
        return revision

    def unknown(self, name: str) -> str:
        """Says that there is no such verifier, and which there are."""
        # Comparing costs the square of the length, and no verifier has a longer name.
        could_be = name if len(name) <= MAX_VERIFIER_NAME_BYTES else ""
        close = difflib.get_close_matches(could_be, self.names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        known = ", ".join(self.names[:_NAMED_IN_MESSAGES])
        return f"no verifier is named {bounded(name, MAX_ECHO_BYTES)!r}{hint} Known: {known}"


def revision_of(manifest: Manifest, memory_bytes: int, offer: Offer | None = None) -> Revision:
    """Reads a verifier's package and makes its revision for workers of `memory_bytes`.

    Raises:
        FileNotFoundError: the package or its `task_schema.json` is missing.
        importlib.metadata.PackageNotFoundError: a library is not installed.
    """
    folder = _package_folder(manifest.package)
    names = {*manifest.libraries, *SHARED_LIBRARIES}
    versions = {name: importlib.metadata.version(name) for name in names}
    offer = offer if manifest.children else None
    if offer is not None:
        versions |= offer.versions
    libraries = tuple(sorted(versions.items()))
    schema = (folder / "task_schema.json").read_text(encoding="utf-8")
    digest = _digest(manifest, folder, libraries, memory_bytes, offer)
    return Revision(manifest, digest, schema, libraries, offer)


def builtin_registry(memory_bytes: int, offer: Offer | None = None) -> Registry:
    """The registry of the verifiers that come with the server; see `Registry`."""
    from verifier_server.verifiers import BUILTIN

    return Registry(BUILTIN, memory_bytes, offer)


def _digest(
    manifest: Manifest,
    folder: Path,
    libraries: Iterable[tuple[str, str]],
    memory_bytes: int,
    offer: Offer | None,
) -> str:
    shared = (*SHARED_FILES, *CHILDREN_FILES) if manifest.children else SHARED_FILES
    files = [(f"shared/{name}", _shared_file(name)) for name in shared]
    for name in manifest.shares:
        files += [(f"shares/{name}/{place}", path) for place, path in _files_of(name)]
    files += _files_in(folder)
    content = {
        "manifest": dataclasses.asdict(manifest),
        "files": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files},
        "libraries": dict(libraries),
        "memory_bytes": memory_bytes,
        "runtimes": list(offer.runtimes) if offer else [],
        "in_process": bool(offer and offer.in_process),
        "python": f"{platform.python_implementation()} {sys.version_info[0]}.{sys.version_info[1]}",
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def _files_of(name: str) -> list[tuple[str, Path]]:
    """The file of a module, or the files of a package, by a dotted name."""
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations:
        return _files_in(Path(spec.submodule_search_locations[0]))
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{name!r} is not installed")
    return [("", Path(spec.origin))]


def _files_in(folder: Path) -> list[tuple[str, Path]]:
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.suffix in _DIGESTED_SUFFIXES and path.is_file()
    ]


def _shared_file(name: str) -> Path:
    package, file = name.split("/")
    return _package_folder(package) / file


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {package!r} is not installed")
    return Path(spec.submodule_search_locations[0])


def _not_found(reason: str, message: str) -> ScoreError:
    return ScoreError(ErrorCode.VERIFIER_NOT_FOUND, reason, message)
