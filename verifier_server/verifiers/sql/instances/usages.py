"""What accepted queries say of each column: constants, NULL tests, use as a number or date.

Promises: every constant that stands in one condition with a column is found,
with what is known of how it is compared. A column is known by its table where an alias
says which; otherwise all tables with a column of that name get what is said.

Does not cover: truth; whether a value satisfies a condition is asked of
SQLite (`probing.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from verifier_server.verifiers.sql.instances.constants import evaluate
from verifier_server.verifiers.sql.instances.predicates import Constant, Hint, Usage
from verifier_server.verifiers.sql.schema import Schema

MAX_HINTS = 24

_COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.Glob,
    exp.RegexpLike,
)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg)
_AGGREGATES = (exp.Sum, exp.Avg, exp.Abs, exp.Round)
_DATES = frozenset(
    ("strftime", "date", "datetime", "julianday", "time", "unixepoch", "timediff", "timetostr")
)


@dataclass(slots=True)
class _Said:
    hints: dict[Hint, None] = field(default_factory=dict)
    nulls: bool = False
    folded: bool = False
    number: bool = False
    date: bool = False
    truncated: bool = False
    once: bool = False


def literal(node: exp.Expr | None) -> Constant | None:
    """The constant that `node` is, or None."""
    if isinstance(node, exp.Paren):
        return literal(node.this)
    if isinstance(node, exp.Neg):
        value = literal(node.this)
        return None if value is None or isinstance(value, str) else -value
    if not isinstance(node, exp.Literal):
        return None
    text = str(node.this)
    if node.is_string:
        return text
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def read_usages(trees: Sequence[exp.Expr], schema: Schema) -> Mapping[tuple[str, str], Usage]:
    """What `trees` say of each (table, column), in lower case."""
    owners: dict[str, list[str]] = {}
    for table in schema.tables:
        for each_column in table.columns:
            owners.setdefault(each_column.name.lower(), []).append(table.name.lower())
    said: dict[tuple[str, str], _Said] = {}
    for tree in trees:
        aliases: dict[str, list[str]] = {}
        for each in tree.find_all(exp.Table):
            aliases.setdefault(each.alias_or_name.lower(), []).append(each.name.lower())
        read = {name for names in aliases.values() for name in names}
        for column in tree.find_all(exp.Column):
            name = column.name.lower()
            among = owners.get(name, [])
            wanted = aliases.get(column.table.lower(), []) if column.table else list(read)
            for table_name in [each for each in among if each in wanted] or among:
                _describe(column, said.setdefault((table_name, name), _Said()), owners)
        _describe_aliases(tree, owners, read, said)
    return {
        key: Usage(
            tuple(each.hints)[:MAX_HINTS],
            each.nulls,
            each.folded,
            each.number,
            each.date,
            each.truncated,
            each.once,
        )
        for key, each in said.items()
    }


def _describe_aliases(
    tree: exp.Expr,
    owners: Mapping[str, Sequence[str]],
    read: Collection[str],
    said: dict[tuple[str, str], _Said],
) -> None:
    """What is said of a computed column is said of the columns that it is computed from."""
    meant = {each.alias.lower(): each.this for each in tree.find_all(exp.Alias)}
    for column in tree.find_all(exp.Column):
        name = column.name.lower()
        if name not in meant or name in owners:
            continue
        for inner in meant[name].find_all(exp.Column):
            for table_name in owners.get(inner.name.lower(), ()):
                if table_name in read:
                    key = table_name, inner.name.lower()
                    _describe(column, said.setdefault(key, _Said()), owners)


def _describe(column: exp.Column, said: _Said, owners: Mapping[str, object]) -> None:
    """Adds to `said` what the surroundings of one occurrence say."""
    node: exp.Expr = column
    wrapped: list[str] = []
    while (parent := node.parent) is not None:
        if isinstance(parent, exp.Select | exp.Subquery | exp.Ordered):
            return
        if isinstance(parent, exp.Coalesce) and parent.this is node:
            said.nulls = True
        if isinstance(parent, exp.Distinct) and isinstance(parent.parent, exp.Count):
            said.once = True
        if isinstance(parent, exp.Lower | exp.Upper):
            said.folded = True
        if isinstance(parent, exp.Collate) and "NOCASE" in parent.sql("sqlite").upper():
            said.folded = True
        if isinstance(parent, (*_ARITHMETIC, *_AGGREGATES)) and "date" not in wrapped:
            said.number = True
        if isinstance(parent, exp.Cast):
            kind = parent.to.sql("sqlite").upper()
            if "TEXT" not in kind and "CHAR" not in kind:
                said.number = said.number or "substr" not in wrapped
        label = _label(parent)
        if label == "date":
            said.date = True
            said.truncated = said.truncated or _truncates(parent, node)
        if isinstance(parent, _COMPARISONS):
            _compare(parent, node, tuple(wrapped), said, owners)
            return
        if label in ("instr",):
            for other in parent.find_all(exp.Literal):
                value = literal(other)
                if value is not None:
                    said.hints[Hint(value, "instr", ())] = None
        if isinstance(parent, exp.And | exp.Or | exp.Where | exp.Having | exp.Join):
            return
        if label:
            wrapped.append(label)
        node = parent


def _label(node: exp.Expr) -> str:
    """The kind of function that `node` is, as far as values depend on it."""
    if isinstance(node, exp.Substring):
        start = literal(node.args.get("start"))
        return f"substr:{start}" if isinstance(start, int) else "substr"
    if isinstance(node, exp.Length):
        return "length"
    if isinstance(node, exp.StrPosition):
        return "instr"
    if isinstance(node, exp.DPipe | exp.Concat):
        return "concat"
    if isinstance(node, exp.TimeToStr):
        return "date"
    if isinstance(node, _ARITHMETIC):
        return "arithmetic"
    own = isinstance(node, exp.Anonymous)  # a function that sqlglot has no class for
    name = node.name.lower() if own else type(node).__name__.lower()
    if name in _DATES or name.startswith(("tsords", "strto", "timestamp", "unixto")):
        return "date"
    return "function" if isinstance(node, exp.Func) and not isinstance(node, exp.Cast) else ""


def _truncates(node: exp.Expr, side: exp.Expr) -> bool:
    """Whether `node` is DATE(side), which is idle for what is a date already."""
    text = node.sql("sqlite").upper()
    return text == f"DATE({side.sql('sqlite').upper()})"


def _compare(
    node: exp.Expr,
    side: exp.Expr,
    wrapped: tuple[str, ...],
    said: _Said,
    owners: Mapping[str, object],
) -> None:
    kind = type(node).__name__.lower()
    if any(isinstance(each, exp.Null) for each in (node.this, node.args.get("expression"))):
        said.nulls = said.nulls or not wrapped
        return
    parts = [node.this, node.expression, node.args.get("low"), node.args.get("high")]
    parts.extend(node.expressions if isinstance(node, exp.In) else ())
    for part in parts:
        if part is None or part is side:
            continue
        if (point := _point_in_time(part)) is not None:
            said.hints[Hint(point, kind, wrapped)] = None
            continue
        for each in part.find_all(exp.Literal, exp.Neg, exp.Column):
            value = _quoted(each, owners) if isinstance(each, exp.Column) else literal(each)
            if value is None or isinstance(each.parent, exp.Neg):
                continue
            if isinstance(value, int | float) and not wrapped:
                said.number = True
            said.hints[Hint(value, kind, wrapped)] = None
    if "arithmetic" in wrapped or "function" in wrapped:
        for each in side.find_all(exp.Literal):
            value = literal(each)
            if isinstance(value, int | float):
                said.hints[Hint(value, kind, (*wrapped, "inside"))] = None


def _point_in_time(part: exp.Expr) -> Constant | None:
    """What a date function of constants returns: its arguments say little by themselves."""
    return evaluate(part) if isinstance(part, exp.Func) and _label(part) == "date" else None


def _quoted(column: exp.Column, owners: Mapping[str, object]) -> str | None:
    """A name in double quotes that is no column is a text in SQLite."""
    if column.table or not column.this.args.get("quoted") or column.name.lower() in owners:
        return None
    return str(column.name)
