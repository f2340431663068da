"""Texts: joining, cutting, searching.

Promises: NULL where the dialect has NULL; positions from 1.

Does not cover: folding of letters beyond ASCII in LOWER and UPPER, which SQLite leaves as
they are for gold and completion alike.
"""

from sqlglot import exp

from verifier_server.verifiers.sql.dialects.pieces import (
    EQUAL,
    JOINED,
    LESS,
    PLUS,
    Kind,
    Piece,
    call,
    quoted,
    refuse,
)
from verifier_server.verifiers.sql.dialects.rules import casts
from verifier_server.verifiers.sql.dialects.writer import Rule, Rules, Writer

_BLANKS = " \t\n\v\f\r"


def texts_of(node: exp.Expr, pieces: list[Piece], writer: Writer) -> list[Piece]:
    """The values as texts."""
    return [casts.to_text(node, piece, writer) for piece in pieces]


def joined(node: exp.Expr, pieces: list[Piece], writer: Writer) -> Piece:
    """The texts one after the other; NULL when one is."""
    parts = [piece.tight(JOINED) for piece in texts_of(node, pieces, writer)]
    return Piece(" || ".join(parts), Kind.TEXT, JOINED if len(parts) > 1 else 0)


def _pipe(node: exp.Expr, writer: Writer) -> Piece:
    return joined(node, [writer.of(node), writer.of(node, "expression")], writer)


def _concatenated(node: exp.Expr, writer: Writer) -> Piece:
    pieces = writer.all_of(node)
    if node.args.get("coalesce"):
        texts = _shown(node, pieces, writer)
        return call("concat", *(piece.sql for piece in texts), kind=Kind.TEXT)
    if len(pieces) == 1:
        text = casts.to_text(node, pieces[0], writer)
        return Piece(f"CAST({text.sql} AS TEXT)", Kind.TEXT)
    return joined(node, pieces, writer)


def _shown(node: exp.Expr, pieces: list[Piece], writer: Writer) -> list[Piece]:
    """The values as texts; PostgreSQL's CONCAT writes a boolean as 't' or 'f'."""
    if writer.named("postgres") and any(piece.kind is Kind.BOOLEAN for piece in pieces):
        raise refuse(node, "CONCAT of a boolean is not supported: cast it to text")
    return texts_of(node, pieces, writer)


def _concatenated_with(node: exp.Expr, writer: Writer) -> Piece:
    if not node.args.get("coalesce"):
        raise refuse(node, "CONCAT_WS is not supported in this dialect")
    texts = _shown(node, writer.all_of(node), writer)
    return call("concat_ws", *(piece.sql for piece in texts), kind=Kind.TEXT)


def text_argument(node: exp.Expr, writer: Writer, key: str = "this") -> str:
    """The text of an argument that must be text."""
    return casts.to_text(node, writer.of(node, key), writer).sql


def _length(node: exp.Expr, writer: Writer) -> Piece:
    text = text_argument(node, writer)
    if node.args.get("binary") and writer.named("mysql"):
        return call("octet_length", text, kind=Kind.INTEGER)
    if writer.named("tsql"):
        # Trailing blanks do not count: learn.microsoft.com, len-transact-sql.
        text = f"rtrim({text}, ' ')"
    return call("length", text, kind=Kind.INTEGER)


def _number(node: exp.Expr | None) -> int | None:
    """The value of a literal integer, signed or not."""
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return -inner if inner is not None else None
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return int(node.name)
    return None


def _positive(node: exp.Expr | None) -> bool:
    """Whether a position is known to be 1 or more: a literal, or so many after what was found."""
    if isinstance(node, exp.Add):
        return isinstance(node.this, exp.StrPosition) and _positive(node.expression)
    return (_number(node) or 0) > 0


def _substring(node: exp.Expr, writer: Writer) -> Piece:
    text = text_argument(node, writer)
    start, count = node.args.get("start"), node.args.get("length")
    first, width = _number(start), _number(count)
    if isinstance(start, exp.Literal) and start.is_string:
        raise refuse(node, "SUBSTRING with a pattern is not supported")
    if writer.named("snowflake") and not (_positive(start) or (first is not None and first < 0)):
        raise refuse(node, "SUBSTRING from this position is not supported")
    if width is not None and width < 0:
        raise refuse(node, "SUBSTRING of a negative length is not supported")
    length = str(width) if width is not None else ""
    if count is not None and width is None:
        length = writer.of(node, "length").atom
    if _positive(start):
        rest = f"max({length}, 0)" if width is None and length else length
        return _cut(text, writer.of(node, "start").sql, rest)
    return _cut_anywhere(text, writer.of(node, "start").atom, length, writer)


def _cut(text: str, start: str, length: str) -> Piece:
    return call("substr", text, start, *([length] if length else []), kind=Kind.TEXT)


