"""The logic verifier through a real server and its jails: all shapes, attacks, order and load.

The verdicts, the facts and the solver's units of a completion are those that it has alone.
"""

import random

import pytest

from tests.servers import running_server
from trainer_client.client import VerifierClient
from trainer_client.results import Group, View

pytestmark = pytest.mark.sandbox

PREMISES = [
    "∀x (Heron(x) → Bird(x))",
    "∀x (Bird(x) → Lays(x))",
    "∀x (Lays(x) → ¬Mammal(x))",
    "Heron(hera)",
]
SCRIPT = """(declare-fun f (Int) Int) (declare-const c Int)
(assert (forall ((n Int)) (>= (f n) c)))
(assert (> (* c c) 10))"""
# By shape: a task, completions that are right, others with the reason for their score.
TASKS = {
    "label": (
        {"premises": PREMISES, "conclusion": "Mammal(hera)", "label": "False"},
        ["False", "no"],
        {"True": "wrong_label", "Uncertain": "wrong_label", "True or False": "no_answer"},
    ),
    "conclusion": (
        {"premises": PREMISES},
        ["¬Mammal(hera)", "Lays(hera)", "all x. (Heron(x) -> -Mammal(x))"],
        {
            "Mammal(hera)": "contradicted",
            "Bird(hera) ∨ ¬Bird(hera)": "trivial.tautology",
            "Heron(hera)": "trivial.restates_premise",
            "∀x (Lays(x) → Heron(x))": "unknown_consistent",
            "Lays(hera": "parse_error.syntax",
            "Lays(otto)": "vocab.unknown_symbol",
            "fof(a, axiom, lays(hera)).": "forbidden.axiom",
        },
    ),
    "closed": (
        {"gold": "∀x (Heron(x) → ∃y Eats(x, y))"},
        ["¬∃x (Heron(x) ∧ ∀y ¬Eats(x, y))"],
        {
            "∃y ∀x (Heron(x) → Eats(x, y))": "not_equivalent.stronger",
            "∀x (Heron(x) → Eats(x, x))": "not_equivalent.stronger",
            "∃x Heron(x)": "not_equivalent.incomparable",
        },
    ),
    "proof": (
        {
            "premises": PREMISES,
            "goal": "¬Mammal(hera)",
            "max_citations": 2,
            "gold_lemmas": ["Bird(hera)", "Lays(hera)"],
        },
        [
            (
                "S1: Bird(hera) [from P1, P4]\nS2: Lays(hera) [from P2, S1]\n"
                "S3: ¬Mammal(hera) [from S2, P3]"
            ),
            (
                "S1: all x. (Heron(x) -> Lays(x)) [from P1, P2]\nS2: Lays(hera) [from S1, P4]\n"
                "S3: -Mammal(hera) [from S2, P3]"
            ),
        ],
        {
            "S1: ¬Mammal(hera) [from ]": "step_invalid@1",
            "S1: Bird(hera) [from P1]": "step_invalid@1",
            "S1: Bird(hera) [from P1, S2]": "step_bad_citation@1",
            "S1: ¬Mammal(hera) [from P1, P2, P3, P4]": "step_too_many_citations@1",
            "S1: Bird(hera ∧ [from P1, P4]": "parse_error.syntax@1",
        },
    ),
    "assignment": (
        {
            "domains": {"ann": [1, 2, 3], "ben": [1, 2, 3], "cem": [1, 2, 3]},
            "constraints": [
                ["diff", ["ann", "ben", "cem"]],
                ["lt", "ann", "ben"],
                ["not", ["next", "ann", "ben"]],
            ],
        },
        ["ann=1; ben=3; cem=2", '{"ann": 1, "ben": 3, "cem": 2}'],
        {
            "ann=1; ben=2; cem=3": "assignment_violates@3",
            "ann=1; ben=3": "assignment_incomplete",
            "ann=1; ben=3; cem=7": "assignment_out_of_domain",
        },
    ),
    "smt": (
        {"script": SCRIPT, "label": "sat"},
        ["c = 4\nf(_) = 4", "((define-fun c () Int (- 9)) (define-fun f ((n Int)) Int (* n n)))"],
        {
            "c = 4; f = [2 -> 3, else -> 5]": "model_violates@1",
            "c = 3; f(_) = 3": "model_violates@2",
            "unsat": "wrong_status",
            "sat": "model_missing",
            "c = 4": "model_incomplete",
            '(set-option :regular-output-channel "/tmp/written")': "forbidden.axiom",
            "(exit)": "forbidden.axiom",
        },
    ),
}
HOSTILE = [
    "(" * 50_000,
    "¬" * 50_000 + "Bird(hera)",
    "∀x " * 5_000 + "Bird(x)",
    " ∧ ".join(["Bird(hera)"] * 20_000),
    "Bird(hera) ⊕ " * 60 + "Bird(hera)",
    "(set-option :rlimit 1)(set-option :memory_max_size 1)(assert false)",
    '(declare-fun x () (_ BitVec 2000000000)) (include "/etc/passwd")',
    "(define-fun c () Int (mod (^ 3 (^ 3 (^ 3 3))) 7))",
    "c = " + "9" * 100_000,
    "__import__('os').system('touch /tmp/written')",
    "S1: Bird(hera) [from " + ", ".join(f"P{n}" for n in range(5_000)) + "]",
    "ann=" + "1" * 90_000,
    "\x00\u202e\ufeff\udcff",
    "<answer>" * 100,
]


