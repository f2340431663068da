"""The runtime that a jail sees: complete, and without anything private."""

import sys

import pytest

from sandboxes import runtime


def test_the_interpreter_and_its_library_are_there():
    targets = {bind.target for bind in runtime.interpreter()}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert {"/py/bin/python3", f"/py/lib/{version}"} <= targets
    assert all(bind.source.exists() for bind in runtime.interpreter())


def test_packages_are_found_by_name():
    (bind,) = runtime.packages(["sandboxes"])
    assert bind.target == "/app/sandboxes"
    assert (bind.source / "runtime.py").is_file()


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        runtime.packages(["no_such_package"])


def test_no_home_directory_is_a_target():
    every = [*runtime.interpreter(), *runtime.packages(["sandboxes"]), *runtime.site_packages()]
    roots = {bind.target.split("/")[1] for bind in every}
    assert roots <= {"py", "app", "site", "lib", "lib64", "usr"}
