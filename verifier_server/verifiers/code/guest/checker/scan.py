"""The security scan: bandit over a candidate's files.

Promises: findings in the order of file and line, bounded; text that is no Python is
named, never an error.

Does not cover: what findings cost (the worker's rule), or their worth as a defence:
they inform about quality, containment is the sandbox's.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

from bandit.core import config, manager

from . import workspace
from .protocol import MAX_FINDINGS, Prepared

SKIPPED = ("B101",)  # assert_used: asserts are no weakness here
MAX_MESSAGE = 300  # characters
NAMES = {"UNDEFINED": "low"}


def prepare(_: Mapping[str, Any]) -> Prepared:
    """Loads bandit's tests."""
    logging.disable(logging.CRITICAL)  # bandit logs what it cannot parse
    settings = config.BanditConfig()
    profile = {"include": set(), "exclude": set(SKIPPED)}

    def serve(frame: Mapping[str, Any], _: int) -> dict[str, Any]:
        scanner = manager.BanditManager(settings, "file", profile=profile, ignore_nosec=True)
        return _scan(scanner, workspace.enter(), frame)

    return Prepared(serve)


def _scan(scanner: Any, folder: str, frame: Mapping[str, Any]) -> dict[str, Any]:
    paths = {}
    for name, text in frame["files"].items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        paths[path] = name
    scanner.discover_files(sorted(paths))
    scanner.run_tests()
    found = sorted(scanner.get_issue_list(), key=lambda one: (one.fname, one.lineno, one.test_id))
    return {
        "findings": [_finding(issue, paths[issue.fname]) for issue in found[:MAX_FINDINGS]],
        "total": len(found),
        "unparsed": sorted(paths[path] for path, _ in scanner.get_skipped()),
    }


def _finding(issue: Any, name: str) -> dict[str, Any]:
    return {
        "rule": issue.test_id,
        "name": issue.test,
        "file": name,
        "line": issue.lineno,
        "severity": NAMES.get(issue.severity, issue.severity.lower()),
        "confidence": NAMES.get(issue.confidence, issue.confidence.lower()),
        "message": issue.text[:MAX_MESSAGE],
    }
