"""What a worker keeps: bounded, least recently used first, made once."""

from dataclasses import dataclass, field

import apsw

from verifier_server.verifiers.sql.databases import load
from verifier_server.verifiers.sql.ground import make
from verifier_server.verifiers.sql.keeping import Shelf
from verifier_server.verifiers.sql.task import read_task


@dataclass
class Thing:
    size: int
    closed: list[int] = field(default_factory=list)

    def close(self) -> None:
        self.closed.append(self.size)


def test_the_least_recently_used_goes_first():
    shelf: Shelf[Thing] = Shelf(10)
    first, second, third = Thing(4), Thing(5), Thing(3)
    assert shelf.get("first", lambda: first) is first
    assert shelf.get("second", lambda: second) is second
    assert shelf.get("first", lambda: Thing(99)) is first
    shelf.get("third", lambda: third)
    assert second.closed
    assert not first.closed
    assert not third.closed
    assert shelf.get("second", lambda: Thing(1)).size == 1


def test_what_was_asked_for_last_is_kept_however_large():
    shelf: Shelf[Thing] = Shelf(10)
    large = Thing(50)
    shelf.get("small", lambda: Thing(1))
    assert shelf.get("large", lambda: large) is large
    assert not large.closed
    assert shelf.get("large", lambda: Thing(2)) is large


def test_a_task_counts_what_it_takes_and_not_only_its_images():
    task = read_task(
        {"setup": "CREATE TABLE t (id INTEGER PRIMARY KEY)", "gold": "SELECT id FROM t"}
    )
    database = load(task.source, None)
    before = apsw.memory_used()
    ground = make(task, database)
    taken = apsw.memory_used() - before
    assert taken / 2 < ground.size < 4 * taken
    ground.close()
