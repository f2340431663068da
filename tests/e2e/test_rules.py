"""The rules verifier through a real server and jail: packs by name, order, hostile answers."""

import json
import random

import pytest

from tests.servers import running_server
from tests.verifier_server.verifiers.rules.kit import FACTS, GOOD, TASK, whole
from tests.verifier_server.verifiers.rules.test_shelf import place
from trainer_client.client import VerifierClient
from trainer_client.results import Group, View
from verifier_server.verifiers.rules.shelf import named, shipped_names

pytestmark = pytest.mark.sandbox

GRANTED = json.dumps(GOOD | {"renewal": "granted"})
RIGHT = json.dumps(GOOD)
ODD_VALUES = [
    "1" + "0" * 400, "-" + "9" * 999, "1e308", "1e309", "1e-399", "0e999999999", "NaN", "null",
    '"0.5"', "[[[[0.5]]]]", "{}", '"\\u0000"', '"\\ud800"', "0.5" + "0" * 500, "true",
]  # fmt: skip
ODD_MOMENTS = [
    "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-03-22t10:00:00z",
    "2024-03-22T10:00:00+99:99", "2024-02-30T00:00:00Z", "\0", "x" * 500_000, "", "٢٠٢٤-03-22",
]  # fmt: skip
HOSTILE = [
    *(json.dumps(GOOD).replace("0.5", value) for value in ODD_VALUES),
    *(json.dumps(GOOD | {"due_at": moment}) for moment in ODD_MOMENTS),
    "[" * 100_000,
    '{"a":' * 100_000,
    json.dumps(GOOD)[:-1] + ', "renewal": "refused"}',
    json.dumps(GOOD) + "\n" + json.dumps(GOOD),
    json.dumps(GOOD | {"x" * 1000: list(range(1000))}),
    json.dumps(GOOD | {f"k{index}": 0 for index in range(50_000)}),
    f"<think>{RIGHT}",
    f"{RIGHT}</think>{GRANTED}",
    "",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("packs")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def digest(folder):
    return place(folder)


@pytest.fixture(scope="module")
def library(folder, digest, tmp_path_factory):
    """A server with that folder."""
    flags = ("--workers", "2", "--pack-folder", str(folder))
    with running_server(tmp_path_factory.mktemp("library"), *flags) as running:
        yield running


@pytest.fixture
def client(library):
    with VerifierClient(library.address) as client:
        yield client


def judge(client, task, completions, **options):
    (group,) = client.score([Group("rules", task, completions)], **options)
    return group.results


def test_a_pack_of_the_task_and_one_of_the_folder_judge_alike(client, digest):
    pack = {"name": "loans", "digest": digest}
    for task in (TASK, {"pack": pack, "facts": FACTS}):
        right, wrong = judge(client, task, [RIGHT, GRANTED])
        assert (right.score.reason, right.score.value) == ("rules_hold", 1.0)
        assert (wrong.score.reason, wrong.score.value) == ("critical_rule_failed", 0.0)
        assert dict(right.diagnostics.facts)["verdicts"] == "pass: L-1 L-2 L-3"
        assert dict(right.diagnostics.facts)["pack"].endswith(digest)


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        ({"name": "loans"}, "digest_required"),
        ({"name": "loans", "digest": f"sha256:{'0' * 64}"}, "pack_changed"),
        ({"name": "other"}, "unknown_pack"),
        ({"name": "../packs/loans"}, "schema_violation"),
    ],
)
def test_a_pack_that_is_not_what_the_task_says(client, pack, reason):
    (result,) = judge(client, {"pack": pack, "facts": FACTS}, [RIGHT])
    assert (result.error.code, result.error.reason) == ("INVALID_TASK", reason)


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_pack_is_there_without_a_folder(client, name):
    task = {"pack": {"name": name}, "facts": {}}
    (result,) = judge(client, task, ["{}"])
    # It was found: what is wrong are the facts.
    assert result.error.reason == "invalid_facts"
    assert named(name, "", None).pack.id == name


def test_hostile_answers_earn_nothing_and_never_an_error(client):
    results = judge(client, TASK, [text for hostile in HOSTILE for text in (hostile, RIGHT)])
    for index, result in enumerate(results):
        text = (HOSTILE[index // 2], RIGHT)[index % 2]
        assert result.score is not None, (text[:80], result)
        assert result.attempts == 1
        if index % 2:
            assert result.score.value == 1.0
        else:
            # 0.5 written with many zeros is 0.5; a fee that is wrong leaves the other rules.
            assert result.score.value in (0.0, pytest.approx(2 / 3)) or text.endswith(
                "0" * 99 + "}"
            )
            assert result.score.reason != "rule_error"


def test_verdicts_do_not_depend_on_company_or_order(client):
    texts = [RIGHT, GRANTED, *HOSTILE]
    free = TASK | {"facts": FACTS | {"reserved": False}}

    def verdicts(groups):
        found = {}
        for group, answer in zip(groups, client.score(groups), strict=True):
            for text, result in zip(group.completions, answer.results, strict=True):
                key = (group.task["facts"]["reserved"], text)
                found.setdefault(key, set()).add((result.score.value, result.score.reason))
        return found

    alone = verdicts([Group("rules", task, [text]) for text in texts for task in (TASK, free)])
    shuffled = random.Random(3).sample(texts, len(texts))
    together = verdicts([Group("rules", free, shuffled), Group("rules", TASK, texts)])
    assert all(len(each) == 1 for each in alone.values())
    assert alone == together


def test_a_fault_of_the_pack_is_an_error_of_the_completion_that_met_it(client):
    ruleset = whole()
    ruleset["rules"][1]["check"] = "10 / int(answer.fee_for_two_days) > 0"
    zero, one = judge(
        client,
        {"ruleset": ruleset, "facts": FACTS},
        [json.dumps(GOOD | {"fee_for_two_days": fee}) for fee in (0, 1)],
    )
    assert (zero.error.code, zero.error.reason) == ("BAD_GROUND_TRUTH", "rule_error")
    assert "L-2" in zero.error.message
    assert one.score.value == 1.0


def test_explanations_are_for_the_privileged(client):
    text = json.dumps(GOOD | {"fee_for_two_days": 9})
    (result,) = judge(client, TASK, [text], view=View.PRIVILEGED)
    assert ("explanation", "L-2: the fee is 0.50") in result.diagnostics.facts
    (result,) = judge(client, TASK, [text])
    assert "explanation" not in dict(result.diagnostics.facts)
