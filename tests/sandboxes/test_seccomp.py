"""The filters: well-formed for each machine type, and refusing what they must."""

import os
import platform
import socket
import struct
import threading

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


def _contained(work) -> int:
    """Exit status of a child that filters itself and then does `work`."""
    pid = os.fork()
    if pid == 0:
        try:
            seccomp.install_second_level()
            work()
        except PermissionError:
            os._exit(13)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


needs_filter = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine type"
)


@needs_filter
@pytest.mark.parametrize(
    "work",
    [
        os.fork,
        lambda: os.execv("/bin/true", ["true"]),
        lambda: socket.socket(),
        lambda: os.unshare(os.CLONE_NEWUSER),
        lambda: os.memfd_create("x"),
        lambda: os.chmod("/", 0o777),
    ],
)
def test_denied(work):
    assert _contained(work) == 13


@needs_filter
@pytest.mark.parametrize(
    "work",
    [
        lambda: None,
        socket.socketpair,
        lambda: (lambda thread: (thread.start(), thread.join()))(threading.Thread(target=len)),
        lambda: open("/dev/null").close(),
    ],
)
def test_allowed(work):
    assert _contained(work) == 0
