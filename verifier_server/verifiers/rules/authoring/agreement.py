"""The cases say what the rules say.

Promises: each case's facts and answer are taken as a task's and a completion's are; its verdicts
are those of all rules, and its value is theirs. Where they differ, both are named.

Does not cover: whether the cases are right: their author has read the document, this has not.
"""

from collections.abc import Iterator, Mapping, Sequence

from verifier_server.verifiers.rules.authoring.cases import Case
from verifier_server.verifiers.rules.authoring.judging import Outcome
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.pack import Pack

NAME = "cases"
# Of the values: an author writes 0.714285714.
TOLERANCE = 1e-9


def agreement(
    pack: Pack,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    faulty_lines: Sequence[Finding],
    places: Places,
) -> Gate:
    """The gate.

    Args:
        pack: the pack.
        cases: its cases.
        outcomes: what the pack says of each, in their order.
        faulty_lines: what is wrong with the file of the cases.
        places: how its parts are named.
    """
    findings = [*faulty_lines]
    if not cases:
        findings.append(Finding(Level.FAILURE, places.cases, "there are no cases: add some"))
    agreeing = 0
    for case, outcome in zip(cases, outcomes, strict=True):
        wrong = [
            Finding(Level.FAILURE, places.line(case.line), f"case {case.id}: {message}", rule)
            for rule, message in _differences(pack, case, outcome)
        ]
        agreeing += not wrong
        findings += wrong
    return Gate(NAME, tuple(findings), {"cases": len(cases), "agree": agreeing})


def _differences(pack: Pack, case: Case, outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Rules and what the case says otherwise than they do."""
    if outcome.fault:
        yield outcome.faulty, outcome.fault
        return
    if case.verdicts is None or outcome.verdicts is None:
        if case.verdicts is not None:
            yield "", "the schema refuses the answer: its verdicts must be null"
        if outcome.verdicts is not None:
            yield "", "verdicts are null, but the schema takes the answer: give each rule's"
    else:
        yield from _of_rules(pack, case.verdicts, outcome.verdicts)
    if abs(case.value - outcome.value) > TOLERANCE:
        yield "", f"the value is {outcome.value!r}, the case says {case.value!r}"


def _of_rules(
    pack: Pack, expected: Mapping[str, str], given: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    ids = [rule.id for rule in pack.rules]
    for rule in sorted(expected.keys() - set(ids)):
        yield rule, f"the pack has no rule {rule!r}"
    for rule in ids:
        if rule not in expected:
            yield rule, f"does not say what {rule} says, which is {given[rule]}"
        elif expected[rule] != given[rule]:
            yield rule, f"{rule} is {given[rule]}, the case says {expected[rule]}"
