"""Mutants that an author accepts: no case could show them, and here is why.

Promises: read strictly, from a file of its own beside the cases, so that neither the pack's
object nor its digest depends on what was accepted.

Does not cover: whether the reason is good; whoever reviews the pack reads it.
"""

import tomllib
from dataclasses import dataclass

from verifier_server.verifiers.rules.authoring.report import Finding, Level

FILE = "accepted_mutants.toml"
_TABLE = "mutants"
_FIELDS = ("rule", "expression", "mutated", "reason")


@dataclass(frozen=True, slots=True)
class AcceptedMutant:
    """One survivor. `rule` is the id of a rule, or "derived.NAME"; `expression` is `when`,
    `check`, `kind`, or `expr` of a derived value; `mutated` its whole text after the edit."""

    rule: str
    expression: str
    mutated: str
    reason: str
    place: str


def read_accepted(text: str, file: str) -> tuple[list[AcceptedMutant], list[Finding]]:
    """The accepted mutants of a TOML text, and what is wrong with it.

    Args:
        text: a list of tables `[[mutants]]`, each with rule, expression, mutated and reason.
        file: how the file is named to its author.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [], [Finding(Level.FAILURE, file, str(error))]
    rows = content.get(_TABLE, [])
    if content.keys() - {_TABLE} or not isinstance(rows, list):
        return [], [Finding(Level.FAILURE, file, f"must hold tables [[{_TABLE}]] and nothing else")]
    accepted, findings = [], []
    for index, row in enumerate(rows):
        place = f"{file} /{_TABLE}/{index}"
        if (
            not isinstance(row, dict)
            or set(row) != set(_FIELDS)
            or not all(map(_is_text, row.values()))
        ):
            message = f"must hold the texts {', '.join(_FIELDS)} and nothing else"
            findings.append(Finding(Level.FAILURE, place, message))
        else:
            accepted.append(AcceptedMutant(**row, place=place))
    return accepted, findings


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
