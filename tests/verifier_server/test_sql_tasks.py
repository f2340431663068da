"""What is told to authors of sql tasks: digests of files, and lines that are no tasks."""

import hashlib
import io
import json

from verifier_server.sql_tasks import DatabaseFile, database_files, reports


def test_files_that_a_task_can_name_have_a_digest(tmp_path):
    for name in ("b.sqlite", "a.sql", "my pets.db", ".hidden"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder").mkdir()
    digest = f"sha256:{hashlib.sha256(b'b.sqlite').hexdigest()}"
    found = list(database_files(tmp_path))
    assert [each for each in found if isinstance(each, str)] == [".hidden", "my pets.db"]
    assert DatabaseFile("b.sqlite", digest) in found
    assert len(found) == 4


def test_lines_that_are_no_tasks_are_said_without_a_server():
    lines = [b"{", b"", b"[1]", json.dumps({"task": 3}).encode(), b"\xff"]
    found = list(reports(io.BytesIO(b"\n".join(lines)), None, timeout_s=1.0))
    assert [each.line for each in found] == [1, 3, 4, 5]
    assert all(each.error for each in found)
