"""What stories.md tells is really in the source files: computed here from the raw files alone, with pandas and nothing of the product."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from rashin import demo

OUTAGE, CAMPAIGN, PROGRAMME = date(2026, 5, 19), date(2026, 3, 9), date(2026, 6, 1)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stories")
    demo.write(place, contacts=500_000)
    return place


@pytest.fixture(scope="module")
def sapporo(centre: Path) -> pd.DataFrame:
    files = sorted(path for path in (centre / "sources/pbx-sapporo").iterdir() if "訂正" not in path.name)
    frames = [pd.read_csv(path, encoding="cp932", dtype=str, on_bad_lines="skip") for path in files]
    calls = pd.concat(frames)
    calls = calls[calls["通話ID"].fillna("").str.match(r"S\d{4}-0")].copy()
    calls["at"] = pd.to_datetime(calls["着信日"] + " " + calls["着信時刻"])
    calls["day"] = calls["at"].dt.date
    calls["wait"] = calls["待ち時間(秒)"].str.replace(",", "").astype(int)
    for name, column in (("talk", "通話時間"), ("hold", "保留時間"), ("acw", "後処理時間")):
        calls[name] = pd.to_timedelta(calls[column]).dt.total_seconds()
    calls["answered"] = calls["結果"] == "応答"
    calls["in_time"] = calls["answered"] & (calls["wait"] <= 20)
    return calls


def test_the_outage_triples_the_calls_of_its_hours_and_breaks_the_service_level(sapporo: pd.DataFrame) -> None:
    hours = sapporo[(sapporo["at"].dt.hour >= 10) & (sapporo["at"].dt.hour < 15)]
    day = hours[hours["day"] == OUTAGE]
    plain = hours[hours["day"].isin([OUTAGE - timedelta(days=7), OUTAGE + timedelta(days=7)])]
    assert len(day) > 1.8 * len(plain) / 2
    assert day["in_time"].mean() < 0.35 < 0.6 < plain["in_time"].mean()
    assert (day["結果"].isin(["放棄", "話中", "あふれ"])).mean() > 0.3


def test_the_campaign_week_is_the_busiest_for_orders_and_for_sales(sapporo: pd.DataFrame, centre: Path) -> None:
    orders = sapporo[sapporo["窓口"] == "注文"].groupby("day").size()
    week = orders.loc[CAMPAIGN : CAMPAIGN + timedelta(days=6)].sum()
    before = orders.loc[CAMPAIGN - timedelta(days=7) : CAMPAIGN - timedelta(days=1)].sum()
    assert 1.5 < week / before < 2.1
    sales = pd.read_csv(centre / "sources/sales/売上_2025-09_2026-10.csv", thousands=",", parse_dates=["日付"])
    daily = sales[sales["系列"] == "売上"].set_index("日付")["値"]
    assert 1.4 < daily.loc["2026-03-09":"2026-03-15"].mean() / daily.loc["2026-03-16":"2026-03-31"].mean() < 2.0


def test_wednesday_at_ten_is_bad_while_the_day_looks_well(sapporo: pd.DataFrame) -> None:
    calm = sapporo[(sapporo["day"] >= date(2026, 7, 1)) & (sapporo["at"].dt.day_of_week < 5)]
    wednesday = calm[calm["at"].dt.day_of_week == 2]
    hour = wednesday[wednesday["at"].dt.hour == 10]
    others = calm[(calm["at"].dt.hour == 10) & (calm["at"].dt.day_of_week.isin([1, 3, 4]))]
    assert hour["in_time"].mean() < others["in_time"].mean() - 0.2
    assert wednesday["in_time"].mean() > calm["in_time"].mean() - 0.08


def test_the_last_month_is_short_of_hands_and_loses_calls(sapporo: pd.DataFrame) -> None:
    answered = sapporo.groupby(sapporo["at"].dt.strftime("%Y-%m"))["answered"].mean()
    assert answered["2026-10"] < answered["2026-09"] - 0.03
    assert abs(answered["2026-09"] - answered["2026-07"]) < 0.03


def test_the_gaming_agent_is_fast_and_leaves_work_for_others(sapporo: pd.DataFrame, centre: Path) -> None:
    gamer = json.loads((centre / "expected.json").read_text())["gaming_agent"]
    answered = sapporo[sapporo["answered"]].assign(aht=lambda c: c["talk"] + c["hold"] + c["acw"])
    since = answered[answered["day"] >= date(2026, 7, 1)]
    mine, theirs = since[since["担当者ID"] == gamer], since[since["担当者ID"] != gamer]
    earlier = answered[(answered["担当者ID"] == gamer) & (answered["day"] < date(2026, 7, 1))]
    assert mine["aht"].mean() < 0.72 * earlier["aht"].mean()
    assert mine["aht"].mean() < 0.75 * theirs["aht"].mean()
    assert _again(mine, since) > _again(theirs, since) + 0.06


def _again(calls: pd.DataFrame, everything: pd.DataFrame) -> float:
    """Share of ``calls`` whose customer calls Sapporo again within seven days."""
    pairs = calls[["顧客番号", "at"]].merge(everything[["顧客番号", "at"]], on="顧客番号", suffixes=("", "_later"))
    later = pairs[(pairs["at_later"] > pairs["at"]) & (pairs["at_later"] <= pairs["at"] + pd.Timedelta(days=7))]
    return len(later.drop_duplicates(["顧客番号", "at"])) / len(calls)


def test_the_programme_shortens_one_team_by_an_eighth_and_not_the_other(centre: Path) -> None:
    people = pd.read_csv(centre / "org.csv").dropna(subset=["agent"]).set_index("agent")["team"]
    calls = _naha(centre)
    calls["team"] = calls["agent"].map(people)
    calls["after"] = calls["start"] >= pd.Timestamp(PROGRAMME)
    talk = calls.groupby(["team", "after"])["talk"].mean().unstack()
    change = talk[True] / talk[False] - 1
    assert -0.15 < change["naha-2"] < -0.08
    assert abs(change["naha-1"]) < 0.04


def _naha(centre: Path) -> pd.DataFrame:
    """Ends of answered calls in the queue log: who, when it began (local), how long the talk was."""
    found = []
    for path in sorted((centre / "sources/pbx-naha").iterdir()):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in data.decode().splitlines():
            fields = line.split("|")
            if len(fields) > 6 and fields[4] in ("COMPLETECALLER", "COMPLETEAGENT"):
                found.append((fields[3].removeprefix("PJSIP/"), int(fields[0]) + 9 * 3600 - int(fields[6]), int(fields[6])))
    calls = pd.DataFrame(found, columns=["agent", "start", "talk"])
    calls["start"] = pd.to_datetime(calls["start"], unit="s")
    return calls


def _records(centre: Path, month: str) -> list[dict[str, Any]]:
    """The outsourcer's contact records of one month, each as it was told last."""
    latest: dict[str, dict[str, Any]] = {}
    for line in gzip.decompress((centre / f"sources/connect-hoshizora/contact-records-{month}.ndjson.gz").read_bytes()).splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if "ContactId" in record and record["LastUpdateTimestamp"] >= latest.get(record["ContactId"], {}).get("LastUpdateTimestamp", ""):
            latest[record["ContactId"]] = record
    return list(latest.values())


