"""One candidate child: pipes without deadlock, limits, ends."""

import os
import socket

import pytest

from tests.verifier_server.code.unboxed import UnboxedChildren
from verifier_server.verifiers.code.guest.frames import FrameError, PeerGone
from verifier_server.verifiers.code.runs import endings
from verifier_server.verifiers.code.runs.candidate import Budgets, Candidate, Purse
from verifier_server.verifiers.code.runs.channel import CandidateFraming, FrameChannel
from verifier_server.verifiers.code.runs.loop import Loop

MIB = 1 << 20
GUESTS = "tests.verifier_server.code.runs.guests"


def candidate_of(guest, *, stdin=None, channel=False, cpu_s=5.0, output=4 * MIB, idle_s=2.0):
    children = UnboxedChildren({"python": f"{GUESTS}:{guest}"})
    loop = Loop(children)
    budgets = Budgets(cpu_s, 1024 * MIB, output, idle_s)
    purse = Purse(60.0)
    if not channel:
        found = Candidate(loop, "python", budgets, purse, stdin=stdin, whole_stdout=True)
        return loop, found, None
    ours, theirs = socket.socketpair()
    with theirs:
        found = Candidate(loop, "python", budgets, purse, more=[theirs.fileno()])
    return loop, found, FrameChannel(loop, ours, CandidateFraming())


def ended(guest, **options):
    loop, candidate, _ = candidate_of(guest, **options)
    loop.run_until(lambda: candidate.ended)
    return candidate.end()


def test_a_mib_each_way_comes_back_whole():
    data = bytes(range(256)) * 4096
    found = ended("copy", stdin=data)
    assert found.stdout == data
    assert found.exit.code == 0
    assert not found.flooded
    assert not found.silent


def test_one_who_writes_all_before_reading_does_not_lock_us():
    found = ended("pour_then_read", stdin=b"z" * MIB)
    assert len(found.stdout) == MIB
    assert found.stderr_tail == str(MIB)


def test_output_up_to_the_limit_is_whole_and_a_byte_more_is_over_it():
    exact = ended("copy", stdin=b"a" * 5000, output=5000)
    assert exact.stdout == b"a" * 5000
    assert endings.overspent(exact) is None
    over = ended("copy", stdin=b"a" * 5001, output=5000)
    assert endings.overspent(over).reason == "output_limit"


def test_who_closes_its_input_early_is_no_error():
    found = ended("abort", stdin=b"z" * MIB)
    assert found.stderr_tail == "last words"
    assert endings.death(found).reason == "signal"


def test_a_flood_is_ended():
    assert endings.death(ended("flood")).reason == "output_limit"


def test_silence_is_ended():
    assert endings.death(ended("sleep", idle_s=0.5)).reason == "idle"


def test_silence_is_counted_over_single_words():
    found = ended("drip", idle_s=0.8)
    assert endings.death(found).reason == "idle"
    assert 1 < len(found.stdout) < 20


def test_cpu_is_ended_by_the_kernel():
    found = ended("burn", cpu_s=0.3)
    assert found.exit.cpu_exhausted
    assert endings.death(found).reason == "cpu_limit"


def test_the_purse_limits_the_children_together():
    children = UnboxedChildren({"python": f"{GUESTS}:burn"})
    loop, purse = Loop(children), Purse(0.3)
    candidate = Candidate(loop, "python", Budgets(10.0, 1024 * MIB, MIB, 5.0), purse)
    loop.run_until(lambda: candidate.ended)
    assert candidate.end().exit.cpu_exhausted
    assert purse.empty


def test_frames_larger_than_any_buffer_go_both_ways():
    _, candidate, channel = candidate_of("echo_frames", channel=True)
    message = {"text": "ä" * MIB, "nan": [1, None, 2.5]}
    for _ in range(2):
        channel.send(message)
        assert channel.recv() == message
    channel.close()
    assert candidate.end().exit is not None


def test_one_who_does_not_read_is_silent():
    _, candidate, channel = candidate_of("sleep", channel=True, idle_s=0.5)
    with pytest.raises(PeerGone):
        channel.send("x" * (4 * MIB))
    channel.close()
    assert candidate.end().silent


def test_one_who_floods_instead_of_answering_is_ended():
    _, candidate, channel = candidate_of("flood", channel=True)
    with pytest.raises(PeerGone):
        channel.recv()
    channel.close()
    assert candidate.end().flooded


def test_garbage_is_no_frame():
    _, candidate, channel = candidate_of("frames_of_garbage", channel=True)
    with pytest.raises(FrameError):
        channel.recv()
    channel.close()
    candidate.end()


def test_one_who_hangs_up_and_stays_is_ended_at_once():
    _, candidate, channel = candidate_of("hang_up_and_stay", channel=True, idle_s=30.0)
    with pytest.raises(PeerGone):
        channel.recv()
    channel.close()
    found = candidate.end()
    assert not found.silent
    assert endings.death(found).reason == "exited"


def test_the_exit_code_of_one_who_hung_up_by_dying_is_its_own():
    _, candidate, channel = candidate_of("abort", channel=True)
    with pytest.raises(PeerGone):
        channel.recv()
    channel.close()
    assert endings.death(candidate.end()).reason == "signal"


def test_nothing_is_left_open():
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        ended("copy", stdin=b"abc")
        _, candidate, channel = candidate_of("echo_frames", channel=True)
        channel.close()
        candidate.end()
    assert len(os.listdir("/proc/self/fd")) == before
