"""Why a query was not translated.

Promises: a refusal always says why, in words for whoever wrote the query, and where
if the parser knows.

Does not cover: errors of the translated query (`engine.faults`).
"""


class UntranslatableError(Exception):
    """A query that has no SQLite text known to mean the same.

    Args:
        message: why, for a person.
        line, column: where, from 1; 0 when unknown.
        several: there is more than one statement.
        write: the statement is not a query: DML, DDL, administration.
        empty: there is no statement.
        syntax: the text is not a statement of its dialect.
    """

    def __init__(
        self,
        message: str,
        line: int = 0,
        column: int = 0,
        *,
        several: bool = False,
        write: bool = False,
        empty: bool = False,
        syntax: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.several = several
        self.write = write
        self.empty = empty
        self.syntax = syntax
