"""All gates over a pack and its cases.

Promises: deterministic: the same files give the same report. A pack that cannot be read or
compiled has a report with the one finding that says so.

Does not cover: reading files (`verifier_server/rule_packs.py`); whether the pack is true to its
documents, which takes a person who knows them.
"""

from collections.abc import Iterable, Sequence

from verifier_server.verifiers.rules.authoring.accepted import AcceptedMutant
from verifier_server.verifiers.rules.authoring.agreement import agreement
from verifier_server.verifiers.rules.authoring.applicability import evasion
from verifier_server.verifiers.rules.authoring.cases import read_cases
from verifier_server.verifiers.rules.authoring.citations import citations
from verifier_server.verifiers.rules.authoring.constant_answers import constant_answers
from verifier_server.verifiers.rules.authoring.coverage import both_branches
from verifier_server.verifiers.rules.authoring.judging import Judge
from verifier_server.verifiers.rules.authoring.mutation import LEAST, mutation
from verifier_server.verifiers.rules.authoring.names import names
from verifier_server.verifiers.rules.authoring.report import (
    Finding,
    Gate,
    Level,
    Places,
    Report,
)
from verifier_server.verifiers.rules.authoring.schemas import fields_of
from verifier_server.verifiers.rules.authoring.situations import situations_of
from verifier_server.verifiers.rules.authoring.totality import totality
from verifier_server.verifiers.rules.pack import Pack, PackFaultError

PACK = "pack"


def check(
    pack: Pack,
    lines: Iterable[bytes],
    places: Places,
    accepted: Sequence[AcceptedMutant] = (),
    least: float = LEAST,
) -> Report:
    """The report on a pack.

    Args:
        pack: the pack.
        lines: those of its cases' file, JSON Lines.
        places: how its parts are named.
        accepted: survivors that its author says are equivalent.
        least: the lowest mutation score that holds.
    """
    facts = fields_of("facts", pack.facts_schema, free=True)
    answer = fields_of("answer", pack.answer_schema, free=False)
    named = names(pack, facts, answer, places)
    try:
        judge = Judge(pack)
    except PackFaultError as error:
        # What is not there does not compile either, and its name says it better.
        unreadable = () if not named.holds else (unusable(error, places),)
        return _report(pack, (*unreadable, named))
    cases, faulty_lines = read_cases(lines, places)
    outcomes = [judge.outcome(case.facts, case.answer) for case in cases]
    situations = situations_of(cases, outcomes)
    fields = {**facts, **answer}
    return _report(
        pack,
        (
            agreement(pack, cases, outcomes, faulty_lines, places),
            named,
            both_branches(pack, outcomes, places),
            mutation(pack, cases, outcomes, fields, accepted, places, least),
            evasion(judge, situations, answer, places),
            totality(judge, situations, answer, places),
            constant_answers(judge, situations, places),
            citations(pack, places),
        ),
    )


def unusable(error: PackFaultError, places: Places) -> Gate:
    """The gate of a pack that cannot be read or compiled."""
    return Gate(PACK, (Finding(Level.FAILURE, places.part(error.pointer), error.message),))


def _report(pack: Pack, gates: tuple[Gate, ...]) -> Report:
    return Report(pack.id, pack.version, pack.digest, gates)
