"""The math verifier: its tasks prepared, its completions judged.

Promises: a right answer is read once, in `prepare`, however many completions follow. Equal
answers of a group are judged once: what is kept of one is a pure function of its text and
place, so that no completion changes another's score.

Does not cover: validating the task by `task_schema.json`, done before `prepare`.
"""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from verifier_server.contract import Diagnostics, Judge, Score, Verdict
from verifier_server.verifiers.math.completion.extract import Answer, NoAnswerError, extract
from verifier_server.verifiers.math.gold import read_gold
from verifier_server.verifiers.math.judge_answer import judge_answer
from verifier_server.verifiers.math.judge_number import judge_number
from verifier_server.verifiers.math.scores import rejected
from verifier_server.verifiers.math.task import read_task

MAX_REMEMBERED = 256


def prepare(task: Mapping[str, Any]) -> Judge:
    """Compiles a task that satisfies `task_schema.json`.

    Raises:
        TaskError: INVALID_TASK (see `read_task`) or BAD_GROUND_TRUTH (see `read_gold`).
    """
    read = read_task(task)
    golds = tuple(read_gold(accepted, read.mode) for accepted in read.answers)
    numeric = read.mode == "numeric"
    scored = partial(judge_number if numeric else judge_answer, read, golds)
    score = lru_cache(MAX_REMEMBERED)(scored)

    def judge(completion: str) -> Score:
        try:
            answer: Answer = extract(completion, read.extract, last_line=numeric)
        except NoAnswerError as error:
            return rejected(Verdict.NO_ANSWER, error.reason, Diagnostics(message=str(error)))
        return score(answer)

    return judge
