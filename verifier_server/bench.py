"""What a verifier that runs code gets to work with, beside its task.

Promises: plain facts about the job, and the disposable children; nothing here
reaches further than the worker's own links.

Does not cover: what the children are (`sandboxes.children`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sandboxes.children import Children
from verifier_server.contract import Judge


@dataclass(frozen=True, slots=True)
class Bench:
    """`cpu_s` is the budget, in seconds, of all children of one completion together.

    `children` is None where nothing is to be run (the warming up of the zygote).
    `count` is how many completions the job has; `runtimes` are the names offered to
    candidates; `low_trust` allows tasks that run candidates beside their tests.
    """

    children: Children | None
    cpu_s: float
    count: int
    runtimes: Sequence[str]
    low_trust: bool


class BenchImplementation(Protocol):
    """What `Manifest.module` must offer when the manifest says `children`."""

    def prepare(self, task: Mapping[str, Any], bench: Bench) -> Judge:
        """Compiles a task, which already satisfies the task schema.

        Raises:
            TaskError: the task cannot be judged against here.
        """
        ...
