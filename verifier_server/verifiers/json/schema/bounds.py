"""How often a schema can be applied to one place of a document.

Promises: `bound` refuses a schema in which a reference leads back to itself without
consuming a level of the document, one whose schemas apply more than MAX_CHAIN others
within one another to one place, one that expands there to more than MAX_EXPANSION, and
one whose branches multiply on the way down to more than MAX_BELOW at one place.
What it finds is what documents are counted by (`counting`).

Does not cover: the product with the size of the document, which the CPU budget bounds;
multiplication in schemas of so many parts that finding it out takes _MAX_WORK steps.
"""

from collections.abc import Mapping
from typing import Any

from verifier_server.verifiers.json.schema import components
from verifier_server.verifiers.json.schema.counting import Bounds, Children, Top
from verifier_server.verifiers.json.schema.keywords import Reach
from verifier_server.verifiers.json.schema.walk import Node, Reached, Step

# The engine needs 20 us and 3 kB for each subschema that it reports on, so a place costs at
# most 0.2 s. Schemas in the wild come to about 1,800.
MAX_EXPANSION = 10_000
# The engine recurses for each, so that depth times this has to stay clear of its stack:
# about 20,000 levels.
MAX_CHAIN = 64
# The engine needs 80 ns for each where a document fails at the end of every branch. Schemas
# in the wild come to about 130.
MAX_BELOW = 100_000
# Steps that finding the applications may take; beyond, it counts as too much.
_MAX_WORK = 200_000
# Values of an enum, names of a required: what costs as much as one subschema.
_VALUES_PER_UNIT = 16


def bound(reached: Reached) -> Bounds:
    """Bounds what was reached.

    Raises:
        SchemaFaultError: see the module.
    """
    here = {
        key: [step.target for step in node.steps if step.reach is Reach.HERE]
        for key, node in reached.nodes.items()
    }
    _refuse_expansion(reached.nodes, here)
    if not reached.nodes:
        return Bounds(0, {})
    root = next(iter(reached.nodes))
    try:
        tops = _Tops(reached.nodes, here).find(root)
    except _TooMuchWork:
        return Bounds(root, None)
    _refuse_multiplication(reached.nodes, tops)
    return Bounds(root, tops)


def _refuse_multiplication(nodes: Mapping[int, Node], tops: Mapping[int, Top]) -> None:
    """Refuses what applies too much to one child, or a child of that, and so on.

    What is recursive counts once: the engine remembers what it has found out about a
    schema and a place when a reference leads back to it.
    """
    graph = {
        top: {target for targets in found.children.values() for target in targets}
        for top, found in tops.items()
    }
    below: dict[int, int] = {}
    for component in components.from_leaves(graph):
        below.update(dict.fromkeys(component, 0))
        own = sum(tops[top].own for top in component)
        most = max(own, *(_largest(tops[top].children, below) for top in component))
        for top in component:
            below[top] = most
            if most > MAX_BELOW:
                raise nodes[top].place.fault(
                    f"one place below may be held against more than {MAX_BELOW} subschemas;"
                    " let branches differ in the names of their children"
                )


def _largest(children: Children, below: Mapping[int, int]) -> int:
    """The most that is applied to one child, and to one below it."""
    totals = {
        child: sum(times * below[target] for target, times in targets.items())
        for child, targets in children.items()
    }
    largest = 0
    for one, every in ((Reach.MEMBER, Reach.MEMBERS), (Reach.ITEM, Reach.ITEMS)):
        named = max((total for (reach, _), total in totals.items() if reach is one), default=0)
        largest = max(largest, named + totals.get((every, None), 0))
    return largest


