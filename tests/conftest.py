"""What every test may use: whether nsjail works here, and where the suites are."""

import os
from functools import cache
from pathlib import Path

import pytest

from sandboxes.availability import SandboxUnavailable, find_nsjail

TESTS = Path(__file__).parent
# What computes and nothing else: its tests may run in any process.
COMPUTING = TESTS / "verifier_server" / "verifiers"
SUITES = Path(os.environ.get("VERIFIER_SUITES", TESTS.parents[1] / "shared" / "suites"))


@cache
def _missing_sandbox() -> str:
    try:
        find_nsjail()
    except SandboxUnavailable as error:
        return str(error)
    return ""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps tests of servers and jails in one process of pytest-xdist, in their order."""
    for item in items:
        if COMPUTING not in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("jails"))


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
