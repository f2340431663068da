"""Pairing the items of two lists, when their order does not matter.

Promises: a perfect matching is found if there is one (augmenting paths, Kuhn 1955),
also where equality is not transitive: 1.00 and 1.01 within 1 %, 1.01 and 1.02, but
not 1.00 and 1.02. No pair is compared twice.

Does not cover: what two items are to each other (`check`).
"""

from collections.abc import Callable, Sequence

from verifier_server.verifiers.math.comparing.decision import Decision


def matched(orders: Sequence[Sequence[int]], decide: Callable[[int, int], Decision]) -> Decision:
    """Whether the items can be paired off.

    Args:
        orders: for each item on the left, all items on the right, likely partners first.
        decide: compares an item on the left with one on the right, by their places.

    Returns:
        None where only pairs that are themselves undecided would complete the matching.
    """
    known: dict[tuple[int, int], bool | None] = {}

    def equal(left: int, right: int) -> bool | None:
        if (left, right) not in known:
            known[left, right] = decide(left, right).equal
        return known[left, right]

    if _perfect(orders, lambda left, right: equal(left, right) is True):
        return Decision(True, "items")
    if None not in known.values():
        return Decision(False, "items")
    possible = _perfect(orders, lambda left, right: equal(left, right) is not False)
    return Decision(None if possible else False, "items")


def _perfect(orders: Sequence[Sequence[int]], joined: Callable[[int, int], bool]) -> bool:
    partner: dict[int, int] = {}

    def placed(left: int, tried: set[int]) -> bool:
        for right in orders[left]:
            if right not in tried and joined(left, right):
                tried.add(right)
                if right not in partner or placed(partner[right], tried):
                    partner[right] = left
                    return True
        return False

    return all(placed(left, set()) for left in range(len(orders)))
