import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest

from verifier_server.contract import Manifest
from verifier_server.verifiers import BUILTIN


def test_manifests_are_known_without_importing_a_library() -> None:
    program = (
        "import sys, verifier_server.verifiers\n"
        "heavy = {'sympy', 'mpmath', 'jsonschema', 'referencing', 'z3'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("manifest", BUILTIN, ids=lambda each: each.name)
def test_a_manifest_names_what_exists(manifest: Manifest) -> None:
    assert callable(import_module(manifest.module).prepare)
    package = import_module(manifest.package)
    schema_file = Path(str(package.__file__)).with_name("task_schema.json")
    schema = json.loads(schema_file.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert all(field["description"] for field in schema["properties"].values())


def test_names_are_distinct() -> None:
    names = [manifest.name for manifest in BUILTIN]
    assert sorted(set(names)) == sorted(names)
