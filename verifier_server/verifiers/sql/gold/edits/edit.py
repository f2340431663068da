"""One edit of a tree: done in place, and undone.

Promises: after `undo` the tree is what it was before `do`. Making an edit costs next to
nothing, so that all can be listed and a few be written out.

Does not cover: which edits there are (the modules beside this one).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

# Of a longer list only the first items are dropped.
MAX_ITEMS = 32

Undo = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `kind` is a slug; `do` changes the tree and returns what undoes it."""

    kind: str
    do: Callable[[], Undo]


def replacing(kind: str, node: exp.Expr, make: Callable[[], exp.Expr]) -> Edit:
    """Puts what `make` returns (built of copies) in the place of `node`."""

    def do() -> Undo:
        new = make()
        node.replace(new)
        return lambda: new.replace(node)

    return Edit(kind, do)


def setting(kind: str, node: exp.Expr, key: str, value: Any) -> Edit:
    """Sets one argument of a node: None removes it. Nodes in `value` may be the node's own."""

    def do() -> Undo:
        old = node.args.get(key)
        node.set(key, value)
        return lambda: node.set(key, old)

    return Edit(kind, do)


def together(kind: str, *parts: Edit) -> Edit:
    """Several changes that are one edit to a reader."""

    def do() -> Undo:
        undos = [part.do() for part in parts]

        def undo() -> None:
            for each in reversed(undos):
                each()

        return undo

    return Edit(kind, do)


def dropping(kind: str, node: exp.Expr, key: str, index: int) -> Edit:
    """Removes one item of a list argument; the argument too if it was the only one."""
    rest = [each for i, each in enumerate(node.args[key]) if i != index]
    return setting(kind, node, key, rest or None)


def dropping_each(kind: str, node: exp.Expr, key: str) -> Iterator[Edit]:
    """Removes one item, for each item of a list argument that has several."""
    size = len(node.args[key])
    if size > 1:
        for index in range(min(size, MAX_ITEMS)):
            yield dropping(kind, node, key, index)
