"""Forks candidates for tests: a process of its own, so that pytest itself never forks."""

import os
import shutil
import socket
import sys
import tempfile

from verifier_server.verifiers.code.guest import candidate


def serve(control: socket.socket) -> None:
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, 64, 4)
        if not command:
            return
        if command == b"start":
            pid = os.fork()
            if pid == 0:
                run(descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            control.send(str(pid).encode())
        else:
            _, status = os.waitpid(int(command), 0)
            control.send(str(os.waitstatus_to_exitcode(status)).encode())


def run(descriptors: list[int]) -> None:
    """`descriptors` become 0, 1, 2 and 3."""
    try:
        high = [os.dup(descriptor) for descriptor in descriptors]
        safe = [os.dup2(descriptor, 100 + place) for place, descriptor in enumerate(high)]
        for target, descriptor in enumerate(safe):
            os.dup2(descriptor, target)
        os.closerange(4, 256)
        candidate.main()
    finally:
        os._exit(99)


if __name__ == "__main__":
    # Candidates write the files that they are given where they work. Nothing that runs at
    # a process's exit may take the folder away: candidates run what this process registered.
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    serve(socket.socket(fileno=int(sys.argv[1])))
    shutil.rmtree(folder)