def tagged(answer):
    return f"<answer>{answer}</answer>"


def groups():
    """A group of every shape, with all its completions and the hostile ones."""
    return [
        Group(
            "logic",
            {"shape": shape, **task},
            [tagged(each) for each in (*right, *wrong, *HOSTILE)],
        )
        for shape, (task, right, wrong) in TASKS.items()
    ]


@pytest.mark.parametrize("shape", TASKS)
def test_right_and_wrong_completions_of_every_shape(client, shape):
    task, right, wrong = TASKS[shape]
    texts = [tagged(each) for each in (*right, *wrong)]
    (group,) = client.score([Group("logic", {"shape": shape, **task}, texts)])
    for result in group.results[: len(right)]:
        assert result.score is not None, result
        assert (result.score.passed, result.score.value) == (True, 1.0), result
    found = {
        answer: result.outcome.reason
        for answer, result in zip(wrong, group.results[len(right) :], strict=True)
    }
    assert found == wrong
    assert all(result.score.value == 0.0 for result in group.results[len(right) :])


def test_hostile_completions_earn_nothing_and_cost_no_worker(client, tmp_path):
    for group, answered in zip(groups(), client.score(groups()), strict=True):
        for text, result in zip(group.completions, answered.results, strict=True):
            if text[8:-9] in HOSTILE:
                assert result.score is not None, (text[:80], result)
                assert result.score.value == 0.0, (text[:80], result)
            assert result.attempts == 1, (text[:80], result)


def verdicts(client, asked):
    """What was found of each task and completion: all of it, the solver's units too."""
    found = {}
    for group, answered in zip(asked, client.score(asked, view=View.PRIVILEGED), strict=True):
        for text, result in zip(group.completions, answered.results, strict=True):
            key = group.task["shape"], text
            found.setdefault(key, set()).add((result.outcome, result.diagnostics))
    return found


@pytest.mark.slow
def test_verdicts_and_units_do_not_depend_on_company_order_or_worker(client, tmp_path):
    alone = [Group("logic", group.task, [text]) for group in groups() for text in group.completions]
    shuffled = []
    for group in groups():
        texts = list(group.completions)
        shuffled.append(Group("logic", group.task, random.Random(3).sample(texts, len(texts))))
    first = verdicts(client, groups())
    with (
        running_server(tmp_path, "--workers", "1") as other,
        VerifierClient(other.address) as elsewhere,
    ):
        second = verdicts(elsewhere, shuffled[::-1])
        third = verdicts(elsewhere, alone)
    assert all(len(each) == 1 for each in first.values())
    assert first == second == third
    units = [told for (shape, _), ((_, told),) in first.items() if shape == "proof"]
    assert any("solver_units" in dict(told.facts) for told in units)


@pytest.mark.parametrize(
    ("shape", "answer", "open_facts", "privileged"),
    [
        ("label", "True", {"label"}, {"truth", "refuted_by"}),
        ("conclusion", "Mammal(hera)", {"refuted_by"}, set()),
        ("closed", "∃x Heron(x)", set(), {"right_formula", "answer_true_right_false"}),
        ("proof", "S1: Bird(hera) [from P1]", {"countermodel"}, {"goal_proved_by"}),
        ("assignment", "ann=1; ben=2; cem=3", set(), {"solution"}),
        ("smt", "sat", set(), {"truth", "solver_units"}),
    ],
)
def test_what_gives_an_answer_away_is_privileged(client, shape, answer, open_facts, privileged):
    group = Group("logic", {"shape": shape, **TASKS[shape][0]}, [tagged(answer)])
    (opened,), (told,) = (
        client.score([group])[0].results,
        client.score([group], view=View.PRIVILEGED)[0].results,
    )
    assert opened.outcome == told.outcome
    names, more = set(dict(opened.diagnostics.facts)), set(dict(told.diagnostics.facts))
    assert open_facts <= names
    assert not privileged & names
    assert privileged <= more


def test_a_task_that_is_wrong_is_refused_and_the_next_is_judged(client):
    label = {"shape": "label", **TASKS["label"][0]}
    asked = [
        Group("logic", label | {"label": "True"}, [tagged("True")]),
        Group("logic", label | {"premises": [*PREMISES, "Mammal(hera)"]}, [tagged("True")]),
        Group("logic", {"shape": "smt", "script": '(echo "x")'}, [tagged("sat")]),
        Group("logic", {"shape": "proof", "premises": PREMISES}, [tagged("x")]),
        Group("logic", label, [tagged("False")]),
    ]
    found = [group.results[0].outcome for group in client.score(asked)]
    assert [(each.code, each.reason) for each in found[:3]] == [
        ("BAD_GROUND_TRUTH", "mislabelled"),
        ("BAD_GROUND_TRUTH", "premises_inconsistent"),
        ("INVALID_TASK", "parse_error.forbidden_command"),
    ]
    assert (found[3].code, found[3].reason) == ("INVALID_TASK", "schema_violation")
    assert found[4].passed
