import apsw
import pytest

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image

from .shop import HONEST, HONEST_ROWS, IMAGE, shop


def error(instance: Instance, sql: str, **options) -> QueryError:
    with pytest.raises(QueryError) as caught:
        instance.run(sql, **options)
    return caught.value


@pytest.fixture(scope="module")
def instance():
    return shop()


def test_a_result_has_names_rows_and_reads(instance):
    result = instance.run("SELECT Name AS n, City FROM Customer WHERE Id < 3 ORDER BY Id;")
    assert result.names == ("n", "City")
    assert list(result.rows) == [("Ada", "Paris"), ("Bo", "Rome")]
    assert result.reads == {("customer", "name"), ("customer", "city"), ("customer", "id")}
    assert result.steps == 0


def test_no_rows_still_have_names(instance):
    result = instance.run("SELECT Id, Id FROM Customer WHERE 0")
    assert (result.names, list(result.rows)) == (("Id", "Id"), [])


def test_names_are_those_of_the_query_not_of_what_follows(instance):
    assert instance.run("SELECT 1 AS a;; -- end").names == ("a",)


def test_a_count_reads_the_table_without_a_column(instance):
    assert instance.run("SELECT count(*) FROM Customer").reads == {("customer", "")}


def test_common_table_expressions_are_not_read(instance):
    result = instance.run("WITH c AS (SELECT 1 AS x) SELECT count(*), (SELECT x FROM c) FROM c")
    assert result.reads == frozenset()


def test_a_view_reads_what_it_stands_for(instance):
    reads = instance.run("SELECT Name FROM Spent").reads
    assert {("spent", "name"), ("customer", "name"), ("order", "customerid")} <= reads


def test_the_five_storage_classes(instance):
    row = instance.run("SELECT 1, 1.5, 'é', x'00ff', NULL").rows[0]
    assert row == (1, 1.5, "é", b"\x00\xff", None)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 5000])
def test_all_rows_arrive(instance, count):
    sql = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count})"
    rows = instance.run(f"{sql} SELECT i FROM n WHERE i <= {count}").rows
    assert [i for (i,) in rows] == list(range(1, count + 1))


def test_reverse_turns_what_no_order_by_decides(instance):
    assert [*instance.run("SELECT Id FROM Customer", reverse=True).rows] == [(3,), (2,), (1,)]
    assert [*instance.run("SELECT Id FROM Customer").rows] == [(1,), (2,), (3,)]
    assert list(instance.run(HONEST, reverse=True).rows) == HONEST_ROWS


@pytest.mark.parametrize(
    ("sql", "fault", "name"),
    [
        ("SELECT x FROM Customer", Fault.NAME, "x"),
        ("SELECT c.x FROM Customer c", Fault.NAME, "c.x"),
        ("SELECT * FROM Nobody", Fault.NAME, "Nobody"),
        ("SELECT nowhere(1)", Fault.NAME, "nowhere"),
        ('SELECT Id FROM Customer, "Order"', Fault.NAME, "Id"),
        ("SELECT 1 FROM Customer ORDER BY 1 COLLATE other", Fault.NAME, "other"),
        ("SELEC 1", Fault.SYNTAX, ""),
        ("SELECT (", Fault.SYNTAX, ""),
        ("SELECT '", Fault.SYNTAX, ""),
        ("TABLE Customer", Fault.SYNTAX, ""),
        ("SELECT abs(1, 2)", Fault.COMPILE, ""),
        ("SELECT 1 UNION SELECT 1, 2", Fault.COMPILE, ""),
        ("SELECT sum(sum(1))", Fault.COMPILE, ""),
        ("SELECT ?", Fault.COMPILE, ""),
        ("SELECT ?1", Fault.COMPILE, ""),
        ("SELECT :x", Fault.COMPILE, ""),
        ("SELECT @x, $y", Fault.COMPILE, ""),
        ("SELECT abs(-9223372036854775807 - 1)", Fault.RUN, ""),
        ("SELECT json('{')", Fault.RUN, ""),
        ("SELECT 1 LIMIT 'x'", Fault.RUN, ""),
        ("SELECT CAST(x'ff' AS TEXT)", Fault.TEXT, ""),
        ("SELECT x'ff' || 'a'", Fault.TEXT, ""),
        ("SELECT instr(x'ff', 'a')", Fault.TEXT, ""),
        ("SELECT printf('%d', 1)", Fault.FUNCTION, "printf"),
        ("SELECT RandomBlob(1)", Fault.FUNCTION, "randomblob"),
        ("SELECT load_extension('x')", Fault.FUNCTION, "load_extension"),
        ("SELECT sqlite_version()", Fault.FUNCTION, "sqlite_version"),
        ("SELECT 1 ORDER BY random()", Fault.FUNCTION, "random"),
        ("SELECT verifier_lower('A')", Fault.FUNCTION, "verifier_lower"),
        ("SELECT * FROM sqlite_master", Fault.SCHEMA, "sqlite_master"),
        ("SELECT count(*) FROM SQLITE_SCHEMA", Fault.SCHEMA, "sqlite_schema"),
        ("SELECT * FROM temp.sqlite_schema", Fault.SCHEMA, "sqlite_temp_master"),
        ("SELECT * FROM pragma_table_info('Customer')", Fault.SCHEMA, "pragma_table_info"),
        ("SELECT count(*) FROM pragma_database_list", Fault.SCHEMA, "pragma_database_list"),
        ("SELECT * FROM carray(1, 2)", Fault.SCHEMA, "carray"),
        ("SELECT * FROM dbstat", Fault.NAME, "dbstat"),
        ("WITH a AS (SELECT 1) DELETE FROM Customer RETURNING 1", Fault.WRITE, "Customer"),
        ("WITH a AS (SELECT 1) INSERT INTO Customer SELECT 9, 9, 9", Fault.WRITE, "Customer"),
        ("SELECT 1" + " + 1" * limits.MAX_EXPRESSION_DEPTH, Fault.SIZE, ""),
        ("SELECT " + ", ".join("1" * limits.MAX_COLUMNS) + ", 1", Fault.SIZE, ""),
        (" UNION ALL ".join(["SELECT 1"] * (limits.MAX_COMPOUND + 1)), Fault.SIZE, ""),
        ("SELECT max(" + "1, " * limits.MAX_FUNCTION_ARGUMENTS + "1)", Fault.SIZE, ""),
        ("SELECT 'a' LIKE '" + "a" * (limits.MAX_PATTERN_BYTES + 1) + "'", Fault.SIZE, ""),
        ("SELECT 1 FROM " + ", ".join("Customer" for _ in range(65)), Fault.SIZE, ""),
    ],
)
def test_faults(instance, sql, fault, name):
    caught = error(instance, sql)
    assert (caught.fault, caught.name.lower()) == (fault, name.lower()), caught.message
    assert list(instance.run(HONEST).rows) == HONEST_ROWS


