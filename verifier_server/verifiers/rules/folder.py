"""A rule pack on disk: a folder, or the one file that it is bundled to.

Promises: a folder has `pack.toml` (all but the schemas), `facts.schema.json` and
`answer.schema.json`; `cases.jsonl` is for the authoring gates and no part of the pack. A file is
the whole pack as one JSON object. Both are read strictly, within MAX_FILE_BYTES each.

Does not cover: what the content must be (`pack`).
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from verifier_server.strict_json import NotStrict, loads
from verifier_server.verifiers.rules.pack import Pack, PackFaultError, pack_of

PACK = "pack.toml"
SCHEMAS: Mapping[str, str] = {
    "facts_schema": "facts.schema.json",
    "answer_schema": "answer.schema.json",
}
CASES = "cases.jsonl"
MAX_FILE_BYTES = 1 << 20


def is_pack(path: Path) -> bool:
    """Whether there is a pack's folder: `read_pack` says whether the pack can be used."""
    try:
        return (path / PACK).is_file()
    except PermissionError:
        return True  # reading it says so


def read_pack(path: Path) -> Pack:
    """The pack of a folder, or of a file with the whole of it as JSON.

    Raises:
        PackFaultError: something is missing, cannot be read, or is not a whole pack.
    """
    if not path.is_dir():
        content = _json(path)
        if not isinstance(content, dict):
            raise PackFaultError(f"{path.name} must be an object")
        return pack_of(content)
    content = _toml(path / PACK)
    for name, file in SCHEMAS.items():
        if name in content:
            raise PackFaultError(f"belongs into {file}", f"/{name}")
        content[name] = _json(path / file)
    return pack_of(content)


def _toml(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PackFaultError(f"{path.name}: {error}") from None
    plain: dict[str, Any] = _with_dates_as_text(content)
    return plain


def _with_dates_as_text(value: Any) -> Any:
    """TOML has dates of its own; what is not a date is left to be refused by its type."""
    if isinstance(value, dict):
        return {name: _with_dates_as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_dates_as_text(each) for each in value]
    return value.isoformat() if type(value) is date else value


def _json(path: Path) -> Any:
    try:
        return loads(_bytes(path))
    except NotStrict as error:
        raise PackFaultError(f"{path.name}: {error.message}") from None


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would never end, a device has no size
            path.stat()
            raise PackFaultError(f"{path.name} cannot be read: it is no file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise PackFaultError(f"{path.name} cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_BYTES:
        raise PackFaultError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
    return content


def bundle(pack: Pack) -> str:
    """The pack as one JSON object, as a task takes it for `ruleset`."""
    return json.dumps(pack.content, indent=1, ensure_ascii=False) + "\n"
