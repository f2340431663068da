"""A query of another dialect as a query of SQLite.

Promises: the result means the same on the given schema, or the query is refused; SQLite
text passes as it stands. Any text ends in a result or an UntranslatableError, in time linear in
its length.

Does not cover: whether the result runs (`engine`), and the differences that the rules name
under "Does not cover".
"""

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from verifier_server.verifiers.sql.dialects.faults import UntranslatableError
from verifier_server.verifiers.sql.dialects.languages import LANGUAGES, Language, tokens_of
from verifier_server.verifiers.sql.dialects.rules import (
    aggregates,
    casts,
    choices,
    conditions,
    intervals,
    named,
    numbers,
    operators,
    patterns,
    queries,
    texts,
    times,
)
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer
from verifier_server.verifiers.sql.limits import MAX_SQL_BYTES
from verifier_server.verifiers.sql.schema import Schema

__all__ = ["DIALECTS", "UntranslatableError", "translate"]

DIALECTS: tuple[str, ...] = ("sqlite", *LANGUAGES)

# The parser takes some 25 frames a level: within the interpreter's limit of 1000 for any caller, so
# that the same text is refused everywhere.
_MAX_NESTING = 24  # parentheses, CASE, and runs of prefix operators
# The parser tries each join without ON both ways: the time doubles with every one.
_MAX_OPEN_JOINS = 8
_UNCONDITIONAL = (TokenType.CROSS, TokenType.NATURAL)
_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_PREFIXES = frozenset(
    {TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE, TokenType.EXISTS}
)
_FIRST = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN, TokenType.VALUES})
_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Create, exp.Drop)

_RULES: Rules = {
    **operators.RULES,
    **intervals.RULES,
    **casts.RULES,
    **times.RULES,
    **texts.RULES,
    **conditions.RULES,
    **choices.RULES,
    **numbers.RULES,
    **aggregates.RULES,
    **patterns.RULES,
    **named.RULES,
    **queries.RULES,
}


def translate(sql: str, dialect: str, schema: Schema) -> str:
    """The SQLite query that means what `sql` means in `dialect`.

    Args:
        sql: one query, perhaps with a semicolon at its end.
        dialect: one of DIALECTS.
        schema: the tables that the query is to run on; their declared types decide what
            / and + mean.

    Raises:
        UntranslatableError: when it is no single query, or not known to be translated right.
        KeyError: for a dialect that is not in DIALECTS.
    """
    if dialect == "sqlite":
        return sql
    language = LANGUAGES[dialect]
    _check_text(sql)
    if dialect == "mysql" and ("/*!" in sql or "/*M!" in sql):
        raise UntranslatableError("comments that are executed are not supported")
    try:
        tree = _parsed(sql, language)
        writer = Writer(language, schema, _RULES)
        made = writer.piece(tree).sql
    except RecursionError:
        raise UntranslatableError("the query is nested too deeply") from None
    if isinstance(tree, exp.Subquery):
        made = made[1:-1]
    if len(made.encode()) > MAX_SQL_BYTES:
        raise UntranslatableError("the query becomes too long")
    return made


def _check_text(sql: str) -> None:
    if len(sql) > MAX_SQL_BYTES:
        raise UntranslatableError("the query is too long")
    try:
        size = len(sql.encode())
    except UnicodeEncodeError:
        raise UntranslatableError("the text is not Unicode", syntax=True) from None
    if size > MAX_SQL_BYTES:
        raise UntranslatableError("the query is too long")
    if "\0" in sql:
        raise UntranslatableError("the text holds a NUL character", syntax=True)


def _parsed(sql: str, language: Language) -> exp.Expr:
    try:
        tokens = tokens_of(language, sql)
    except SqlglotError:
        raise UntranslatableError(
            "the text is not SQL: a quote is not closed", syntax=True
        ) from None
    tokens = _single(tokens)
    _check_nesting(tokens)
    parser = language.reader.parser(error_level=ErrorLevel.IMMEDIATE)
    try:
        trees = parser.parse(tokens, sql)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        raise UntranslatableError(
            str(first.get("description") or "the text is not SQL")[:200],
            int(first.get("line") or 0),
            int(first.get("col") or 0),
            syntax=True,
        ) from None
    except (SqlglotError, ValueError, AttributeError, TypeError, IndexError, KeyError):
        # The parser's own faults on malformed texts.
        raise UntranslatableError("the text is not SQL", syntax=True) from None
    tree = trees[0] if len(trees) == 1 else None
    if tree is not None and tree.find(*_WRITING) is not None:
        raise UntranslatableError("the statement is not a query", write=True)
    if not isinstance(tree, exp.Query):
        raise UntranslatableError("the text is not a query", syntax=True)
    return tree


def _single(tokens: list[Token]) -> list[Token]:
    """The tokens of the only statement.

    Raises:
        UntranslatableError: when there is none, or several, or it is not a query.
    """
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens = tokens[:-1]
    if not tokens:
        raise UntranslatableError("there is no query", empty=True)
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            raise UntranslatableError(
                "there is more than one statement", token.line, token.col, several=True
            )
    first = tokens[0]
    if first.token_type not in _FIRST:
        write = first.token_type not in (TokenType.VAR, TokenType.FROM)
        raise UntranslatableError(
            "the statement is not a query", first.line, first.col, write=write, syntax=not write
        )
    return tokens


def _check_nesting(tokens: list[Token]) -> None:
    """Refuse what the parser takes too deep a recursion, or exponential time, for."""
    depth = run = open_joins = 0
    before = TokenType.SEMICOLON
    for token in tokens:
        if token.token_type == TokenType.JOIN and before not in _UNCONDITIONAL:
            open_joins += 1
        elif token.token_type in (TokenType.ON, TokenType.USING):
            open_joins = max(0, open_joins - 1)
        before = token.token_type
        if open_joins > _MAX_OPEN_JOINS:
            raise UntranslatableError("joins without ON", token.line, token.col)
        if token.token_type in _OPENING:
            depth += 1
        elif token.token_type in _CLOSING:
            depth -= 1
        run = run + 1 if token.token_type in _PREFIXES else 0
        if depth > _MAX_NESTING or run > _MAX_NESTING:
            raise UntranslatableError("the query is nested too deeply", token.line, token.col)
