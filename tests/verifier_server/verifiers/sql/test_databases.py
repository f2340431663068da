"""A named database is used only when its content is the one that the task names."""

import apsw
import pytest

from verifier_server.contract import TaskError
from verifier_server.verifiers.sql.databases import digest_of, load
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.task import NamedDatabase
from verifier_server.verifiers.sql.verifier import prepare

SCRIPT = "CREATE TABLE pets (name TEXT); INSERT INTO pets VALUES ('Rex'), ('Tom');"


def names(database):
    instance = Instance("test", database.image)
    rows = instance.run("SELECT name FROM pets ORDER BY name").rows
    instance.close()
    return [name for (name,) in rows]


def placed(folder, content, name="pets.db"):
    (folder / name).write_bytes(content)
    return NamedDatabase(name, digest_of(content))


@pytest.mark.parametrize("content", [SCRIPT.encode(), build_image(SCRIPT)])
def test_a_script_or_an_image(tmp_path, content):
    database = load(placed(tmp_path, content), tmp_path)
    assert names(database) == ["Rex", "Tom"]
    assert [table.name for table in database.schema.tables] == ["pets"]


def test_a_script_of_the_task():
    assert names(load(SCRIPT, None)) == ["Rex", "Tom"]


def test_what_changed_is_refused(tmp_path):
    named = placed(tmp_path, b"CREATE TABLE was (a);")
    placed(tmp_path, b"CREATE TABLE became (a);")
    with pytest.raises(TaskError) as caught:
        load(named, tmp_path)
    assert caught.value.reason == "database_changed"
    assert caught.value.pointer == "/database/digest"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "unusable_database"),
        (b"SQLite format 3\0 and no more", "unusable_database"),
        (b"CREATE TABLE (", "invalid_script"),
        (b"ATTACH 'other.db' AS other", "invalid_script"),
    ],
)
def test_what_is_no_database_is_said(tmp_path, content, reason):
    with pytest.raises(TaskError) as caught:
        load(placed(tmp_path, content), tmp_path)
    assert caught.value.reason == reason


def test_a_file_that_is_not_there(tmp_path):
    named = NamedDatabase("none.db", f"sha256:{'0' * 64}")
    with pytest.raises(TaskError, match=r"there is no none\.db"):
        load(named, tmp_path)
    with pytest.raises(TaskError) as caught:
        load(named, None)
    assert caught.value.reason == "no_database_folder"


def test_no_name_leads_out_of_the_folder(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    content = SCRIPT.encode()
    (tmp_path / "outside.db").write_bytes(content)
    for name in ("../outside.db", str(tmp_path / "outside.db"), ".."):
        with pytest.raises(TaskError) as caught:
            load(NamedDatabase(name, digest_of(content + b" ")), inside)
        assert caught.value.reason == "unusable_database"


def written(path, script, *, foreign=False):
    """A file as some other program leaves it."""
    connection = apsw.Connection(str(path))
    if foreign:
        connection.create_collation("theirs", lambda one, other: (one > other) - (one < other))
        connection.create_scalar_function("theirs", lambda value: value, deterministic=True)
    list(connection.execute(script))
    connection.close()
    return NamedDatabase(path.name, digest_of(path.read_bytes()))


@pytest.mark.parametrize(
    "script",
    [
        "PRAGMA encoding='UTF-16'",
        "PRAGMA journal_mode=WAL",
        "PRAGMA auto_vacuum=1; PRAGMA page_size=512",
        "CREATE VIRTUAL TABLE papers USING fts5(body); INSERT INTO papers VALUES ('a b')",
        "CREATE VIRTUAL TABLE boxes USING rtree(id, low, high); INSERT INTO boxes VALUES (1, 2, 3)",
        "CREATE TABLE odd (a TEXT COLLATE theirs); CREATE INDEX by_a ON odd (a)",
        (
            "CREATE TABLE odd (a TEXT, b AS (theirs(a)), CHECK (theirs(a) <> ''));"
            "INSERT INTO odd VALUES ('x'); CREATE INDEX by_a ON odd (theirs(a))"
        ),
        "CREATE TABLE odd (a TEXT); INSERT INTO odd VALUES (CAST(x'ff80' AS TEXT))",
        (
            "PRAGMA ignore_check_constraints=1; CREATE TABLE odd (a CHECK (a > 0));"
            "INSERT INTO odd VALUES (-1)"
        ),
    ],
)
def test_a_file_as_other_programs_leave_it(tmp_path, script):
    named = written(tmp_path / "pets.db", f"{script}; {SCRIPT}", foreign=True)
    task = {
        "database": {"name": named.name, "digest": named.digest},
        "gold": "SELECT name FROM pets WHERE name > 'S'",
    }
    judge = prepare(task, tmp_path)
    assert judge("SELECT name FROM pets WHERE 'S' < name").passed
    assert not judge("SELECT name FROM pets").passed
    assert not judge("SELECT name FROM pets WHERE name = 'Tom'").passed


def test_a_file_whose_log_was_left_behind(tmp_path):
    named = written(tmp_path / "pets.db", "PRAGMA journal_mode=WAL")
    (tmp_path / "pets.db-wal").write_bytes(b"pages")
    with pytest.raises(TaskError, match="wal_checkpoint") as caught:
        load(named, tmp_path)
    assert caught.value.reason == "unusable_database"


@pytest.mark.parametrize("gold", ["SELECT id FROM sound", "SELECT name FROM pets"])
def test_damage_is_no_fault_of_a_query(tmp_path, gold):
    filler = "".join(f"INSERT INTO pets VALUES ({'x' * 300!r});" for _ in range(40))
    script = f"CREATE TABLE sound (id INTEGER); INSERT INTO sound VALUES (1); {SCRIPT}{filler}"
    image = bytearray(build_image(script))
    image[-4096:-4000] = b"\xff" * 96
    named = placed(tmp_path, bytes(image))
    task = {"database": {"name": named.name, "digest": named.digest}, "instances": 0}
    with pytest.raises(TaskError) as caught:
        prepare({**task, "gold": gold}, tmp_path)("SELECT id FROM sound, pets WHERE name = 'Rex'")
    assert caught.value.reason == "unusable_database"