def test_messages_name_no_data(instance):
    assert error(instance, "SELECT json(Name) FROM Customer").message == "malformed JSON"


def test_functions_can_be_allowed():
    instance = shop(functions=frozenset({"PrintF", "verifier_lower"}))
    assert instance.run("SELECT printf('%03d', 7), verifier_lower('Ä')").rows[0] == ("007", "ä")
    assert error(instance, "SELECT format('%d', 1)").fault is Fault.FUNCTION


def test_views_may_call_functions_of_ours():
    image = build_image("CREATE VIEW v AS SELECT instr('ab', 'b') AS i, trim('xax', 'x') AS t")
    assert list(Instance("views", image).run("SELECT * FROM v").rows) == [(2, "a")]


def test_tables_are_found_whatever_their_name():
    image = build_image(
        'CREATE TABLE "Ärger ""q"""(a); CREATE TABLE pragma_x(a); CREATE TABLE json_each(a)'
    )
    instance = Instance("names", image)
    assert list(instance.run('SELECT a FROM "Ärger ""q"""').rows) == []
    assert instance.run("SELECT a FROM pragma_x").reads == {("pragma_x", "a")}
    assert instance.run("SELECT count(*) FROM json_each").reads == {("json_each", "")}


def test_internal_tables_stay_hidden():
    image = build_image(
        "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (5); ANALYZE"
    )
    instance = Instance("internal", image)
    assert error(instance, "SELECT * FROM sqlite_sequence").fault is Fault.SCHEMA
    assert error(instance, "SELECT count(*) FROM sqlite_stat1").fault is Fault.SCHEMA
    assert list(instance.run("SELECT a FROM t").rows) == [(5,)]


def test_triggers_and_checks_of_the_schema_change_nothing_for_queries(instance):
    assert list(instance.run("SELECT Total FROM Spent ORDER BY 1").rows) == [(7.0,), (15.0,)]


def test_steps_are_the_same_however_often_and_after_whatever(instance):
    sql = "SELECT count(*) FROM " + ", ".join(f"Customer c{k}" for k in range(7))
    steps = {instance.run(sql).steps for _ in range(3)}
    error(instance, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n")
    steps.add(instance.run(sql).steps)
    steps.add(shop().run(sql).steps)
    assert len(steps) == 1
    assert steps.pop() > 0


def test_the_budget_of_steps_decides(instance):
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
    sql = f"{rows} SELECT max(i) FROM n"
    needed = instance.run(sql).steps
    assert instance.run(sql, steps=needed + limits.STEP_PORTION).rows[0] == (2000,)
    caught = error(instance, sql, steps=needed)
    assert (caught.fault, caught.steps) == (Fault.STEPS, needed)


def test_an_image_that_is_none():
    with pytest.raises(apsw.Error):
        Instance("none", b"no database at all" * 100)


def test_a_closed_instance_has_freed_its_image():
    instance = shop()
    instance.close()
    with pytest.raises(apsw.ConnectionClosedError):
        instance._connection.execute("SELECT 1")


def test_the_heap_limit_is_as_it_was(instance):
    before = apsw.hard_heap_limit(-1)
    instance.run(HONEST)
    error(instance, "SELECT x")
    assert apsw.hard_heap_limit(-1) == before


def test_the_image_is_as_it_was(instance):
    assert instance._connection.serialize("main") == IMAGE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT json_extract('{}', Name) FROM Customer",
        "SELECT '{}' -> ('$' || Name || '[') FROM Customer",
        "SELECT json_type('{}', Name) FROM Customer",
        "SELECT count(*) FROM Customer, json_each('{}', Name)",
        "SELECT count(*) FROM Customer, json_tree('{}', Name)",
        "SELECT json_extract(Name, '$.a') FROM Customer",
        "SELECT unistr('\\' || Name) FROM Customer",
        "SELECT 'a' LIKE 'a' ESCAPE Name FROM Customer",
        "SELECT Name MATCH Name FROM Customer",
        "SELECT Id FROM Customer LIMIT (SELECT Name FROM Customer)",
        "SELECT median(Name) FROM Customer",
    ],
)
def test_messages_quote_no_data(instance, sql):
    found = error(instance, sql)
    assert found.fault is Fault.RUN
    names = [name for (name,) in instance.run("SELECT Name FROM Customer").rows]
    assert not any(str(name) in found.message for name in names)
