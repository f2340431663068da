"""Every rule says where it is written, and of which date; the pack says what it is worth.

Promises: what is not in force or not dated cannot pass for a guideline.

Does not cover: whether the document says so; a person who knows it must read it.
"""

from collections.abc import Iterator

from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.pack import Pack

NAME = "citations"
# Domains whose packs must say that they are no advice.
ADVICE_DOMAINS = ("medical", "legal")


def citations(pack: Pack, places: Places) -> Gate:
    """The gate."""
    findings = tuple(_findings(pack, places))
    dated = sum(1 for rule in pack.rules if rule.cite.date or pack.source(rule.cite.source).date)
    return Gate(NAME, findings, {"rules": len(pack.rules), "dated": dated})


def _findings(pack: Pack, places: Places) -> Iterator[Finding]:
    for index, rule in enumerate(pack.rules):
        if not rule.cite.date and not pack.source(rule.cite.source).date:
            yield Finding(
                Level.FAILURE,
                places.part(f"/rules/{index}/cite"),
                f"neither the citation nor the source {rule.cite.source!r} has a date: "
                "give the one of the text that is cited",
                rule.id,
            )
    if pack.domain in ADVICE_DOMAINS and not pack.disclaimer:
        yield Finding(
            Level.FAILURE,
            places.part("/disclaimer"),
            f"a pack of the domain {pack.domain!r} must say what it is not: give a disclaimer",
        )
    cited = {rule.cite.source for rule in pack.rules}
    for index, source in enumerate(pack.sources):
        if source.id not in cited:
            yield Finding(
                Level.WARNING,
                places.part(f"/sources/{index}"),
                f"no rule cites the source {source.id!r}: cite it or take it out",
            )
