"""The filters: well-formed for each machine type, and refusing what they must."""

import platform
import struct
import subprocess
import sys

import pytest

from sandboxes import seccomp


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_stays_inside(machine):
    program = seccomp.second_level_program(machine)
    count = len(program) // 8
    assert count <= 4096  # BPF_MAXINSNS
    for index in range(count):
        code, if_true, if_false, _ = struct.unpack_from("HBBI", program, index * 8)
        if code & 0x07 == 0x05:
            assert index + 1 + max(if_true, if_false) < count
    assert struct.unpack_from("HBBI", program, (count - 1) * 8)[0] == 0x06


def test_another_machine_type_is_refused():
    with pytest.raises(seccomp.UnsupportedMachine, match="sparc"):
        seccomp.second_level_program("sparc")


def test_the_policy_names_each_call_once():
    policy = seccomp.first_level_policy()
    assert policy.startswith("ERRNO(1)")
    assert len(set(seccomp.FIRST_LEVEL)) == len(seccomp.FIRST_LEVEL)
    assert policy.count("SYSCALL[") == len(seccomp.FIRST_LEVEL_NUMBERS)


CONTAINED = """
import os, socket, threading
from sandboxes import seccomp
seccomp.install_second_level()
try:
    {work}
except PermissionError:
    os._exit(13)
"""


def contained(work: str) -> int:
    """Exit status of a process that filters itself and then does `work`; 13 when refused."""
    code = CONTAINED.format(work=work)
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


needs_filter = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine type"
)


@needs_filter
@pytest.mark.parametrize(
    "work",
    [
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "socket.socket()",
        "os.unshare(os.CLONE_NEWUSER)",
        "os.memfd_create('x')",
        "os.chmod('/', 0o777)",
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)",
    ],
)
def test_denied(work):
    assert contained(work) == 13


@needs_filter
@pytest.mark.parametrize(
    "work",
    [
        "pass",
        "socket.socketpair()",
        "thread = threading.Thread(target=len, args=('',)); thread.start(); thread.join()",
        "open('/dev/null').close()",
    ],
)
def test_allowed(work):
    assert contained(work) == 0
