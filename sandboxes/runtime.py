"""The part of the host's Python that a jail sees, read-only.

Promises: a jail sees the interpreter, its standard library, the C library, and
the packages that are asked for: nothing of a home directory, a configuration
file or a data set. The list is the same whether Python came from Debian, pyenv,
uv or a container image.

Does not cover: how the files get into the jail (`jail.py`).
"""

import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PYTHON_HOME = "/py"
PACKAGES = "/app"
SITE = "/site"

# Options: no site (its .pth files run code), no user site, no path of the script.
PYTHON_OPTIONS = ("-S", "-s", "-P", "-B")

_LOADER_DIRECTORIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or directory of the host, and where the jail sees it."""

    source: Path
    target: str


def _system_libraries() -> list[Bind]:
    """Where the dynamic loader finds the C library and its friends, and no more of /usr/lib."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    narrow = [Path(f"{root}/{multiarch}") for root in ("/lib", "/usr/lib")]
    if multiarch and all(path.is_dir() for path in narrow):
        wanted = [*narrow, Path("/lib64")]
    else:
        wanted = [Path(root) for root in _LOADER_DIRECTORIES]
    return [Bind(path.resolve(), str(path)) for path in wanted if path.is_dir()]


def interpreter() -> list[Bind]:
    """Binds for the running interpreter and its standard library, under PYTHON_HOME."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    binary = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    standard = Path(sysconfig.get_path("stdlib")).resolve()
    binds = [
        Bind(binary, f"{PYTHON_HOME}/bin/python3"),
        Bind(standard, f"{PYTHON_HOME}/lib/{version}"),
    ]
    platform_standard = Path(sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix}))
    if platform_standard.resolve() != standard and platform_standard.is_dir():
        binds.append(Bind(platform_standard.resolve(), f"{PYTHON_HOME}/lib64/{version}"))
    shared = Path(sys.base_prefix, "lib")
    binds += [
        Bind(library.resolve(), f"{PYTHON_HOME}/lib/{library.name}")
        for library in sorted(shared.glob(f"lib{version}*.so*"))
    ]
    return binds + _system_libraries()


def hidden_directories() -> tuple[str, ...]:
    """Where third-party packages lie within the standard library's directory, as a jail sees it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    standard = Path(sysconfig.get_path("stdlib")).resolve()
    return tuple(
        f"{PYTHON_HOME}/lib/{version}/{name}"
        for name in ("site-packages", "dist-packages")
        if (standard / name).is_dir()
    )


def packages(names: Iterable[str]) -> list[Bind]:
    """Binds for top-level packages by name, wherever they are installed from.

    Raises:
        ModuleNotFoundError: a package is not installed.
    """
    binds = []
    for name in names:
        origin = sys.modules[name].__file__ if name in sys.modules else None
        if origin is None:
            from importlib.util import find_spec

            spec = find_spec(name)
            if spec is None or spec.origin is None:
                raise ModuleNotFoundError(f"the package {name!r} is not installed", name=name)
            origin = spec.origin
        binds.append(Bind(Path(origin).resolve().parent, f"{PACKAGES}/{name}"))
    return binds


def site_packages() -> list[Bind]:
    """Binds for the directories that third-party packages are installed in."""
    found = dict.fromkeys(
        Path(sysconfig.get_path(scheme)).resolve() for scheme in ("purelib", "platlib")
    )
    return [Bind(path, f"{SITE}/{index}") for index, path in enumerate(found) if path.is_dir()]


def python_path(site: Iterable[Bind]) -> str:
    """PYTHONPATH inside the jail."""
    return ":".join([PACKAGES, *(bind.target for bind in site)])
