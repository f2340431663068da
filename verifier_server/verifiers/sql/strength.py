"""How good a task is, in words for its author.

Promises: a finding is told once for all accepted queries that it is about, with their
places, so that sixteen of them do not crowd each other out of a bounded report.

Does not cover: what is found (`gold.traits`, `instances.choose`).
"""

from collections.abc import Iterator, Sequence

from verifier_server.verifiers.sql.gold.traits import Observed, findings
from verifier_server.verifiers.sql.instances.choose import Chosen
from verifier_server.verifiers.sql.task import Task

_NONE_BUILT = (
    "no_instances: no database could be built on which every accepted query runs; answers are "
    "compared on the given data and the extra instances alone"
)


def facts(
    chosen: Chosen | None, said: Sequence[Sequence[Observed | None]], task: Task
) -> Iterator[tuple[str, str]]:
    """How good the task is, in words: pairs of `task_strength` or `task_finding` and a sentence.

    Args:
        chosen: the built instances, None where none were wanted.
        said: for each instance, what each accepted query says there; None where it fails.
        task: for the places of its accepted queries.
    """
    if chosen is None:
        yield "task_strength", "no instances were built"
    else:
        told = chosen.total - len(chosen.survivors)
        yield (
            "task_strength",
            f"{len(chosen.images)} instances tell {told} of {chosen.total} mutants apart",
        )
        if not chosen.images:
            yield "task_finding", _NONE_BUILT
    found: dict[str, list[str]] = {}
    for index in range(len(task.golds)):
        seen = [one for each in said if (one := each[index]) is not None]
        for slug, message in findings(seen, task.policy):
            found.setdefault(f"{slug}: {message}", []).append(task.places[index])
    for finding, places in found.items():
        yield "task_finding", f"{finding} ({', '.join(places)})" if len(task.golds) > 1 else finding
