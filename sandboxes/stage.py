"""Starts nsjail with the jail's files in reach of the jail's user.

Promises: as root, binds each source below a tmpfs that every user can reach, in
a mount namespace of its own that ends with the jail: nothing is copied, and the
host sees no mount. Needed because a jail's user is not root, and Python may
live below a private home directory. As an ordinary user there is nothing to do:
the jail's user is that user.

Does not cover: what is bound and where (`jail.py` decides).

Runs as a script, standard library only: `python stage.py PLAN_JSON`, where the
plan is {"root": existing directory, "binds": [[source, relative target], ...],
"argv": [...]}. Replaces itself with argv.
"""

import ctypes
import json
import os
import sys
from pathlib import Path

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 0x1000, 0x4000, 0x40000


def _mount(source: str, target: str, flags: int, kind: bytes | None = None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(os.fsencode(source), os.fsencode(target), kind, ctypes.c_ulong(flags), None):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), source)


def main() -> None:
    """Entry point."""
    plan = json.loads(sys.argv[1])
    if plan["binds"]:
        os.unshare(os.CLONE_NEWNS)
        _mount("none", "/", _MS_REC | _MS_PRIVATE)
        _mount("tmpfs", plan["root"], _MS_NOSUID | _MS_NODEV, b"tmpfs")
        Path(plan["root"]).chmod(0o755)
        # Not recursive: what is mounted below a source is none of the jail's business.
        for source, relative in plan["binds"]:
            target = Path(plan["root"], relative)
            if Path(source).is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            _mount(source, str(target), _MS_BIND)
    os.execv(plan["argv"][0], plan["argv"])


if __name__ == "__main__":
    main()
