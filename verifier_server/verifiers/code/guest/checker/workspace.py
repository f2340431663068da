"""Folders that items work in.

Promises: an item that needs files gets an empty folder, and nothing that an item wrote
where it could is there for the next one.

Does not cover: how much may be written; the jail's tmpfs bounds it.
"""

import os
import stat

TEMPORARY = "/tmp"  # noqa: S108 - the jail's own


def enter() -> str:
    """Makes this process's folder, goes there, and returns its path."""
    folder = _of(os.getpid())
    _remove(folder)  # numbers of processes come round again, and a killed checker does not sweep
    os.mkdir(folder, 0o700)
    os.chdir(folder)
    os.environ["TMPDIR"] = folder
    return folder


def sweep(process: int) -> None:
    """Removes what an item's process wrote; in a jail of its own, all of the temporary folder."""
    left = os.listdir(TEMPORARY) if os.getpid() == 1 else [os.path.basename(_of(process))]
    for name in left:
        _remove(os.path.join(TEMPORARY, name))


def _remove(path: str) -> None:
    try:
        folder = stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return
    if folder:
        import shutil  # many modules, of which a fork that never comes here should not know

        shutil.rmtree(path, ignore_errors=True)
    else:
        os.unlink(path)


def _of(process: int) -> str:
    return os.path.join(TEMPORARY, f"item-{process}")
