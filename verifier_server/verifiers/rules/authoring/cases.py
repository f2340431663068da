"""The cases of a pack: an answer to some facts, and what each rule must say of it.

Promises: a line that is no case is a finding, and never passed over. Answers are read as
completions are, so that numbers are exact; facts as tasks are.

Does not cover: whether the cases say what the rules say (`agreement.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from verifier_server.strict_json import NotStrict, loads
from verifier_server.verifiers.json.parse import ParseError, parse
from verifier_server.verifiers.rules.authoring.report import Finding, Level, Places

MAX_CASES = 2000
VERDICTS = ("pass", "fail", "not_applicable")
_REQUIRED = {"id", "facts", "answer", "verdicts", "value"}
_FIELDS = _REQUIRED | {"why"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `verdicts` is None for an answer that its schema refuses.

    `line` is its line in the file, from 1; `value` is that of the answer.
    """

    id: str
    line: int
    facts: Mapping[str, Any]
    answer: Any
    verdicts: Mapping[str, str] | None
    value: float
    why: str = ""


def read_cases(lines: Iterable[bytes], places: Places) -> tuple[list[Case], list[Finding]]:
    """The cases of a JSON Lines file, and what is wrong with its lines."""
    cases: dict[str, Case] = {}
    findings = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _case(number, line)
            if case.id in cases:
                raise _CaseFault(f"the id {case.id!r} is that of line {cases[case.id].line} too")
            if len(cases) == MAX_CASES:
                raise _CaseFault(f"more than {MAX_CASES} cases")
            cases[case.id] = case
        except _CaseFault as fault:
            findings.append(Finding(Level.FAILURE, places.line(number), str(fault)))
    return list(cases.values()), findings


class _CaseFault(Exception):
    """What a line lacks."""


def _case(number: int, line: bytes) -> Case:
    try:
        row = loads(line)
    except NotStrict as error:
        raise _CaseFault(error.message) from None
    if not isinstance(row, dict):
        raise _CaseFault("must be a JSON object")
    if missing := sorted(_REQUIRED - row.keys()):
        raise _CaseFault(f"lacks {', '.join(missing)}")
    if unknown := sorted(row.keys() - _FIELDS):
        raise _CaseFault(f"has the unknown fields {', '.join(unknown)}")
    if not isinstance(row["id"], str) or not row["id"]:
        raise _CaseFault("id must be a text")
    if not isinstance(row["facts"], dict):
        raise _CaseFault("facts must be an object")
    if not isinstance(row.get("why", ""), str):
        raise _CaseFault("why must be a text")
    value = row["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _CaseFault("value must be a number from 0 to 1")
    return Case(
        id=row["id"],
        line=number,
        facts=row["facts"],
        answer=_exact_answer(line),
        verdicts=_verdicts(row["verdicts"]),
        value=float(value),
        why=row.get("why", ""),
    )


def _exact_answer(line: bytes) -> Any:
    try:
        return parse(line.decode())["answer"]
    except ParseError as error:
        raise _CaseFault(f"the answer could be no completion: {error.message}") from None


def _verdicts(verdicts: object) -> Mapping[str, str] | None:
    if verdicts is None:
        return None
    if not isinstance(verdicts, dict) or not all(each in VERDICTS for each in verdicts.values()):
        raise _CaseFault(f"verdicts must be null or give each rule one of {', '.join(VERDICTS)}")
    return verdicts
