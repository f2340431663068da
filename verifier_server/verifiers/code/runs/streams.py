"""A child's standard streams: real pipes, drained and fed without ever blocking.

Promises: what a child writes is kept whole up to its limit, or told to be over it,
and never cut silently; a tail of what is not kept whole is there for diagnostics.
Feeding and draining go on side by side, so no amount on either side can lock both.

Does not cover: killing a child that wrote too much (`candidate.py`).
"""

import os

from verifier_server.verifiers.code.runs.loop import READ, WRITE, Loop

CHUNK_BYTES = 1 << 16  # a pipe's usual capacity
CHUNKS_A_TURN = 16  # reads before other sources get their turn
TAIL_BYTES = 4096  # of a stream that is not kept whole


class Allowance:
    """The bytes that one child may write, over all its streams together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    @property
    def exceeded(self) -> bool:
        """Whether the child wrote more than it may."""
        return self.used > self.limit


class Capture:
    """What a child writes to one descriptor.

    Args:
        descriptor: the read end of a pipe, owned from now on.
        allowance: counts the bytes.
        whole: whether all bytes are kept, or the tail only. Bytes over the
            allowance are not kept.
    """

    def __init__(self, descriptor: int, allowance: Allowance, *, whole: bool) -> None:
        os.set_blocking(descriptor, False)
        self.open = True
        self._descriptor = descriptor
        self._allowance = allowance
        self._whole = whole
        self._kept = bytearray()

    def fileno(self) -> int:
        """The pipe's read end."""
        return self._descriptor

    def interest(self) -> int:
        """Always reading, until the end of file."""
        return READ if self.open else 0

    def ready(self) -> None:
        """Reads what is there."""
        for _ in range(CHUNKS_A_TURN):
            try:
                chunk = os.read(self._descriptor, CHUNK_BYTES)
            except BlockingIOError:
                return
            if not chunk:
                self.close()
                return
            self._allowance.used += len(chunk)
            if self._whole and self._allowance.exceeded:
                return
            self._kept += chunk
            if not self._whole and len(self._kept) > 2 * CHUNK_BYTES:
                del self._kept[:-TAIL_BYTES]
            if self._allowance.exceeded:
                return

    def close(self) -> None:
        """Stops reading."""
        if self.open:
            self.open = False
            os.close(self._descriptor)

    @property
    def data(self) -> bytes:
        """All bytes, where they are kept whole and not over the allowance."""
        return bytes(self._kept)

    @property
    def tail(self) -> str:
        """The last bytes as text; what is not UTF-8 is shown escaped."""
        return bytes(self._kept[-TAIL_BYTES:]).decode(errors="backslashreplace")


class Feed:
    """What a child reads from one descriptor. A child that closes it early misses the rest.

    Args:
        descriptor: the write end of a pipe, owned from now on.
        data: all that there is to read.
    """

    def __init__(self, descriptor: int, data: bytes) -> None:
        os.set_blocking(descriptor, False)
        self.open = True
        self._descriptor = descriptor
        self._rest = memoryview(data)

    def fileno(self) -> int:
        """The pipe's write end."""
        return self._descriptor

    def interest(self) -> int:
        """Always writing, until nothing is left."""
        return WRITE if self.open else 0

    def ready(self) -> None:
        """Writes what fits."""
        try:
            while self._rest:
                self._rest = self._rest[os.write(self._descriptor, self._rest) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            pass
        self.close()

    def close(self) -> None:
        """Ends the stream."""
        if self.open:
            self.open = False
            os.close(self._descriptor)


def capture_pipe(loop: Loop, allowance: Allowance, *, whole: bool) -> tuple[Capture, int]:
    """A watched capture, and the write end for the child, which the caller closes."""
    read, write = os.pipe2(os.O_CLOEXEC)
    capture = Capture(read, allowance, whole=whole)
    loop.add(capture)
    return capture, write


def feed_pipe(loop: Loop, data: bytes) -> tuple[Feed, int]:
    """A watched feed, and the read end for the child, which the caller closes."""
    read, write = os.pipe2(os.O_CLOEXEC)
    feed = Feed(write, data)
    loop.add(feed)
    return feed, read
