"""From a parsed query to SQLite text, node by node.

Promises: what has no rule is refused, and so is any argument of a node that its rule
does not name: nothing is dropped in silence. The text is bounded at every node.

Does not cover: parsing (`translate`), and what each node becomes (`rules`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.languages import Language
from verifier_server.verifiers.sql.dialects.pieces import Piece, refuse
from verifier_server.verifiers.sql.dialects.scope import Columns, Scope
from verifier_server.verifiers.sql.limits import MAX_EXPRESSION_DEPTH, MAX_SQL_BYTES
from verifier_server.verifiers.sql.schema import Schema

MAX_DEPTH = 150
assert MAX_DEPTH < MAX_EXPRESSION_DEPTH

Rule = Callable[[exp.Expr, "Writer"], Piece]
Rules = Mapping[type[exp.Expr], tuple[Rule, str]]


@dataclass(slots=True)
class Writer:
    """Writes one query of `language`; `rules` say how, `scope` is the one in force.

    `depth` is how many queries and expressions enclose the one being written.
    """

    language: Language
    schema: Schema
    rules: Rules
    scope: Scope = field(default_factory=Scope)
    depth: int = 0
    # Of the query that was written last; None where they are not known.
    columns: Columns | None = None

    def piece(self, node: exp.Expr) -> Piece:
        """What a node becomes.

        Raises:
            UntranslatableError: when it has no text known to mean the same.
        """
        rule = self.rules.get(type(node))
        if rule is None:
            raise refuse(node, f"{node.key.upper()} is not supported")
        write, arguments = rule
        allowed = arguments.split()
        for name, value in node.args.items():
            if value and name not in allowed:
                word = name.rstrip("_").replace("_", " ")
                raise refuse(node, f"{node.key.upper()} with {word} is not supported")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise refuse(node, "the query is nested too deeply")
        made = write(node, self)
        self.depth -= 1
        if len(made.sql) > MAX_SQL_BYTES:
            raise refuse(node, "the query becomes too long")
        return made

    def of(self, node: exp.Expr, key: str = "this") -> Piece:
        """What an argument of a node becomes.

        Raises:
            UntranslatableError: when it is missing, or cannot be written.
        """
        value = node.args.get(key)
        if not isinstance(value, exp.Expr):
            raise refuse(node, f"{node.key.upper()} lacks an argument")
        return self.piece(value)

    def all_of(self, node: exp.Expr, key: str = "expressions") -> list[Piece]:
        """What the arguments of a list become."""
        return [self.piece(each) for each in node.args.get(key) or []]

    def named(self, *names: str) -> bool:
        """Whether the query's dialect is one of these."""
        return self.language.name in names