def _refuse_expansion(nodes: Mapping[int, Node], here: Mapping[int, list[int]]) -> None:
    expansion: dict[int, int] = {}
    chain: dict[int, int] = {}
    for key in _from_leaves(nodes):
        node = nodes[key]
        # An uncertain step that closes a cycle is not yet known here, and counts as nothing.
        below = [each for each in here[key] if each in expansion]
        expansion[key] = 1 + sum(expansion[each] for each in below)
        chain[key] = 1 + max((chain[each] for each in below), default=0)
        if expansion[key] > MAX_EXPANSION:
            raise node.place.fault(
                f"applying it to one place takes more than {MAX_EXPANSION} subschemas"
            )
        if chain[key] > MAX_CHAIN:
            raise node.place.fault(
                f"more than {MAX_CHAIN} subschemas lead to one another at one place"
            )


def _from_leaves(nodes: Mapping[int, Node]) -> list[int]:
    """The nodes, each after those that it applies to its own place.

    Raises:
        SchemaFaultError: certain steps close a cycle.
    """
    order: list[int] = []
    done: set[int] = set()
    for start in nodes:
        if start in done:
            continue
        path = {start: True}  # the nodes above; whether the step to it was certain
        stack = [(start, _steps_here(nodes[start]))]
        while stack:
            key, left = stack[-1]
            if not left:
                stack.pop()
                path.pop(key)
                done.add(key)
                order.append(key)
                continue
            step = left.pop()
            if step.target in path:
                if _closes_certainly(path, step):
                    raise nodes[key].place.fault(
                        "a reference leads back to itself without a level of the document between"
                    )
            elif step.target not in done:
                path[step.target] = not step.uncertain
                stack.append((step.target, _steps_here(nodes[step.target])))
    return order


def _steps_here(node: Node) -> list[Step]:
    return [step for step in reversed(node.steps) if step.reach is Reach.HERE]


def _closes_certainly(path: Mapping[int, bool], step: Step) -> bool:
    """Whether every step of the cycle that this one closes is certain."""
    keys = list(path)
    return not step.uncertain and all(path[key] for key in keys[keys.index(step.target) + 1 :])


class _TooMuchWork(Exception):
    pass


class _Tops:
    """The schemas that are applied to whole places: the root, and what is applied to children."""

    def __init__(self, nodes: Mapping[int, Node], here: Mapping[int, list[int]]) -> None:
        self._nodes = nodes
        self._here = here
        self._work = 0

    def find(self, root: int) -> dict[int, Top]:
        found: dict[int, Top] = {}
        waiting = [root]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = top = self._together(key)
                waiting += {target for targets in top.children.values() for target in targets}
        return found

    def _together(self, top: int) -> Top:
        """What a schema and those it applies to the same place cost, and do to children."""
        times = self._times(top)
        own = 0
        children: dict[tuple[Reach, str | int | None], dict[int, int]] = {}
        for key, count in times.items():
            node = self._nodes[key]
            own += count * _weight(node.schema)
            for step in node.steps:
                self._spend(1)
                if step.reach in (Reach.HERE, Reach.NOTHING):
                    continue
                named = step.reach in (Reach.MEMBER, Reach.ITEM)
                targets = children.setdefault((step.reach, step.label if named else None), {})
                targets[step.target] = targets.get(step.target, 0) + count
        return Top(own, children)

    def _times(self, top: int) -> dict[int, int]:
        """How often each schema is applied to the place of the top one."""
        order: list[int] = []
        seen = {top}
        stack = [(top, iter(self._here[top]))]
        while stack:  # depth first; a node is written after all that it leads to
            self._spend(1)
            key, left = stack[-1]
            for each in left:
                if each not in seen:
                    seen.add(each)
                    stack.append((each, iter(self._here[each])))
                    break
            else:
                order.append(key)
                stack.pop()
        times = dict.fromkeys(order, 0)
        times[top] = 1
        for key in reversed(order):
            for each in self._here[key]:
                times[each] += times[key]
        return times

    def _spend(self, steps: int) -> None:
        self._work += steps
        if self._work > _MAX_WORK:
            raise _TooMuchWork


def _weight(schema: dict[str, Any]) -> int:
    lists = [schema[name] for name in ("enum", "required") if name in schema]
    return 1 + sum(len(each) // _VALUES_PER_UNIT for each in lists if isinstance(each, list))
