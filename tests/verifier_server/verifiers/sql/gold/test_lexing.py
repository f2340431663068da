"""The tokens of SQLite's language."""

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.sql.gold.lexing import Kind, LexicalError, tokens


def kinds(sql: str) -> list[tuple[Kind, str]]:
    return [(token.kind, token.text) for token in tokens(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("'it''s'", [(Kind.STRING, "'it''s'")]),
        ('"a""b"', [(Kind.QUOTED, '"a""b"')]),
        ("[a b]`c``d`", [(Kind.QUOTED, "[a b]"), (Kind.QUOTED, "`c``d`")]),
        ("x'0F' x", [(Kind.BLOB, "x'0F'"), (Kind.WORD, "x")]),
        (
            ".5e-3 0x1F 1_000.",
            [(Kind.NUMBER, ".5e-3"), (Kind.NUMBER, "0x1F"), (Kind.NUMBER, "1_000.")],
        ),
        ("a->>'$.b'", [(Kind.WORD, "a"), (Kind.OPERATOR, "->>"), (Kind.STRING, "'$.b'")]),
        ("1 -- two\n3 /* 4 ' */ 5", [(Kind.NUMBER, "1"), (Kind.NUMBER, "3"), (Kind.NUMBER, "5")]),
        ("1 /* never closed", [(Kind.NUMBER, "1")]),
        ("größe", [(Kind.WORD, "größe")]),
        (":p ?1 @v", [(Kind.VARIABLE, ":p"), (Kind.VARIABLE, "?1"), (Kind.VARIABLE, "@v")]),
    ],
)
def test_tokens_are_sqlites(sql: str, expected: list[tuple[Kind, str]]) -> None:
    assert kinds(sql) == expected


@pytest.mark.parametrize("sql", ["'open", '"open', "[open", "a ! b", "a\x00b", "\\"])
def test_what_begins_no_token_is_said(sql: str) -> None:
    with pytest.raises(LexicalError, match="character"):
        tokens(sql)


@given(st.text(alphabet="ab'\"`[] \n", max_size=12))
def test_a_name_is_what_sqlite_makes_of_the_quotes(text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    connection = apsw.Connection(":memory:")
    cursor = connection.execute(f"SELECT 1 AS {quoted}")
    assert [each[0] for each in cursor.get_description()] == [tokens(quoted)[0].name]


@given(st.lists(st.sampled_from(["SELECT", "'a b'", "[c]", "1.5", "||", "(", "x'00'", "<="])))
def test_pieces_keep_their_places(pieces: list[str]) -> None:
    sql = " ".join(pieces)
    found = tokens(sql)
    assert [token.text for token in found] == pieces
    assert all(sql[token.start : token.end] == token.text for token in found)
