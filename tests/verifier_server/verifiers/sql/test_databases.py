"""A named database is used only when its content is the one that the task names."""

import pytest

from verifier_server.contract import TaskError
from verifier_server.verifiers.sql.databases import digest_of, load
from verifier_server.verifiers.sql.engine.instance import Instance
from verifier_server.verifiers.sql.engine.scripts import build_image
from verifier_server.verifiers.sql.task import NamedDatabase

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
