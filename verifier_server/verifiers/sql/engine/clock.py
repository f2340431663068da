"""A clock that stands still.

Promises: on connections opened with this module's VFS, 'now' and CURRENT_* are the
instant set last with `stop_at` in the same thread, and 'localtime' is UTC.

Does not cover: clocks of Python or of the host. The time zone of the whole process
becomes UTC, for SQLite asks the C library for it (sqlite.org/lang_datefunc.html).
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import apsw

DEFAULT_NOW = "2025-01-01T00:00:00Z"
VFS = "verifier-clock"

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIX_EPOCH_JULIAN_MS = 210_866_760_000_000  # the Julian day number 2440587.5
_DAY_MS = 86_400_000


class _Instant(threading.local):
    """The instant of this thread, in milliseconds since the Julian epoch."""

    julian_ms = _UNIX_EPOCH_JULIAN_MS


_instant = _Instant()


def julian_ms(now: str) -> int:
    """The ISO 8601 instant `now` in milliseconds since noon of 24 November 4714 BC.

    An instant without a zone is UTC.

    Raises:
        ValueError: `now` is not an ISO 8601 date or date and time.
    """
    instant = datetime.fromisoformat(now)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _UNIX_EPOCH) // timedelta(milliseconds=1) + _UNIX_EPOCH_JULIAN_MS


def stop_at(milliseconds: int) -> None:
    """Stops this thread's clock at that many milliseconds since the Julian epoch."""
    _instant.julian_ms = milliseconds


class _StoppedClock(apsw.VFS):
    """The default VFS, but for the clock."""

    def __init__(self) -> None:
        super().__init__(VFS, "")

    # The names are SQLite's (sqlite.org/c3ref/vfs.html).
    def xCurrentTime(self) -> float:  # noqa: N802
        return _instant.julian_ms / _DAY_MS

    def xCurrentTimeInt64(self) -> int:  # noqa: N802
        return _instant.julian_ms


_vfs: _StoppedClock | None = None


def install() -> str:
    """Makes the VFS known to SQLite, once, and returns its name."""
    global _vfs
    if _vfs is None:
        os.environ["TZ"] = "UTC0"
        time.tzset()
        _vfs = _StoppedClock()
    return VFS
