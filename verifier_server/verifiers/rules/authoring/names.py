"""What the expressions read is there, and what is there is read.

Promises: every field of facts, answer and derived that an expression or an explanation names
exists; what none names is told: a fact that decides nothing, an answer that nobody looks at.

Does not cover: types (the engine checks those), and what is reached by an index or in a macro.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier_server.verifiers.rules.authoring.report import Finding, Gate, Level, Places
from verifier_server.verifiers.rules.authoring.schemas import Field
from verifier_server.verifiers.rules.explaining import Template
from verifier_server.verifiers.rules.pack import Pack
from verifier_server.verifiers.rules.tokens import Reference, references

NAME = "names"


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of a pack. `part` is `when`, `check` or `expr`; `rule` is "" of a derived."""

    owner: str
    part: str
    text: str
    pointer: str
    rule: str


def expressions(pack: Pack) -> Iterator[Expression]:
    """All expressions: those of the derived values first."""
    for index, derived in enumerate(pack.derived):
        name = f"derived.{derived.name}"
        yield Expression(name, "expr", derived.expr, f"/derived/{index}/expr", "")
    for index, rule in enumerate(pack.rules):
        for part, text in (("when", rule.when), ("check", rule.check)):
            yield Expression(rule.id, part, text, f"/rules/{index}/{part}", rule.id)


def names(
    pack: Pack, facts: Mapping[str, Field], answer: Mapping[str, Field], places: Places
) -> Gate:
    """The gate.

    Args:
        pack: the pack.
        facts: the fields of its facts, by name.
        answer: those of its answers.
        places: how its parts are named.
    """
    fields = {**facts, **answer}
    known = {*fields, *(f"derived.{each.name}" for each in pack.derived)}
    findings = []
    read: list[Reference] = []
    for text, pointer, rule in _readers(pack):
        for reference in text:
            read.append(reference)
            fault = _fault(reference, fields, known)
            if fault:
                findings.append(Finding(Level.FAILURE, places.part(pointer), fault, rule))
    findings += [
        Finding(Level.WARNING, places.part(pointer), message)
        for pointer, message in _unread(pack, fields, read)
    ]
    return Gate(NAME, tuple(findings), {"fields": len(fields), "derived": len(pack.derived)})


def _readers(pack: Pack) -> Iterator[tuple[list[Reference], str, str]]:
    for each in expressions(pack):
        yield list(references(each.text)), each.pointer, each.rule
    for index, rule in enumerate(pack.rules):
        paths = Template.of(rule.explain).paths
        read = [Reference(root, tuple(path), 0, whole=False) for root, *path in paths]
        yield read, f"/rules/{index}/explain", rule.id


def _fault(reference: Reference, fields: Mapping[str, Field], known: set[str]) -> str:
    """What is wrong with a reference: the first of its names that does not exist."""
    for count in range(1, len(reference.path) + 1):
        name = ".".join((reference.root, *reference.path[:count]))
        if name not in known:
            if reference.root == "derived" and count > 1:
                return ""  # a field of a derived object: its shape is not declared
            here = [each for each in known if each.rpartition(".")[0] == name.rpartition(".")[0]]
            return f"there is no {name}: there are {', '.join(sorted(here)) or 'none'}"
        if name in fields and not fields[name].is_container and count < len(reference.path):
            return f"{name} has no fields, {reference} reads one"
    return ""


def _unread(
    pack: Pack, fields: Mapping[str, Field], read: list[Reference]
) -> Iterator[tuple[str, str]]:
    said = {"facts": "decides nothing: use it or take it out of the schema"}
    said["answer"] = "is judged by no rule: any value of it scores the same"
    for name, field in fields.items():
        root = name.partition(".")[0]
        if not field.is_container and not _is_read(root, field.path, read):
            steps = "".join(f"/properties/{each}" for each in field.path)
            yield f"/{root}_schema{steps}", f"{name} {said[root]}"
    for index, derived in enumerate(pack.derived):
        if not _is_read("derived", (derived.name,), read):
            yield f"/derived/{index}", f"derived.{derived.name} is read nowhere: take it out"


def _is_read(root: str, path: tuple[str, ...], read: list[Reference]) -> bool:
    """A reference to a container reads all that is in it."""
    for each in read:
        shared = min(len(path), len(each.path))
        if each.root == root and each.path[:shared] == path[:shared]:
            return True
    return False
