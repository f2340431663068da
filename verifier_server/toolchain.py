"""The host's C++ compiler, as files for a jail.

Promises: finds g++ and everything that it runs and reads to make a program, or
says that there is none. Nothing here compiles anything.

Does not cover: other compilers and other languages.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandboxes.runtime import Bind

PROGRAMS = ("as", "ld", "collect2", "cc1plus", "lto-wrapper")
PATH = "/usr/bin"
_ANSWER_S = 10.0


@dataclass(frozen=True)
class Toolchain:
    """`version` is g++'s own; `binds` are what a jail must see of it."""

    version: str
    binds: tuple[Bind, ...]


def find_toolchain() -> Toolchain | None:
    """g++ as it is installed here; None when there is none that works."""
    compiler = shutil.which("g++")
    if compiler is None:
        return None
    try:
        version = _ask(compiler, "-dumpfullversion")
        programs = [_ask(compiler, f"-print-prog-name={name}") for name in PROGRAMS]
        start = _ask(compiler, "-print-file-name=crtbegin.o")
        plugin = _ask(compiler, "-print-file-name=liblto_plugin.so")
    except (OSError, subprocess.SubprocessError):
        return None
    binds = {f"{PATH}/g++": Bind(Path(compiler).resolve(), f"{PATH}/g++")}
    folders = {Path("/usr/include"), Path(start).parent}
    for text in (*programs, plugin):
        place = Path(text) if "/" in text else Path(shutil.which(text) or "")
        if not place.is_file():
            continue
        if place.parent in (Path("/usr/bin"), Path("/bin")):
            binds[str(place)] = Bind(place.resolve(), f"{PATH}/{place.name}")
        else:
            folders.add(place.parent)
    for folder in sorted(folders):
        if folder.is_dir():
            binds[str(folder)] = Bind(folder.resolve(), str(folder))
    return Toolchain(version, tuple(binds.values()))


def _ask(compiler: str, question: str) -> str:
    done = subprocess.run(
        [compiler, question], capture_output=True, text=True, check=True, timeout=_ANSWER_S
    )
    return done.stdout.strip()
