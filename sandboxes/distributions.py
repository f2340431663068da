"""The files of installed distributions, for a jail that sees these and no others.

Promises: the named distributions and all that they need to run, as binds below
one directory, metadata included (entry points are looked up in it); the versions
are what `importlib.metadata` tells of the same files.

Does not cover: distributions that were installed editable, or what only an
optional extra needs.
"""

import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement

from sandboxes.runtime import Bind


def closure(names: Iterable[str]) -> tuple[str, ...]:
    """The named distributions and those that they require here, sorted.

    Raises:
        importlib.metadata.PackageNotFoundError: one of them is not installed.
    """
    found: set[str] = set()
    frontier = list(names)
    while frontier:
        name = frontier.pop().lower().replace("_", "-")
        if name in found:
            continue
        found.add(name)
        for text in importlib.metadata.requires(name) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                frontier.append(requirement.name)
    return tuple(sorted(found))


def binds(names: Iterable[str], target: str) -> tuple[Bind, ...]:
    """Binds for the files of distributions, below `target`.

    Args:
        names: all of them; see `closure`.
        target: a directory of the jail.
    """
    found: dict[str, Bind] = {}
    for name in names:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top in ("..", "__pycache__"):
                continue
            source = Path(str(distribution.locate_file(top)))
            if source.exists():
                found[top] = Bind(source.resolve(), f"{target}/{top}")
    return tuple(found[top] for top in sorted(found))
