import contextlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.contract import Verdict
from verifier_server.verifiers.code import extract as module
from verifier_server.verifiers.code.extract import MAX_BYTES, NoCodeError, extract
from verifier_server.verifiers.code.rules import read_task

CASES: dict[str, Any] = {"mode": "stdio", "cases": [{"stdout": "1"}]}
PYTHON = read_task(CASES)
CPP = read_task({**CASES, "language": "cpp"})
TWO = read_task({**CASES, "solution_files": ["main.py", "lib.py"]})
CONTINUATION = read_task({**CASES, "completion_style": "continuation", "prompt": "def f():\n    "})
F, G = "def f(): pass\n", "def g(): pass\n"


def reason(completion: str, task: Any = PYTHON) -> str:
    with pytest.raises(NoCodeError) as caught:
        extract(completion, task)
    expected = {"too_large", "nul_character", "not_utf8"}
    malformed = caught.value.reason in expected
    assert caught.value.verdict is (Verdict.MALFORMED if malformed else Verdict.NO_ANSWER)
    return caught.value.reason


@pytest.mark.parametrize(
    ("completion", "program"),
    [
        # A fence, in every form.
        (f"```python\n{F}```", F),
        (f"```py\n{F}```\n", F),
        (f"```Python3\n{F}```", F),
        (f"```{{.python}}\n{F}```", F),
        (f"```python:solution.py\n{F}```", F),
        (f'```python title="x.py" linenums\n{F}```', F),
        (f"~~~python\n{F}~~~", F),
        (f"~~~~ python\n{F}```\n~~~\n~~~~~", F + "```\n~~~\n"),
        (f"````python\n{F}```\n````", F + "```\n"),
        (f"Here:\n\n   ```python\n   {F}   ```\ndone", F),
        ("  ```python\n  if 1:\n      x = 1\n y = 2\n  ```", "if 1:\n    x = 1\ny = 2\n"),
        (f"```python\r\n{F[:-1]}\r\n```\r\n", F),
        (f"```\n{F}```", F),
        # The last block of the language wins; other languages and empty ones do not count.
        (f"```python\n{F}```\nbetter:\n```python\n{G}```", G),
        (f"```python\n{F}```\n```\n1 2 3\n```\n```bash\nls\n```", F),
        (f"```python\n{F}```\n```python\n\n```", F),
        (f"```\n{F}```\n```text\nabc\n```", F),
        (f"```\n{F}```\n```\n  \n```", F),
        # The end of the only block may be missing.
        (f"```python\n{F}", F),
        (f"So:\n```python\n{F}", F),
        (f"```\n{F}", F),
        (f"```python\n{F}```\nIt prints:\n```\n3", F),
        # The prompt opened the fence.
        (f"{F}```", F),
        (f"{F}```\n\n", F),
        # No fence: the whole text.
        (F, F),
        (f"\n\n{F}", F),
        ("n = int(input())\nprint(n)", "n = int(input())\nprint(n)"),
        ("a, b = map(int, input().split())\n", "a, b = map(int, input().split())\n"),
        ("print(1)", "print(1)"),
        ("[print(x) for x in (1, 2)]", "[print(x) for x in (1, 2)]"),
        ("@cache\ndef f(): pass", "@cache\ndef f(): pass"),
        ("async def f(): pass", "async def f(): pass"),
        ("from a.b import c", "from a.b import c"),
        ("x: int = 3", "x: int = 3"),
        ("x += 1", "x += 1"),
        (f"# prose first\n{F}", f"# prose first\n{F}"),
        (f"\ufeff{F}", F),
        (f"```python\n\ufeff{F}```", F),
        # Reasoning.
        (f"<think>```python\n{G}```</think>\n```python\n{F}```", F),
        (f"hm</think>\n{F}", F),
        (f"<think>```python\n{G}\n</think>\n```python\n{F}```", F),
        (f"<think>a</think>```python\n{F}```", F),
        (f"<think>a</think>\n<think>b</think>{F}", F),
        ("```python\nprint('</think>')\n```", "print('</think>')\n"),
        ("```python\nprint('<think>')\n```", "print('<think>')\n"),
        ("<think>x</think>```python\ns = '<think></think>'\n```", "s = '<think></think>'\n"),
        # Code on the fence's own line, and quotes of fences, are no fences.
        (f"Use ```x``` here:\n```python\n{F}```", F),
        (f"```not a `fence\n```python\n{F}```", F),
    ],
)
def test_the_program(completion: str, program: str) -> None:
    assert extract(completion, PYTHON) == {"solution.py": program}


