"""Silence: counted only where nobody waits for us."""

import select

from verifier_server.verifiers.code.runs.loop import READ, Loop


class ScriptedChildren:
    """Children whose `wait` answers by a script of (ready, quiet seconds that passed)."""

    def __init__(self, script):
        self.quiet_s = 0.0
        self._script = list(script)

    def reset_quiet(self):
        self.quiet_s = 0.0

    def wait(self, interest, timeout_s=None):
        ready, quiet = self._script.pop(0)
        self.quiet_s += quiet
        return {7: select.POLLIN} if ready else {}


class Reader:
    reads = 0

    def fileno(self):
        return 7

    def interest(self):
        return READ

    def ready(self):
        self.reads += 1


def run(*script):
    loop, reader = Loop(ScriptedChildren(script)), Reader()
    loop.add(reader)
    while loop.children._script:
        loop.step()
    return loop, reader


def test_silence_adds_up():
    loop, _ = run((False, 0.2), (False, 0), (False, 0.2), (False, 0))
    assert loop.idle_s == 0.4


def test_what_had_come_in_while_we_were_kept_from_running_is_no_silence():
    # The first look finds only that time passed; the second finds what waited for us.
    loop, reader = run((False, 3.0), (True, 0))
    assert loop.idle_s == 0.0
    assert reader.reads == 1


def test_silence_beside_an_event_is_ours():
    loop, reader = run((True, 3.0), (False, 0.5), (False, 0))
    assert loop.idle_s == 0.5
    assert reader.reads == 1


def test_a_single_word_does_not_begin_the_count_anew():
    loop, _ = run((False, 0.5), (False, 0), (True, 0), (False, 0.25), (False, 0))
    assert loop.idle_s == 0.75
