import pytest

from verifier_server.verifiers.sql.engine.catalogue import affinity, read_schema
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.schema import Affinity, ForeignKey, Schema, Table


def schema(script: str) -> Schema:
    return read_schema(build_image(script))


def only(script: str) -> Table:
    (table,) = schema(script).tables
    return table


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", Affinity.BLOB),
        ("BLOB", Affinity.BLOB),
        ("INTEGER", Affinity.INTEGER),
        ("unsigned big int", Affinity.INTEGER),
        ("POINT", Affinity.INTEGER),  # it has INT in it
        ("CHARINT", Affinity.INTEGER),
        ("VARCHAR(20)", Affinity.TEXT),
        ("native character", Affinity.TEXT),
        ("Clob", Affinity.TEXT),
        ("DOUBLE PRECISION", Affinity.REAL),
        ("float", Affinity.REAL),
        ("DECIMAL(10,2)", Affinity.NUMERIC),
        ("BOOLEAN", Affinity.NUMERIC),
        ("DATETIME", Affinity.NUMERIC),
        ("STRING", Affinity.NUMERIC),
        ("ANY", Affinity.NUMERIC),
    ],
)
def test_affinities(declared, expected):
    assert affinity(declared) is expected


def test_any_of_a_strict_table_has_no_affinity():
    table = only("CREATE TABLE t(a ANY, b INT, c REAL NOT NULL) STRICT")
    assert [each.affinity for each in table.columns] == [
        Affinity.BLOB,
        Affinity.INTEGER,
        Affinity.REAL,
    ]
    assert [each.not_null for each in table.columns] == [False, False, True]


def test_columns_as_they_were_declared():
    table = only(
        'CREATE TABLE "My ""Table"" é"("First Name" TEXT COLLATE NOCASE NOT NULL, [b c] NUMERIC(9),'
        " `d` COLLATE RTRIM, e)"
    )
    assert table.name == 'My "Table" é'
    assert [(each.name, each.declared, each.collation) for each in table.columns] == [
        ("First Name", "TEXT", "NOCASE"),
        ("b c", "NUMERIC(9)", "BINARY"),
        ("d", "", "RTRIM"),
        ("e", "", "BINARY"),
    ]
    assert table.columns[0].not_null
    assert table.primary_key == ()
    assert table.rowid_alias is None
    assert table.sql.startswith('CREATE TABLE "My')


def test_generated_columns():
    table = only(
        "CREATE TABLE t(a INT, b INT AS (a + 1), c TEXT GENERATED ALWAYS AS (a || 'x') STORED,"
        " d DEFAULT 5)"
    )
    assert [(each.name, each.generated) for each in table.columns] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
    ]


@pytest.mark.parametrize(
    ("sql", "key", "alias"),
    [
        ("CREATE TABLE t(a INTEGER PRIMARY KEY, b)", ("a",), "a"),
        ("CREATE TABLE t(a integer PRIMARY KEY AUTOINCREMENT, b)", ("a",), "a"),
        ("CREATE TABLE t(b, a INTEGER, PRIMARY KEY (a))", ("a",), "a"),
        ("CREATE TABLE t(a INTEGER PRIMARY KEY DESC, b)", ("a",), None),
        ("CREATE TABLE t(a INT PRIMARY KEY, b)", ("a",), None),
        ("CREATE TABLE t(a TEXT PRIMARY KEY, b)", ("a",), None),
        ("CREATE TABLE t(a INTEGER PRIMARY KEY, b) WITHOUT ROWID", ("a",), None),
        ("CREATE TABLE t(a, b, c, PRIMARY KEY (c, a))", ("c", "a"), None),
        ("CREATE TABLE t(a, b, PRIMARY KEY (b, a)) WITHOUT ROWID", ("b", "a"), None),
        ("CREATE TABLE t(a, b)", (), None),
    ],
)
def test_primary_keys(sql, key, alias):
    table = only(sql)
    assert (table.primary_key, table.rowid_alias) == (key, alias)
    assert table.uniques == ()


def test_unique_sets_of_columns():
    table = only(
        "CREATE TABLE t(a UNIQUE, b, c, d, UNIQUE (b, c));"
        "CREATE UNIQUE INDEX i1 ON t(c, d); CREATE UNIQUE INDEX i2 ON t(d) WHERE d > 1;"
        "CREATE UNIQUE INDEX i3 ON t(lower(d)); CREATE INDEX i4 ON t(d);"
        "CREATE UNIQUE INDEX i5 ON t(a)"
    )
    assert table.uniques == (("a",), ("b", "c"), ("c", "d"))


def test_foreign_keys():
    found = schema(
        "CREATE TABLE Parent(a, b, PRIMARY KEY (b, a));"
        "CREATE TABLE Single(id INTEGER PRIMARY KEY, boss REFERENCES single);"
        'CREATE TABLE "Child"(x REFERENCES "SINGLE", y, z REFERENCES nowhere(q),'
        " w REFERENCES Missing, FOREIGN KEY (y, z) REFERENCES parent,"
        " FOREIGN KEY (z, y) REFERENCES Parent(a, b))"
    )
    assert found.tables[1].foreign_keys == (ForeignKey(("boss",), "Single", ("id",)),)
    assert found.tables[2].foreign_keys == (
        ForeignKey(("x",), "Single", ("id",)),
        ForeignKey(("z",), "nowhere", ("q",)),
        ForeignKey(("w",), "Missing", ()),
        ForeignKey(("y", "z"), "Parent", ("b", "a")),
        ForeignKey(("z", "y"), "Parent", ("a", "b")),
    )


def test_views_indexes_and_triggers():
    found = schema(
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b CHECK (b > 0));"
        "CREATE INDEX i ON t(b); CREATE VIEW V AS SELECT a FROM t; CREATE VIEW broken AS SELECT z;"
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END; INSERT INTO t(b) VALUES (1)"
    )
    assert [table.name for table in found.tables] == ["t"]
    assert found.views == ("V", "broken")
    assert [script.split("(")[0].split(" AS")[0] for script in found.scripts] == [
        "CREATE TABLE t",
        "CREATE INDEX i ON t",
        "CREATE VIEW V",
        "CREATE VIEW broken",
    ]
    assert "CHECK (b > 0)" in found.tables[0].sql


def test_the_scripts_make_the_same_schema():
    script = (
        "CREATE TABLE b(x REFERENCES a, y UNIQUE); CREATE TABLE a(x PRIMARY KEY) WITHOUT ROWID;"
        "CREATE VIEW v AS SELECT * FROM a; CREATE UNIQUE INDEX i ON b(x) WHERE y"
    )
    found = schema(script)
    assert schema(";".join(found.scripts)) == found


def test_names_are_found_without_regard_to_case():
    found = schema("CREATE TABLE Track(TrackId INTEGER PRIMARY KEY)")
    table = found.table("tRACK")
    assert table is not None
    assert table.column("TRACKID") is table.columns[0]
    assert found.table("other") is None


def test_a_table_named_like_an_internal_one():
    assert [table.name for table in schema("CREATE TABLE sqliteX(a)").tables] == ["sqliteX"]