@pytest.mark.parametrize(
    ("completion", "why"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<think>x = 1</think> ", "empty"),
        ("I cannot solve this.", "no_code"),
        ("However, the answer is 5.\nNote: see above.\nFor each pair we add", "no_code"),
        (f"```cpp\n{F}```", "no_code"),
        (f"```pycon\n{F}```", "no_code"),
        ("```python\n```", "no_code"),
        ("```python\n", "no_code"),
        ("```python", "no_code"),
        ("Here is the program:\n```\n", "no_code"),
        (f"```\n{F}```\n```\n{G}```", "ambiguous"),
        (f"```\n{F}```\n```\n{F}```", "ambiguous"),
        (f"{F}```\nThis works.", "ambiguous"),
        (f"```python\n{F}```\n```python\n{G}", "unclosed_fence"),
        (f"```python\n{F}```\n```python\n", "unclosed_fence"),
        ("<think>x = 1", "unclosed_think"),
        (f"</think>a<think>\n```python\n{F}```", "unclosed_think"),
        (f"```python\n{F}\0```", "nul_character"),
        (f"```python\n'\udcff'\n{F}```", "not_utf8"),
        ("x = 1\n" + " " * MAX_BYTES, "too_large"),
        ("x = '" + "é" * (MAX_BYTES // 2) + "'", "too_large"),
    ],
)
def test_no_program(completion: str, why: str) -> None:
    assert reason(completion) == why


def test_what_surrounds_the_program_need_not_be_text() -> None:
    assert extract(f"\udcff\0\n```python\n{F}```", PYTHON) == {"solution.py": F}


@pytest.mark.parametrize(
    ("completion", "program"),
    [
        ("```cpp\nint main(){}\n```", "int main(){}\n"),
        ("```c++\nint main(){}\n```", "int main(){}\n"),
        ("```C++17\nint main(){}\n```", "int main(){}\n"),
        ("```cc\nint main(){}\n```", "int main(){}\n"),
        ("```python\nprint(1)\n```\n```\nint main(){}\n```", "int main(){}\n"),
        ("#include <cstdio>\nint main(){}\n", "#include <cstdio>\nint main(){}\n"),
        ("int main() { return 0; }", "int main() { return 0; }"),
        ("using namespace std;", "using namespace std;"),
    ],
)
def test_cpp(completion: str, program: str) -> None:
    assert extract(completion, CPP) == {"solution.cpp": program}


def test_cpp_prose_is_no_code() -> None:
    assert reason("The answer is a loop.", CPP) == "no_code"
    assert reason("```c\nint main(){}\n```", CPP) == "no_code"


@pytest.mark.parametrize(
    "block",
    [
        "```python lib.py\n{}```",
        '```python title="lib.py"\n{}```',
        "```python filename=lib.py\n{}```",
        "```python {{file='lib.py'}}\n{}```",
        "```lib.py\n{}```",
        "```python:lib.py\n{}```",
        "```python ./lib.py\n{}```",
        "~~~ path=lib.py\n{}~~~",
    ],
)
def test_a_file_is_named_by_its_info_string(block: str) -> None:
    completion = f"```python main.py\n{F}```\n" + block.format(G)
    assert extract(completion, TWO) == {"main.py": F, "lib.py": G}


@pytest.mark.parametrize("comment", ["# lib.py", "# file: lib.py", "#lib.py", "# Filename: lib.py"])
def test_a_file_is_named_by_its_first_line(comment: str) -> None:
    completion = f"```python\n# main.py\n{F}```\n```\n{comment}\n{G}```"
    assert extract(completion, TWO) == {"main.py": f"# main.py\n{F}", "lib.py": f"{comment}\n{G}"}


def test_the_last_block_of_a_name_wins() -> None:
    main = f"```python main.py\n{F}```\n"
    completion = f"{main}```python lib.py\n{F}```\n```python lib.py\n{G}```\n```python\n{F}```"
    assert extract(completion, TWO)["lib.py"] == G
    assert reason(f"{main}```python lib.py\n{F}```\n```python lib.py\n{G}", TWO) == "unclosed_fence"
    assert extract(f"{main}```python lib.py\n{G}", TWO)["lib.py"] == G


@pytest.mark.parametrize(
    "completion",
    [f"```python main.py\n{F}```", f"```python\n{F}```\n```python\n{G}```", F, "prose"],
)
def test_a_missing_file(completion: str) -> None:
    assert reason(completion, TWO) == "missing_file"


def test_a_continuation_is_taken_as_it_stands() -> None:
    found = extract("return 1\r\n```\n<think>", CONTINUATION)
    assert found == {"solution.py": "def f():\n    return 1\n```\n<think>"}
    assert reason(" \n", CONTINUATION) == "empty"
    assert reason("\0", CONTINUATION) == "nul_character"


FENCES = ("```", "~~~", "````", "```python\n", "```py lib.py\n", "`", "# main.py\n")
TAGS = ("<think>", "</think>", "</think>\n")
WORDS = ("\n", " ", F, "prose ", "\t", "\r\n", "\ufeff", "\udcff", "\0")
PIECES = st.sampled_from((*FENCES, *TAGS, *WORDS))


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([PYTHON, CPP, TWO]))
def test_every_text_has_one_reading(completion: str, task: Any) -> None:
    try:
        found = extract(completion, task)
    except NoCodeError:
        return
    assert set(found) == set(task.solution.files)
    for program in found.values():
        assert program.encode()
        assert "\r" not in program
        # Nothing is made up: but for indents of fences, the lines are the completion's.
        lines = {line.strip(" \ufeff") for line in re.split(r"\r\n|\n|\r", completion)}
        for line in program.split("\n"):
            assert any(line.strip(" \ufeff") in each for each in lines)


UNITS = (
    *("```\n", "```python\n", "`", "~", "</think>", "<think>", "</think>```", " ", "\t", "\n"),
    *("a ", "a.", "a,", "if ", "int ", "x=", "[", "# lib.py ", "```a name="),
    "```python lib.py\n#\n```\n",
)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("task", [PYTHON, CPP, TWO], ids=["python", "cpp", "files"])
def test_hostile_text_is_scanned_once(
    unit: str, task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts marks; and a scan that went back would not end on so much text."""
    seen = 0
    scan = module._MARK

    class Counting:
        def finditer(self, text: str) -> Any:
            nonlocal seen
            for mark in scan.finditer(text):
                seen += 1
                yield mark

    monkeypatch.setattr(module, "_MARK", Counting())
    units = (1 << 18) // len(unit)
    with contextlib.suppress(NoCodeError):
        extract(unit * units, task)
    assert seen <= 2 * units
