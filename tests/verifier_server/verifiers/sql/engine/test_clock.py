import threading

import pytest

from verifier_server.verifiers.sql.engine import clock

from .shop import shop

NOW = "SELECT date('now'), CURRENT_TIMESTAMP, unixepoch(), julianday('now'), time('now', 'subsec')"


def test_the_clock_stands_where_the_task_says():
    row = shop(now="2024-02-29T12:30:15.250Z").run(NOW).rows[0]
    assert row[:3] == ("2024-02-29", "2024-02-29 12:30:15", 1709209815)
    assert row[3] == pytest.approx(2460370.02100984, abs=1e-8)
    assert row[4] == "12:30:15.250"


def test_instances_keep_their_own_time():
    early, late = shop(now="2001-01-01"), shop(now="2030-01-01T05:00:00+05:00")
    for _ in range(2):
        assert early.run("SELECT date('now')").rows[0] == ("2001-01-01",)
        assert late.run("SELECT datetime('now')").rows[0] == ("2030-01-01 00:00:00",)
    assert shop().run("SELECT datetime()").rows[0] == ("2025-01-01 00:00:00",)


def test_local_time_is_utc(monkeypatch):
    instance = shop()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    sql = "SELECT datetime('now', 'localtime'), datetime('2025-07-01 12:00', 'utc')"
    assert instance.run(sql).rows[0] == ("2025-01-01 00:00:00", "2025-07-01 12:00:00")


def test_threads_have_clocks_of_their_own():
    dates = {}

    def ask(year: int) -> None:
        instance = shop(now=f"{year}-01-01")
        dates[year] = {instance.run("SELECT date('now')").rows[0][0] for _ in range(50)}

    threads = [threading.Thread(target=ask, args=(year,)) for year in (2001, 2002, 2003)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dates == {year: {f"{year}-01-01"} for year in (2001, 2002, 2003)}


@pytest.mark.parametrize("now", ["", "yesterday", "2024-13-01", "now"])
def test_what_is_no_instant(now):
    with pytest.raises(ValueError, match=r"isoformat|month"):
        clock.julian_ms(now)
