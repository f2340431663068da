"""The one-page report of a run.

Promises: one HTML file without scripts, fonts, images or links, readable
offline, in light and dark. Completions are hostile text: everything that is not
drawn by `charts.py` passes through Jinja's autoescape, and control characters
are shown, not obeyed.

Does not cover: comparing runs; `summary.json` and `metrics.jsonl` hold the data.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from trainer_client.charts import Series, area_chart, line_chart
from trainer_client.config import Config
from trainer_client.evaluate import OVERALL, PASS_K, Evaluation, Example, Figures
from trainer_client.steps import StepRecord

_TEMPLATE = Path(__file__).with_name("report.html")
_EXAMPLES_PER_FAMILY = 8
_SHOWN_CHARS = 600
_NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything that a report tells.

    `losses` are those of the warm start's steps, in nats a token; `wall_s` and
    `cpu_s` seconds by phase of this process, the server's apart; `revisions` the
    digest that judged, by verifier.
    """

    config: Config
    device: str
    parameters: int
    before: Evaluation
    after: Evaluation
    losses: Sequence[float]
    steps: Sequence[StepRecord]
    wall_s: Mapping[str, float]
    cpu_s: Mapping[str, float]
    versions: Mapping[str, str]
    sandbox: str
    revisions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Chart:
    title: str
    note: str
    svg: Markup
    legend: tuple[str, ...] = ()


def write_report(record: RunRecord, path: Path) -> None:
    """Writes the report of a run to `path`."""
    path.write_text(render_report(record), encoding="utf-8")


def render_report(record: RunRecord) -> str:
    """The report as HTML."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        record=record,
        before=record.before.figures[OVERALL],
        after=record.after.figures[OVERALL],
        pass_k=PASS_K,
        rows=_rows(record.before.figures, record.after.figures),
        charts=_charts(record),
        pairs=_pairs(record.before.examples, record.after.examples),
        settings=_flat(record.config.model_dump(mode="json")),
        wall_total_s=sum(record.wall_s.values()),
        cpu_total_s=sum(record.cpu_s.values()),
        scoring_total_s=sum(step.scoring_s for step in record.steps),
    )


def visible(text: str) -> str:
    """Text cut to a length that people read, with control characters as U+XXXX."""
    cut = text[:_SHOWN_CHARS]
    shown = "".join(
        char
        if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        else f"[U+{ord(char):04X}]"
        for char in cut
    )
    return shown if len(text) <= _SHOWN_CHARS else f"{shown} [{len(text) - _SHOWN_CHARS} more]"


def _rows(
    before: Mapping[str, Figures], after: Mapping[str, Figures]
) -> list[tuple[str, Figures, Figures]]:
    return [(family, figures, after[family]) for family, figures in before.items()]


def _pairs(before: Sequence[Example], after: Sequence[Example]) -> list[tuple[Example, Example]]:
    """The first few held-out prompts of each family, before and after."""
    shown: dict[str, int] = {}
    pairs = []
    for old, new in zip(before, after, strict=True):
        shown[old.verifier] = shown.get(old.verifier, 0) + 1
        if shown[old.verifier] <= _EXAMPLES_PER_FAMILY:
            pairs.append((old, new))
    return pairs


def _charts(record: RunRecord) -> list[_Chart]:
    steps = record.steps
    xs = [float(step.step) for step in steps]
    families = sorted({name for step in steps for name in step.by_verifier})
    rewards = [Series(name, [step.by_verifier.get(name) for step in steps]) for name in families]
    charts = [
        _line(xs, "Reward", "mean value of judged completions, a step", rewards, percent=True),
        _verdict_chart(xs, steps),
        _line(
            xs,
            "Groups without signal",
            "share of groups whose completions all got the same value",
            [Series("no signal", [step.no_signal for step in steps])],
            percent=True,
        ),
        _line(
            xs,
            "KL",
            "to the policy before GRPO, nats a token",
            [Series("KL", [step.kl for step in steps])],
        ),
        _line(
            xs,
            "Scoring latency",
            "ms that a step waited for its judgements",
            [Series("scoring", [step.scoring_s * 1000 for step in steps])],
        ),
    ]
    if record.losses:
        losses = [Series("loss", list(record.losses))]
        numbers = [float(index + 1) for index in range(len(record.losses))]
        charts.append(_line(numbers, "Warm start", "loss, nats a token, by SFT step", losses))
    return charts


def _line(
    xs: Sequence[float],
    title: str,
    note: str,
    series: Sequence[Series],
    *,
    percent: bool = False,
) -> _Chart:
    svg = line_chart(xs, series, label=f"{title}: {note}", percent=percent)
    legend = tuple(each.name for each in series) if len(series) > 1 else ()
    return _Chart(title, note, Markup(svg), legend)  # noqa: S704  drawn by us, labels escaped


def _verdict_chart(xs: Sequence[float], steps: Sequence[StepRecord]) -> _Chart:
    """Shares of verdicts; completions without a judgement are a band of their own."""
    totals: dict[str, int] = {}
    for step in steps:
        for verdict, count in step.verdicts.items():
            totals[verdict] = totals.get(verdict, 0) + count
    names = sorted(totals, key=lambda name: (name != "CORRECT", -totals[name]))
    series = [
        Series(name.lower(), [_share(step.verdicts.get(name, 0), step) for step in steps])
        for name in names
    ]
    if any(step.missing for step in steps):
        series.append(Series(_NOT_JUDGED, [_share(step.missing, step) for step in steps]))
    svg = area_chart(xs, series, label="Verdicts by step")
    return _Chart(
        "Verdicts",
        "share of completions, a step",
        Markup(svg),  # noqa: S704  drawn by us, labels escaped
        tuple(each.name for each in series),
    )


def _share(count: int, step: StepRecord) -> float:
    return count / step.completions if step.completions else 0.0


def _flat(settings: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Nested settings as dotted names with their values."""
    flat: list[tuple[str, str]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat += _flat(value, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", "none" if value is None else str(value)))
    return flat
