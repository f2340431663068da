"""The security scan: findings, bounds, and whatever is no Python."""

from tests.verifier_server.code.checker.kit import Nursery, checker
from verifier_server.verifiers.code.guest.checker import protocol


def scan(nursery: Nursery, *completions: dict[str, str]):
    with checker(nursery, "scan") as started:
        return [started.ask({"files": files}) for files in completions]


def test_findings_say_where_and_how_bad(nursery: Nursery) -> None:
    source = "import os\n\ndef f(x):\n    assert x\n    return eval(x)\n"
    (answer,) = scan(nursery, {"solution.py": source})
    (finding,) = answer["findings"]
    assert (finding["rule"], finding["name"], finding["line"]) == ("B307", "blacklist", 5)
    assert (finding["file"], finding["severity"], finding["confidence"]) == (
        "solution.py",
        "medium",
        "high",
    )
    assert answer["total"] == 1
    assert answer["unparsed"] == []


def test_a_candidate_cannot_silence_the_scan(nursery: Nursery) -> None:
    (answer,) = scan(nursery, {"solution.py": "eval('1')  # nosec\nexec('2')  # nosec: B102\n"})
    assert [finding["rule"] for finding in answer["findings"]] == ["B307", "B102"]


def test_several_files_and_folders(nursery: Nursery) -> None:
    files = {"lib/a.py": "import pickle", "solution.py": "x = 1", "test_solution.py": "exec('1')"}
    (answer,) = scan(nursery, files)
    assert [finding["file"] for finding in answer["findings"]] == ["lib/a.py", "test_solution.py"]


def test_findings_are_bounded(nursery: Nursery) -> None:
    (answer,) = scan(nursery, {"solution.py": "eval('1')\n" * 300})
    assert len(answer["findings"]) == protocol.MAX_FINDINGS
    assert answer["total"] == 300


def test_any_text_is_survived(nursery: Nursery) -> None:
    texts = [
        "def f(:\n",
        "x = '\0'",
        "\ud800",
        "",
        "(" * 10_000,
        "x = " + "-" * 100_000 + "1",
        "\n".join(" " * depth + "if 1:" for depth in range(99)) + "\n" + " " * 99 + "eval('1')",
        "# coding: no-such-codec\nx = 1",
        "# coding: utf-16\nx = 1",
        "x = " + "[" * 90 + "]" * 90,
        "f'{eval(1)}' " * 50,
    ]
    answers = scan(nursery, *({"solution.py": text} for text in texts))
    for text, answer in zip(texts, answers, strict=True):
        assert "findings" in answer or "crashed" in answer or "checker_cpu" in answer, text
    assert answers[0]["unparsed"] == ["solution.py"]
    assert [f["rule"] for f in answers[6]["findings"]] == ["B307"]
