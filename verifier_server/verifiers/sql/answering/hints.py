"""What would be right: names that are close to one that does not exist.

Promises: hints come from the schema that the task's author gave and from
nothing else: never from an accepted query or from data. Bounded: comparing costs the
square of a name's length, and long names are not compared.

Does not cover: what SQLite itself says.
"""

import difflib
import re

from verifier_server.verifiers.sql.schema import Schema

MAX_NAME = 64
MAX_NAMES = 500
MAX_NAMED = 3
_CUTOFF = 0.6
_NO_TABLE = re.compile(r"no such table: (?:main\.)?(.+)", re.S)
_NO_COLUMN = re.compile(r"no such column: (.+)", re.S)


def hint(message: str, schema: Schema) -> str:
    """Close names for what SQLite could not find, in words; empty when there is none."""
    if match := _NO_TABLE.search(message):
        names = [each.name for each in schema.tables] + list(schema.views)
        return _close(match[1], names)
    if match := _NO_COLUMN.search(message):
        qualifier, _, column = match[1].rpartition(".")
        table = schema.table(qualifier) if qualifier else None
        tables = [table] if table else schema.tables
        names = [column.name for each in tables for column in each.columns]
        owner = _owners(column, schema) if qualifier else ""
        return owner or _close(column, names)
    return ""


def _close(name: str, names: list[str]) -> str:
    wanted = name.strip("\"'`[] ").lower()
    if not wanted or len(wanted) > MAX_NAME:
        return ""
    by_lower = {each.lower(): each for each in names[:MAX_NAMES] if len(each) <= MAX_NAME}
    found = difflib.get_close_matches(wanted, list(by_lower), n=MAX_NAMED, cutoff=_CUTOFF)
    return f"did you mean {' or '.join(by_lower[each] for each in found)}?" if found else ""


def _owners(column: str, schema: Schema) -> str:
    """Where a column of that very name is, when the query looked in another table or alias."""
    owners = [each.name for each in schema.tables if each.column(column)][:MAX_NAMED]
    return f"{column} is a column of {' and of '.join(owners)}" if owners else ""