def _cut_anywhere(text: str, start: str, length: str, writer: Writer) -> Piece:
    """SUBSTRING from a position that may lie before the text.

    SQLite counts it from the end, and a negative length backwards (sqlite.org/lang_corefunc.html).
    PostgreSQL and T-SQL count what lies before the text in the length (functions-string.html;
    learn.microsoft.com, substring-transact-sql); in MySQL nothing begins before the text
    (string-functions.html, SUBSTRING), in BigQuery it begins with it (string_functions, SUBSTR).
    """
    if writer.named("postgres", "tsql"):
        rest = f"max({start} + {length} - max({start}, 1), 0)" if length else ""
        return _cut(text, f"max({start}, 1)", rest)
    rest = f"max({length}, 0)" if length else ""
    if writer.named("bigquery"):
        begin = f"CASE WHEN {start} = 0 OR {start} < -length({text}) THEN 1 ELSE {start} END"
        return _cut(text, begin, rest)
    outside = f"{start} < -length({text}) OR ({start} = 0 AND length({text}) >= 0)"
    cut = _cut(text, start, rest).sql
    return Piece(f"CASE WHEN {outside} THEN '' ELSE {cut} END", Kind.TEXT)


def _left(node: exp.Expr, writer: Writer) -> Piece:
    text, count = text_argument(node, writer), _number(node.args.get("expression"))
    if count is not None:
        if count < 0:
            raise refuse(node, "LEFT of a negative length is not supported")
        return call("substr", text, "1", str(count), kind=Kind.TEXT)
    wanted = writer.of(node, "expression").atom
    if writer.named("postgres"):
        # Without the last ones: postgresql.org, functions-string, left.
        wanted = f"CASE WHEN {wanted} < 0 THEN max(length({text}) + {wanted}, 0) ELSE {wanted} END"
    else:
        wanted = f"max({wanted}, 0)"
    return call("substr", text, "1", wanted, kind=Kind.TEXT)


def _right(node: exp.Expr, writer: Writer) -> Piece:
    text, count = text_argument(node, writer), _number(node.args.get("expression"))
    if count is not None and count > 0:
        return call("substr", text, f"-{count}", kind=Kind.TEXT)
    if count is not None or writer.named("postgres"):
        raise refuse(node, "RIGHT of this length is not supported")
    wanted = writer.of(node, "expression").atom
    return Piece(
        f"CASE WHEN {wanted} > 0 THEN substr({text}, -{wanted}) "
        f"WHEN length({text}) IS NOT NULL AND {wanted} IS NOT NULL THEN '' END",
        Kind.TEXT,
    )


