"""A named pack is used only when it is the one that the task names."""

import json

import pytest

from tests.verifier_server.verifiers.rules.kit import FACTS, GOOD, whole
from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.rules import shelf
from verifier_server.verifiers.rules.folder import read_pack
from verifier_server.verifiers.rules.pack import pack_of
from verifier_server.verifiers.rules.verifier import prepare

DIGEST = pack_of(whole()).digest


def place(folder, name="loans", **changes):
    """Writes the example into a pack folder; its digest."""
    content = whole() | changes
    path = folder / name
    path.mkdir(exist_ok=True)
    for key, file in (("facts_schema", "facts"), ("answer_schema", "answer")):
        (path / f"{file}.schema.json").write_text(json.dumps(content.pop(key)))
    lists = {key: content.pop(key) for key in ("sources", "derived", "rules")}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in content.items())
    for key, items in lists.items():
        for item in items:
            cite = item.pop("cite", None)
            text += f"[[{key}]]\n"
            text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in item.items())
            if cite:
                inner = ", ".join(f"{name} = {json.dumps(value)}" for name, value in cite.items())
                text += f"cite = {{ {inner} }}\n"
    (path / "pack.toml").write_text(text)
    return read_pack(path).digest


def task(name="loans", digest=DIGEST):
    pack = {"name": name} | ({"digest": digest} if digest else {})
    return {"pack": pack, "facts": FACTS}


def refused(task, folder):
    with pytest.raises(TaskError) as caught:
        prepare(task, folder)
    assert caught.value.code is ErrorCode.INVALID_TASK
    return caught.value


def test_a_pack_of_the_folder(tmp_path):
    assert place(tmp_path) == DIGEST
    for _ in range(2):
        assert prepare(task(), tmp_path)(json.dumps(GOOD)).value == 1.0


def test_a_pack_that_changed(tmp_path):
    place(tmp_path)
    changed = place(tmp_path, version="2.0.0")
    shelf._registered.cache_clear()
    error = refused(task(), tmp_path)
    assert (error.reason, error.pointer) == ("pack_changed", "/pack/digest")
    assert changed in error.message


def test_a_pack_of_the_folder_needs_its_digest(tmp_path):
    place(tmp_path)
    error = refused(task(digest=""), tmp_path)
    assert error.reason == "digest_required"
    assert DIGEST in error.message


@pytest.mark.parametrize("name", ["other", "..", "../loans", "loans/../loans", "", ".", "loans\0"])
def test_a_pack_that_there_is_not(tmp_path, name):
    place(tmp_path)
    inner = tmp_path / "inner"
    inner.mkdir()
    assert refused(task(name), inner).reason == "unknown_pack"


def test_a_server_without_a_folder():
    error = refused(task(), None)
    assert error.reason == "unknown_pack"
    assert "no pack folder" in error.message


def test_a_pack_that_cannot_be_used(tmp_path):
    digest = place(tmp_path, rules=[whole()["rules"][0] | {"check": "answer.nothing"}])
    error = refused(task(digest=digest), tmp_path)
    assert error.reason == "invalid_pack"
    assert "/rules/0/check" in error.message
    (tmp_path / "loans" / "pack.toml").write_text("id = 1")
    assert refused(task(digest=f"sha256:{'0' * 64}"), tmp_path).reason == "invalid_pack"


@pytest.mark.parametrize("name", shelf.shipped_names())
def test_a_shipped_pack_by_name(name):
    pack = shelf.named(name, "", None).pack
    assert pack.id == name
    assert shelf.named(name, pack.digest, None).pack is pack
    assert refused({"pack": {"name": name, "digest": DIGEST}, "facts": {}}, None).reason == (
        "pack_changed"
    )


def test_a_pack_of_a_task_is_compiled_once():
    shelf._from_content.cache_clear()
    shelf.from_task(whole())
    assert shelf.from_task(whole()) is shelf.from_task(whole())
    assert shelf._from_content.cache_info().misses == 1
