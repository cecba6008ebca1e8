"""Volumes to come, on a small real centre: two queues with opening hours, a holiday, a campaign, a day without data."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import DefinitionError, QuestionError
from rashin.insight.forecast import Forecast, forecast, forecasts
from rashin.insight.forecast.intraday import update
from rashin.insight.forecast.keep import keep, kept, names
from rashin.insight.forecast.review import review
from rashin.insight.marks import Mark, add, load_marks, read
from rashin.query import Scope

EVERYTHING = Scope.everything()
FIRST = date(2026, 1, 5)  # a Monday
TODAY = date(2026, 6, 1)
LAST = date(2026, 6, 14)
CAMPAIGN, MISSING = date(2026, 5, 20), date(2026, 5, 14)
CALENDAR = """
[calendar.main]
zone = "Asia/Tokyo"
holidays = "JP:closed"
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["09:00-18:00"]
"""
SETTINGS = """[organisation]
name = "centre"
zone = "Asia/Tokyo"
[sources.pbx]
expect = "open_days"
"""
SHAPE = np.array([6, 8, 11, 12, 10, 8, 6, 5, 6, 8, 9, 9, 8, 7, 6, 5, 4, 3.0])


def calls(until: date) -> list[dict[str, Any]]:
    """Half hours from 9 to 18 on open days, more on Mondays; "order" is twice "repair". Mail comes at night too."""
    from rashin.calendars import public_holidays

    random = np.random.default_rng(20260601)
    holidays = public_holidays("JP", FIRST, until)
    rows: list[dict[str, Any]] = []
    for number in range((until - FIRST).days):
        day = FIRST + timedelta(days=number)
        midnight = datetime.combine(day, datetime.min.time()) - timedelta(hours=9)
        level = random.gamma(200, 1 / 200) * (1.4 if day.weekday() == 0 else 1.0) * (2.5 if day == CAMPAIGN else 1.0)
        for hour in random.integers(0, 24, random.poisson(4)):
            rows.append(
                {
                    "queue": "mail",
                    "channel": "mail",
                    "at": midnight + timedelta(hours=int(hour), minutes=int(random.integers(60))),
                    "day": day,
                }
            )
        if day.weekday() >= 5 or day in holidays or day == MISSING:
            continue
        for queue, share in (("order", 1.0), ("repair", 0.5)):
            for slot, count in enumerate(random.poisson(share * level * SHAPE)):
                start = midnight + timedelta(minutes=540 + 30 * slot)
                rows += [{"queue": queue, "channel": "voice", "at": start + timedelta(seconds=20 * k), "day": day} for k in range(count)]
    return rows


def put(world: Any, rows: list[dict[str, Any]], name: str = "calls.csv") -> None:
    """Load contacts as columns."""
    import pyarrow as pa

    count = len(rows)
    at = [row["at"] for row in rows]
    source = ["desk" if row["channel"] == "mail" else "pbx" for row in rows]
    for own in ("pbx", "desk"):
        mine = [number for number in range(count) if source[number] == own]
        if not mine:
            continue
        text = {
            "native_id": [f"{name}-{number}" for number in mine],
            "channel": [rows[number]["channel"] for number in mine],
            "queue": [rows[number]["queue"] for number in mine],
            "direction": ["inbound"] * len(mine),
            "outcome": ["answered"] * len(mine),
            "source": [own] * len(mine),
            "customer_key": [f"c{number % 997}" for number in mine],
        }
        columns = {key: pa.array(values, pa.string()) for key, values in text.items()}
        columns |= {key: pa.array([at[number] for number in mine], pa.timestamp("us")) for key in ("offered_at", "counted_at")}
        columns["business_date"] = pa.array([rows[number]["day"] for number in mine], pa.date32())
        columns["utc_offset_s"] = pa.array([32_400] * len(mine), pa.int64())
        columns["revision"] = pa.array([1] * len(mine), pa.int64())
        columns["wait_s"] = pa.array([5.0] * len(mine), pa.float64())
        columns["_line"] = pa.array(range(2, len(mine) + 2), pa.int64())
        with world.store.load(own, name, f"{own}{name}", "mapping", "tester") as running:
            running.stage("contact", pa.table(columns))
            running.commit()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    made = shared_world(SETTINGS)
    folder = made.workspace.folder("calendars")
    folder.mkdir(exist_ok=True)
    (folder / "main.toml").write_text(CALENDAR, "utf-8")
    put(made, [row for row in calls(date(2026, 6, 9)) if row["day"] < TODAY])
    return made


@pytest.fixture(scope="module")
def june(centre: Any, catalogue: Catalogue) -> tuple[Forecast, ...]:
    return forecasts(centre.store, catalogue, scope=EVERYTHING, first=TODAY, last=LAST, today=TODAY)


def test_each_queue_has_its_forecast_beside_naive_and_chance(june: tuple[Forecast, ...]) -> None:
    assert [dict(each.key) for each in june] == [
        {"queue": "order", "channel": "voice"},
        {"queue": "repair", "channel": "voice"},
        {"queue": "mail", "channel": "mail"},
    ]
    order = june[0]
    assert order.method != "naive"
    assert order.floor is not None
    assert order.wape is not None
    assert order.naive is not None
    assert order.floor < order.wape < order.naive
    assert order.learned == (FIRST, date(2026, 5, 29))
    # ten open days of about 131 contacts, Mondays 40 % more
    assert order.total.mean == pytest.approx(131 * (8 + 2 * 1.4), rel=0.12)
    assert order.total.low95 <= order.total.low80 < order.total.mean < order.total.high80 <= order.total.high95
    assert june[1].total.mean == pytest.approx(order.total.mean / 2, rel=0.1)
    assert "前週と同じとした場合は" in order.text.ja
    assert "every method is off by" in order.text.en, "eight contacts a slot are a small queue"


def test_slots_are_those_of_the_opening_hours_on_the_local_clock(june: tuple[Forecast, ...]) -> None:
    order = june[0]
    assert len(order) == 10 * 18
    assert order.labels[0] == "2026-06-01 09:00"
    assert order.starts[0] == np.datetime64("2026-06-01T00:00")
    assert order.labels[-1] == "2026-06-12 17:30"
    assert {str(day) for day in order.days} >= {"2026-06-01", "2026-06-12"}
    monday, tuesday = (float(order.mean[order.days == np.datetime64(day)].sum()) for day in ("2026-06-01", "2026-06-02"))
    assert 1.2 < monday / tuesday < 1.6
    assert ((order.low95 <= order.low80) & (order.low80 <= order.mean.round() + 1) & (order.high80 <= order.high95)).all()
    assert (order.quantile(0.9) == order.high80).all()
    assert june[2].labels[0] == "2026-06-01 00:00", "mail waits until the morning, and comes at night"
    assert len(june[2]) == 14 * 48


def test_a_month_ahead_by_quarter_hours_and_everything_as_one(centre: Any, catalogue: Catalogue) -> None:
    voice = {"channel": "voice"}
    made = forecast(
        centre.store, catalogue, scope=EVERYTHING, where=voice, first=date(2026, 7, 1), last=date(2026, 7, 31), slot_minutes=15, today=TODAY
    )
    assert made.key == {}
    assert len(made) == 22 * 36, "海の日 (20 July) is closed"
    assert made.by_day[19].kind == "long_weekend"
    assert made.by_day[19].mean == 0
    assert made.by_day[20].kind == "after_break"
    assert [note.en for note in made.notes if "Obon" in note.en] == []
    august = forecast(centre.store, catalogue, scope=EVERYTHING, where=voice, first=date(2026, 8, 10), last=date(2026, 8, 14), today=TODAY)
    assert any("No Obon (2026-08-13 …) has been seen yet" in note.en for note in august.notes)
    obon = august.days >= np.datetime64("2026-08-13")
    assert (august.phis[obon] >= august.phi + 0.04).all(), "what has never been seen has a wide band"
    assert august.quantile(0.9)[obon] == pytest.approx(august.high80[obon])


def test_days_without_data_teach_nothing_and_are_named(june: tuple[Forecast, ...]) -> None:
    assert [(out.day, out.kind) for out in june[0].left_out] == [(MISSING, "missing")]
    assert june[2].left_out == (), "mail came that day; a day without mail is nothing strange where four come a day"


def test_a_campaign_is_suspected_and_left_out_only_when_somebody_says_so(
    centre: Any, catalogue: Catalogue, june: tuple[Forecast, ...]
) -> None:
    assert [(odd.day, odd.kind) for odd in june[0].suspected] == [(CAMPAIGN, "surge")]
    assert str(CAMPAIGN) in june[0].text.ja
    mark = Mark(CAMPAIGN, CAMPAIGN, "campaign", "送料無料", "tanaka", (("queue", ("order",)),))

    def made(**how: Any) -> tuple[Forecast, ...]:
        return forecasts(centre.store, catalogue, scope=EVERYTHING, first=TODAY, last=LAST, today=TODAY, **how)

    order, repair = made(marks=[mark])[:2]
    assert order.suspected == ()
    assert [(out.day, out.kind) for out in order.left_out] == [(MISSING, "missing"), (CAMPAIGN, "campaign")]
    assert "送料無料(tanaka)" in order.left_out[1].text.ja
    assert [odd.day for odd in repair.suspected] == [CAMPAIGN], "the mark speaks of the other queue"
    wednesday = order.days == np.datetime64("2026-06-03")
    assert order.mean[wednesday].sum() < june[0].mean[wednesday].sum()
    asked = made(leave_out_suspected=True)[0]
    assert [(out.day, out.kind) for out in asked.left_out] == [(MISSING, "missing"), (CAMPAIGN, "suspected")]
    assert asked.mean == pytest.approx(order.mean)


def test_what_is_asked_wrongly_is_refused(centre: Any, catalogue: Catalogue) -> None:
    def ask(**how: Any) -> Any:
        given = {"first": TODAY, "last": LAST, "today": TODAY, **how}
        return forecasts(centre.store, catalogue, scope=EVERYTHING, **given)

    for code, how in {
        "forecast_backwards": {"last": FIRST},
        "forecast_too_far": {"last": date(2028, 1, 1)},
        "slot_unknown": {"slot_minutes": 20},
        "forecast_no_history": {"where": {"queue": "nowhere"}},
        "forecast_past": {"first": TODAY - timedelta(days=9), "last": TODAY - timedelta(days=1)},
        "dimension_unknown": {"by": ("kueue",)},
    }.items():
        with pytest.raises(QuestionError) as refused:
            ask(**how)
        assert refused.value.code == code, refused.value.code


def test_a_scope_sees_its_own_queue_alone(centre: Any, catalogue: Catalogue) -> None:
    own = Scope({"queue": ["repair"]})
    found = forecasts(centre.store, catalogue, scope=own, first=TODAY, last=LAST, today=TODAY)
    assert [each.key["queue"] for each in found] == ["repair"]


def test_marks_are_read_or_refused_with_their_place(tmp_path: Any) -> None:
    assert load_marks(tmp_path) == ()
    mark = Mark(date(2026, 10, 5), date(2026, 10, 7), "outage", '回線"障害"\\', "sato", (("queue", ("order",)),))
    assert add(tmp_path, mark) == (mark,)
    other = Mark(date(2026, 9, 1), date(2026, 9, 1), "other", "訓練", "sato")
    assert add(tmp_path, other) == (other, mark), "in order of time"
    assert load_marks(tmp_path) == (other, mark)
    assert mark.touches({"queue": ("order",)})
    assert not mark.touches({"queue": ("repair",)})
    good = {"days": "2026-10-05", "kind": "outage", "reason": "回線", "by": "sato"}
    for place, word, change in (
        ("kind", "outgae", {"kind": "outgae"}),
        ("days", "2026-13-01", {"days": "2026-13-01"}),
        ("days", "2026-10-05..2026-10-01", {"days": "2026-10-05..2026-10-01"}),
        ("days", "2026-01-01..2026-12-31", {"days": "2026-01-01..2026-12-31"}),
        ("reason", " ", {"reason": " "}),
        ("by", "None", {"by": None}),
        ("where › kueue", "kueue", {"where": {"kueue": "order"}}),
        ("when", "when", {"when": "x"}),
    ):
        with pytest.raises(DefinitionError) as refused:
            read({"mark": [{**good, **change}]})
        assert refused.value.place.endswith(f"mark[1] › {place}"), refused.value.place
        assert refused.value.word in (word, "") or word in refused.value.word
    with pytest.raises(DefinitionError) as near:
        read({"mark": [{**good, "kind": "outgae"}]})
    assert near.value.suggestion == "outage"


def test_a_kept_forecast_is_held_to_what_came(make_world: Any, catalogue: Catalogue, rashin_in: Any) -> None:
    """Kept on 1 June; a week later the command says how far it was off, and the running day is forecast anew."""
    world = make_world(SETTINGS)
    folder = world.workspace.folder("calendars")
    folder.mkdir(exist_ok=True)
    (folder / "main.toml").write_text(CALENDAR, "utf-8")
    rows = calls(date(2026, 6, 9))
    noon = datetime.fromisoformat("2026-06-08T03:00")  # 12:00 in Tokyo
    put(world, [row for row in rows if row["day"] < TODAY])
    made = forecasts(world.store, catalogue, scope=EVERYTHING, first=TODAY, last=LAST, today=TODAY)
    path = keep(world.workspace.path, made, "june", by="tester")
    assert path.name == "june.json"
    for refused, code in (("june", "forecast_name_taken"), ("../june", "forecast_name"), (".june", "forecast_name")):
        with pytest.raises(QuestionError) as found:
            keep(world.workspace.path, made, refused)
        assert found.value.code == code
    held = kept(world.workspace.path, "june")
    assert names(world.workspace.path) == ["june"]
    assert held.series[0].arrays["mean"] == pytest.approx(made[0].mean, abs=1e-4)
    with pytest.raises(QuestionError) as early:
        review(world.store, catalogue, held, scope=EVERYTHING, today=TODAY)
    assert early.value.code == "forecast_too_early"
    with pytest.raises(QuestionError) as unknown:
        kept(world.workspace.path, "jun")
    assert "june" in unknown.value.text("en")

    put(world, [row for row in rows if row["day"] >= TODAY and row["at"] < noon], "later.csv")
    out = review(world.store, catalogue, held, scope=EVERYTHING, today=date(2026, 6, 8))
    order = out[0]
    assert order.days == 5
    assert order.until == date(2026, 6, 5)
    came = sum(row["queue"] == "order" and TODAY <= row["day"] < date(2026, 6, 6) for row in rows)
    assert order.came == came
    assert order.wape is not None
    assert order.wape == pytest.approx(np.nansum(np.abs(order.actual[:90] - held.series[0].arrays["mean"][:90])) / came, rel=1e-6)
    assert order.held95 is not None
    assert order.held95 > 0.85
    assert "80% band held" in order.text.en.replace("80 %", "80%")

    own = Scope({"queue": ["repair"]})
    assert not held.visible(own)
    with pytest.raises(QuestionError):
        review(world.store, catalogue, held, scope=own, today=date(2026, 6, 8))

    anew = update(world.store, catalogue, made[0], scope=EVERYTHING, day=date(2026, 6, 8), upto="12:00")
    seen = sum(row["queue"] == "order" and row["day"] == date(2026, 6, 8) and row["at"] < noon for row in rows)
    assert np.nansum(anew.seen) == seen
    assert np.isfinite(anew.seen).sum() == 6
    alpha = 1 / max(made[0].day_phi, 1e-6)
    assert anew.factor == pytest.approx((alpha + seen) / (alpha + anew.before[:6].sum()))
    assert anew.total[1] <= anew.total[0] <= anew.total[2]
    for wrong in (
        {"day": date(2026, 6, 7), "upto": "12:00"},
        {"day": date(2026, 6, 8), "upto": "09:10"},
        {"day": date(2026, 6, 9), "upto": "12:00"},
    ):
        with pytest.raises(QuestionError):
            update(world.store, catalogue, made[0], scope=EVERYTHING, **wrong)

    broken = world.workspace.path / "forecasts" / "broken.json"
    broken.write_text(path.read_text("utf-8").replace('"mean": [', '"mean": [-1, '), "utf-8")
    with pytest.raises(DefinitionError) as unreadable:
        kept(world.workspace.path, "broken")
    assert unreadable.value.place == "forecasts/broken.json"
    broken.unlink()

    world.close()
    said = rashin_in(world.workspace.path, "forecast", "--review", "june", "--as-of", "2026-06-07", "--format", "json")
    told = json.loads(said)
    assert [each["queue"] for each in told] == ["order", "repair", "mail"]
    assert told[0]["came"] == came
    slots = json.loads(
        rashin_in(world.workspace.path, "forecast", "--period", "2026-06-09..2026-06-10", "--where", "queue=order", "--format", "json")
    )
    assert [slots[0]["start"], slots[-1]["start"]] == ["2026-06-09 09:00", "2026-06-10 17:30"]
    assert slots[0]["low95"] <= slots[0]["mean"] <= slots[0]["high95"]
    text = rashin_in(world.workspace.path, "forecast", "--intraday", "2026-06-08 12:00", "--by", "all", "--where", "channel=voice")
    assert "The day is now expected to bring" in text
    assert "june" in rashin_in(world.workspace.path, "forecast", "--kept")


@pytest.fixture
def rashin_in(capfd: pytest.CaptureFixture[str]) -> Any:
    from rashin.cli.lib.run import run

    def call(workspace: Any, *words: str) -> str:
        capfd.readouterr()
        assert run(["-w", str(workspace), *words, "--lang", "en"]) == 0, capfd.readouterr().err
        return capfd.readouterr().out

    return call


def test_summed_rows_and_a_clock_that_changes(make_world: Any, catalogue: Catalogue) -> None:
    """A centre in New York, open day and night, that loads half hours already summed: the night on which the clocks go back has 50 of them, the other 46."""
    world = make_world('[organisation]\nname = "centre"\nzone = "America/New_York"\n')
    first, until = date(2026, 10, 12), date(2026, 11, 1)
    halves = [(first + timedelta(days=day), half) for day in range((until - first).days) for half in range(48)]
    world.load(
        "contact_total",
        [
            {"channel": "voice", "interval_at": f"{day} {half // 2:02d}:{30 * (half % 2):02d}", "offered_count": 10 + half}
            for day, half in halves
        ],
    )

    def slots(*days: str) -> Forecast:
        first, last = (date.fromisoformat(days[place]) for place in (0, -1))
        made = forecast(world.store, catalogue, scope=EVERYTHING, first=first, last=last, today=until)
        assert np.unique(np.diff(made.starts)).tolist() == [timedelta(minutes=30)], "instants go on evenly, whatever the clock shows"
        return made

    autumn = slots("2026-10-31", "2026-11-01", "2026-11-02")
    assert autumn.kpi == "volume:from_totals"
    assert [int((autumn.days == np.datetime64(day)).sum()) for day in ("2026-10-31", "2026-11-01", "2026-11-02")] == [48, 50, 48]
    assert autumn.labels[48 + 2 : 48 + 6] == (
        "2026-11-01 01:00-04:00",
        "2026-11-01 01:30-04:00",
        "2026-11-01 01:00-05:00",
        "2026-11-01 01:30-05:00",
    )
    assert autumn.mean[48 + 2 : 48 + 6].tolist() == [12, 13, 12, 13]
    assert autumn.wape is None
    assert "provisional" in autumn.text.en
    spring = slots("2027-03-13", "2027-03-14")
    assert len(spring) == 48 + 46
