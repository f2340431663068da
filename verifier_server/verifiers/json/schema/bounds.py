"""How often a schema can be applied to one place of a document.

Promises: `bound` refuses a schema in which a reference leads back to itself without
consuming a level of the document, one whose schemas apply more than MAX_CHAIN others
within one another to one place, and one that expands there to more than MAX_EXPANSION.
`Bounds.applications` is an upper bound of the subschemas that any one place of a
document of a given depth is held against.

Does not cover: refusing what multiplies with the depth of the document. A schema that
applies itself to the same child in several ways is common in honest hands (the branches
of a oneOf that all have children), and only a document made for it is expensive: the
CPU budget bounds that, and the bound here says when not to list all violations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier_server.verifiers.json.parse import MAX_DEPTH
from verifier_server.verifiers.json.schema.keywords import Reach
from verifier_server.verifiers.json.schema.walk import Node, Reached, Step

# The engine needs 20 us and 3 kB for each subschema that it reports on, so a place costs at
# most 0.2 s. Schemas in the wild come to about 1,800.
MAX_EXPANSION = 10_000
# The engine recurses for each, so that depth times this has to stay clear of its stack:
# about 20,000 levels.
MAX_CHAIN = 64
# Above this, a number of applications is only known to be large.
UNBOUNDED = 1_000_000
# Steps that finding the applications may take; beyond, the number counts as large.
_MAX_WORK = 200_000
# Values of an enum, names of a required: what costs as much as one subschema.
_VALUES_PER_UNIT = 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper bounds of subschemas applied to one place; `by_depth[d]` with d levels below it."""

    by_depth: tuple[int, ...]

    def applications(self, depth: int) -> int:
        """For a document of so many levels."""
        return self.by_depth[min(depth, len(self.by_depth) - 1)]


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
        return Bounds((1,))
    return Bounds(_by_depth(reached.nodes, here, next(iter(reached.nodes))))


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


def _by_depth(
    nodes: Mapping[int, Node], here: Mapping[int, list[int]], root: int
) -> tuple[int, ...]:
    """For each number of levels below the root's place.

    The bound of a place is what its own schemas come to, or what those come to that they
    apply to one child together, whichever is more.
    """
    tops = _Tops(nodes, here)
    try:
        tops.find(root)
    except _TooMuchWork:
        return (UNBOUNDED,)
    now = {key: own for key, (own, _) in tops.found.items()}
    found = [now[root]]
    for _ in range(MAX_DEPTH):
        after = {
            key: min(UNBOUNDED, max(own, _largest(children, now)))
            for key, (own, children) in tops.found.items()
        }
        if after == now:
            break
        now = after
        found.append(now[root])
    return tuple(found)


# Of one place: for each kind of child, or child by its label, what is applied how often.
_Children = dict[tuple[Reach, Any], dict[int, int]]


def _largest(children: _Children, now: Mapping[int, int]) -> int:
    totals = {
        child: sum(times * now[target] for target, times in targets.items())
        for child, targets in children.items()
    }
    largest = 0
    for one, many in ((Reach.MEMBER, Reach.MEMBERS), (Reach.ITEM, Reach.ITEMS)):
        named = max((total for (reach, _), total in totals.items() if reach is one), default=0)
        largest = max(largest, named + totals.get((many, None), 0))
    return largest


class _TooMuchWork(Exception):
    pass


class _Tops:
    """The schemas that are applied to whole places: the root, and what is applied to children."""

    def __init__(self, nodes: Mapping[int, Node], here: Mapping[int, list[int]]) -> None:
        self._nodes = nodes
        self._here = here
        self._work = 0
        self.found: dict[int, tuple[int, _Children]] = {}

    def find(self, root: int) -> None:
        waiting = [root]
        while waiting:
            key = waiting.pop()
            if key in self.found:
                continue
            own, children = self._together(key)
            self.found[key] = own, children
            waiting += {target for targets in children.values() for target in targets}

    def _together(self, top: int) -> tuple[int, _Children]:
        """What a schema and those it applies to the same place cost, and do to children."""
        times = self._times(top)
        own = 0
        children: _Children = {}
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
        return min(own, UNBOUNDED), children

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
                times[each] = min(UNBOUNDED, times[each] + times[key])
        return times

    def _spend(self, steps: int) -> None:
        self._work += steps
        if self._work > _MAX_WORK:
            raise _TooMuchWork


def _weight(schema: dict[str, Any]) -> int:
    lists = [schema[name] for name in ("enum", "required") if name in schema]
    return 1 + sum(len(each) // _VALUES_PER_UNIT for each in lists if isinstance(each, list))
