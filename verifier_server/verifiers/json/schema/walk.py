"""Every subschema of a task's documents, and what each applies to the document.

Promises: `reach` visits every schema that stands within the root or within a bundled
document that is reached from it, and everything that references lead to, once each;
all references resolve inside the schema, the bundled documents or the drafts' own
metaschemas. Nothing is ever fetched. Linear in the size of the documents.

Does not cover: whether what is visited is valid by its metaschema (`metaschemas`), and
bundled documents that nothing leads to, which are not looked at.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import referencing.exceptions
from jsonschema_specifications import REGISTRY as PUBLISHED
from referencing import Registry, Resource

from verifier_server.verifiers.json.schema.dialects import (
    DRAFTS,
    Dialect,
    Draft,
    dialect_of,
    draft_within,
)
from verifier_server.verifiers.json.schema.faults import ROOT, Path, SchemaFaultError
from verifier_server.verifiers.json.schema.keywords import Reach, specification, subschemas

# What referencing raises for identifiers that are no text, or no URI.
_MALFORMED = (ValueError, TypeError, AttributeError, KeyError)
_QUOTED = 100  # characters of a reference repeated in a message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands. `document` is None in a published metaschema."""

    document: str | None
    path: Path

    def fault(self, message: str, *more: str | int) -> SchemaFaultError:
        """A fault at this place, or below it."""
        if self.document is None:
            return SchemaFaultError(message)
        return SchemaFaultError(message, (*self.path, *more), self.document)


@dataclass(frozen=True, slots=True)
class Step:
    """That a schema applies another one; `uncertain` where the dynamic scope decides."""

    target: int
    reach: Reach
    label: str | int | None = None
    uncertain: bool = False


@dataclass(slots=True)
class Node:
    """One schema that is no boolean."""

    schema: dict[str, Any]
    place: Place
    draft: Draft
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """One document that was reached."""

    contents: Any
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Reached:
    """What was visited: nodes by `id` of their schemas, the root's first, and documents by name."""

    nodes: Mapping[int, Node]
    documents: Mapping[str, Document]
    registry: Registry[Any]


# Called with a schema that a reference found where none was expected; raises if it is none.
CheckOdd = Callable[[Any, Draft, Place], None]


def reach(root: Any, resources: Mapping[str, Any], dialect: Dialect, odd: CheckOdd) -> Reached:
    """Visits the root and what it leads to.

    Args:
        root: the schema, of exact values; no part of it is shared with another.
        resources: bundled documents by URI, likewise.
        dialect: of the root.
        odd: see CheckOdd.

    Raises:
        SchemaFaultError: a reference leads nowhere, or a dialect is unknown.
    """
    return _Walk(root, resources, dialect, odd).run()


@dataclass(frozen=True, slots=True)
class _Visit:
    schema: Any
    place: Place
    draft: Draft
    resolver: Any


