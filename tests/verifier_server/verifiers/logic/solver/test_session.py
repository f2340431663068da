import gc
import resource

import pytest

from tests.verifier_server.verifiers.logic.solver.by_hand import (
    X,
    both,
    c,
    computed,
    either,
    every,
    fn,
    implies,
    less,
    no,
    number,
    p,
    same,
    some,
    variable,
)
from tests.verifier_server.verifiers.logic.solver.problems import (
    DENSE,
    GROUP,
    PROBLEMS,
    pigeons,
    pigeons_meet,
)
from verifier_server.verifiers.logic.formulas import (
    ANY,
    INT,
    REAL,
    Arithmetic,
    Formula,
    Function,
    Not,
    Term,
    Truth,
)
from verifier_server.verifiers.logic.solver import deciding
from verifier_server.verifiers.logic.solver.deciding import Status
from verifier_server.verifiers.logic.solver.encoding import Sorts
from verifier_server.verifiers.logic.solver.session import (
    QUICK,
    SESSION_UNITS,
    STAGES,
    Budget,
    Session,
)

MAN = every(X, implies(p("Man", X), p("Mortal", X)))
SOCRATES = p("Man", c("socrates"))
MORTAL = p("Mortal", c("socrates"))


@pytest.mark.parametrize("name", [n for n, (_, _, w) in PROBLEMS.items() if w != "computed"])
def test_what_is_the_case(name: str) -> None:
    premises, conclusion, wanted = PROBLEMS[name]
    with Session(premises) as session:
        so, not_so = session.entails(conclusion).holds, session.entails(no(conclusion)).holds
    match wanted:
        case True:
            assert (so, not_so) == (True, False)
        case False:
            assert (so, not_so) == (False, True)
        case None:
            assert (so, not_so) == (False, False)
        case _:
            assert so is None


def test_premises_can_be_chosen() -> None:
    with Session([MAN, SOCRATES, p("Greek", c("socrates"))]) as session:
        assert session.entails(MORTAL).holds
        assert session.entails(MORTAL, using=(1, 0)).holds
        assert session.entails(MORTAL, using=(0,)).holds is False
        assert session.entails(MORTAL, using=()).holds is False
        assert session.entails(MORTAL, using=(0, 1, 0)).holds


def test_questions_without_the_premises() -> None:
    with Session([MAN, SOCRATES, no(MORTAL)]) as session:
        assert session.consistent().holds is False
        assert session.satisfiable(no(MORTAL)).holds
        assert session.satisfiable(both(MORTAL, no(MORTAL))).holds is False
        assert session.valid(either(MORTAL, no(MORTAL))).holds
        assert session.valid(MORTAL).holds is False
        assert session.equivalent(implies(SOCRATES, MORTAL), either(no(SOCRATES), MORTAL)).holds
        assert session.equivalent(SOCRATES, MORTAL).holds is False


def test_consistency_is_known_from_a_countermodel_and_from_outside() -> None:
    with Session([MAN, SOCRATES]) as session:
        session.entails(p("Greek", c("socrates")))
        assert session.consistent() == session.consistent()
        assert (session.consistent().holds, session.consistent().stage) == (True, "known")
    with Session([MAN], consistent=True) as session:
        assert session.consistent().spent == 0


def test_a_subset_says_nothing_of_all() -> None:
    with Session([SOCRATES, no(SOCRATES)]) as session:
        assert session.entails(MORTAL, using=(0,)).holds is False
        assert session.consistent().holds is False


def test_a_domain_is_never_empty() -> None:
    with Session([]) as session:
        assert session.valid(implies(every(X, p("A", X)), some(X, p("A", X)))).holds
        assert session.valid(some(X, same(X, X))).holds


def test_premises_on_which_z3_pushes_for_ever() -> None:
    with Session(DENSE) as session:
        found = session.entails(p("Q", c("u")))
    assert (found.status, found.reason) == (Status.UNKNOWN, "units")


def test_units_of_a_query_and_of_the_session_bound_what_is_spent() -> None:
    hard = [*DENSE, *GROUP]
    with Session(hard, budget=Budget(session=150_000)) as session:
        first = session.entails(Truth(False))
        second = session.entails(p("Q"))
        assert (first.reason, second.reason) == ("units", "units")
        assert session.spent < 160_000
        assert second.spent == 0
        assert session.left == 0
    with Session(hard, budget=Budget(query=50_000)) as session:
        assert session.entails(Truth(False)).spent < 60_000
        assert session.left > SESSION_UNITS - 60_000


def test_the_whole_of_a_query_is_bounded() -> None:
    with Session([*DENSE, *pigeons(9)]) as session:
        found = session.entails(pigeons_meet(9))
    assert found.spent < 1.1 * (QUICK.units + sum(stage.units for stage in STAGES))


