"""What a task family makes: samples, and demonstrations of them.

Promises: plain immutable data. A sample holds everything that prompting,
training and scoring need.

Does not cover: which samples go to which split (`splits.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Sample:
    """One task with its prompt and one right completion.

    `key` identifies the problem whatever its wording; splits are disjoint by
    it. `question` is the terse prompt. `task` is what the verifier gets, JSON.
    `solution` is a completion that the verifier passes.
    """

    verifier: str
    key: str
    question: str
    task: Mapping[str, Any]
    solution: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A completion to imitate in the warm start; `sound` when it is a right one."""

    sample: Sample
    completion: str
    sound: bool


@dataclass(frozen=True, slots=True)
class Family:
    """How to draw samples for one verifier.

    `draw` makes a sample. `spoil` makes a plausible wrong completion for a
    sample: the right form, and wrong in a way that only a verifier sees.
    `instruction` says in words what to answer and in which form, for a model
    that has not been warmed up on the family's demonstrations.
    """

    verifier: str
    instruction: str
    draw: Callable[[Random], Sample]
    spoil: Callable[[Sample, Random], str]
