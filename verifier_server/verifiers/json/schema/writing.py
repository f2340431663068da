"""The documents that were reached, with the patterns that the engine is given.

Promises: in copies, every pattern of every schema that was reached is replaced by what
`patterns` writes for it, and nothing else is: what is data (`const`, `enum`, `default`,
`examples`) stays as it is. A pattern that cannot be used is refused with its place. The
format `regex` becomes one of ours (`engine`), and bundled documents name their draft.

Does not cover: published metaschemas, whose patterns mean the same everywhere.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from jsonschema_specifications import REGISTRY as PUBLISHED

from verifier_server.verifiers.json.schema import patterns
from verifier_server.verifiers.json.schema.dialects import Draft
from verifier_server.verifiers.json.schema.ecma import PatternError
from verifier_server.verifiers.json.schema.walk import Node, Reached

# Of a document's texts. The engine's own `regex` is not exact, and it asks what we give
# it by that name about the patterns of the schema as well, which are in its own syntax.
REGEX = "regex of ECMA-262"


@dataclass(frozen=True, slots=True)
class Written:
    """Copies of the documents, by name.

    Args:
        documents: with the patterns that the engine is given, and `$schema`.
        bare: likewise, and without any `$schema`.
        originals: the authors' patterns by what replaced them.
    """

    documents: Mapping[str, Any]
    bare: Mapping[str, Any]
    originals: Mapping[str, str]


def write(reached: Reached) -> Written:
    """Writes the documents out.

    Raises:
        SchemaFaultError: a pattern cannot be used, or is data at the same time.
    """
    originals: dict[str, str] = {}
    replaced: dict[int, dict[str, Any]] = {}
    for key, node in reached.nodes.items():
        if node.place.document is not None:
            changes = _changes(node, originals)
            if changes:
                replaced[key] = changes
    _refuse_schemas_in_data(reached, replaced)

    def copies(bare: bool) -> dict[str, Any]:
        return {
            name: _copy(document.contents, reached, replaced, bare)
            for name, document in reached.documents.items()
        }

    def named(contents: Any, draft: Draft) -> Any:
        """The engine has one default for all that name no draft, that of 2020-12."""
        return {"$schema": draft.uri, **contents} if isinstance(contents, dict) else contents

    drafts = {node.draft for node in reached.nodes.values() if node.place.document is None}
    documents = _published(drafts) | {
        name: named(each, reached.documents[name].dialect.draft)
        for name, each in copies(bare=False).items()
    }
    return Written(documents, copies(bare=True), originals)


def _published(drafts: Set[Draft]) -> dict[str, Any]:
    """The documents of the drafts' metaschemas. The engine has them only by some of its doors."""
    uris = {draft.uri for draft in drafts}
    return {
        uri: contents
        for uri, contents in ((uri, PUBLISHED.contents(uri)) for uri in PUBLISHED)
        if contents.get("$schema", "").removesuffix("#") in uris
    }


def _changes(node: Node, originals: dict[str, str]) -> dict[str, Any]:
    """Of a schema's own keywords, those that become others."""
    if "$ref" in node.schema and not node.draft.has_siblings:
        return {}
    changes: dict[str, Any] = {}
    pattern = node.schema.get("pattern")
    if isinstance(pattern, str):
        text = _linear(node, pattern, "pattern")
        originals.setdefault(text, pattern)
        if text != pattern:
            changes["pattern"] = text
    if node.schema.get("format") == "regex":
        changes["format"] = REGEX
    named = node.schema.get("patternProperties")
    if isinstance(named, dict):
        renamed: dict[str, str] = {}
        for each in named:
            name = _linear(node, each, "patternProperties", each)
            # Two patterns may mean the same: both must hold, under names of their own.
            while name in renamed.values() or (name in named and name != each):
                name += "(?:)"
            renamed[each] = name
            originals.setdefault(name, each)
        if any(old != new for old, new in renamed.items()):
            changes["patternProperties"] = renamed
    return changes


def _linear(node: Node, pattern: str, *path: str) -> str:
    try:
        return patterns.linear(pattern)
    except PatternError as error:
        raise node.place.fault(f"pattern {pattern[:60]!r}: {error}", *path) from None


def _refuse_schemas_in_data(reached: Reached, replaced: Mapping[int, dict[str, Any]]) -> None:
    """Refuses what is data and a schema at once: it must not be written as the one."""
    for node in reached.nodes.values():
        for keyword in ("const", "enum"):
            waiting = [node.schema.get(keyword)]
            while waiting:
                value = waiting.pop()
                if id(value) in replaced:
                    raise node.place.fault("a reference leads into const or enum", keyword)
                if isinstance(value, (dict, list)):
                    waiting.extend(value.values() if isinstance(value, dict) else value)


def _copy(value: Any, reached: Reached, replaced: Mapping[int, dict[str, Any]], bare: bool) -> Any:
    if isinstance(value, list):
        return [_copy(each, reached, replaced, bare) for each in value]
    if not isinstance(value, dict):
        return value
    copy = {name: _copy(each, reached, replaced, bare) for name, each in value.items()}
    if bare and id(value) in reached.nodes:
        copy.pop("$schema", None)
    changes = replaced.get(id(value), {})
    for name in ("pattern", "format"):
        if name in changes:
            copy[name] = changes[name]
    if "patternProperties" in changes:
        renamed = changes["patternProperties"]
        copy["patternProperties"] = {
            renamed[name]: each for name, each in copy["patternProperties"].items()
        }
    return copy
