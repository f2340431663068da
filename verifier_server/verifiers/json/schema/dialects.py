"""Which draft of JSON Schema a document is written in.

Promises: `$schema` names a draft from 4 to 2020-12, or a metaschema among the
bundled documents that is itself written in one; without `$schema` a schema is
2020-12, and a bundled document is of the draft of the schema. Nothing is fetched.

Does not cover: draft 3 and earlier, OpenAPI's and other dialects that are not bundled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import referencing.jsonschema
from referencing import Specification

from verifier_server.verifiers.json.schema.faults import ROOT, Path, SchemaFaultError

_PLACE: Path = ("$schema",)
_MAX_METASCHEMAS = 8  # that describe one another


@dataclass(frozen=True, slots=True)
class Draft:
    """One published draft.

    Args:
        number: its rank among them, 0 for draft 4.
        uri: of its metaschema, without an empty fragment.
        specification: how its identifiers and anchors are read.
    """

    number: int
    uri: str
    specification: Specification[Any]

    @property
    def has_siblings(self) -> bool:
        """Whether other keywords beside `$ref` count."""
        return self.number >= DRAFT_2019_09.number


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a document is written in.

    Args:
        draft: by which it is read.
        metaschema: the bundled document that `$schema` names, None where that is the draft's own.
        uri: of that document, "" without one.
    """

    draft: Draft
    metaschema: Any = None
    uri: str = ""


def _draft(number: int, uri: str, specification: str) -> Draft:
    return Draft(number, uri, getattr(referencing.jsonschema, specification))


DRAFT_4 = _draft(0, "http://json-schema.org/draft-04/schema", "DRAFT4")
DRAFT_6 = _draft(1, "http://json-schema.org/draft-06/schema", "DRAFT6")
DRAFT_7 = _draft(2, "http://json-schema.org/draft-07/schema", "DRAFT7")
DRAFT_2019_09 = _draft(3, "https://json-schema.org/draft/2019-09/schema", "DRAFT201909")
DRAFT_2020_12 = _draft(4, "https://json-schema.org/draft/2020-12/schema", "DRAFT202012")
DRAFTS: Mapping[str, Draft] = {
    draft.uri: draft for draft in (DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019_09, DRAFT_2020_12)
}


def dialect_of(
    document: Any, resources: Mapping[str, Any], default: Draft, name: str = ROOT
) -> Dialect:
    """The dialect of a whole document.

    Args:
        document: the schema, or a bundled document.
        resources: the bundled documents by their URIs.
        default: for a document without `$schema`.
        name: of the document, for the fault.

    Raises:
        SchemaFaultError: `$schema` names what is neither known nor bundled.
    """
    if not isinstance(document, dict) or "$schema" not in document:
        return Dialect(default)
    uri = document["$schema"]
    if not isinstance(uri, str):
        raise SchemaFaultError("$schema is not text", _PLACE, name)
    uri = uri.removesuffix("#")
    if uri in DRAFTS:
        return Dialect(DRAFTS[uri])
    current = uri
    for _ in range(_MAX_METASCHEMAS):
        metaschema = resources.get(current)
        if not isinstance(metaschema, dict):
            break
        current = str(metaschema.get("$schema", DRAFT_2020_12.uri)).removesuffix("#")
        if current in DRAFTS:
            return Dialect(DRAFTS[current], resources[uri], uri)
    known = ", ".join(DRAFTS)
    raise SchemaFaultError(f"unknown dialect; known are {known}", _PLACE, name)


def draft_within(schema: dict[str, Any], outer: Dialect, path: Path, name: str) -> Draft:
    """The draft of a schema within a document of another one's draft.

    Raises:
        SchemaFaultError: `$schema` names no draft, or changes it where no resource begins.
    """
    uri = schema.get("$schema")
    if uri is None:
        return outer.draft
    uri = str(uri).removesuffix("#")
    if uri == outer.uri:
        return outer.draft
    draft = DRAFTS.get(uri)
    if draft is None:
        raise SchemaFaultError(
            "a dialect of its own is for whole documents", (*path, *_PLACE), name
        )
    if draft != outer.draft and not ("$id" in schema or "id" in schema):
        raise SchemaFaultError(
            "$schema may change the dialect only beside $id", (*path, *_PLACE), name
        )
    return draft
