"""The zygote of disposable children, as far as it can be had without a jail."""

import socket
from types import SimpleNamespace

from sandboxes.disposable import Nest


def test_a_client_that_does_not_read_holds_nobody_up():
    host, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    reader, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with host, control, reader, there:
        nest = Nest(control, SimpleNamespace(config=None))
        socket.send_fds(host, [b"{}"], [there.fileno()])
        there.close()
        assert nest._welcome()
        (client,) = nest._clients
        for _ in range(100_000):
            if client not in nest._clients:
                break
            nest._tell(client, op="where")
        assert client not in nest._clients
