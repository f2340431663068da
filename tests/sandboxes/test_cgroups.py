"""The sweep of control groups: what it removes, and what it must not."""

import os
import subprocess
import sys

from sandboxes.cgroups import Cgroups, sweep


def test_the_sweep_spares_the_group_of_a_jail_that_is_being_started(tmp_path):
    """Its process lives already, and the group is still empty."""
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    dead, living, other = (
        tmp_path / f"NSJAIL.{int(gone.stdout)}",
        tmp_path / f"NSJAIL.{os.getpid()}",
        tmp_path / "somebody",
    )
    for group in (dead, living, other):
        group.mkdir()
    sweep(Cgroups(1, (tmp_path,)))
    assert not dead.exists()
    assert living.exists()
    assert other.exists()
