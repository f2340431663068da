"""Which nodes of a graph lie on common cycles: Kosaraju's algorithm, without recursion."""

from collections.abc import Collection, Mapping


def from_leaves(graph: Mapping[int, Collection[int]]) -> list[list[int]]:
    """Strongly connected components, each after all those that it leads to.

    Args:
        graph: the nodes that each node leads to, all of which are its keys.
    """
    backwards: dict[int, list[int]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets:
            backwards[target].append(node)
    seen: set[int] = set()
    components: list[list[int]] = []
    for start in reversed(_finished(graph)):
        if start in seen:
            continue
        component = [start]
        seen.add(start)
        for node in component:  # grows meanwhile
            new = [each for each in backwards[node] if each not in seen]
            seen.update(new)
            component += new
        components.append(component)
    components.reverse()
    return components


def _finished(graph: Mapping[int, Collection[int]]) -> list[int]:
    """The nodes in the order in which a depth-first walk leaves them."""
    order: list[int] = []
    seen: set[int] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(graph[start]))]
        while stack:
            node, left = stack[-1]
            for each in left:
                if each not in seen:
                    seen.add(each)
                    stack.append((each, iter(graph[each])))
                    break
            else:
                order.append(node)
                stack.pop()
    return order
