"""A pack is the same from a folder and from the object that it is bundled to."""

import json
import os
from pathlib import Path

import pytest

from tests.verifier_server.verifiers.rules.kit import whole
from verifier_server.verifiers.rules import folder
from verifier_server.verifiers.rules.folder import bundle, is_pack, read_pack
from verifier_server.verifiers.rules.pack import PackFaultError, pack_of

TOML = """
id = "example-library-loan"
version = "1.0.0"
domain = "example"
title = "Loans of a library"
effective_from = 2024-01-01
disclaimer = "An invented house rule that shows the format."

[[sources]]
id = "HOUSE"
title = "House rules of the library"
ref = "2024 edition"
date = 2024-01-01

[[derived]]
name = "due_at"
expr = "timestamp(facts.borrowed_at) + duration('504h')"

[[derived]]
name = "fee"
expr = "2.0 * facts.fee_per_day"
"""


@pytest.fixture
def place(tmp_path):
    """The example as a folder."""
    content = whole()
    rules = ""
    for each in content["rules"]:
        cite = ", ".join(f"{name} = {json.dumps(value)}" for name, value in each["cite"].items())
        fields = {name: value for name, value in each.items() if name != "cite"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
        rules += "\n".join(["", "[[rules]]", *lines, f"cite = {{ {cite} }}", ""])
    (tmp_path / "pack.toml").write_text(TOML + rules)
    (tmp_path / "facts.schema.json").write_text(json.dumps(content["facts_schema"], indent=2))
    (tmp_path / "answer.schema.json").write_text(json.dumps(content["answer_schema"]))
    return tmp_path


def fault(path):
    with pytest.raises(PackFaultError) as caught:
        read_pack(path)
    return caught.value


def test_a_folder_and_its_object_are_one_pack(place):
    pack = read_pack(place)
    assert pack == pack_of(whole())
    assert pack.digest == pack_of(whole()).digest
    assert pack_of(json.loads(bundle(pack))).digest == pack.digest


def test_a_bundled_file(place, tmp_path):
    path = tmp_path / "x.ruleset.json"
    path.write_text(bundle(read_pack(place)))
    assert read_pack(path) == read_pack(place)


def test_cases_are_no_part_of_it(place):
    digest = read_pack(place).digest
    (place / "cases.jsonl").write_text("{}\n")
    assert read_pack(place).digest == digest


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("pack.toml", b"id = ", "pack.toml"),
        ("pack.toml", b"\xff", "pack.toml"),
        ("facts.schema.json", b'{"type": "object", "type": "object"}', "facts.schema.json"),
        ("answer.schema.json", b"[NaN]", "answer.schema.json"),
        ("answer.schema.json", b"[" * 100_000, "answer.schema.json"),
    ],
)
def test_files_that_cannot_be_read(place, file, content, told):
    (place / file).write_bytes(content)
    assert told in fault(place).message


def test_files_that_are_missing_or_too_large(place, monkeypatch):
    monkeypatch.setattr(folder, "MAX_FILE_BYTES", 1000)
    assert "larger" in fault(place).message
    (place / "pack.toml").unlink()
    assert "cannot be read" in fault(place).message
    assert "cannot be read" in fault(place / "nothing.json").message


def test_schemas_have_their_own_files(place):
    text = (place / "pack.toml").read_text()
    (place / "pack.toml").write_text("facts_schema = {}\n" + text)
    assert fault(place).pointer == "/facts_schema"


def test_times_and_others_of_toml_are_refused_by_type(place):
    text = (place / "pack.toml").read_text()
    later = text.replace("effective_from = 2024-01-01", "effective_from = 2024-01-01T10:00:00Z")
    (place / "pack.toml").write_text(later)
    assert fault(place).message
    (place / "pack.toml").write_text(text.replace("weight = 2", "weight = nan"))
    assert fault(place).message


def _pipe(path):
    os.mkfifo(path)


def _device(path):
    path.symlink_to("/dev/zero")


def _loop(path):
    path.symlink_to(path)


@pytest.mark.parametrize("make", [_pipe, _device, _loop, Path.mkdir])
@pytest.mark.parametrize("file", ["pack.toml", "facts.schema.json"])
def test_what_is_no_file_is_not_read(place, make, file):
    (place / file).unlink()
    make(place / file)
    assert fault(place).message.startswith(f"{file} cannot be read: ")


def test_a_folder_that_may_not_be_looked_into_is_a_fault_of_its_own(place, monkeypatch):
    # Of what a server finds in its pack folder; a mode does not keep root out, so it is feigned.
    stat = Path.stat

    def refusing(path, **options):
        if path.parent == place:
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refusing)
    assert is_pack(place)
    assert fault(place).message == "pack.toml cannot be read: Permission denied"
