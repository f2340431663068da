"""How many small mistakes in the rules would the cases show?

Promises: every mutant of every expression, and each rule with its kind exchanged, judges the
cases; one that gives a case another verdict, another value or a fault is killed. What does not
compile is no mistake that could go unseen and is not counted. The score is killed / (counted -
accepted): an author may accept a survivor that no case could show, with a reason.

Does not cover: which mistakes are made (`mutants.py`); weights, severities and explanations, and
so derived values that only those read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier_server.verifiers.rules.authoring.accepted import AcceptedMutant
from verifier_server.verifiers.rules.authoring.cases import Case
from verifier_server.verifiers.rules.authoring.dependence import Dependence
from verifier_server.verifiers.rules.authoring.judging import Judge, Outcome
from verifier_server.verifiers.rules.authoring.mutants import Mutant, mutants
from verifier_server.verifiers.rules.authoring.names import expressions
from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.authoring.schemas import Field, Siblings
from verifier_server.verifiers.rules.authoring.suggestions import suggestion
from verifier_server.verifiers.rules.pack import Kind, Pack, PackFaultError, Rule

NAME = "mutation"
LEAST = 0.9
KIND = "kind"
_OTHER_KIND: Mapping[Kind, Kind] = {"required": "forbidden", "forbidden": "required"}


@dataclass(frozen=True, slots=True)
class _Variant:
    """A pack with one mistake, in `part` of `owner`: `when`, `check`, `expr` or `kind`.

    `text` is what stood there before.
    """

    pack: Pack
    owner: str
    part: str
    pointer: str
    text: str
    mutant: Mutant


def mutation(
    pack: Pack,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    fields: Mapping[str, Field],
    accepted: Sequence[AcceptedMutant],
    places: Places,
    least: float = LEAST,
) -> Gate:
    """The gate.

    Args:
        pack: the pack.
        cases: its cases.
        outcomes: what the pack says of each, in their order.
        fields: those of facts and answer, by name.
        accepted: survivors that its author says are equivalent.
        places: how its parts are named.
        least: the lowest score that holds.
    """
    excused = {(each.rule, each.expression, each.mutated): each for each in accepted}
    met: dict[tuple[str, str, str], bool] = {}
    killed = stillborn = excusable = 0
    survivors = []
    for variant in _variants(pack, fields):
        survives = _survives(variant.pack, cases, outcomes)
        if survives is None:
            stillborn += 1
            continue
        key = (variant.owner, variant.part, variant.mutant.text)
        met[key] = survives
        if not survives:
            killed += 1
        elif key in excused:
            excusable += 1
        else:
            survivors.append(variant)
    counted = killed + len(survivors)
    score = killed / counted if counted else 0.0
    findings = [_finding(each, places) for each in survivors]
    findings += _stale(accepted, met)
    if score < least:
        message = f"{killed} of {counted} mistakes would show ({score:.3f}), {least} is asked for"
        findings.insert(0, Finding(Level.FAILURE, places.cases, f"{message}: add cases"))
    figures = {
        "mutants": counted + excusable,
        "killed": killed,
        "survived": len(survivors),
        "accepted": excusable,
        "not_compiled": stillborn,
        "score": round(score, 4),
    }
    return Gate(NAME, tuple(findings), figures)


def _survives(pack: Pack, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> bool | None:
    """Whether no case shows the difference; None where the pack does not compile.

    `pack` may hold a part of the rules: a value is theirs and follows from their verdicts.
    """
    try:
        judge = Judge(pack)
    except PackFaultError:
        return None
    ids = [rule.id for rule in pack.rules]
    return all(
        judge.verdicts(case.facts, case.answer) == {rule: outcome.verdicts[rule] for rule in ids}
        for case, outcome in zip(cases, outcomes, strict=True)
        if outcome.verdicts is not None
    )


def _variants(pack: Pack, fields: Mapping[str, Field]) -> Iterator[_Variant]:
    siblings = Siblings(fields)

    def is_numeric(name: str) -> bool:
        return name in fields and fields[name].is_numeric

    dependence = Dependence(pack)
    for each in expressions(pack):
        rules = dependence.rules_on(each)
        if not rules:
            continue
        found = mutants(
            each.text, condition=bool(each.rule), sibling=siblings, is_numeric=is_numeric
        )
        for mutant in found:
            changed = dependence.part(_with(pack, each.pointer, mutant.text), rules)
            yield _Variant(changed, each.owner, each.part, each.pointer, each.text, mutant)
    for index, rule in enumerate(pack.rules):
        other = _OTHER_KIND[rule.kind]
        pointer = f"/rules/{index}/{KIND}"
        changed = dependence.part(_with(pack, pointer, other), {rule.id})
        mutant = Mutant(KIND, 0, rule.kind, other, other)
        yield _Variant(changed, rule.id, KIND, pointer, rule.kind, mutant)


def _with(pack: Pack, pointer: str, text: str) -> Pack:
    """The pack with another text at /derived/N/expr, /rules/N/when, /check or /kind."""
    _, where, number, part = pointer.split("/")
    index = int(number)
    if where == "derived":
        derived = [*pack.derived]
        derived[index] = replace(derived[index], expr=text)
        return replace(pack, derived=tuple(derived))
    rules = [*pack.rules]
    rules[index] = _changed_rule(rules[index], part, text)
    return replace(pack, rules=tuple(rules))


def _changed_rule(rule: Rule, part: str, text: str) -> Rule:
    match part:
        case "when":
            return replace(rule, when=text)
        case "check":
            return replace(rule, check=text)
        case _:
            return replace(rule, kind=_OTHER_KIND[rule.kind])


def _finding(survivor: _Variant, places: Places) -> Finding:
    mutant = survivor.mutant
    if mutant.replacement:
        told = f"tells {mutant.original!r} from {mutant.replacement!r}"
    else:
        told = f"notices that {mutant.original!r} is missing"
    message = f"no case {told} in {mutant.text!r}"
    if hint := suggestion(survivor.text, mutant):
        message += f": a case with {hint} could"
    owner = "" if survivor.part == "expr" else survivor.owner
    return Finding(Level.WARNING, places.part(survivor.pointer), message, owner)


def _stale(
    accepted: Sequence[AcceptedMutant], met: Mapping[tuple[str, str, str], bool]
) -> Iterator[Finding]:
    for each in accepted:
        survives = met.get((each.rule, each.expression, each.mutated))
        if survives is None:
            message = f"no mutant of {each.rule} {each.expression} reads {each.mutated!r}"
        elif survives:
            continue
        else:
            message = f"the cases show {each.mutated!r}, it is not equivalent"
        yield Finding(Level.FAILURE, each.place, f"{message}: take it out", each.rule)