def test_a_question_that_gave_up_does_not_spoil_the_next() -> None:
    with Session([*DENSE, MAN, SOCRATES]) as session:
        assert session.entails(p("Q", c("u"))).status is Status.UNKNOWN
        assert session.entails(MORTAL).holds


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (p("A", X), "free_variable"),
        (same(c("u"), number(3)), "ill_sorted"),
        (less(c("u"), c("v")), "ill_sorted"),
        (every(variable("x", INT), p("A", variable("x", ANY))), "ill_sorted"),
        (same(computed(Arithmetic.MOD, number("1/2", REAL), number(2)), number(0)), "ill_sorted"),
        (same(number("1/2"), number(0)), "ill_sorted"),
        (both(p("B", c("u")), p("B", number(1))), "ill_sorted"),
    ],
)
def test_what_means_nothing_is_unknown_and_spoils_nothing(formula: Formula, reason: str) -> None:
    with Session([MAN, SOCRATES]) as session:
        assert session.entails(MORTAL).holds
        for found in (
            session.entails(formula),
            session.satisfiable(formula),
            session.equivalent(formula, MORTAL),
        ):
            assert (found.holds, found.reason) == (None, reason)
        assert session.entails(MORTAL).holds
    with Session([formula]) as session:
        assert session.consistent().reason == reason


def test_depth_is_borne_or_refused() -> None:
    deep: Formula = p("A")
    for _ in range(300):
        deep = implies(p("B"), no(deep))
    with Session([deep]) as session:
        assert session.consistent().holds
        for _ in range(100_000):
            deep = no(deep)
        assert session.satisfiable(deep).reason == "too_deep"
    while isinstance(deep, Not):  # not by the interpreter's own recursion
        deep = deep.body


def test_what_runs_out_of_memory_is_unknown_and_the_next_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(deciding, "MEMORY_MB", 1)
        with Session(pigeons(8)) as session:
            assert session.entails(pigeons_meet(8)).holds is None
    with Session([MAN, SOCRATES]) as session:
        assert session.entails(MORTAL).holds


def test_numbers_and_declared_sorts() -> None:
    n, person = variable("n", INT), variable("a", "Person")
    sorts = Sorts(
        {("age", 1): INT, ("ann", 0): "Person", ("half", 0): REAL},
        {(True, "Old", 1): (REAL,)},
    )
    next_year = computed(Arithmetic.ADD, number(1), age(c("ann")))
    with Session(
        [
            every(n, implies(less(number(65), n), p("Old", n))),
            every(person, less(number(60), age(person))),
        ],
        sorts,
    ) as session:
        assert session.entails(less(number(61), next_year)).holds
        assert session.entails(less(number(62), next_year)).holds is False
        assert session.entails(p("Old", number(66))).holds
        assert session.entails(p("Old", number("133/2", REAL))).holds is False


def age(of: Term) -> Function:
    return fn("age", of)


def test_arithmetic_is_that_of_smt_lib() -> None:
    minus7, two = number(-7), number(2)
    with Session([]) as session:
        for left, right in (
            (computed(Arithmetic.DIV, minus7, two), number(-4)),
            (computed(Arithmetic.MOD, minus7, two), number(1)),
            (computed(Arithmetic.ABS, minus7), number(7)),
            (computed(Arithmetic.NEGATE, minus7), number(7)),
            (computed(Arithmetic.SUBTRACT, number(7), two, two), number(3)),
            (computed(Arithmetic.DIVIDE, minus7, two), number("-7/2", REAL)),
            (computed(Arithmetic.TO_INT, number("-7/2", REAL)), number(-4)),
            (computed(Arithmetic.TO_REAL, two), number(2, REAL)),
            (computed(Arithmetic.ITE, less(two, minus7), two, minus7), minus7),
        ):
            assert session.valid(same(left, right)).holds, (left, right)


@pytest.mark.slow
def test_thousands_of_sessions_leak_nothing() -> None:
    def some_sessions(first: int, count: int) -> int:
        for at in range(first, first + count):
            name = f"name{at}"
            with Session([MAN, p("Man", c(name)), p(name)]) as session:
                assert session.entails(p("Mortal", c(name))).holds
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = some_sessions(0, 1_000)
    assert some_sessions(1_000, 3_000) - before < 1_024  # KiB


def test_sessions_beside_each_other_and_closed_in_any_order() -> None:
    sessions = [Session([MAN, SOCRATES]) for _ in range(20)]
    for at, session in enumerate(sessions):
        assert session.entails(p("Man", c(f"n{at}"))).holds is False
        assert session.entails(MORTAL).holds
    for session in sessions[::2]:
        session.close()
        session.close()
    gc.collect()
    for session in sessions[1::2]:
        assert session.entails(MORTAL).holds
    del sessions, session
    gc.collect()
    with Session([MAN, SOCRATES]) as again:
        assert again.entails(MORTAL).holds
