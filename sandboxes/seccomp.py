"""The system calls that a jailed process may not make.

Promises: two levels. The first is a Kafel policy that nsjail installs before
anything of ours runs; it removes what nobody in a jail needs. The second is a
BPF program that a child installs on itself before it reads any hostile byte; it
removes new processes, programs, sockets, namespaces and mounts. Another machine
type than the process's own, the x32 table, and calls newer than this list are
refused too.

Does not cover: files (the mount namespace does) and amounts (rlimits do).

Runs inside the jail, so the standard library only. The filter language and its
constants are in linux/filter.h, linux/seccomp.h and linux/audit.h.
"""

import ctypes
import platform
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

# Nobody in a jail needs these, the zygote included. Names are Kafel's.
FIRST_LEVEL = (
    "ptrace process_vm_readv process_vm_writev kcmp "
    "kexec_load kexec_file_load init_module finit_module delete_module reboot "
    "swapon swapoff acct quotactl syslog settimeofday clock_settime adjtimex clock_adjtime "
    "add_key request_key keyctl bpf perf_event_open userfaultfd "
    "name_to_handle_at open_by_handle_at fanotify_init fanotify_mark lookup_dcookie "
    "setns pivot_root sethostname setdomainname vhangup personality"
).split()

# By number for the calls that are newer than Kafel's tables. The numbers are the
# same on every 64-bit machine type (the tables were unified from 424 on).
FIRST_LEVEL_NUMBERS = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "process_mrelease": 448,
}

# A child needs none of these once it is set up: (x86_64, aarch64) numbers, None
# where the machine type has no such call.
SECOND_LEVEL: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "unshare": (272, 97),
    "mount": (165, 40),
    "umount2": (166, 39),
    "chroot": (161, 51),
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept4": (288, 242),
    "recvmmsg": (299, 243),
    "sendmmsg": (307, 269),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "setsockopt": (54, 208),
    "fchmodat2": (452, 452),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "statmount": (457, 457),  # names the host's paths behind the jail's mounts
    "listmount": (458, 458),
    "quotactl_fd": (443, 443),
    "splice": (275, 76),
    "tee": (276, 77),
    "vmsplice": (278, 75),
    "io_setup": (206, 0),
    "io_submit": (209, 2),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "remap_file_pages": (216, 234),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
}

LAST_KNOWN = 462  # mseal, Linux 6.10: a later call gets ENOSYS until it is judged here

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
_CLONE3 = 435
_CLONE_VFORK = 0x00004000
_CLONE_THREAD = 0x00010000
# How a zygote forks a child: new pid and mount namespaces, SIGCHLD at its end.
ZYGOTE_CLONE = 0x20000000 | 0x00020000 | 17
HIGH_DESCRIPTOR = 512  # a zygote's own descriptors are from here on
# Every namespace flag of clone(2): time, mount, cgroup, uts, ipc, user, pid, net.
_CLONE_NEW_ANY = 0x7E020080
_AF_UNIX = 1
_X32_BIT = 0x40000000

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARG0 = 0, 4, 16
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_EPERM, _ENOSYS = 0x00050001, 0x00050026

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


class UnsupportedMachine(Exception):
    """This machine type has no second-level filter."""


def first_level_policy() -> str:
    """The Kafel policy for nsjail's `seccomp_string`."""
    numbers = ", ".join(f"SYSCALL[{number}]" for number in FIRST_LEVEL_NUMBERS.values())
    return f"ERRNO(1) {{ {', '.join(FIRST_LEVEL)}, {numbers} }} DEFAULT ALLOW"


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)


class Rules(NamedTuple):
    """How a kind of process differs from the strictest second level.

    `may` are calls of SECOND_LEVEL that it may make after all. `processes`: it
    may fork, though never into a new namespace.
    """

    may: frozenset[str] = frozenset()
    processes: bool = False


STRICT = Rules()

_FORKS = frozenset({"fork", "vfork"})
# What a zygote of disposable children needs itself. Its children cannot make use of it:
# they have neither the capability to mount nor a descriptor as high as the zygote's own.
_ZYGOTE_SOCKET_CALLS = ("sendmsg", "recvmsg")


def second_level_program(machine: str, rules: Rules = STRICT) -> bytes:
    """The BPF program for a child, as an array of struct sock_filter.

    Args:
        machine: `platform.machine()`, "x86_64" or "aarch64".
        rules: what the child may do all the same.

    Raises:
        UnsupportedMachine: for any other machine type.
    """
    denied = SECOND_LEVEL.keys() - rules.may - (_FORKS if rules.processes else frozenset())
    return _program(machine, _structural(machine, rules), denied)


