"""Entries of jails that behave as no honest guest would."""

import os
import socket
import sys
import time

from verifier_server.verifiers.code.guest.checker import protocol
from verifier_server.verifiers.code.guest.frames import Channel

CHANNEL = 3


def copy() -> None:
    """Standard input to standard output, whole."""
    while data := os.read(0, 1 << 16):
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(1, rest) :]
    os._exit(0)


def pour_then_read() -> None:
    """Writes a MiB before it reads a byte, then counts what there was."""
    rest = memoryview(b"x" * (1 << 20))
    while rest:
        rest = rest[os.write(1, rest) :]
    count = 0
    while data := os.read(0, 1 << 16):
        count += len(data)
    os.write(2, str(count).encode())
    os._exit(0)


def flood() -> None:
    """Writes for ever."""
    while True:
        os.write(1, b"y" * (1 << 16))


def drip() -> None:
    """Is silent for most of the time."""
    while True:
        os.write(1, b".")
        time.sleep(0.3)


def sleep() -> None:
    """Waits for what never comes."""
    time.sleep(1000)


def burn() -> None:
    """Uses CPU only."""
    while True:
        pass


def abort() -> None:
    """Dies of a signal."""
    os.write(2, b"last words")
    os.abort()


def hang_up_and_stay() -> None:
    """Closes its channel, but stays alive."""
    os.close(CHANNEL)
    time.sleep(1000)


def echo_frames() -> None:
    """Sends every frame back."""
    channel = Channel(CHANNEL)
    while True:
        channel.send(channel.recv())


def frames_of_garbage() -> None:
    """Sends what is no frame."""
    os.write(CHANNEL, b"\xff" * 64)
    time.sleep(1000)


def _boss() -> socket.socket:
    return socket.socket(fileno=CHANNEL)


def checker_that_dies_at_once() -> None:
    """Ends before it says anything."""
    boss = _boss()
    protocol.receive(boss)
    os._exit(5)


def checker_out_of_cpu_at_once() -> None:
    """Ends as one whose preparation overran."""
    boss = _boss()  # kept, so that it closes by the end of the process alone
    protocol.receive(boss)
    os._exit(protocol.EXIT_CPU)


def checker_that_crashes_once() -> None:
    """Its first process crashes over an item, and the next one knows better."""
    boss = _boss()
    protocol.receive(boss)
    protocol.send(boss, {"prepared": True, "names": []})
    marker = os.environ["TEST_MARKER"]
    while True:
        protocol.receive(boss)
        crashed = not os.path.exists(marker)
        open(marker, "w").close()
        protocol.send(boss, {"crashed": -11} if crashed else {"cases": [], "well": True})


def checker_that_dies_over_an_item() -> None:
    """Dies where only its children may."""
    boss = _boss()
    protocol.receive(boss)
    protocol.send(boss, {"prepared": True, "names": []})
    protocol.receive(boss)
    os._exit(9)


def checker_of_few_words() -> None:
    """Never answers an item."""
    boss = _boss()
    protocol.receive(boss)
    protocol.send(boss, {"prepared": True, "names": []})
    protocol.receive(boss)
    time.sleep(1000)


def checker_that_finds_fault() -> None:
    """Cannot use the program."""
    boss = _boss()
    protocol.receive(boss)
    error = {"code": "BAD_GROUND_TRUTH", "reason": "r", "message": "m", "pointer": "/p"}
    protocol.send(boss, {"task_error": error})
    sys.exit(0)
