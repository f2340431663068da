"""Both sides of each rule are shown by a case: it passes, it fails, and it does not apply.

Promises: counts what the rules say of the cases, not what the cases say of the rules.

Does not cover: how finely (`mutation.py`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from verifier_server.verifiers.rules.authoring.judging import Outcome
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.pack import Pack, Rule
from verifier_server.verifiers.rules.tokens import significant

NAME = "branches"


def both_branches(pack: Pack, outcomes: Iterable[Outcome], places: Places) -> Gate:
    """The gate.

    Args:
        pack: the pack.
        outcomes: of its cases.
        places: how its parts are named.
    """
    seen = Counter(
        (rule, verdict)
        for outcome in outcomes
        for rule, verdict in (outcome.verdicts or {}).items()
    )
    findings = []
    hit = wanted = 0
    for index, rule in enumerate(pack.rules):
        for verdict in _wanted(rule):
            wanted += 1
            if seen[rule.id, verdict]:
                hit += 1
                continue
            place = places.part(f"/rules/{index}")
            findings.append(Finding(Level.FAILURE, place, _missing(rule, verdict), rule.id))
    return Gate(NAME, tuple(findings), {"branches": wanted, "hit": hit})


def _wanted(rule: Rule) -> Iterator[str]:
    yield from ("pass", "fail")
    if [token.text for token in significant(rule.when)] != ["true"]:
        yield "not_applicable"


def _missing(rule: Rule, verdict: str) -> str:
    if verdict == "not_applicable":
        return "no case where the rule does not apply: add one whose facts make `when` false"
    makes = {("required", "pass"): "true", ("forbidden", "fail"): "true"}
    becomes = makes.get((rule.kind, verdict), "false")
    does = "passes" if verdict == "pass" else "fails"
    return f"no case {does} the rule: add one where it applies and its `check` is {becomes}"