class _Walk:
    def __init__(
        self, root: Any, resources: Mapping[str, Any], dialect: Dialect, odd: CheckOdd
    ) -> None:
        self._resources = resources
        self._default = dialect.draft
        self._odd = odd
        self._nodes: dict[int, Node] = {}
        self._documents: dict[str, Document] = {}
        self._waiting: list[_Visit] = []
        self._references: deque[tuple[Node, Any, str, str]] = deque()
        self._dynamic: list[tuple[Node, str, Node]] = []
        self._owners: dict[int, Place] = {}
        self._root = Document(root, dialect)

    def run(self) -> Reached:
        registry = self._registry()
        if isinstance(self._root.contents, dict):
            self._enter(ROOT, registry)
            if self._root.dialect.uri:
                self._enter(self._root.dialect.uri, registry)
        while self._waiting or self._references:
            if self._waiting:
                self._visit(self._waiting.pop())
            else:
                self._follow(*self._references.popleft(), registry)
        self._widen()
        return Reached(self._nodes, self._documents, registry)

    def _registry(self) -> Registry[Any]:
        """Where references are looked up. What is bundled in vain may be anything at all."""
        registry: Registry[Any] = PUBLISHED
        for uri, contents in self._resources.items():
            self._own(contents, uri)
            resource = _resource(contents, self._dialect(uri).draft)
            with suppress(*_MALFORMED):
                registry = registry.with_resource(uri, resource).crawl()
        self._own(self._root.contents, ROOT)
        root = _resource(self._root.contents, self._root.dialect.draft)
        try:
            name = root.id() or ROOT
            if name in self._resources:
                raise SchemaFaultError("a bundled document has the schema's own URI", (), name)
            registry = registry.with_resource(name, root).crawl()
        except _MALFORMED:
            raise SchemaFaultError("an identifier or anchor is not text, or no URI") from None
        return registry

    def _own(self, contents: Any, name: str) -> None:
        """Remembers where each object of a document stands."""
        waiting: list[tuple[Any, Path]] = [(contents, ())]
        while waiting:
            value, path = waiting.pop()
            if isinstance(value, dict):
                self._owners[id(value)] = Place(name, path)
                waiting += [(each, (*path, key)) for key, each in value.items()]
            elif isinstance(value, list):
                waiting += [(each, (*path, index)) for index, each in enumerate(value)]

    def _dialect(self, uri: str) -> Dialect:
        """Of a bundled document; one that names an unknown dialect is at fault when reached."""
        try:
            return dialect_of(self._resources[uri], self._resources, self._default, uri)
        except SchemaFaultError:
            return Dialect(self._default)

    def _enter(self, name: str, registry: Registry[Any]) -> None:
        """Visits a whole document, the first time that something leads into it."""
        if name in self._documents:
            return
        document = self._root
        if name != ROOT:
            contents = self._resources[name]
            document = Document(
                contents, dialect_of(contents, self._resources, self._default, name)
            )
        self._documents[name] = document
        draft = document.dialect.draft
        resource = _resource(document.contents, draft)
        resolver = registry.resolver(name).in_subresource(resource)
        self._waiting.append(_Visit(document.contents, Place(name, ()), draft, resolver))

    def _visit(self, visit: _Visit) -> None:
        schema, place = visit.schema, visit.place
        if not isinstance(schema, dict) or id(schema) in self._nodes:
            return
        node = Node(schema, place, visit.draft)
        self._nodes[id(schema)] = node
        for each in subschemas(schema, visit.draft):
            if not isinstance(each.schema, dict):
                continue
            below = Place(place.document, (*place.path, *each.path))
            draft = self._draft_of(each.schema, visit.draft, below)
            resource = _resource(each.schema, draft)
            node.steps.append(Step(id(each.schema), each.reach, each.label))
            self._waiting.append(
                _Visit(each.schema, below, draft, visit.resolver.in_subresource(resource))
            )
        for keyword, reference in _references(schema, visit.draft, place):
            self._references.append((node, visit.resolver, keyword, reference))

    def _draft_of(self, schema: dict[str, Any], outer: Draft, place: Place) -> Draft:
        if place.document is None:
            return outer
        own = self._documents[place.document].dialect
        dialect = own if own.draft == outer else Dialect(outer)
        return draft_within(schema, dialect, place.path, place.document)

    def _follow(
        self, node: Node, resolver: Any, keyword: str, reference: str, registry: Registry[Any]
    ) -> None:
        resolved = self._look_up(resolver, reference, node.place, keyword)
        target = resolved.contents
        if isinstance(target, bool):
            return
        if not isinstance(target, dict):
            raise node.place.fault(f"{keyword} leads to what is no schema", keyword)
        place = self._owners.get(id(target), Place(None, ()))
        if id(target) not in self._nodes:
            if place.document is not None and place.document not in self._documents:
                self._enter(place.document, registry)
                self._references.append((node, resolver, keyword, reference))
                return
            self._visit_odd(target, place, node, resolved.resolver)
        self._apply(node, keyword, reference, self._nodes[id(target)])

    def _visit_odd(self, target: dict[str, Any], place: Place, node: Node, resolver: Any) -> None:
        """Visits what stands where no keyword expects a schema, or in a published metaschema."""
        if place.document is None:
            uri = str(target.get("$schema", "")).removesuffix("#")
            self._visit(_Visit(target, place, DRAFTS.get(uri, node.draft), resolver))
            return
        draft = self._draft_of(target, self._documents[place.document].dialect.draft, place)
        self._odd(target, draft, place)
        self._visit(_Visit(target, place, draft, resolver))

    def _look_up(self, resolver: Any, reference: str, place: Place, keyword: str) -> Any:
        try:
            return resolver.lookup(reference)
        except (referencing.exceptions.Unresolvable, ValueError, TypeError, AttributeError):
            raise place.fault(
                f"reference {reference[:_QUOTED]!r} leads nowhere inside the schema, the bundled"
                " documents and the drafts' metaschemas",
                keyword,
            ) from None

    def _apply(self, node: Node, keyword: str, reference: str, target: Node) -> None:
        if keyword == "$ref" or not _is_dynamic(keyword, reference, target.schema):
            node.steps.append(Step(id(target.schema), Reach.HERE))
        else:
            self._dynamic.append((node, keyword, target))

    def _widen(self) -> None:
        """Lets a dynamic reference lead to everything that the dynamic scope could choose."""
        for node, keyword, first in self._dynamic:
            if keyword == "$recursiveRef":
                chosen = [
                    each for each in self._nodes.values()
                    if each.schema.get("$recursiveAnchor") is True
                ]  # fmt: skip
            else:
                name = first.schema["$dynamicAnchor"]
                chosen = [
                    each for each in self._nodes.values()
                    if each.schema.get("$dynamicAnchor") == name
                ]  # fmt: skip
            node.steps += [
                Step(id(each.schema), Reach.HERE, uncertain=len(chosen) > 1) for each in chosen
            ]


def _resource(contents: Any, draft: Draft) -> Resource[Any]:
    return specification(draft).create_resource(contents)


def _references(schema: dict[str, Any], draft: Draft, place: Place) -> Iterator[tuple[str, str]]:
    keywords = ["$ref"]
    if draft.number == 3:
        keywords.append("$recursiveRef")
    if draft.number >= 4:
        keywords.append("$dynamicRef")
    for keyword in keywords:
        reference = schema.get(keyword)
        if isinstance(reference, str):
            yield keyword, reference
        elif keyword in schema:  # the metaschema of draft 4 takes any
            raise place.fault(f"{keyword} is not text", keyword)


def _is_dynamic(keyword: str, reference: str, target: dict[str, Any]) -> bool:
    if keyword == "$recursiveRef":
        return target.get("$recursiveAnchor") is True
    return target.get("$dynamicAnchor") == reference.rpartition("#")[2] != ""
