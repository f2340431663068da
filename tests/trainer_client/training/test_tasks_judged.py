"""What the task families call right and wrong is so for the verifiers that judge it."""

from importlib import import_module
from random import Random

import pytest

from trainer_client.tasks import json as json_tasks
from trainer_client.tasks import math as math_tasks
from trainer_client.tasks.sample import Family

DRAWN = 60


@pytest.mark.parametrize("family", [json_tasks.FAMILY, math_tasks.FAMILY], ids=["json", "math"])
def test_a_solution_passes_and_a_spoiled_one_does_not(family: Family) -> None:
    verifier = import_module(f"verifier_server.verifiers.{family.verifier}.verifier")
    rng = Random(0)
    for _ in range(DRAWN):
        sample = family.draw(rng)
        judge = verifier.prepare(dict(sample.task))
        assert judge(sample.solution).value == 1.0, sample.solution
        spoiled = family.spoil(sample, rng)
        assert not judge(spoiled).passed, spoiled
