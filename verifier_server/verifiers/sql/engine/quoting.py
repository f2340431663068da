"""Names as SQL.

Promises: any name, whatever is in it, is quoted so that it means itself.
"""


def quote(name: str) -> str:
    """`name` as a quoted identifier (sqlite.org/lang_keywords.html)."""
    return '"' + name.replace('"', '""') + '"'
