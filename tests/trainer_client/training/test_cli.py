import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer_client.cli import main


def test_importing_the_command_is_cheap() -> None:
    code = (
        "import sys, trainer_client.cli; "
        "print({'torch', 'transformers', 'trl', 'pydantic', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_module_of_the_trainer_imports_the_server() -> None:
    import trainer_client

    package = Path(trainer_client.__file__).parent
    for path in package.rglob("*.py"):
        found = re.search(r"^\s*(import|from) verifier_server\b", path.read_text(), re.MULTILINE)
        assert found is None, path


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_help_describes_the_options(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert "--server" in done.output


def test_a_bad_setting_is_one_line_and_status_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[grpo]\nbeta = -1\n")
    done = CliRunner().invoke(main, ["train", "--config", str(path)])
    assert done.exit_code == 2
    assert "grpo.beta" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_a_usage_error(seed: int, tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.toml")
    done = CliRunner().invoke(main, ["train", "--config", absent, "--seed", str(seed)])
    assert done.exit_code == 2
    assert "--seed" in done.output
