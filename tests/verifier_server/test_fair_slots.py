"""Turns by key."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from verifier_server.fair_slots import FairSlots


async def served(slots: FairSlots, keys: list[str]) -> list[str]:
    """The order in which waiters of `keys` are served while one slot is held."""
    order: list[str] = []

    async def wait(key: str) -> None:
        async with slots.hold(key):
            order.append(key)

    async with asyncio.TaskGroup() as tasks, slots.hold("holder"):
        for key in keys:
            tasks.create_task(wait(key))
        await asyncio.sleep(0)
    return order


async def test_keys_take_turns() -> None:
    assert await served(FairSlots(1), list("aaaabbc")) == list("abcabaa")


@given(st.lists(st.sampled_from("abc")))
async def test_nobody_is_lost_and_a_key_waits_for_at_most_its_share(keys: list[str]) -> None:
    order = await served(FairSlots(1), keys)
    assert sorted(order) == sorted(keys)
    for key in set(keys):
        places = [place for place, each in enumerate(order) if each == key]
        for turn, place in enumerate(places):
            others = {other: order[:place].count(other) for other in set(keys) - {key}}
            assert all(count <= turn + 1 for count in others.values())


async def test_estimate_of_those_ahead() -> None:
    slots = FairSlots(1)
    async with slots.hold("a"):
        waiters = [asyncio.create_task(_hold(slots, key)) for key in "aaaab"]
        await asyncio.sleep(0)
        assert slots.ahead_of("a") == 4 + 1
        assert slots.ahead_of("b") == 1 + 2
        assert slots.ahead_of("new") == 2
    await asyncio.gather(*waiters)


async def _hold(slots: FairSlots, key: str) -> None:
    async with slots.hold(key):
        pass


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=12))
async def test_cancelled_waiters_leak_no_slot(waiters: list[tuple[str, bool]]) -> None:
    slots = FairSlots(2)
    async with slots.hold("x"), slots.hold("x"):
        tasks = [(asyncio.create_task(_hold(slots, key)), cancel) for key, cancel in waiters]
        await asyncio.sleep(0)
        for task, cancel in tasks[::2]:
            if cancel:
                task.cancel()
        await asyncio.sleep(0)
    # The slots are given away in this very tick: cancel some of the lucky, too.
    for task, cancel in tasks[1::2]:
        if cancel:
            task.cancel()
    await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
    async with asyncio.timeout(1), slots.hold("a"), slots.hold("b"):
        assert slots.ahead_of("c") == 0