def _trimmed(node: exp.Expr, writer: Writer) -> Piece:
    text = text_argument(node, writer)
    side = str(node.args.get("position") or "BOTH").upper()
    name = {"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}.get(side)
    if name is None:
        raise refuse(node, "this TRIM is not supported")
    if node.args.get("expression") is None:
        if writer.named("bigquery"):
            return call(name, text, quoted(_BLANKS), kind=Kind.TEXT)
        return call(name, text, kind=Kind.TEXT)
    characters = writer.of(node, "expression")
    # MySQL removes a whole text, the others any of its characters.
    if writer.named("mysql") and (characters.literal is None or len(characters.literal) != 1):
        raise refuse(node, "TRIM of more than one character is not supported")
    return call(name, text, characters.sql, kind=Kind.TEXT)


def _replaced(node: exp.Expr, writer: Writer) -> Piece:
    text, old = text_argument(node, writer), writer.of(node, "expression")
    if writer.named("tsql") and (old.literal is None or old.literal.lower() != old.literal.upper()):
        raise refuse(node, "REPLACE ignores case in T-SQL, which is not supported")
    new = text_argument(node, writer, "replacement") if node.args.get("replacement") else "''"
    return call("replace", text, casts.to_text(node, old, writer).sql, new, kind=Kind.TEXT)


def _position(node: exp.Expr, writer: Writer) -> Piece:
    text, wanted = text_argument(node, writer), text_argument(node, writer, "substr")
    if writer.language.folds:
        text, wanted = f"lower({text})", f"lower({wanted})"
    start = node.args.get("position")
    if start is None:
        return call("instr", text, wanted, kind=Kind.INTEGER)
    first = _number(start)
    if first is None or first < 1:
        raise refuse(node, "a search from this position is not supported")
    found = f"instr(substr({text}, {first}), {wanted})"
    return Piece(f"{found} + {first - 1} * ({found} > 0)", Kind.INTEGER, PLUS)


def _starts(node: exp.Expr, writer: Writer) -> Piece:
    text, wanted = text_argument(node, writer), text_argument(node, writer, "expression")
    return Piece(f"substr({text}, 1, length({wanted})) = {wanted}", Kind.BOOLEAN, EQUAL)


def _ends(node: exp.Expr, writer: Writer) -> Piece:
    text, wanted = text_argument(node, writer), writer.of(node, "expression")
    if not wanted.literal:
        raise refuse(node, "this ENDS_WITH is not supported")
    return Piece(f"substr({text}, -{len(wanted.literal)}) = {wanted.sql}", Kind.BOOLEAN, EQUAL)


def _contains(node: exp.Expr, writer: Writer) -> Piece:
    text, wanted = text_argument(node, writer), text_argument(node, writer, "expression")
    return Piece(f"instr({text}, {wanted}) > 0", Kind.BOOLEAN, LESS)


def _initials(node: exp.Expr, writer: Writer) -> Piece:
    if not writer.named("postgres"):
        raise refuse(node, "INITCAP is not supported in this dialect")
    return call("verifier_initcap", text_argument(node, writer), kind=Kind.TEXT)


def _padded(node: exp.Expr, writer: Writer) -> Piece:
    name = "verifier_lpad" if node.args.get("is_left") else "verifier_rpad"
    fill = text_argument(node, writer, "fill_pattern") if node.args.get("fill_pattern") else "' '"
    width = writer.of(node, "expression").sql
    return call(name, text_argument(node, writer), width, fill, kind=Kind.TEXT)


def _part(node: exp.Expr, writer: Writer) -> Piece:
    number = node.args.get("part_index")
    if _number(number) in (None, 0):
        raise refuse(node, "SPLIT_PART needs the number of the part")
    delimiter = writer.of(node, "delimiter")
    if not delimiter.literal:
        raise refuse(node, "SPLIT_PART needs a delimiter")
    count = writer.of(node, "part_index").sql
    text = text_argument(node, writer)
    return call("verifier_split_part", text, delimiter.sql, count, kind=Kind.TEXT)


def _indexed_part(node: exp.Expr, writer: Writer) -> Piece:
    text, mark = text_argument(node, writer), text_argument(node, writer, "delimiter")
    count = writer.of(node, "count").sql
    return call("verifier_substring_index", text, mark, count, kind=Kind.TEXT)


def _stuffed(node: exp.Expr, writer: Writer) -> Piece:
    start, count = _number(node.args.get("start")), _number(node.args.get("length"))
    if start is None or count is None or start < 1 or count < 0:
        raise refuse(node, "this replacement in a text is not supported")
    text, new = text_argument(node, writer), text_argument(node, writer, "expression")
    made = f"substr({text}, 1, {start - 1}) || {new} || substr({text}, {start + count})"
    return Piece(f"CASE WHEN length({text}) >= {start} THEN {made} END", Kind.TEXT)


def _simple(name: str, *keys: str, kind: Kind = Kind.TEXT) -> Rule:
    def rule(node: exp.Expr, writer: Writer) -> Piece:
        first = text_argument(node, writer)
        return call(name, first, *(writer.of(node, key).sql for key in keys), kind=kind)

    return rule


def _spaces(node: exp.Expr, writer: Writer) -> Piece:
    return call("verifier_repeat", "' '", writer.of(node).sql, kind=Kind.TEXT)


def _translated(node: exp.Expr, writer: Writer) -> Piece:
    keys = ("this", "from_", "to")
    return call(
        "verifier_translate", *(text_argument(node, writer, key) for key in keys), kind=Kind.TEXT
    )


def _character(node: exp.Expr, writer: Writer) -> Piece:
    return call("char", *(piece.sql for piece in writer.all_of(node)), kind=Kind.TEXT)


RULES: Rules = {
    exp.DPipe: (_pipe, "this expression safe"),
    exp.Concat: (_concatenated, "expressions safe coalesce"),
    exp.ConcatWs: (_concatenated_with, "expressions safe coalesce"),
    exp.Length: (_length, "this binary"),
    exp.Substring: (_substring, "this start length zero_start"),
    exp.Left: (_left, "this expression"),
    exp.Right: (_right, "this expression"),
    exp.Trim: (_trimmed, "this expression position"),
    exp.Replace: (_replaced, "this expression replacement"),
    exp.StrPosition: (_position, "this substr position clamp_position"),
    exp.StartsWith: (_starts, "this expression"),
    exp.EndsWith: (_ends, "this expression"),
    exp.Contains: (_contains, "this expression"),
    exp.Initcap: (_initials, "this expression"),
    exp.Pad: (_padded, "this expression fill_pattern is_left"),
    exp.SplitPart: (
        _part,
        "this delimiter part_index part_index_zero_as_one empty_delimiter_returns_whole",
    ),
    exp.SubstringIndex: (_indexed_part, "this delimiter count"),
    exp.Stuff: (_stuffed, "this start length expression"),
    exp.Lower: (_simple("lower"), "this"),
    exp.Upper: (_simple("upper"), "this"),
    exp.Reverse: (_simple("verifier_reverse"), "this"),
    exp.Repeat: (_simple("verifier_repeat", "times"), "this times"),
    exp.Ascii: (_simple("verifier_code", kind=Kind.INTEGER), "this"),
    exp.Unicode: (_simple("verifier_code", kind=Kind.INTEGER), "this"),
    exp.Space: (_spaces, "this"),
    exp.Translate: (_translated, "this from_ to"),
    exp.Chr: (_character, "expressions"),
}
