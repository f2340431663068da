"""A rule pack as data: what it must hold, and its digest.

Promises: `pack_of` takes only what is whole. Unknown fields are refused, so that a misspelt one
is never passed over; ids are unique, weights are positive, dates are ISO 8601, every citation
names a source of the pack, and both schemas are closed (`shapes`). Faults are named by an
RFC 6901 pointer into the pack. The digest is that of the pack's content: the same for a folder
(`folder`) and for the one object that it is bundled to.

Does not cover: whether its expressions compile (`evaluate`), and whether it is a good pack
(`authoring`).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from verifier_server.verifiers.json.values import pointer
from verifier_server.verifiers.rules.explaining import Template, TemplateError
from verifier_server.verifiers.rules.shapes import ShapeError, shape_of

MAX_RULES = 64
MAX_DERIVED = 64
MAX_SOURCES = 32
MAX_EXPRESSION = 4000  # characters
MAX_TEXT = 2000
MAX_ID = 64
# The verdicts of all rules are one fact of a result, never a part of them.
MAX_RULE_IDS = 800  # characters of all ids together, with a space each
MAX_WEIGHT = 1000
WEIGHT_DECIMALS = 3

Kind = Literal["required", "forbidden"]
Severity = Literal["critical", "major", "minor"]
KINDS: tuple[Kind, ...] = ("required", "forbidden")
SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")

_PACK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{MAX_ID - 1}}}")
_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{MAX_ID - 1}}}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_Path = tuple[str | int, ...]


class PackFaultError(Exception):
    """The pack cannot be used.

    Args:
        message: what is wrong and what would be right.
        pointer: RFC 6901 pointer to the part of the pack at fault.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Source:
    """A document that rules cite. `date` is its ISO date, "" where the pack gives none."""

    id: str
    title: str
    ref: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands: the id of a source, a section of it, and the date of that text."""

    source: str
    section: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A named value that follows from the facts and from what was derived before it."""

    name: str
    expr: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It applies where `when` is true; `check` is then true or false.

    A required rule holds when its check is true, a forbidden one when it is false.
    """

    id: str
    kind: Kind
    severity: Severity
    weight: float
    title: str
    when: str
    check: str
    explain: str
    cite: Citation


@dataclass(frozen=True)
class Pack:
    """A rule pack. Made by `pack_of` only, so every promise of this module holds."""

    id: str
    version: str
    title: str
    effective_from: str
    sources: tuple[Source, ...]
    facts_schema: Mapping[str, Any]
    answer_schema: Mapping[str, Any]
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]
    domain: str = ""
    jurisdiction: str = ""
    superseded_by: str = ""
    disclaimer: str = ""
    # As it was given, but for fields that say nothing: null and "".
    content: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical JSON of the pack's object, its cases left out."""
        return f"sha256:{hashlib.sha256(canonical(self.content).encode()).hexdigest()}"

    def source(self, name: str) -> Source:
        """The source of an id that a citation names."""
        return next(each for each in self.sources if each.id == name)


