"""Frames to and from a child, over a socket that is never waited for alone.

Promises: `send` and `recv` look like blocking calls, but go round the loop until
they are done, so that output is drained, limits are kept and ends are seen all the
while. A peer that does not read, does not answer or hangs up raises `PeerGone`
once it has ended; nothing is read that nobody asked for.

Does not cover: what frames mean. Their bytes are those of `guest/frames.py` for
candidates and of `guest/checker/protocol.py` for checkers.
"""

import array
import os
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from verifier_server.verifiers.code.guest import frames
from verifier_server.verifiers.code.guest.checker import protocol
from verifier_server.verifiers.code.guest.frames import PeerGone
from verifier_server.verifiers.code.runs.loop import READ, WRITE, Loop

CHUNK_BYTES = 1 << 16


class Framing(Protocol):
    """Messages to bytes and back."""

    def pack(self, message: Any) -> bytes:
        """One frame. Raises an exception of the framing's own for what is no message."""
        ...

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes. Raises likewise for what is no frame."""
        ...


class CandidateFraming:
    """The frames of a candidate's session. Raises `FrameError`."""

    def __init__(self) -> None:
        self._buffer = frames.FrameBuffer()

    def pack(self, message: Any) -> bytes:
        """One frame."""
        return frames.pack(message)

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes."""
        self._buffer.feed(data)
        while (message := self._buffer.next()) is not None:
            yield message[0]


class CheckerFraming:
    """The frames of a checker. Raises `ProtocolError`, or ValueError for what is too large."""

    def __init__(self) -> None:
        self._inbox = protocol.Inbox()

    def pack(self, message: Any) -> bytes:
        """One frame."""
        return protocol.pack(message)

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes."""
        return self._inbox.feed(data)


class FrameChannel:
    """One end of a stream socket.

    Args:
        loop: where it is waited for.
        end: the socket, owned from now on.
        framing: how frames become bytes.
    """

    def __init__(self, loop: Loop, end: socket.socket, framing: Framing) -> None:
        end.setblocking(False)
        self._loop = loop
        self._socket = end
        self._framing = framing
        self._frames: deque[Any] = deque()
        self._outbox = memoryview(b"")
        self._rights: Sequence[int] = ()
        self._listening = False
        self._at_end = False
        self._broken: Exception | None = None
        loop.add(self)

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    def interest(self) -> int:
        """Writes while something is to be sent, reads while something is waited for."""
        reading = READ if self._listening and not self._at_end else 0
        return reading | (WRITE if self._outbox else 0)

    def ready(self) -> None:
        """Moves what can be moved."""
        if self._outbox:
            self._write()
        if self._listening and not self._at_end:
            self._read()

    def send(self, message: Any, descriptors: Sequence[int] = ()) -> None:
        """Sends a frame, with `descriptors` attached to its first byte.

        Raises:
            PeerGone: the other end is closed.
            Exception: the framing's own, for what is no message.
        """
        self._outbox = memoryview(self._framing.pack(message))
        self._rights = descriptors
        self._write()
        self._loop.run_until(lambda: not self._outbox)
        if self._at_end:
            raise PeerGone

    def recv(self) -> Any:
        """The next frame.

        Raises:
            PeerGone: there is none, and there will be none.
            Exception: the framing's own: the other end sent something else.
        """
        self._listening = True
        self._loop.run_until(self._heard)
        self._listening = False
        if self._frames:
            return self._frames.popleft()
        if self._broken is not None:
            raise self._broken
        raise PeerGone

    def hand_over(self) -> socket.socket:
        """The socket, blocking again, for another process. Nothing may have been read yet."""
        self._loop.discard(self)
        self._socket.setblocking(True)
        return self._socket

    def close(self) -> None:
        """Hangs up."""
        self._loop.discard(self)
        self._socket.close()

    def _heard(self) -> bool:
        return bool(self._frames) or self._at_end

    def _write(self) -> None:
        try:
            if self._rights:
                rights = array.array("i", self._rights)
                attached = (socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)
                self._outbox = self._outbox[self._socket.sendmsg([self._outbox], [attached]) :]
                self._rights = ()
            while self._outbox:
                self._outbox = self._outbox[os.write(self.fileno(), self._outbox) :]
        except BlockingIOError:
            return
        except OSError:
            self._hung_up()

    def _read(self) -> None:
        try:
            data = os.read(self.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hung_up()
            return
        try:
            self._frames.extend(self._framing.feed(data))
        except Exception as error:  # whatever the bytes are, they are the peer's
            self._broken = error
            self._hung_up()

    def _hung_up(self) -> None:
        self._at_end = True
        self._outbox = memoryview(b"")
