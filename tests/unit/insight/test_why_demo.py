"""The planted stories of the demo centre are found by `rashin why`, with place and size; a centre without stories stays quiet. From the command line."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rashin import demo
from rashin.demo.stories import Stories

LAST = dt.date(2026, 10, 31)
NEVER = dt.date(2099, 1, 1)
#: The usual stories, all within the three months of a small centre.
STORIES = replace(
    Stories.ending(LAST),
    outage=dt.date(2026, 10, 13),
    campaign=dt.date(2026, 10, 19),
    campaign_until=dt.date(2026, 10, 26),
    programme=dt.date(2026, 10, 1),
    gaming=NEVER,
    hurry=NEVER,
)
NONE = replace(
    STORIES,
    outage_volume=1.0,
    campaign_volume=1.0,
    campaign_chat_volume=1.0,
    campaign_sales=1.0,
    programme_pace=1.0,
    meeting_share=0.0,
)


def _centre(folder: Path, stories: Stories, *, seats: bool = False, contacts: int = 45_000) -> Path:
    from rashin.face import Centre

    demo.write(folder, contacts=contacts, months=3, until=LAST, stories=stories)
    with (folder / "rashin.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engine]\nthreads = 1\nmemory_limit = "1GiB"\nrollups = "never"\n')
    with Centre.open(folder, lang="en") as centre:
        for entry in json.loads((folder / "expected.json").read_text("utf-8"))["files"]:
            if entry["source"] in (
                "pbx-naha",
                "pbx-sapporo",
                "connect-hoshizora",
                *(("pbx-sapporo-states", "connect-hoshizora-agents") if seats else ()),
            ):
                centre.load([folder / entry["file"]], folder / "mappings" / f"{entry['source']}.toml", by="demo")
    return folder


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _centre(tmp_path_factory.mktemp("why") / "told", STORIES, seats=True)


def _rows(folder: Path, capfd: Any, *words: str) -> list[dict[str, Any]]:
    from rashin.cli.lib.run import run

    capfd.readouterr()
    assert run(["-w", str(folder), *words, "--where", "channel=voice", "--format", "json", "--lang", "en"]) == 0
    return list(json.loads(capfd.readouterr().out))


def _shown(rows: list[dict[str, Any]], by: str) -> dict[str, float]:
    return {row["name"]: row["part"] for row in rows if row["kind"] == "segment" and row["by"] == by and not row["noise"]}


def test_the_outage_is_volume_and_its_hours(told: Path, capfd: Any) -> None:
    rows = _rows(told, capfd, "why", "answer_rate", "--period", "2026-10-13", "--against", "2026-09-29", "--by", "slot,queue")
    whole = rows[0]
    assert whole["part"] < -0.2
    assert not whole["noise"]
    hours = [name for name in _shown(rows, "slot") if "10:00" <= name[:5] < "15:00"]
    assert hours == list(_shown(rows, "slot"))
    assert hours
    drivers = {row["name"]: row["part"] for row in rows if row["kind"] == "driver"}
    assert min(drivers, key=drivers.__getitem__) == "volume"
    assert abs(drivers["unexplained"]) < abs(drivers["volume"])
    assert math.fsum(drivers.values()) == pytest.approx(whole["part"], abs=1e-12)


def test_the_campaign_is_the_order_queue(told: Path, capfd: Any) -> None:
    rows = _rows(told, capfd, "why", "volume", "--period", "2026-10-19..2026-10-25")
    assert list(_shown(rows, "queue")) == ["order"]
    assert _shown(rows, "queue")["order"] == pytest.approx(rows[0]["part"], rel=0.3)


def test_the_programme_is_one_team(told: Path, capfd: Any) -> None:
    rows = _rows(told, capfd, "why", "aht", "--period", "2026-10-01..2026-10-31", "--against", "2026-08-31..2026-09-30", "--by", "team")
    assert list(_shown(rows, "team")) == ["naha-2"]
    nodes = {row["name"]: row for row in rows if row["kind"] == "node" and row["by"] in ("goal", "identity")}
    parts = [nodes[name]["part"] for name in ("talk", "hold", "wrap_up", "aht.rest")]
    assert math.fsum(parts) == pytest.approx(rows[0]["part"], abs=1e-9)
    assert nodes["talk"]["part"] < -3


def test_a_mean_gives_up_the_hour_that_it_hides(told: Path, capfd: Any) -> None:
    rows = _rows(
        told, capfd, "why", "service_level", "--period", "2026-08-01..2026-10-31", "--where", "weekday=3", "--other", "weekday=1,2,4,5", "--other", "channel=voice",
        "--by", "slot",
    )  # fmt: skip
    assert abs(rows[0]["part"]) < 0.03  # the mean looks fine
    worst = sorted(_shown(rows, "slot").items(), key=lambda item: item[1])[:2]
    assert {name for name, _ in worst} == {"10:00–10:30", "10:30–11:00"}


def test_a_tree_prints_its_figures_and_its_text_comes_back(told: Path, capfd: Any) -> None:
    from rashin.cli.lib.run import run

    rows = _rows(told, capfd, "tree", "show", "reach", "--period", "2026-10-13", "--against", "2026-09-29")
    by_name = {row["name"]: row for row in rows if row["kind"] == "node"}
    whole = by_name["answer_rate"]["part"]
    assert by_name["unanswered"]["part"] == pytest.approx(whole, abs=1e-12)
    assert math.fsum(by_name[name]["part"] for name in ("abandoned", "busy", "unanswered.rest")) == pytest.approx(whole, abs=1e-12)
    assert by_name["aht"]["by"] == "statistical"
    assert rows[0]["kind"] == "kgi"
    mine = told / "mine.toml"
    assert run(["-w", str(told), "tree", "text", "reach", "--out", str(mine)]) == 0
    assert run(["-w", str(told), "tree", "save", "mine", "--file", str(mine), "--reason", "copy"]) == 0
    mine.write_text(mine.read_text("utf-8").replace('is = "1 - unanswered"', 'is = "1 - abandoned"'), "utf-8")
    capfd.readouterr()
    assert run(["-w", str(told), "tree", "save", "mine", "--file", str(mine), "--lang", "en"]) == 3
    assert "contradicts the definitions" in capfd.readouterr().err
    assert run(["-w", str(told), "tree", "remove", "mine"]) == 0


def test_a_centre_without_stories_stays_quiet(tmp_path: Path) -> None:
    """Weeks without holidays against the week before, three figures each: at most one of twenty may show anything at all, so of nine hardly one does."""
    from rashin.calendars import Period
    from rashin.face import Centre
    from rashin.insight.change import explain
    from rashin.insight.trees import Trees
    from rashin.query import Scope

    folder = _centre(tmp_path / "quiet", NONE, contacts=25_000)
    shown = 0
    with Centre.open(folder) as centre:
        for start in (dt.date(2026, 9, 7), dt.date(2026, 9, 14), dt.date(2026, 10, 5)):
            week = Period(start, start + dt.timedelta(days=7))
            for kpi in ("answer_rate", "aht", "volume"):
                found = explain(
                    centre.store, centre.catalogue, kpi, week, scope=Scope.everything(), where={"channel": "voice"}, trees=Trees({}, {})
                )
                shown += any(split.shown for split in found.splits)
    assert shown <= 1
