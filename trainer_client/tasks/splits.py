"""Disjoint splits of procedural tasks.

Promises: demonstrations, training prompts and held-out prompts share no
problem (`Sample.key`), have exactly the sizes asked for, and depend on nothing
but the arguments. The held-out prompts are the same for every seed, so that
figures of different runs compare.

Does not cover: balancing within a family.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from trainer_client.failures import ConfigError
from trainer_client.tasks import FAMILIES
from trainer_client.tasks.sample import Demonstration, Family, Sample

# A family that yields so few new problems a draw has too few for its splits.
_DRAWS_PER_PROBLEM = 60


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """Problems a family."""

    demonstrations: int
    train: int
    held_out: int


@dataclass(frozen=True, slots=True)
class Splits:
    """The data of a run, each split with the families mixed."""

    demonstrations: tuple[Demonstration, ...]
    train: tuple[Sample, ...]
    held_out: tuple[Sample, ...]


def build_splits(sizes: dict[str, SplitSizes], *, seed: int, wrong_share: float) -> Splits:
    """Draws the splits.

    Args:
        sizes: the sizes by verifier name.
        seed: of the run; decides which problems are demonstrated, in what order.
        wrong_share: share of the demonstrations that are spoiled, in [0,1].

    Raises:
        ConfigError: unknown verifier, or a family has too few distinct problems.
    """
    demonstrations: list[Demonstration] = []
    train: list[Sample] = []
    held_out: list[Sample] = []
    for name, size in sizes.items():
        if name not in FAMILIES:
            raise ConfigError(f"tasks.{name}: no such tasks; known: {', '.join(FAMILIES)}")
        family = FAMILIES[name]
        pool = _distinct(family, size.demonstrations + size.train + size.held_out)
        held_out += pool[: size.held_out]
        rest = pool[size.held_out :]
        Random(f"{name}-{seed}-pool").shuffle(rest)
        shown = rest[: size.demonstrations]
        train += rest[size.demonstrations :]
        demonstrations += _demonstrate(family, shown, seed, wrong_share)
    Random(f"{seed}-demonstrations").shuffle(demonstrations)
    Random(f"{seed}-train").shuffle(train)
    splits = Splits(tuple(demonstrations), tuple(train), tuple(held_out))
    _check(splits, sizes)
    return splits


def _distinct(family: Family, count: int) -> list[Sample]:
    """The first `count` distinct problems of a family; the same in every run."""
    rng = Random(f"{family.verifier}-problems")
    found: dict[str, Sample] = {}
    for _ in range(count * _DRAWS_PER_PROBLEM):
        if len(found) == count:
            break
        sample = family.draw(rng)
        found.setdefault(sample.key, sample)
    if len(found) < count:
        raise ConfigError(
            f"tasks.{family.verifier}: {count} distinct problems are needed and "
            f"only {len(found)} could be drawn; ask for smaller splits"
        )
    return list(found.values())


def _demonstrate(
    family: Family, samples: Sequence[Sample], seed: int, wrong_share: float
) -> list[Demonstration]:
    rng = Random(f"{family.verifier}-{seed}-spoil")
    made = []
    for sample in samples:
        sound = rng.random() >= wrong_share
        completion = sample.solution if sound else family.spoil(sample, rng)
        made.append(Demonstration(sample, completion, sound))
    return made


def _check(splits: Splits, sizes: dict[str, SplitSizes]) -> None:
    """Splits that overlap or lack rows would make every figure of a run worthless."""
    shown = {(d.sample.verifier, d.sample.key) for d in splits.demonstrations}
    train = {(s.verifier, s.key) for s in splits.train}
    held_out = {(s.verifier, s.key) for s in splits.held_out}
    wanted = [
        sum(size.demonstrations for size in sizes.values()),
        sum(size.train for size in sizes.values()),
        sum(size.held_out for size in sizes.values()),
    ]
    if shown & train or shown & held_out or train & held_out:
        raise RuntimeError("splits share problems")
    if [len(shown), len(train), len(held_out)] != wanted:
        raise RuntimeError(
            f"splits have {len(shown)}, {len(train)}, {len(held_out)} rows, not {wanted}"
        )
