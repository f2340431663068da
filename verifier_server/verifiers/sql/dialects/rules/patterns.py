"""Functions of regular expressions.

Promises: only what RE2 does alike: replacing and extracting are refused where the
leftmost-longest rule of POSIX could choose another match.

Does not cover: positions, occurrences, groups by number.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import Kind, Piece, call, quoted, refuse
from verifier_server.verifiers.sql.dialects.rules import casts, conditions
from verifier_server.verifiers.sql.dialects.writer import Rules, Writer


def _expression(node: exp.Expr, writer: Writer) -> str:
    text = conditions.pattern_text(node, writer.of(node, "expression"), writer)
    # postgresql.org, functions-matching, 9.7.3.5: alternation prefers the longest match.
    if writer.named("postgres") and ("|" in text or "?" in text.replace("\\?", "")):
        raise refuse(node, "this regular expression is not supported here")
    return text


def _replaced(node: exp.Expr, writer: Writer) -> Piece:
    flags = "" if writer.named("postgres") else "g"
    given = node.args.get("modifiers")
    if given is not None:
        if not isinstance(given, exp.Literal) or set(given.name) - {"g", "i"}:
            raise refuse(node, "these flags of a regular expression are not supported")
        flags = given.name
    if writer.named("postgres"):
        flags += "s"
    if writer.named("mysql") and "i" not in flags:
        flags += "i"
    new = (
        writer.of(node, "replacement") if node.args.get("replacement") else Piece("''", literal="")
    )
    if new.literal is None or "\\" in new.literal or "&" in new.literal or "$" in new.literal:
        raise refuse(node, "this replacement is not supported")
    text = casts.to_text(node, writer.of(node), writer)
    pattern = quoted(_expression(node, writer))
    return call("verifier_regex_replace", text.sql, pattern, new.sql, quoted(flags), kind=Kind.TEXT)


def _extracted(node: exp.Expr, writer: Writer) -> Piece:
    pattern = _expression(node, writer)
    groups = pattern.replace("\\(", "").replace("(?:", "").count("(")
    if groups > 1 or (groups and not writer.named("bigquery")):
        raise refuse(node, "groups in a regular expression are not supported here")
    flags = "i" if writer.named("mysql") else ""
    text = casts.to_text(node, writer.of(node), writer)
    return call("verifier_regex_extract", text.sql, quoted(pattern), quoted(flags), kind=Kind.TEXT)


RULES: Rules = {
    exp.RegexpReplace: (_replaced, "this expression replacement modifiers single_replace"),
    exp.RegexpExtract: (
        _extracted,
        "this expression group null_if_pos_overflow null_if_no_match empty_if_group_missing",
    ),
}
