"""A group on its way through the server, as plain types.

Promises: what the scheduler takes and gives is free of protobuf and of gRPC; a
result holds a `Score` or a `ScoreError`, never both and never neither.

Does not cover: the wire (`codec.py`), or what the bytes of a task or a
completion mean: the server's own process never parses them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier_server.contract import Score, ScoreError


@dataclass(frozen=True, slots=True)
class Work:
    """One group to judge: the name of a verifier, the task, the completions."""

    verifier: str
    task: bytes
    media_type: str
    completions: tuple[bytes, ...]
    # Where the group stands in its request, such as "groups[3]": for messages.
    path: str = "group"

    @property
    def size(self) -> int:
        """Bytes of the task and of the completions."""
        return len(self.task) + sum(map(len, self.completions))


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every group of a call.

    `cpu_limit_s` is seconds for one completion, None for the verifier's
    default. `pins` maps a verifier's name to the digest that must judge.
    """

    cpu_limit_s: float | None = None
    fairness_key: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome for one completion, and what it cost in seconds."""

    outcome: Score | ScoreError
    queue_s: float = 0.0
    execute_s: float = 0.0
    cpu_s: float = 0.0
    attempts: int = 0
    deduplicated: bool = False


@dataclass(frozen=True, slots=True)
class GroupJudged:
    """One `Judged` for each completion, in order.

    `error` is set when the group failed as a whole; every result then holds it.
    """

    results: tuple[Judged, ...]
    error: ScoreError | None = None
    revision_digest: str = ""


def failed_group(count: int, error: ScoreError, revision_digest: str = "") -> GroupJudged:
    """A group of `count` completions that failed as a whole."""
    return GroupJudged((Judged(error),) * count, error, revision_digest)