def zygote_program(machine: str, rules: Rules) -> bytes:
    """The second level for a zygote of disposable children and all its children.

    It is installed once: the kernel copies, checks and translates a program each
    time one is installed. The zygote forks with exactly ZYGOTE_CLONE, which takes a
    capability that children give up, and passes messages on descriptors from
    HIGH_DESCRIPTOR on, which no child can have (its RLIMIT_NOFILE is below).

    Args:
        machine: as for `second_level_program`.
        rules: what the children may do all the same.
    """
    own = {"mount", *_ZYGOTE_SOCKET_CALLS}
    denied = SECOND_LEVEL.keys() - rules.may - own - (_FORKS if rules.processes else frozenset())
    guarded = [name for name in _ZYGOTE_SOCKET_CALLS if name not in rules.may]
    structural = _structural(machine, rules, ZYGOTE_CLONE)
    for name in guarded:
        structural += _only_high(SECOND_LEVEL[name][list(_AUDIT_ARCH).index(machine)])
    return _program(machine, structural, denied)


def _only_high(number: int | None) -> list[bytes]:
    """Refuses a call whose first argument is a descriptor below HIGH_DESCRIPTOR."""
    step = _instruction
    return [
        step(_IF_EQUAL, 0, 4, number or 0),
        step(_LOAD, 0, 0, _OFFSET_ARG0),
        step(_IF_AT_LEAST, 1, 0, HIGH_DESCRIPTOR),
        step(_RETURN, 0, 0, _EPERM),
        step(_LOAD, 0, 0, _OFFSET_NUMBER),
    ]


def _program(machine: str, structural: Sequence[bytes], denied: Iterable[str]) -> bytes:
    if machine not in _AUDIT_ARCH:
        raise UnsupportedMachine(f"no system call table for {machine}")
    column = list(_AUDIT_ARCH).index(machine)
    step = _instruction
    program = [
        step(_LOAD, 0, 0, _OFFSET_ARCH),
        step(_IF_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        step(_RETURN, 0, 0, _KILL),
        step(_LOAD, 0, 0, _OFFSET_NUMBER),
        step(_IF_AT_LEAST, 0, 1, _X32_BIT),
        step(_RETURN, 0, 0, _KILL),
        step(_IF_AT_LEAST, 0, 1, LAST_KNOWN + 1),
        step(_RETURN, 0, 0, _ENOSYS),
        *structural,
    ]
    for name in sorted(denied):
        number = SECOND_LEVEL[name][column]
        if number is not None:
            program += [step(_IF_EQUAL, 0, 1, number), step(_RETURN, 0, 0, _EPERM)]
    program.append(step(_RETURN, 0, 0, _ALLOW))
    return b"".join(program)


def _structural(machine: str, rules: Rules, zygote_clone: int | None = None) -> list[bytes]:
    """The rules that look at arguments. Each leaves the call's number loaded."""
    if machine not in _AUDIT_ARCH:
        raise UnsupportedMachine(f"no system call table for {machine}")
    step = _instruction
    # Threads may start; processes only where they may, and then without a new namespace.
    # A thread that waits for another one as vfork(2) does waits as for a disk, for ever.
    clone = (
        [step(_IF_BITS, 0, 1, _CLONE_NEW_ANY)]
        if rules.processes
        else [step(_IF_BITS, 1, 0, _CLONE_VFORK), step(_IF_BITS, 1, 0, _CLONE_THREAD)]
    )
    exact = [] if zygote_clone is None else [step(_IF_EQUAL, len(clone) + 1, 0, zygote_clone)]
    return [
        # clone3 keeps its flags in memory, where a filter cannot look. ENOSYS
        # makes the C library fall back to clone.
        step(_IF_EQUAL, 0, 1, _CLONE3),
        step(_RETURN, 0, 0, _ENOSYS),
        step(_IF_EQUAL, 0, 3 + len(clone) + len(exact), _CLONE[machine]),
        step(_LOAD, 0, 0, _OFFSET_ARG0),
        *exact,
        *clone,
        step(_RETURN, 0, 0, _EPERM),
        step(_LOAD, 0, 0, _OFFSET_NUMBER),
        # asyncio makes itself a socket pair; nothing else of sockets is left.
        step(_IF_EQUAL, 0, 4, _SOCKETPAIR[machine]),
        step(_LOAD, 0, 0, _OFFSET_ARG0),
        step(_IF_EQUAL, 1, 0, _AF_UNIX),
        step(_RETURN, 0, 0, _EPERM),
        step(_LOAD, 0, 0, _OFFSET_NUMBER),
    ]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def prepared(program: bytes) -> Callable[[], None]:
    """A function that installs a program on the calling process, for good.

    Everything that can be done before is done here: a child calls it on its way
    to hostile work. It sets no_new_privs first, without which the kernel asks
    for privilege (seccomp(2)), and raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    length = len(program) // 8
    argument = _Program(length, program)
    reference = ctypes.byref(argument)
    zero, one, mode = ctypes.c_ulong(0), ctypes.c_ulong(1), ctypes.c_ulong(_SECCOMP_MODE_FILTER)

    def install_it() -> None:
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, one, zero, zero, zero):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
        if libc.prctl(_PR_SET_SECCOMP, mode, reference, zero, zero):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")

    return install_it


def install(program: bytes) -> None:
    """Installs a program on the calling process, for good.

    Raises:
        OSError: the kernel refused.
    """
    prepared(program)()


def install_second_level(rules: Rules = STRICT) -> None:
    """Installs the second level for this machine type on the calling process."""
    install(second_level_program(platform.machine(), rules))
