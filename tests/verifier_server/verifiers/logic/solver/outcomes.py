"""Every outcome of the problems, as JSON: run as a program to compare processes."""

import json
import random
import sys
from collections.abc import Iterable

from tests.verifier_server.verifiers.logic.solver.problems import PROBLEMS
from verifier_server.verifiers.logic.formulas import Not
from verifier_server.verifiers.logic.solver.session import Decision, Session

Outcome = list[list[object]]


def outcome(name: str) -> Outcome:
    premises, conclusion, _ = PROBLEMS[name]
    with Session(premises) as session:
        found = [
            session.entails(conclusion),
            session.entails(Not(conclusion)),
            session.consistent(),
        ]
    return [shown(each) for each in found]


def shown(found: Decision) -> list[object]:
    return [found.holds, found.status.value, found.spent, found.stage, found.reason]


def outcomes(order: Iterable[str]) -> dict[str, Outcome]:
    return {name: outcome(name) for name in order}


def shuffled(seed: int) -> list[str]:
    names = sorted(PROBLEMS)
    random.Random(seed).shuffle(names)
    return names


if __name__ == "__main__":
    json.dump(outcomes(shuffled(int(sys.argv[1]))), sys.stdout)
