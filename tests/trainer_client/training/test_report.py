import dataclasses
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_client.charts import Series, area_chart, line_chart
from trainer_client.config import Config, TaskSizes
from trainer_client.evaluate import OVERALL, Evaluation, Example, Figures, Judged
from trainer_client.report import RunRecord, render_report, visible, write_report
from trainer_client.steps import StepRecord

HOSTILE = (
    "</pre></td><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}"
    "&amp;\"'\u202egnp.exe\x1b[31m\ud800\x00"
)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def record(completion: str = "\\boxed{4}", reason: str = "equal") -> RunRecord:
    judged = Judged(completion, "INCORRECT", reason, 0.0)
    lost = Judged(completion, "DEADLINE", reason, None)
    figures = Figures(prompts=1, pass_1=0.25, pass_k=0.5, greedy=1.0, judged=8, missing=1)
    evaluation = Evaluation(
        {"math": figures, OVERALL: figures},
        (Example("math", completion, judged, lost),),
        {"math": "sha256:00"},
    )
    steps = [
        StepRecord(
            step=number,
            elapsed_s=1.0,
            reward=None if number == 2 else 0.1 * number,
            kl=0.01,
            entropy=None,
            no_signal=0.5,
            scoring_s=0.02,
            step_s=1.0,
            mean_tokens=8.0,
            completions=8,
            missing=number - 1,
            duplicates=0,
            verdicts={"CORRECT": 2, "NO_ANSWER": 6},
            by_verifier={} if number == 2 else {"math": 0.1 * number},
        )
        for number in (1, 2, 3)
    ]
    return RunRecord(
        config=Config(tasks={"math": TaskSizes(demonstrations=4, train=16, held_out=4)}),
        device="cpu",
        parameters=1000,
        before=evaluation,
        after=evaluation,
        losses=(5.0, 2.0),
        steps=steps,
        wall_s={"GRPO": 10.0},
        cpu_s={"GRPO": 9.0},
        versions={"torch": "2"},
        sandbox="nsjail",
        revisions={"math": "sha256:00"},
    )


def test_the_page_is_self_contained_and_shows_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(record(), path)
    html = path.read_text()
    page = parse(html)
    assert not page.tags & {"script", "img", "link", "iframe", "object", "a"}
    assert not page.attributes & {"src", "href", "xlink:href"}
    assert "http:" not in html
    assert "https:" not in html
    assert "0.250" in page.text
    assert "not judged" in page.text
    assert "sha256:00" in page.text


@pytest.mark.parametrize("place", ["completion", "reason"])
def test_hostile_text_stays_text(place: str) -> None:
    html = render_report(record(**{place: HOSTILE}))
    page, clean = parse(html), parse(render_report(record()))
    assert page.tags == clean.tags
    assert page.attributes == clean.attributes
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text


def test_control_characters_of_a_completion_are_shown() -> None:
    html = render_report(record(completion=HOSTILE))
    assert "[U+202E]" in html
    assert "[U+001B]" in html
    assert not {"\u202e", "\x1b", "\x00"} & set(html)
    html.encode("utf-8")


@given(st.text(max_size=2000))
def test_visible_text_is_bounded_and_encodable(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert len(shown) <= 600 * len("[U+10FFFF]") + 40


values = st.lists(st.none() | st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=12)


@given(values)
@settings(max_examples=60)
def test_charts_are_well_formed_whatever_the_values(ys: list[float | None]) -> None:
    xs = [float(i) for i in range(len(ys))]
    for percent in (False, True):
        chart = line_chart(xs, [Series("a", ys)], label='"<&>', percent=percent)
        svg = ElementTree.fromstring(chart)
        assert svg.attrib["aria-label"] == '"<&>'
        assert "nan" not in chart
    ElementTree.fromstring(area_chart(xs, [Series("a", ys)], label="b"))


def test_no_steps_make_a_chart_without_lines() -> None:
    ElementTree.fromstring(line_chart([], [], label="nothing"))
    assert render_report(dataclasses.replace(record(), steps=[], losses=()))
