from collections.abc import Mapping
from typing import Any

from verifier_server.contract import (
    Component,
    Diagnostics,
    ErrorCode,
    Judge,
    Score,
    TaskError,
    Verdict,
)


def prepare(task: Mapping[str, Any]) -> Judge:
    answer = task["answer"]
    if answer == "impossible":
        raise TaskError(ErrorCode.BAD_GROUND_TRUTH, "no_answer", "cannot be met", "/answer")

    def judge(completion: str) -> Score:
        if completion == "raise":
            raise RuntimeError(f"secret {answer}")
        right = completion == answer
        return Score(
            float(right),
            right,
            Verdict.CORRECT if right else Verdict.INCORRECT,
            "match" if right else "differs",
            (Component("match", float(right), 1.0, int(right), 1),),
            Diagnostics(
                completion, "compared", (("length", str(len(completion))),), (("answer", answer),)
            ),
        )

    return judge
