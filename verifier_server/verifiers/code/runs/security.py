"""The security scan of a completion, by a checker of its own.

Promises: a scan that the candidate's files make fail is a scan that is not finished.

Does not cover: what findings cost (`score.py`).
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.verifiers.code.runs.checker import Checker, CheckerFault, Outcome
from verifier_server.verifiers.code.runs.programs import ATTEMPTS
from verifier_server.verifiers.code.score import Finding, Scan, Severity

SCAN_FRAME: Mapping[str, Any] = {"kind": "scan"}


def scan(checker: Checker, files: Mapping[str, str]) -> Scan:
    """Scans a completion's files.

    Raises:
        CheckerFault: the scanner's process is broken.
    """
    for _ in range(ATTEMPTS):
        reply = checker.ask({"files": dict(files)})
        if reply.outcome is not Outcome.CRASHED:
            break
    if reply.outcome is not Outcome.ANSWERED:
        return Scan((), finished=False)
    try:
        findings = tuple(_finding(each) for each in reply.body["findings"])
        return Scan(findings, finished=not reply.body["unparsed"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckerFault(f"findings that mean nothing: {error!r}") from error


def _finding(form: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=str(form["rule"]),
        name=str(form["name"]),
        severity=Severity(form["severity"]),
        file=str(form["file"]),
        line=int(form["line"]),
    )
