"""`RemoteReward`: a verifier server as a reward function for TRL.

Promises: one call a batch; exactly one value a completion, in order; a float only
where a completion was judged, and None where it was not. No failure of the
service, the network or the data set ever becomes a number. TRL (>= 1.6) leaves a
row whose reward is None out of its group's baseline and gives it no advantage.

Use it as the only reward function, or know that TRL counts a None of one function
as 0 where another function gave a number (`nansum` in GRPOTrainer, with
`multi_objective_aggregation="sum_then_normalize"`).

Does not cover: tool environments and rollout functions; agreement between ranks
on an outage (see `outage.py`).
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from trainer_client.client import VerifierClient
from trainer_client.errors import (
    START_HINT,
    InvalidRequest,
    InvalidTask,
    MissingVerdicts,
    VerifierNotFound,
    VerifierOutage,
)
from trainer_client.grouping import (
    Grouped,
    Item,
    SizeLimits,
    completion_text,
    group_rows,
    ungroup,
)
from trainer_client.outage import Outage, OutageWatch, score_through_outage
from trainer_client.results import (
    CompletionResult,
    Group,
    GroupResult,
    Score,
    ScoreError,
    ServerInfo,
    View,
)
from trainer_client.summary import BatchSummary, metrics, summarise

CHECK_TIMEOUT_S = 10.0  # a server that is just starting gets this long

OnMissing = Literal["none", "group_none", "raise"]

logger = logging.getLogger(__name__)


class RemoteReward:
    """A reward function that asks a verifier server. Thread-safe; pickles.

    Args:
        target: address of the server, as for `VerifierClient`.
        verifier: name of the verifier of every row; None to read `verifier_column`.
        verifier_column: data set column with the verifier's name.
        task_column: data set column with the task: JSON text, or a mapping. Prefer
            text: Arrow gives every row of a struct column the same keys, with
            nulls that the task did not have, so a mapping with None anywhere in it
            is not judged.
        name: name of the reward in the trainer's logs, and prefix of the metrics.
        deadline_s: seconds for one answer to the whole batch, retries included.
        on_missing: what becomes of rows without a verdict. "none": None for the
            row. "group_none": None for every local row of the same prompt and
            task. "raise": `MissingVerdicts`.
        outage: how long to wait for a server that went away, and when to give up.
        metrics: whether to log to the trainer.
        check_server: whether to call `check` now rather than at the first batch.
        cpu_limit_s: CPU seconds for one completion; None for the verifier's default.
        fairness_key, pins: as for `VerifierClient`.

    `last` is the `BatchSummary` of the latest call.
    """

    def __init__(
        self,
        target: str,
        verifier: str | None = None,
        *,
        verifier_column: str = "verifier",
        task_column: str = "task",
        name: str = "verifier",
        deadline_s: float = 30.0,
        on_missing: OnMissing = "none",
        outage: Outage = Outage(),  # noqa: B008  immutable
        metrics: bool = True,
        check_server: bool = False,
        cpu_limit_s: float | None = None,
        fairness_key: str = "",
        pins: Mapping[str, str] | None = None,
    ) -> None:
        if on_missing not in get_args(OnMissing):
            raise ValueError(f"on_missing is one of {get_args(OnMissing)}, not {on_missing!r}")
        self.__name__ = name
        self.last = BatchSummary()
        self._verifier = verifier
        self._verifier_column = verifier_column
        self._task_column = task_column
        self._deadline_s = deadline_s
        self._on_missing = on_missing
        self._watch = OutageWatch(outage)
        self._metrics = metrics
        self._cpu_limit_s = cpu_limit_s
        self._client = VerifierClient(target, fairness_key=fairness_key, pins=pins)
        self._known: frozenset[str] = frozenset()  # verifiers seen on the server
        self._limits: SizeLimits | None = None  # the server's, once it told them
        self._judged_once = False
        self._warned: frozenset[tuple[str, str]] = frozenset()
        self._lock = threading.Lock()
        if check_server:
            self.check()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def check(self, rows: Iterable[Mapping[str, Any]] = ()) -> ServerInfo:
        """Makes sure that the server answers and can judge `rows`, before a run depends on it.

        Args:
            rows: rows of the data set, such as the first few. Each one's task is
                tried with an empty completion.

        Raises:
            ServerUnavailable: no server answers.
            VerifierNotFound: it lacks a verifier.
            InvalidTask: the verifier refuses a task.
        """
        info = self._server_info()
        samples = [dict(row) for row in rows]
        columns = {key: [row.get(key) for row in samples] for key in _keys(samples)}
        verifiers, tasks = self._row_columns(columns, len(samples))
        named = {name for name in verifiers if isinstance(name, str)}
        self._check_verifiers(named | ({self._verifier} if self._verifier else set()))
        items = [Item(*each, "") for each in zip(verifiers, tasks, strict=True)]
        for index, result in enumerate(self.score(items)):
            if result.error is not None:
                raise InvalidTask(
                    f"row {index}, column {self._task_column!r}: "
                    f"{result.error.code}: {result.error.message}"
                )
        return info

    def _server_info(self) -> ServerInfo:
        """What the server is; its limits are kept."""
        info = self._client.server_info(CHECK_TIMEOUT_S)
        with self._lock:
            self._limits = SizeLimits(info.max_task_bytes, info.max_completion_bytes)
        return info

    def _grouped(
        self, verifiers: Sequence[Any], tasks: Sequence[Any], texts: Sequence[str | bytes]
    ) -> Grouped:
        """Groups rows within the server's limits; the first time, asks for those."""
        if texts and self._limits is None:
            self._server_info()
        return group_rows(verifiers, tasks, texts, self._limits or SizeLimits())

    def _check_verifiers(self, names: Iterable[str]) -> None:
        """Raises unless the server has every one of `names`; asks once for each."""
        for name in sorted(set(names) - self._known):
            try:
                self._client.verifier(name, CHECK_TIMEOUT_S)
            except VerifierNotFound:
                have = ", ".join(each.name for each in self._client.verifiers(CHECK_TIMEOUT_S))
                raise VerifierNotFound(
                    f"{self._client.target} has no verifier {name!r}; it has: {have or 'none'}"
                ) from None
            with self._lock:
                self._known |= {name}

    def __call__(
        self,
        prompts: Sequence[Any] | None = None,
        completions: Sequence[Any] = (),
        completion_ids: Sequence[Any] | None = None,
        *,
        trainer_state: Any = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Sequence[Any],
    ) -> list[float | None]:
        """Rewards for one batch, as TRL's trainers call it.

        Args:
            prompts: one for each completion; rows of one prompt are one group.
            completions: texts, or lists of messages.
            completion_ids, trainer_state: taken, as TRL passes them, and not used.
            log_extra, log_metric: TRL's loggers, where the trainer has them.
            columns: the data set's columns, each as long as `completions`.

        Returns:
            One value in [0,1] for each completion, in order, or None.

        Raises:
            ServerUnavailable: no server answers at the first call.
            VerifierNotFound: a row names a verifier that the server lacks.
            InvalidTask: the verifier refused every task of the first batch.
            InvalidRequest: a column is missing or of the wrong length.
            VerifierOutage: see `Outage`.
            MissingVerdicts: with `on_missing="raise"`.
        """
        began = time.monotonic()
        texts = [completion_text(each) for each in completions]
        verifiers, tasks = self._row_columns(columns, len(texts))
        if prompts is not None and len(prompts) != len(texts):
            raise InvalidRequest(f"{len(prompts)} prompts and {len(texts)} completions")
        if not self._known:  # later, a server that is away is an outage, not a mistake
            self._check_verifiers(name for name in verifiers if isinstance(name, str) and name)
        grouped = self._grouped(verifiers, tasks, texts)
        answers = score_through_outage(self._ask, grouped.groups, self._watch, self._deadline_s)
        rows = ungroup(grouped, answers)
        groups = _trainer_groups(prompts, grouped)
        summary = summarise(
            rows,
            verifiers=verifiers,
            groups=groups,
            duplicates=grouped.duplicates,
            latency_s=time.monotonic() - began,
        )
        with self._lock:
            self.last = summary
        self._report(rows, summary, log_extra, log_metric)
        self._look_at_errors(rows)
        self._decide_whether_to_go_on(summary)
        return self._values(rows, groups)

    def _row_columns(
        self, columns: Mapping[str, Sequence[Any]], count: int
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """The verifier and the task of each of `count` rows."""
        fixed = self._verifier
        verifiers = (
            [fixed] * count if fixed else self._column(columns, self._verifier_column, count)
        )
        return verifiers, self._column(columns, self._task_column, count)

    def _column(self, columns: Mapping[str, Sequence[Any]], name: str, count: int) -> Sequence[Any]:
        if not count:
            return ()
        if name not in columns:
            raise InvalidRequest(
                f"the data set has no column {name!r}; it has: {', '.join(sorted(columns))}"
            )
        if len(columns[name]) != count:
            raise InvalidRequest(
                f"column {name!r} has {len(columns[name])} rows for {count} completions"
            )
        return columns[name]

    def _ask(self, groups: Sequence[Group], timeout_s: float) -> list[GroupResult]:
        return self._client.score(groups, timeout_s, view=View.NONE, cpu_limit_s=self._cpu_limit_s)

    def _report(
        self,
        rows: Sequence[CompletionResult | None],
        summary: BatchSummary,
        log_extra: Callable[[str, list[Any]], None] | None,
        log_metric: Callable[[str, float], None] | None,
    ) -> None:
        """Logs to the trainer. The lists have one entry a row, or TRL's table would not build."""
        if not self._metrics:
            return
        if log_extra is not None:
            log_extra(f"{self.__name__}/verdict", [_label(row) for row in rows])
            log_extra(
                f"{self.__name__}/reason", [row.outcome.reason if row else "" for row in rows]
            )
        if log_metric is not None:
            for name, value in metrics(summary, self.__name__).items():
                log_metric(name, value)

    def _look_at_errors(self, rows: Sequence[CompletionResult | None]) -> None:
        """Raises for a verifier that is not there; warns once of every other kind of error."""
        errors = [row.error for row in rows if row is not None and row.error is not None]
        for error in errors:
            if error.code == "VERIFIER_NOT_FOUND":
                raise VerifierNotFound(f"{self._client.target}: {error.message}")
            with self._lock:
                first = (error.code, error.reason) not in self._warned
                self._warned |= {(error.code, error.reason)}
            if first:
                logger.warning(
                    "no reward for some rows: %s (%s): %s", error.code, error.reason, error.message
                )

    def _decide_whether_to_go_on(self, summary: BatchSummary) -> None:
        """Raises when the data set is not this verifier's, or an outage is not tolerable."""
        with self._lock:
            first, self._judged_once = (
                not self._judged_once,
                self._judged_once or summary.judged > 0,
            )
        if first and summary.completions and summary.bad_tasks == summary.completions:
            raise InvalidTask(
                f"not one task of the first batch can be judged ({_counts(summary.errors)}); "
                f"is {self._task_column!r} the right column? `check` names what is wrong"
            )
        bad_calls = self._watch.count(missing=summary.missing_by_service, total=summary.completions)
        policy = self._watch.policy
        if bad_calls >= policy.max_calls:
            raise VerifierOutage(
                f"{bad_calls} calls in a row missed more than {policy.max_missing:.0%} of their "
                f"verdicts ({summary.unanswered} of {summary.completions} unanswered in the last; "
                f"errors: {_counts(summary.errors)}). {START_HINT} Then resume from a checkpoint."
            )

    def _values(
        self, rows: Sequence[CompletionResult | None], groups: Sequence[Hashable]
    ) -> list[float | None]:
        """One value a row, with what `on_missing` makes of the rows without a verdict."""
        scores = [None if row is None else row.score for row in rows]
        values = [None if score is None else score.value for score in scores]
        if self._on_missing == "raise" and None in values:
            raise MissingVerdicts(f"{values.count(None)} of {len(values)} rows have no verdict")
        if self._on_missing == "group_none":
            holed = {group for group, value in zip(groups, values, strict=True) if value is None}
            return [
                None if group in holed else value
                for group, value in zip(groups, values, strict=True)
            ]
        return values

    def score(
        self,
        items: Sequence[Item | tuple[str, Any, str | bytes]],
        timeout_s: float | None = None,
        *,
        view: View | str = View.SUMMARY,
    ) -> list[CompletionResult]:
        """Judges (verifier, task, completion) triples, for evaluation; results in order.

        A completion that could not be judged keeps its `ScoreError`.

        Raises:
            ClientError: the call failed as a whole. There is no waiting here.
        """
        grouped = self._grouped(*zip(*items, strict=True)) if items else group_rows((), (), ())
        results = self._client.score(
            grouped.groups,
            self._deadline_s if timeout_s is None else timeout_s,
            view=view,
            cpu_limit_s=self._cpu_limit_s,
        )
        return [row for row in ungroup(grouped, results) if row is not None]

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        self._client.close()


def _trainer_groups(prompts: Sequence[Any] | None, grouped: Grouped) -> list[Hashable]:
    """What tells the trainer's groups apart: the prompt, and where the row was sent."""
    sent: list[Hashable] = [
        place if isinstance(place, ScoreError) else place[0] for place in grouped.places
    ]
    if prompts is None:
        return sent
    return [(_prompt_key(prompt), group) for prompt, group in zip(prompts, sent, strict=True)]


def _prompt_key(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    return json.dumps(prompt, sort_keys=True, default=repr)


def _label(row: CompletionResult | None) -> str:
    """What the completions table shows: the verdict, or the error marked as one."""
    if row is None:
        return "error:UNANSWERED"
    outcome = row.outcome
    return outcome.verdict if isinstance(outcome, Score) else f"error:{outcome.code}"


def _counts(errors: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(errors.items())) or "none"


def _keys(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {key for row in rows for key in row}
