"""The overview: the chosen KPIs, what moved surely, what the mean hides; and what it says when there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin import display
from rashin.query.answer import Cell
from rashin.web.pages.overview.judging import judge, mark, since
from rashin.web.pages.overview.sparkline import draw

WEEKS = {"period": "latest 4 weeks"}


def cell(value: float | None, compared: float | None, low: float | None, high: float | None, half: float = 0.05) -> Cell:
    change = None if value is None or compared is None else value - compared
    before = (None, None) if compared is None else (compared - half, compared + half)
    return Cell(
        "answer_rate", None, "share", "2026-10", {}, value, 100, low, high, "ok", None, 80, 100, compared, change,
        compare_low=before[0], compare_high=before[1], compare_state="ok",
    )  # fmt: skip


def day(bucket: str, value: float | None) -> Cell:
    return Cell("answer_rate", None, "share", bucket, {}, value, 100, None, None, "ok", None, None, None)


def test_a_change_is_sure_when_its_interval_does_not_hold_nought(centre: Any) -> None:
    answer_rate, abandon_rate = centre.catalogue.definition("answer_rate"), centre.catalogue.definition("abandon_rate")
    assert judge(answer_rate, cell(0.80, 0.90, 0.75, 0.85)).verdict == "worse"
    assert judge(answer_rate, cell(0.80, 0.84, 0.75, 0.85)).verdict == "same"
    # outside the interval of one figure, inside that of a difference of two: 6 points of 7.1
    assert judge(answer_rate, cell(0.80, 0.86, 0.75, 0.85)).verdict == "same"
    assert judge(abandon_rate, cell(0.05, 0.20, 0.03, 0.08)).text("ja") == "改善"


def test_the_interval_of_a_change_is_put_together_from_those_of_both_figures(centre: Any) -> None:
    # 70.0 % (68.0 to 72.0) after 75.0 % (73.0 to 77.0): −5 points, give or take √(2² + 2²)
    judged = judge(centre.catalogue.definition("answer_rate"), cell(0.70, 0.75, 0.68, 0.72, half=0.02))
    assert (judged.verdict, judged.low, judged.high) == ("worse", pytest.approx(-0.0783, abs=1e-4), pytest.approx(-0.0217, abs=1e-4))


def test_nothing_is_judged_without_a_comparison_or_a_value(centre: Any) -> None:
    answer_rate = centre.catalogue.definition("answer_rate")
    assert judge(answer_rate, cell(0.80, None, 0.75, 0.85)).text("ja") == ""
    assert judge(answer_rate, cell(None, 0.8, None, None)).verdict == "unknown"


@pytest.mark.parametrize(
    ("values", "ja", "en"),
    [
        ((0.9, 0.9, 0.7, 0.7), "10/3(土)から続いて", "since Sat 3 Oct"),
        ((0.7, None, 0.7, 0.7), "期間を通じて", "throughout the period"),
        ((0.9, 0.5, 0.9, 0.9), "特に10/2(金) 50.0%", "above all Fri 2 Oct, 50.0%"),
    ],
)
def test_since_when_it_slipped(centre: Any, values: tuple[float | None, ...], ja: str, en: str) -> None:
    definition = centre.catalogue.definition("answer_rate")
    days = [day(f"2026-10-{number:02}", value) for number, value in enumerate(values, 1)]
    told = [since(definition, cell(0.75, 0.8, 0.74, 0.76), days, "worse", display.scale("share", [0.75]), lang) for lang in ("ja", "en")]
    assert told == [ja, en]


def test_what_is_usual_says_where_the_figure_stands(centre: Any) -> None:
    aht = centre.catalogue.definition("aht")
    usual = mark(aht, aht.band.low - 1, "ja")
    assert usual is not None
    assert (usual.stands, usual.outside) == ("下回る", True)
    inside = mark(aht, aht.band.low, "en")
    assert inside is not None
    assert (inside.stands, inside.outside) == ("within", False)


def test_the_line_breaks_where_a_day_is_missing_and_says_what_it_shows() -> None:
    drawn = draw([1.0, None, 2.0, 3.0, 2.5], 'a <b> "line"', compared=2.0, stressed=2)
    assert drawn.count("M") == 2 + 1 + 1 + 1  # two runs, the compared line, the heavier part, the end
    assert 'aria-label="a &lt;b&gt; &quot;line&quot;"' in drawn
    assert draw([1.0, None, 2.0], "too few") == ""


def test_the_first_stage_shows_five_kpis_and_never_more(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", WEEKS)
    assert page.status_code == 200
    assert sum(len(tiles) for _, tiles in page.context["board"].families) == 5
    assert "応答率" in page.content.decode()


def test_the_page_shows_the_figure_that_a_question_gives(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", {"period": "2026-10"})
    tile = next(t for _, tiles in page.context["board"].families for t in tiles if t.definition.kpi == "answer_rate")
    assert tile.cell.value == centre.ask("answer_rate", period="2026-10").value
    assert tile.scale.text(tile.cell.value) in page.content.decode()


def test_a_supervisor_sees_only_the_own_team(client_of: Callable[..., Any]) -> None:
    def offered(role: str) -> float:
        families = client_of(role).get("/", {"period": "2026-10"}).context["board"].families
        return next(t.cell.n or 0 for _, tiles in families for t in tiles if t.definition.kpi == "fcr")

    assert 0 < offered("supervisor") < offered("analyst")


def test_both_languages_show_the_same_figures(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    ja = client.get("/", WEEKS, headers={"accept-language": "ja"}).context["board"]
    en = client.get("/", WEEKS, headers={"accept-language": "en"})
    assert [[t.cell.value for t in tiles] for _, tiles in ja.families] == [
        [t.cell.value for t in tiles] for _, tiles in en.context["board"].families
    ]
    assert "Answer rate" in en.content.decode()


def test_an_empty_workspace_says_what_to_do(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    assert "まだデータがありません" in client_of("analyst").get("/").content.decode()


def test_a_period_that_makes_no_sense_is_told_with_what_would(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", {"period": "<script>"})
    assert page.status_code == 400
    assert "<script>" not in page.content.decode().replace('type="module"', "")
    assert "2026-10" in page.content.decode()


def test_each_channel_has_a_tab_and_the_address_keeps_it(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", {**WEEKS, "w.channel": "mail", "set": "stage_12"})
    chosen = [label for label, _, here in page.context["channels"] if here]
    assert chosen == ["メール"]
    assert all("set=stage_12" in query for _, query, _ in page.context["channels"])
    assert '<input type="hidden" name="w.channel" value="mail">' in page.content.decode()


def test_what_the_mean_hides_comes_later_at_first_and_along_once_it_is_known(client_of: Callable[..., Any]) -> None:
    client, asked = client_of("analyst"), {"period": "2026-09-07..2026-09-13", "set": "stage_12"}
    assert 'hx-get="/more/' in client.get("/", asked).content.decode()
    more = client.get("/more/", asked).content.decode()
    assert "チャネル別" in more
    assert "最も混む" in more
    again = client.get("/", asked).content.decode()
    assert 'hx-get="/more/' not in again
    assert "最も混む" in again


def test_the_channels_stand_side_by_side_with_the_figures_that_a_question_gives(centre: Any, client_of: Callable[..., Any]) -> None:
    found = client_of("analyst").get("/more/", {"period": "2026-10"}).context["by_channel"]
    shown = {
        label: cell.value
        for (label, _), cell in zip(found.headings, next(row for row in found.rows if row[1] == "answer_rate")[3], strict=True)
    }
    assert shown["電話"] == centre.ask("answer_rate", period="2026-10", filters={"channel": "voice"}).value


def test_what_is_kept_for_one_scope_is_never_shown_to_another(client_of: Callable[..., Any]) -> None:
    asked = {"period": "2026-10", "set": "stage_12"}
    first = {role: client_of(role).get("/", asked).content.decode() for role in ("analyst", "supervisor", "vendor_supervisor")}
    again = {role: client_of(role).get("/", asked).content.decode() for role in ("vendor_supervisor", "supervisor", "analyst")}

    def tiles(text: str) -> str:
        return text[text.index('class="families"') : text.index('id="more"')]

    assert {role: tiles(text) for role, text in first.items()} == {role: tiles(text) for role, text in again.items()}
    assert len({tiles(text) for text in first.values()}) == 3
    assert "sapporo-1" not in again["vendor_supervisor"]


def test_a_period_without_data_says_so_and_leads_to_one_that_has(client_of: Callable[..., Any]) -> None:
    text = client_of("analyst").get("/", {"period": "2020-01"}).content.decode()
    assert "この期間・絞り込みに当てはまる実績がありません" in text
    assert "最新の1週間を見る" in text


def test_a_source_that_fell_silent_stands_at_the_top(
    own_centre: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rashin.web.pages.overview import board
    from rashin.web.pages.overview.arriving import Stopped

    monkeypatch.setattr(board.arriving, "stopped", lambda scope, lang: [Stopped("札幌PBX", "コンタクト", "10/29(木)", "10/28(水)")])
    text = client_of("analyst").get("/", WEEKS).content.decode()
    assert "10/29(木)から届いていません(最後は10/28(水))" in text


def test_a_tile_says_on_how_many_days_its_input_lacks_something(client_of: Callable[..., Any], centre: Any) -> None:
    asked = {"period": "2026-10", "set": "stage_21"}
    tiles = [tile for _, each in client_of("analyst").get("/", asked).context["board"].families for tile in each]
    notes = centre.ask([tile.definition.label for tile in tiles], period="2026-10", compare="previous").completeness.notes
    facts = {note.fact for note in notes if note.kind in {"missing_days", "not_yet"}}
    assert {tile.name for tile in tiles if tile.lacks} == {
        tile.name for tile in tiles if tile.cell.value is not None and facts & set(tile.definition.facts)
    }


def test_half_hours_as_good_as_the_whole_are_not_called_worst() -> None:
    from types import SimpleNamespace

    from rashin.web.pages.overview import hours

    filters: Any = SimpleNamespace(lang="ja", query=lambda **_: "")
    cells: list[Any] = [SimpleNamespace(bucket=f"2026-10-01 0{at}:00", value=value, n=20) for at, value in enumerate((1.0, 0.4, 1.0))]
    assert [each.cell.value for each in hours._worst(filters, cells, 0.8)] == [0.4]
    assert hours._worst(filters, [cells[0], cells[2]], 1.0) == []
