"""Folders that items work in.

Promises: an item that needs files gets an empty folder, and nothing that an item wrote
where it could is there for the next one.

Does not cover: how much may be written; the jail's tmpfs bounds it.
"""

import os
import shutil
import tempfile


def enter() -> str:
    """Makes this process's folder, goes there, and returns its path."""
    folder = _of(os.getpid())
    os.mkdir(folder, 0o700)
    os.chdir(folder)
    tempfile.tempdir = folder
    return folder


def sweep(process: int) -> None:
    """Removes what an item's process wrote; in a jail of its own, all of the temporary folder."""
    if os.getpid() != 1:
        shutil.rmtree(_of(process), ignore_errors=True)
        return
    with os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


def _of(process: int) -> str:
    return os.path.join(tempfile.gettempdir(), f"item-{process}")
