"""What an author of rule packs wants to know: whether a pack is fit, its digest, its one object.

Promises: files are read, never written. What cannot be read is a finding of the report, at its
file.

Does not cover: the terminal (`cli_rules.py`), the gates (`verifiers/rules/authoring`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from verifier_server.verifiers.rules.authoring.accepted import (
    FILE as ACCEPTED,
)
from verifier_server.verifiers.rules.authoring.accepted import AcceptedMutant, read_accepted
from verifier_server.verifiers.rules.authoring.check import check, unusable
from verifier_server.verifiers.rules.authoring.mutation import LEAST as LEAST
from verifier_server.verifiers.rules.authoring.report import (
    Finding,
    Gate,
    Level,
    Places,
    Report,
)
from verifier_server.verifiers.rules.folder import CASES, bundle, is_pack, read_pack
from verifier_server.verifiers.rules.pack import PackFaultError

FILES = "files"
PACKAGE = "verifier_server.verifiers.rules"


@dataclass(frozen=True, slots=True)
class PackDigest:
    """One pack of a folder: what tasks write as `pack`."""

    name: str
    digest: str


def report_on(
    path: Path, cases: Path | None = None, accepted: Path | None = None, least: float = LEAST
) -> Report:
    """The report of all gates on a pack.

    Args:
        path: a pack's folder, or a file with the whole of it as one JSON object.
        cases: JSON Lines; for a folder, where None, the one in it.
        accepted: TOML with the mutants that the author accepts; likewise, and there may be none.
        least: the lowest mutation score that holds.
    """
    is_folder = path.is_dir()
    cases = cases or (path / CASES if is_folder else None)
    if accepted is None and is_folder and (path / ACCEPTED).exists():
        accepted = path / ACCEPTED
    places = Places("" if is_folder else path.name, cases.name if cases else CASES)
    try:
        pack = read_pack(path)
    except PackFaultError as error:
        return Report("", "", "", (unusable(error, places),))
    try:
        lines = cases.read_bytes().split(b"\n") if cases else []
        excused, findings = _accepted(accepted)
    except (OSError, UnicodeDecodeError) as error:
        finding = Finding(Level.FAILURE, places.cases, f"a file beside it cannot be read: {error}")
        return Report(pack.id, pack.version, pack.digest, (Gate(FILES, (finding,)),))
    report = check(pack, lines, places, excused, least)
    if not findings:
        return report
    gates = (Gate(FILES, tuple(findings)), *report.gates)
    return Report(report.pack, report.version, report.digest, gates)


def _accepted(path: Path | None) -> tuple[Sequence[AcceptedMutant], list[Finding]]:
    return read_accepted(path.read_text("utf-8"), path.name) if path else ([], [])


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    return {
        "pack": report.pack,
        "version": report.version,
        "digest": report.digest,
        "holds": report.holds,
        "gates": [
            {
                "gate": gate.name,
                "holds": gate.holds,
                "figures": dict(gate.figures),
                "findings": [asdict(each) for each in gate.findings],
            }
            for gate in report.gates
        ],
    }


def pack_digests(folder: Path) -> Iterator[PackDigest | str]:
    """The packs of a pack folder by name; of what no task can use, why, as a sentence."""
    allowed = _allowed_names()
    for path in sorted(filter(is_pack, folder.iterdir())):
        if not allowed.search(path.name):
            yield f"no task can name {path.name!r}: rename it"
            continue
        try:
            pack = read_pack(path)
        except PackFaultError as error:
            yield f"{path.name}: {f'{error.pointer} ' if error.pointer else ''}{error}"
            continue
        yield PackDigest(path.name, pack.digest)


def _allowed_names() -> re.Pattern[str]:
    """What the schema of tasks says of a pack's name."""
    schema = json.loads(resources.files(PACKAGE).joinpath("task_schema.json").read_bytes())
    return re.compile(schema["properties"]["pack"]["properties"]["name"]["pattern"])


def bundled(path: Path) -> str:
    """The pack as one JSON object, as a task takes it for `ruleset`.

    Raises:
        PackFaultError: it is not a whole pack.
    """
    return bundle(read_pack(path))
