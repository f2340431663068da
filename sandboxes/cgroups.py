"""Control groups for jails: whether they can be used here, under which parent, and the sweep.

Promises: says exactly why memory and process counts cannot be capped by control
groups where they cannot (rlimits still cap every worker then). Leaves no group
behind: what an nsjail that was killed could not remove is removed at the next
start and stop.

Does not cover: the limits' amounts (`jail.py`). Knows both layouts: version 1
with one directory a controller, and version 2, where the controllers must have
been delegated (cgroups(7), "No internal processes").
"""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PARENT = "verifier-service"
_CONTROLLERS = ("memory", "pids")


@dataclass(frozen=True, slots=True)
class Cgroups:
    """A usable parent for jails. `version` is 1 or 2; `parents` are its directories."""

    version: int
    parents: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class NoCgroups:
    """Why there is none."""

    why: str


def prepare() -> Cgroups | NoCgroups:
    """Makes the parent group, or says why that cannot be done."""
    try:
        if (ROOT / "cgroup.controllers").exists():
            return _prepare_v2()
        if all((ROOT / controller).is_dir() for controller in _CONTROLLERS):
            return _prepare_v1()
    except OSError as error:
        return NoCgroups(f"{error.filename}: {os.strerror(error.errno or 0)}")
    return NoCgroups(f"no memory and pids controllers under {ROOT}")


def _prepare_v1() -> Cgroups:
    parents = tuple(ROOT / controller / PARENT for controller in _CONTROLLERS)
    for parent in parents:
        parent.mkdir(exist_ok=True)
        _probe(parent)
    return Cgroups(1, parents)


def _prepare_v2() -> Cgroups:
    here = ROOT / _own_v2_group()
    parent = here / PARENT
    parent.mkdir(exist_ok=True)
    for group in (here, parent):
        for controller in _CONTROLLERS:
            (group / "cgroup.subtree_control").write_text(f"+{controller}")
    _probe(parent)
    return Cgroups(2, (parent,))


def _own_v2_group() -> str:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, _, path = line.split(":", 2)
        if number == "0":
            return path.lstrip("/")
    return ""


def _probe(parent: Path) -> None:
    """A group below the parent must be makeable, as nsjail will make one for each jail."""
    child = parent / f"probe.{os.getpid()}"
    child.mkdir()
    child.rmdir()


def sweep(cgroups: Cgroups) -> None:
    """Removes the groups of jails that are gone.

    A group in use is busy, and stays; one that is not in use yet has the id of a
    living process in its name, which nsjail is about to put there.
    """
    for parent in cgroups.parents:
        for group in parent.glob("NSJAIL*"):
            if not Path("/proc", group.suffix.removeprefix(".")).exists():
                with contextlib.suppress(OSError):
                    group.rmdir()
