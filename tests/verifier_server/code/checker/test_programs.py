"""Which names of a program are expected of the candidate."""

import pytest

from verifier_server.verifiers.code.guest.checker import programs
from verifier_server.verifiers.code.guest.checker.task_fault import TaskFault


def names(*sources: str, entry_points: tuple[str, ...] = (), defined: tuple[str, ...] = ()):
    parsed = [programs.parse(source, f"<{i}>", "/tests") for i, source in enumerate(sources)]
    return programs.resolve(parsed, entry_points, defined)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("assert f(1) == 2", {"f"}),
        ("def check(c):\n    assert c(1)\ncheck(f)", {"f"}),
        ("assert all(isinstance(x, int) for x in f())", {"f"}),
        ("assert math.isclose(f(2), 1) and sys.maxsize", {"f"}),
        ("assert bisect([1], 2) == 1", {"bisect"}),
        ("import math as m\nassert m.pi == f()", {"f"}),
        ("x = f()\nassert g(x)", {"f", "g"}),
        ("def t():\n    global state\n    state = f()\nt()\nassert state", {"f"}),
        ("class T:\n    a = Stack()\n    def t(self): return helper(self.a)", {"Stack", "helper"}),
        ("assert Counter(f('x')) == Counter('x')", {"f"}),
        ("c = Counter()\nassert c", {"Counter"}),
        ("[y for y in f() if g(y)]", {"f", "g"}),
        ("try:\n    f()\nexcept Oops as e:\n    print(e)", {"f", "Oops"}),
        ("async def t():\n    async for x in f(): pass", {"f"}),
        ("import solution\nsolution.f()", set()),
        ("assert __name__ and f()", {"f"}),
    ],
)
def test_free_names_are_expected_of_the_candidate(source: str, expected: set[str]) -> None:
    assert names(source, defined=("__name__",)).expected == expected


def test_a_builtin_is_the_candidates_only_when_declared() -> None:
    assert names("assert sum(1, 2) == 3").wanted == set()
    assert names("assert sum(1, 2) == 3", entry_points=("sum",)).wanted == {"sum"}


def test_declared_entry_points_win_over_the_setup_and_modules() -> None:
    found = names("assert poly(f(2))", entry_points=("f",), defined=("poly", "f"))
    assert found.wanted == {"f"}
    assert names("assert queue.x", entry_points=("queue",)).wanted == {"queue"}


def test_modules_are_the_checkers() -> None:
    found = names("assert np.allclose(f(), 1) and collections.deque and re.match('a', f())")
    assert found.modules == {"np": "numpy", "collections": "collections", "re": "re"}
    assert found.wanted == {"f"}


def test_programs_share_what_they_define() -> None:
    found = names("x = f()", "assert x == g()")
    assert found.expected == {"f", "g"}


@pytest.mark.parametrize("lookup", ["eval('f(1)')", "globals()['f'](1)", "exec('f()')"])
def test_lookups_by_text_see_all_names(lookup: str) -> None:
    assert names(f"assert {lookup}").dynamic


@pytest.mark.parametrize(
    "source",
    ["assert f(1 ==", "return 1", "x = '\0'", "def f(a, a): pass", "(" * 5000, "-" * 200_000 + "1"],
)
def test_what_does_not_compile_is_the_tasks_fault(source: str) -> None:
    with pytest.raises(TaskFault) as caught:
        programs.compiled(programs.parse(source, "<tests>", "/tests/3"))
    assert (caught.value.code, caught.value.pointer) == ("INVALID_TASK", "/tests/3")
    assert caught.value.reason == "syntax_error"


def test_a_module_that_is_not_there_is_named() -> None:
    program = programs.parse("import os\nimport no_such_module.part\n", "<tests>", "/tests")
    with pytest.raises(TaskFault, match="line 2 imports no_such_module"):
        programs.require_modules(program, ["solution"])
    optional = "try:\n    import no_such_module\nexcept ImportError:\n    pass\nimport solution"
    programs.require_modules(programs.parse(optional, "<tests>", "/tests"), ["solution"])
