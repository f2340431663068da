"""What every test may use: whether nsjail works here, and where the suites are."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandboxes.availability import SandboxUnavailable, find_nsjail

# What starts no jail, or none that others could disturb: its tests may run in any process.
BESIDE_JAILS = (
    "tests/trainer_client/",
    "tests/verifier_server/code/",
    "tests/verifier_server/verifiers/",
    # A server whose workers run no candidate's code.
    "tests/e2e/test_json.py",
    "tests/e2e/test_logic.py",
    "tests/e2e/test_math_poison.py",
    "tests/e2e/test_rules.py",
    "tests/e2e/test_sql.py",
)
# Runs whole suites through a server of its own, in workers: beside other jails. Suites of code
# run candidates by the hundred and stay with the rest.
SUITES_TEST = "tests/conformance/test_conformance.py::test_the_shared_suites_do_not_get_worse["
SUITES = Path(os.environ.get("VERIFIER_SUITES", Path(__file__).parents[2] / "shared" / "suites"))


@cache
def _missing_sandbox() -> str:
    try:
        find_nsjail()
    except SandboxUnavailable as error:
        return str(error)
    return ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps tests of servers and jails in one process of pytest-xdist, in their order."""
    from xdist.scheduler import LoadScopeScheduling

    class JailsTogether(LoadScopeScheduling):
        """One unit for all that may start jails, one for suites, one for each other file."""

        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(SUITES_TEST) and not nodeid.startswith(f"{SUITES_TEST}code/"):
                return "suites"
            file = nodeid.partition("::")[0]
            return file if file.startswith(BESIDE_JAILS) else "jails"

    return JailsTogether(config, log)


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
