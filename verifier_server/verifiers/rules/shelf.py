"""Which pack a task means, compiled, and remembered from one group to the next.

Promises: a pack comes with the verifier, lies in the server's pack folder, or stands in the task.
One of the folder is used only when it has the digest that the task names, so a pack that changed
is an error and never another verdict; what comes with the verifier is a part of its revision. A
compiled pack is a function of its content alone, and is remembered by its content, so nothing
passes from one task to another.

Does not cover: facts and answers (`evaluate`).
"""

import marshal
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.rules.evaluate import CompiledPack
from verifier_server.verifiers.rules.folder import is_pack, read_pack
from verifier_server.verifiers.rules.pack import PackFaultError, pack_of

REMEMBERED = 32  # compiled packs that a worker keeps
_MARSHAL_VERSION = 2
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True, slots=True)
class _Content:
    """A pack of a task as the key of a cache: two are equal when they are written alike."""

    written: bytes
    content: Mapping[str, Any] = field(compare=False)


def from_task(content: Mapping[str, Any]) -> CompiledPack:
    """The pack that stands in a task.

    Raises:
        TaskError: INVALID_TASK `invalid_pack`.
    """
    try:
        # Ten times as fast as JSON, and what is equal in Python but not in JSON differs: 1, 1.0 and
        # true. This version has no references, so the bytes are a function of the content.
        return _from_content(_Content(marshal.dumps(dict(content), _MARSHAL_VERSION), content))
    except PackFaultError as error:
        raise TaskError(
            ErrorCode.INVALID_TASK, "invalid_pack", error.message, f"/ruleset{error.pointer}"
        ) from None


@lru_cache(maxsize=REMEMBERED)
def _from_content(content: _Content) -> CompiledPack:
    return CompiledPack(pack_of(content.content))


def named(name: str, digest: str, folder: Path | None) -> CompiledPack:
    """The pack of a name.

    Args:
        name: of a pack that comes with the verifier, or of a folder in `folder`.
        digest: of its content; "" for whatever comes with the verifier under that name.
        folder: the server's pack folder, None when it has none.

    Raises:
        TaskError: INVALID_TASK `unknown_pack`, `pack_changed`, `digest_required` or
            `invalid_pack`, with what would be right.
    """
    # The schema says so too; a name is never let out of the folder on one check alone.
    if not _NAME.fullmatch(name):
        raise _fault("unknown_pack", "no name of a pack", "/pack/name")
    found = []
    if name in shipped_names():
        compiled = _shipped(name)
        if digest in ("", compiled.pack.digest):
            return compiled
        found.append(compiled.pack.digest)
    if folder is not None and is_pack(folder / name):
        try:
            return _registered(folder / name, digest)
        except _OtherDigestError as error:
            found.append(str(error))
    if not found:
        known = ", ".join(shipped_names())
        place = "has no pack folder" if folder is None else "has none in its pack folder"
        told = f"there is no pack {name}: this server {place}, and its verifier has {known}"
        raise _fault("unknown_pack", told, "/pack/name")
    if not digest:
        told = f"a pack of the pack folder is named with its digest: {found[0]}"
        raise _fault("digest_required", told, "/pack")
    told = f"the pack has the digest {' and '.join(found)} on this server, not {digest}"
    raise _fault("pack_changed", told, "/pack/digest")


@lru_cache(maxsize=1)
def shipped_names() -> tuple[str, ...]:
    """The names of the packs that come with the verifier, sorted."""
    folder = _shipped_folder()
    return tuple(sorted(each.name for each in folder.iterdir() if is_pack(each)))


@lru_cache(maxsize=REMEMBERED)
def _shipped(name: str) -> CompiledPack:
    return CompiledPack(read_pack(_shipped_folder() / name))


def _shipped_folder() -> Path:
    return Path(str(resources.files(__package__).joinpath("packs")))


class _OtherDigestError(Exception):
    """The pack of the folder has this digest, not the one that was asked for."""


@lru_cache(maxsize=REMEMBERED)
def _registered(path: Path, digest: str) -> CompiledPack:
    """The pack of a folder, remembered by its digest. Faults are not remembered."""
    try:
        pack = read_pack(path)
        if pack.digest != digest:
            raise _OtherDigestError(pack.digest)
        return CompiledPack(pack)
    except PackFaultError as error:
        told = f"{error.pointer}: {error.message}" if error.pointer else error.message
        raise _fault("invalid_pack", told, "/pack/name") from None


def _fault(reason: str, message: str, pointer: str) -> TaskError:
    return TaskError(ErrorCode.INVALID_TASK, reason, message, pointer)