def test_from_a_wednesday_on_the_outsourcer_hurries_and_its_callers_come_back(centre: Path) -> None:
    hurry = date.fromisoformat(json.loads((centre / "expected.json").read_text())["stories"]["hurry"])
    assert (hurry, hurry.weekday()) == (date(2026, 10, 21), 2)
    taken = [each for each in _records(centre, "2026-10") if each["Agent"]]
    calls = pd.DataFrame(
        {
            "day": (
                pd.to_datetime(each["InitiationTimestamp"]).tz_localize(None) + pd.Timedelta(hours=6)
            ).normalize(),  # the business day begins at 3:00
            "customer": (each["Attributes"] or {}).get("customerNumber"),
            "work": each["Agent"]["AgentInteractionDuration"] + (each["Agent"]["AfterContactWorkDuration"] or 0),
        }
        for each in taken
    ).sort_values("day")
    calls["again"] = calls.groupby("customer")["day"].diff() <= pd.Timedelta(days=7)
    calls["hurried"] = calls["day"] >= pd.Timestamp(hurry)
    work = calls.groupby("hurried")["work"].mean()
    assert 0.50 < work[True] / work[False] < 0.65
    settled = calls[(calls["day"] >= "2026-10-08") & ~calls["hurried"]]  # a week before which nothing of the month is known
    later = calls[calls["day"] >= pd.Timestamp(hurry) + pd.Timedelta(days=2)]
    assert later["again"].mean() > settled["again"].mean() + 0.12


def test_the_vendor_reports_more_than_its_records_say(centre: Path) -> None:
    report = pd.read_csv(centre / "sources/vendor-report/月次報告_ほしぞら_2025-09_2026-10.csv")
    report = report[report["対象月末"] == "2026-09-30"].set_index("窓口")
    latest = _records(centre, "2026-09")
    for queue in ("order", "night"):
        offered = [record for record in latest if record["Queue"]["Name"] == queue]
        answered = [record for record in offered if record["Agent"]]
        in_time = sum(record["Queue"]["Duration"] <= 20 for record in answered)
        told = float(report.loc[queue, "サービスレベル"].rstrip("%")) / 100
        assert told == pytest.approx(in_time / len(answered), abs=0.0006)
        assert told > in_time / len(offered) + 0.04


def test_the_surveys_stop_on_a_thursday(centre: Path) -> None:
    surveys = pd.read_csv(centre / "sources/survey/アンケート_2026-10.csv", parse_dates=["送付日時"])
    assert surveys["送付日時"].dt.date.max() == date(2026, 10, 14)
    assert (date(2026, 10, 15)).weekday() == 3
    assert len(list((centre / "sources/survey").iterdir())) == 6


def test_the_corrected_file_adds_hold_time_to_some_calls_and_leaves_the_others_alone(centre: Path, sapporo: pd.DataFrame) -> None:
    later = pd.read_csv(centre / "sources/pbx-sapporo/通話履歴_札幌_2026-08_訂正.csv", encoding="cp932", dtype=str)
    later = later[later["通話ID"] != "合計"].set_index("通話ID")
    first = sapporo[sapporo["day"].between(date(2026, 8, 1), date(2026, 8, 31))].set_index("通話ID")
    assert set(later.index) == set(first.index)
    later = later.loc[first.index]
    changed = later["保留時間"] != first["保留時間"]
    assert 0.01 < changed.mean() < 0.06
    assert (later.loc[changed, "更新日時"] > first.loc[changed, "更新日時"]).all()
    unchanged = ~changed
    assert (later.loc[unchanged, "更新日時"] == first.loc[unchanged, "更新日時"]).all()


def test_posts_turn_sour_on_the_outage_day(centre: Path) -> None:
    posts = pd.read_csv(centre / "sources/social/SNS投稿_2026-04_2026-06.csv", encoding="utf-8-sig")
    posts = posts[(posts["投稿日時"].str.len() == 19) & (posts["種別"] != "own")]
    sour = posts.assign(day=posts["投稿日時"].str[:10], bad=posts["感情"] == "否定").groupby("day")["bad"].mean()
    assert sour["2026-05-19"] > 1.8 * sour.drop("2026-05-19").mean()