def canonical(value: Any) -> str:
    """JSON with sorted names, without white space and without escapes that could be spared."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def pack_of(content: Mapping[str, Any]) -> Pack:
    """A pack from its one object, as decoded from JSON.

    Raises:
        PackFaultError: it is not a whole pack.
    """
    _refuse_uncanonical(content)
    top = _Reader(content, ())
    pack = Pack(
        id=top.matching("id", _PACK_ID),
        version=top.text("version", MAX_ID),
        title=top.text("title"),
        effective_from=top.date("effective_from"),
        domain=top.optional_text("domain"),
        jurisdiction=top.optional_text("jurisdiction"),
        superseded_by=top.optional_text("superseded_by"),
        disclaimer=top.optional_text("disclaimer"),
        sources=tuple(map(_source, top.objects("sources", 1, MAX_SOURCES))),
        facts_schema=_schema(top, "facts_schema"),
        answer_schema=_schema(top, "answer_schema"),
        derived=tuple(map(_derived, top.objects("derived", 0, MAX_DERIVED))),
        rules=tuple(map(_rule, top.objects("rules", 1, MAX_RULES))),
        content=_without_blanks(content),
    )
    top.refuse_the_rest()
    _refuse_repeated([each.id for each in pack.sources], "sources", "id")
    _refuse_repeated([each.name for each in pack.derived], "derived", "name")
    _refuse_repeated([each.id for each in pack.rules], "rules", "id")
    _check_rules(pack)
    return pack


def _source(reader: "_Reader") -> Source:
    source = Source(
        id=reader.matching("id", _ID),
        title=reader.text("title"),
        ref=reader.optional_text("ref"),
        date=reader.optional_date("date"),
    )
    reader.refuse_the_rest()
    return source


def _derived(reader: "_Reader") -> Derived:
    derived = Derived(reader.matching("name", _NAME), reader.text("expr", MAX_EXPRESSION))
    reader.refuse_the_rest()
    return derived


def _rule(reader: "_Reader") -> Rule:
    cite = reader.object("cite")
    citation = Citation(
        source=cite.text("source"),
        section=cite.text("section"),
        date=cite.optional_date("date"),
    )
    cite.refuse_the_rest()
    rule = Rule(
        id=reader.matching("id", _ID),
        kind=reader.one_of("kind", KINDS),
        severity=reader.one_of("severity", SEVERITIES),
        weight=reader.weight("weight"),
        title=reader.text("title"),
        when=reader.text("when", MAX_EXPRESSION),
        check=reader.text("check", MAX_EXPRESSION),
        explain=reader.text("explain"),
        cite=citation,
    )
    reader.refuse_the_rest()
    return rule


def _schema(top: "_Reader", name: str) -> Mapping[str, Any]:
    schema = top.mapping(name)
    try:
        shape_of(schema, free=name == "facts_schema")
    except ShapeError as error:
        raise PackFaultError(error.message, f"/{name}{error.pointer}") from None
    return schema


def _check_rules(pack: Pack) -> None:
    sources = {each.id for each in pack.sources}
    names = {each.name for each in pack.derived}
    if sum(len(rule.id) + 1 for rule in pack.rules) > MAX_RULE_IDS:
        raise PackFaultError(f"the ids of all rules exceed {MAX_RULE_IDS} characters", "/rules")
    for index, rule in enumerate(pack.rules):
        if rule.cite.source not in sources:
            raise PackFaultError(
                f"must be the id of one of the sources: {', '.join(sorted(sources))}",
                f"/rules/{index}/cite/source",
            )
        try:
            template = Template.of(rule.explain)
        except TemplateError as error:
            raise PackFaultError(str(error), f"/rules/{index}/explain") from None
        for root, *path in template.paths:
            if root == "derived" and path[:1] and path[0] not in names:
                raise PackFaultError(
                    f"there is no derived value {path[0]!r}", f"/rules/{index}/explain"
                )


def _refuse_repeated(ids: list[str], where: str, name: str) -> None:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            raise PackFaultError(f"{each!r} is given twice", f"/{where}/{index}/{name}")
        seen.add(each)


def _refuse_uncanonical(content: Any) -> None:
    """What has no JSON text in UTF-8, and NUL, at which the engine would end a text."""
    try:
        canonical(content).encode()
    except UnicodeEncodeError:
        raise PackFaultError("a text holds half of a surrogate pair") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise PackFaultError(f"it is no JSON: {error}") from None
    if _has_nul(content):
        raise PackFaultError("a text holds the character NUL")


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_nul(name) or _has_nul(each) for name, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


def _without_blanks(
    value: Any, schemas: tuple[str, ...] = ("facts_schema", "answer_schema")
) -> Any:
    """Without fields that say nothing; the schemas are left as they are."""
    if isinstance(value, list):
        return [_without_blanks(each, ()) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: each if name in schemas else _without_blanks(each, ())
        for name, each in value.items()
        if each is not None and each != "" and each != []
    }


class _Reader:
    """Takes the fields of an object one by one; what was not taken is unknown."""

    def __init__(self, value: Any, path: _Path) -> None:
        self._path = path
        if not isinstance(value, Mapping):
            raise self.fault("must be an object")
        self._value: Mapping[str, Any] = value
        self._taken: set[str] = set()

    def fault(self, message: str, *path: str | int) -> PackFaultError:
        """The fault of a field."""
        return PackFaultError(message, pointer((*self._path, *path)))

    def refuse_the_rest(self) -> None:
        """All fields that the format has were asked for: others are faults."""
        for name in self._value:
            if name not in self._taken:
                known = ", ".join(sorted(self._taken))
                raise self.fault(f"is no field of a pack here; fields are {known}", str(name))

    def text(self, name: str, limit: int = MAX_TEXT) -> str:
        """A text of 1 to `limit` characters."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise self.fault(f"must be a text of 1 to {limit} characters", name)
        return value

    def optional_text(self, name: str) -> str:
        """A text, "" where there is none, or null."""
        return self.text(name) if self._given(name) else ""

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """A text that matches as a whole."""
        value = self.text(name)
        if not pattern.fullmatch(value):
            raise self.fault(f"must match {pattern.pattern}", name)
        return value

    def one_of[T: str](self, name: str, values: tuple[T, ...]) -> T:
        """One of these texts."""
        value = self._take(name)
        for each in values:
            if value == each:
                return each
        raise self.fault(f"must be one of {', '.join(values)}", name)

    def date(self, name: str) -> str:
        """A date of ISO 8601, YYYY-MM-DD."""
        value = self.matching(name, _DATE)
        try:
            date.fromisoformat(value)
        except ValueError:
            raise self.fault("must be a date of the calendar, YYYY-MM-DD", name) from None
        return value

    def optional_date(self, name: str) -> str:
        """A date, "" where there is none, or null."""
        return self.date(name) if self._given(name) else ""

    def weight(self, name: str) -> float:
        """A weight that is an exact count of thousandths, so that sums of weights are exact."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault("must be a number", name)
        exact = Decimal(repr(value))
        exponent = exact.normalize().as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else WEIGHT_DECIMALS + 1
        if not 0 < exact <= MAX_WEIGHT or decimals > WEIGHT_DECIMALS:
            raise self.fault(
                f"must be over 0, at most {MAX_WEIGHT}, with at most {WEIGHT_DECIMALS} decimals",
                name,
            )
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object, as it is."""
        value = self._take(name)
        if not isinstance(value, Mapping):
            raise self.fault("must be an object", name)
        return value

    def object(self, name: str) -> "_Reader":
        """An object with fields of its own."""
        return _Reader(self._take(name), (*self._path, name))

    def objects(self, name: str, least: int, most: int) -> list["_Reader"]:
        """A list of objects; where none is enough, the field may be left out."""
        value = self._take(name) if least or self._given(name) else []
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.fault(f"must be a list of {least} to {most} objects", name)
        return [_Reader(each, (*self._path, name, index)) for index, each in enumerate(value)]

    def _given(self, name: str) -> bool:
        self._taken.add(name)
        return self._value.get(name) not in (None, "")

    def _take(self, name: str) -> Any:
        self._taken.add(name)
        if name not in self._value:
            raise self.fault(f"lacks the required field {name!r}")
        return self._value[name]
