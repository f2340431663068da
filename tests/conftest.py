"""What every test may use: whether nsjail works here, and where the suites are."""

import os
from functools import cache
from pathlib import Path

import pytest

from sandboxes.availability import SandboxUnavailable, find_nsjail

SUITES = Path(os.environ.get("VERIFIER_SUITES", Path(__file__).parents[2] / "shared" / "suites"))


@cache
def _missing_sandbox() -> str:
    try:
        find_nsjail()
    except SandboxUnavailable as error:
        return str(error)
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    # CI must have a sandbox: there its absence is a failure, not a skip.
    if item.get_closest_marker("sandbox") and _missing_sandbox() and not os.environ.get("CI"):
        pytest.skip(f"no sandbox here: {_missing_sandbox()}")
    if item.get_closest_marker("suites") and not SUITES.is_dir():
        pytest.skip(f"the shared suites are not at {SUITES}")


@pytest.fixture
def suites() -> Path:
    """The folder of the shared suites."""
    return SUITES
