"""C++: compiled once, run once a case; whatever the compiler meets is the candidate's."""

import shutil

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.bench import Bench
from verifier_server.contract import TaskError, Verdict
from verifier_server.verifiers.code.verifier import prepare

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")

ADD = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; }\n"
HOARD = """
#include <vector>
int main() { std::vector<char*> v; for (;;) v.push_back(new char[1 << 20]()); }
"""
CASES = [{"stdin": "1 2\n", "stdout": "3\n"}, {"stdin": "5 -6\n", "stdout": "-1\n"}]


def judge_of(children, **more):
    bench = Bench(children, 60.0, 4, ("stdlib",), False)
    limits = {"idle_s": 0.5, "memory_mb": 256, "cpu_s": 2}
    task = {"mode": "stdio", "language": "cpp", "cases": CASES, "limits": limits, **more}
    return prepare(task, bench)


def scored(source, **more):
    judge = judge_of(UnboxedChildren(), **more)
    return judge(f"```cpp\n{source}\n```")


def test_a_program_is_compiled_once_for_all_cases():
    children = UnboxedChildren()
    score = judge_of(children)(f"```cpp\n{ADD}```")
    assert score.verdict is Verdict.CORRECT
    assert [jail for jail, _ in children.started] == ["compiler", "native", "native"]


@pytest.mark.parametrize(
    ("source", "verdict", "reason"),
    [
        (ADD.replace("a + b", "a - b"), Verdict.INCORRECT, "wrong_answer"),
        ("int main( {", Verdict.MALFORMED, "compile_error"),
        ("#include </dev/zero>\nint main() {}", Verdict.MALFORMED, "compile_limit"),
        (
            "char a[100 << 20] = {1}; int main() { return a[5]; }",
            Verdict.MALFORMED,
            "compile_limit",
        ),
        (
            "template<int N> struct T { T<N + 1> a, b; }; T<0> t; int main() {}",
            Verdict.MALFORMED,
            "compile_error",
        ),
        ("int main() { int* p = 0; *p = 1; }", Verdict.RUNTIME_ERROR, "signal"),
        ("int main() { return 3; }", Verdict.RUNTIME_ERROR, "exited"),
        (
            HOARD,
            Verdict.RESOURCE_LIMIT,
            "memory_limit",
        ),
        ("int main() { for (volatile int i = 0;;) ++i; }", Verdict.TIME_LIMIT, "cpu_limit"),
        (
            "#include <unistd.h>\nint main() { sleep(1000); }",
            Verdict.TIME_LIMIT,
            "idle",
        ),
        (
            '#include <cstdio>\nint main() { for (;;) puts("3"); }',
            Verdict.RESOURCE_LIMIT,
            "output_limit",
        ),
    ],
)
def test_what_a_program_does_is_its_own(source, verdict, reason):
    score = scored(source)
    assert (score.verdict, score.reason, score.value) == (verdict, reason, 0.0)
    compiles = next(part for part in score.components if part.name == "compiles")
    assert compiles.value == (verdict is not Verdict.MALFORMED)


def test_c20_is_what_the_task_asked_for():
    source = "#include <concepts>\n" + ADD.replace("long a, b", "std::integral auto a = 0l, b = 0l")
    assert scored(source).verdict is Verdict.MALFORMED
    assert scored(source, cpp_standard="c++20").verdict is Verdict.CORRECT


def test_all_sources_are_compiled_and_headers_found():
    names = ["main.cpp", "add.cpp", "add.h"]
    judge = judge_of(UnboxedChildren(), solution_files=names)
    completion = (
        '```cpp main.cpp\n#include "add.h"\n' + ADD.replace("a + b", "add(a, b)") + "```\n"
        '```cpp add.cpp\n#include "add.h"\nlong add(long a, long b) { return a + b; }\n```\n'
        "```cpp add.h\nlong add(long, long);\n```\n"
    )
    assert judge(completion).verdict is Verdict.CORRECT


def test_a_program_has_nothing_open_but_its_streams():
    source = (
        "#include <fcntl.h>\n#include <cstdio>\n"
        "int main() { int n = 0; for (int i = 0; i < 256; i++) n += fcntl(i, F_GETFD) >= 0;"
        ' printf("%d", n); }'
    )
    cases = [{"stdin": "", "stdout": "3"}]
    assert scored(source, cases=cases).verdict is Verdict.CORRECT


def test_a_judge_decides_where_there_is_one():
    judge = (
        "def check(input, output):\n"
        "    a, b = map(int, input.split())\n"
        "    return int(output) == a + b\n"
    )
    cases = [{"stdin": "1 2"}, {"stdin": "7 8"}]
    assert scored(ADD, cases=cases, judge=judge).verdict is Verdict.CORRECT
    wrong = scored(ADD.replace("a + b", "a * b + 1"), cases=cases, judge=judge)
    assert (wrong.verdict, wrong.reason) == (Verdict.INCORRECT, "judge_rejected")
    assert ("failed_test", "1") in wrong.diagnostics.facts


def test_partial_credit_counts_the_cases():
    score = scored(ADD.replace("a + b", "a + (b > 0 ? b : 0)"), partial_credit=True)
    assert (score.verdict, score.reason, score.value) == (Verdict.PARTIAL, "wrong_answer", 0.5)


def test_a_server_without_a_compiler_says_what_it_offers():
    children = UnboxedChildren()
    children.jails = frozenset({"python", "checker"})
    with pytest.raises(TaskError) as raised:
        judge_of(children)
    assert raised.value.reason == "language_not_offered"
