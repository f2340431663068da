"""The dialects: how each is read, and where they differ.

Promises: one table of differences, each with its source. Functions whose format
strings sqlglot would translate are read as they stand.

Does not cover: settings that change a dialect's meaning (ANSI_QUOTES, PIPES_AS_CONCAT,
DATEFIRST, WEEK_START, a collation that is not the default).
"""

import logging
import re
from dataclasses import dataclass
from itertools import pairwise

from sqlglot.dialects.bigquery import BigQuery
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.dialects.tsql import TSQL
from sqlglot.tokenizer_core import Token, TokenType

from verifier_server.verifiers.sql.dialects.faults import UntranslatableError

# sqlglot turns their format arguments into another notation, and drops what it
# does not know; the rules read them themselves.
# The parser's warnings quote the text, which is a completion's.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_MAX_INTERVAL = 80
_RAW = frozenset(
    """TO_CHAR TO_VARCHAR TO_DATE TO_TIMESTAMP TO_NUMBER DATE_FORMAT STR_TO_DATE FORMAT FORMAT_DATE
    FORMAT_DATETIME FORMAT_TIMESTAMP PARSE_DATE PARSE_TIMESTAMP PARSE_DATETIME DATENAME MONTHNAME
    DAYNAME SQUARE TO_DAYS CONTAINS_SUBSTR LEN REPLICATE""".split()
)


@dataclass(frozen=True, slots=True)
class Language:
    """A dialect.

    `folds`: LIKE and searches ignore case (the default collations: dev.mysql.com,
    charset-collation-effect; learn.microsoft.com, collation-and-unicode-support).
    `escape`: LIKE's escape character when none is given (postgresql.org, functions-matching;
    dev.mysql.com, string-comparison-functions; cloud.google.com, operators#like_operator;
    Snowflake and T-SQL have none).
    `whole_division`: / of two integers drops the fraction.
    `rounds_to_integer`: CAST to an integer rounds a decimal (T-SQL truncates).
    `default_scale`: digits that DECIMAL without a scale keeps; None keeps all.
    `even_reals`: ROUND of a double takes halves to the even number.
    `coerces`: a text compared with a number is read as one.
    """

    name: str
    reader: Dialect
    folds: bool
    escape: str
    whole_division: bool
    rounds_to_integer: bool
    default_scale: int | None
    even_reals: bool
    coerces: bool


RAW = "VERIFIER_RAW_"
_CLOCK = re.compile(r"\b(\d{1,4}):(\d\d):(\d\d)\b", re.ASCII)
_WORDS = re.compile(r"\s*[+-]?\d+\s*(?:[a-zA-Z]+\s*)?(?:[+-]?\d+\s*[a-zA-Z]+\s*)*", re.ASCII)


def _interval_words(text: str) -> str:
    """An interval's text, a time of day in words: the parser drops what it does not expect."""
    made = _CLOCK.sub(r"\1 hours \2 minutes \3 seconds", text[:_MAX_INTERVAL])
    if len(text) > _MAX_INTERVAL or not _WORDS.fullmatch(made):
        raise UntranslatableError("this interval is not supported")
    return made


def tokens_of(language: Language, sql: str) -> list[Token]:
    """The tokens of a text, with RAW before the name of every function to be read as it stands.

    Raises:
        sqlglot.errors.TokenError: for a text that cannot be cut into tokens.
    """
    tokens: list[Token] = language.reader.tokenize(sql)
    for token, following in pairwise(tokens):
        if token.token_type == TokenType.INTERVAL and following.token_type == TokenType.STRING:
            following.text = _interval_words(following.text)
        if following.token_type == TokenType.L_PAREN and token.text.upper() in _RAW:
            token.text = RAW + token.text.upper()
            token.token_type = TokenType.VAR
    return tokens


LANGUAGES: dict[str, Language] = {
    "postgres": Language("postgres", Postgres(), False, "\\", True, True, None, True, False),
    "mysql": Language("mysql", MySQL(), True, "\\", False, True, 0, True, True),
    "tsql": Language("tsql", TSQL(), True, "", True, False, 0, False, True),
    "bigquery": Language("bigquery", BigQuery(), False, "\\", False, True, 9, False, False),
    "snowflake": Language("snowflake", Snowflake(), False, "", False, True, 0, False, True),
}
