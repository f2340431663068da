"""What the engine counts as evaluated, and the draft does not.

Promises: `check` refuses the schemas of 2019-09 in which `contains` stands beside
`unevaluatedItems`, or is applied to the same place by another schema there. To the engine
an item that `contains` matches is evaluated, as in 2020-12 (Core 11.2); in 2019-09 only
`items`, `additionalItems` and `unevaluatedItems` say so (Core 9.3.1.3).

Does not cover: what stands under `not`, which tells nothing of what it evaluates.
"""

from collections.abc import Mapping

from verifier_server.verifiers.json.schema.dialects import DRAFT_2019_09
from verifier_server.verifiers.json.schema.keywords import Reach
from verifier_server.verifiers.json.schema.walk import Node


def check(nodes: Mapping[int, Node]) -> None:
    """Checks what was reached. Linear in the schema.

    Raises:
        SchemaFaultError: see the module.
    """
    leads_to: dict[int, list[int]] = {}
    for key, node in nodes.items():
        for step in node.steps:
            if step.reach is Reach.HERE and step.target != id(node.schema.get("not")):
                leads_to.setdefault(step.target, []).append(key)
    waiting = [
        key
        for key, node in nodes.items()
        if node.draft == DRAFT_2019_09 and "contains" in node.schema
    ]
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        node = nodes[key]
        if node.draft == DRAFT_2019_09 and node.schema.get("unevaluatedItems", True) is not True:
            raise node.place.fault(
                "in 2019-09 an item that contains matches is not evaluated by it, which the"
                " engine does not tell; put contains under not, twice",
                "unevaluatedItems",
            )
        new = [each for each in leads_to.get(key, ()) if each not in seen]
        seen.update(new)
        waiting += new
