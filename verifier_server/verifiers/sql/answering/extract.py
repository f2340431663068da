"""Completion to statement text: which part of a completion is its query.

Promises: one candidate, chosen by position and markup only, never by trying what
runs or scores. Text up to the last closing tag of reasoning never counts. Of
what follows, the last fenced block of SQL is the query; without a fence the
whole text is, when it begins as a statement does. Linear in the completion's length.

A fence is CommonMark's (4.5): three or more backticks on a line, with no word
behind them or one that names SQL. The last one may lack its end, as where
sampling stops at a fence, and a completion may go on in a block that its prompt began.
`<answer>` tags around the query, of which the last pair counts, are taken off.

Does not cover: whether it is a statement, and how many (`engine`).
"""

import re

_CLOSED = re.compile(r"</\s?(?:think|thinking|thought|thoughts|reasoning|seed:think)\s?>", re.I)
_OPENED = re.compile(r"<\s?(?:think|thinking|thought|thoughts|reasoning|seed:think)\s?>", re.I)
# What ends a turn in the usual chat templates.
_TURN = re.compile(
    r"<(?:\|(?:im_end|im_start|endoftext|end_of_text|eot_id|eom_id|end|return)\|"
    r"|\uff5cend\u2581of\u2581sentence\uff5c|/s|end_of_turn)>"
)
_ANSWER_OPEN, _ANSWER_CLOSE = re.compile(r"<answer>", re.I), re.compile(r"</answer>", re.I)
_FENCE = re.compile(r"^ {0,3}(`{3,})([^`\n]*)$", re.M)
_ONE_LINE_FENCE = re.compile(r"(?<!`)```[ \t]*+(\w++)[ \t]([^`\n]*+)```(?!`)")
_LANGUAGES = frozenset(
    "sql sqlite sqlite3 postgres postgresql psql pgsql mysql mariadb tsql t-sql mssql sqlserver "
    "bigquery googlesql snowflake standardsql ansi duckdb".split()
)
# A statement's first word; those that change data too, so that they are refused as such.
_STATEMENT = re.compile(
    r"(?:[\s(;\ufeff]++|--[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z))*+"
    r"(?:(?:select|with|values|explain|insert|replace|update|delete|create|drop|alter|pragma|attach"
    r"|detach|vacuum|reindex|analyze|begin|commit|end|rollback|savepoint|release|merge|truncate"
    r"|grant|revoke|set|use|show|describe|declare|exec|call|copy|from)\b|\Z)",
    re.I,
)


class NoStatementError(Exception):
    """No candidate. `reason` is empty, no_statement or unfinished_reasoning."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def extract(completion: str) -> str:
    """The text of the one query of a completion.

    Raises:
        NoStatementError: there is none.
    """
    text = _final_part(completion)
    query = _fenced(text)
    if query is None:
        if not _STATEMENT.match(text):
            raise NoStatementError(
                "no_statement", "the text is neither a fenced block of SQL nor one statement"
            )
        query = text
    query = query.strip()
    if not query:
        raise NoStatementError("empty", "there is no query")
    return query


def _final_part(completion: str) -> str:
    start = max((match.end() for match in _CLOSED.finditer(completion)), default=0)
    text = completion[start:]
    if _OPENED.match(text.lstrip()):
        raise NoStatementError("unfinished_reasoning", "the reasoning does not end")
    if turn := _TURN.search(text):
        text = text[: turn.start()]
    opened = max((match.end() for match in _ANSWER_OPEN.finditer(text)), default=None)
    if opened is not None:
        text = text[opened:]
        if closed := _ANSWER_CLOSE.search(text):
            text = text[: closed.start()]
    return text.strip()


def _fenced(text: str) -> str | None:
    """The content of the last fenced block of SQL, None where there is no such block."""
    found: tuple[int, str] | None = None
    fences = list(_FENCE.finditer(text))
    index = 0
    if fences and not fences[0][2].strip() and _STATEMENT.match(text):
        # It begins within a block: the first fence is that block's end.
        found = (0, text[: fences[0].start()])
        index = 1
    while index < len(fences):
        opening = fences[index]
        index += 1
        while index < len(fences) and not _closes(fences[index], opening):
            index += 1
        end = fences[index].start() if index < len(fences) else len(text)
        index += 1
        word = opening[2].strip().lower().partition(" ")[0]
        if not word or word in _LANGUAGES:
            found = (opening.start(), text[opening.end() : end])
    for match in _ONE_LINE_FENCE.finditer(text):
        word = match[1].lower()
        if word in _LANGUAGES and (found is None or match.start() > found[0]):
            found = (match.start(), match[2])
    return None if found is None else found[1]


def _closes(fence: re.Match[str], opening: re.Match[str]) -> bool:
    return not fence[2].strip() and len(fence[1]) >= len(opening[1])
