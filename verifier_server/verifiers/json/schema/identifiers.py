"""Identifiers that another schema has.

Promises: `check` refuses an identifier that is the URI of a published metaschema, that the
engine keeps for itself, or that two schemas give themselves: which of them a reference
means would be the engine's choice, and another one's elsewhere (Core 8.2.1).

Does not cover: relative identifiers, and anchors, that come to the same.
"""

from collections.abc import Mapping

from jsonschema_specifications import REGISTRY as PUBLISHED

from verifier_server.verifiers.json.schema.dialects import DRAFT_4
from verifier_server.verifiers.json.schema.walk import Node

RESERVED = "json-schema:"  # the scheme of the engine's own base
_PUBLISHED = frozenset(uri.removesuffix("#") for uri in PUBLISHED)


def check(nodes: Mapping[int, Node]) -> None:
    """Checks what was reached.

    Raises:
        SchemaFaultError: see the module.
    """
    seen: set[str] = set()
    for node in nodes.values():
        keyword = "id" if node.draft == DRAFT_4 else "$id"
        uri = str(node.schema.get(keyword, "")).removesuffix("#")
        ignored = "$ref" in node.schema and not node.draft.has_siblings
        if node.place.document is None or ignored or ":" not in uri:
            continue
        if uri in _PUBLISHED or uri.startswith(RESERVED):
            raise node.place.fault("this identifier is not the author's to give", keyword)
        if uri in seen:
            raise node.place.fault("another schema has this identifier", keyword)
        seen.add(uri)
