"""What the self-check says of one promise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. `held` is None when it cannot be checked here; `detail` says why."""

    name: str
    promise: str
    held: bool | None
    detail: str
