"""The filters of a page: which values are offered to whom, how periods and channels are called, what is kept and for how long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query.choices import DAYS, TOGETHER, choices, covers
from rashin.query.scope import Scope
from rashin.web.kept import Shelf
from rashin.web.pages.filters import called_value, last_day, read_period, values_of


@pytest.mark.parametrize("name", TOGETHER)
@pytest.mark.parametrize(
    "scope", [Scope.everything(), Scope({"team": ["sapporo-1"]}), Scope({"vendor": ["hoshizora"], "channel": ["voice"]})]
)
def test_the_values_offered_are_those_that_a_question_finds(centre: Any, name: str, scope: Scope) -> None:
    last = last_day()
    period = Period(last - timedelta(days=DAYS - 1), last + timedelta(days=1))
    asked = centre.ask("volume", by=name, period=period, dense=False, scope=scope)
    assert set(choices(centre.store, name, scope=scope, last=last)) == {
        cell.dimensions[name] for cell in asked.cells() if cell.dimensions[name] is not None
    }


def test_what_is_out_of_scope_is_not_offered(centre: Any) -> None:
    assert values_of("team", Scope({"team": ["sapporo-1"]}), "ja") == ["sapporo-1"]
    assert values_of("team", Scope({"team": ["no such team"]}), "ja") == []


def test_a_dimension_that_is_not_read_with_the_others_is_asked_for(centre: Any) -> None:
    assert not covers("agent", Scope.everything())
    assert not covers("queue", Scope({"agent": ["sato.aoi"]}))
    assert values_of("agent", Scope({"agent": ["sato.aoi"]}), "ja") == ["sato.aoi"]


def test_a_period_may_be_called_by_its_name_in_either_language(centre: Any) -> None:
    assert read_period("最新の1週間") == read_period("Latest week") == read_period("latest week")


def test_the_period_stands_in_the_readers_language(client_of: Callable[..., Any]) -> None:
    ja = client_of("analyst").get("/").content.decode()
    en = client_of("analyst", lang="en").get("/", {"period": "最新の1週間"}).content.decode()
    assert 'value="最新の1週間"' in ja
    assert 'value="Latest week"' in en


def test_channels_are_called_as_people_call_them() -> None:
    assert (called_value("channel", "voice", "ja"), called_value("channel", "fax", "en")) == ("電話", "fax")
    assert called_value("queue", "voice", "ja") == "voice"


def test_what_many_wait_for_is_made_once() -> None:
    shelf, made, start = Shelf(4), [], threading.Barrier(6)

    def make() -> int:
        made.append(1)
        threading.Event().wait(0.05)
        return 7

    def ask() -> None:
        start.wait()
        assert shelf.get("key", make) == 7

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(made) == 1


def test_what_fails_is_not_kept_and_the_oldest_goes_first() -> None:
    shelf = Shelf(2)

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        shelf.get("a", fail)
    for name in "abc":
        shelf.get(name, lambda: 1)
    assert [shelf.has(name) for name in "abc"] == [False, True, True]
