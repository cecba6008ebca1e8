"""Monday 08:50, walked in one go: the manager finds what a mean hides, down to its calls, and hands the link on; the analyst brings what is missing; her boss sees the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rashin.web.pages.data import jobs

MONTHS = "period=2026-08-01..2026-10-31"
WAIT = 12  # the column of the waiting time in the PBX's list


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    yield
    assert jobs.idle()


@pytest.fixture
def missing(own_centre: Any, tmp_path: Path) -> Path:
    """Forty calls of the first days of October that were not in the monthly list; of four the waiting time is negative."""
    source = next(own_centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    head, *rows = source.read_text("cp932").splitlines()[:41]
    assert head.split(",")[WAIT] == "待ち時間(秒)"
    made = [row.replace("S2610-", "T2610-") for row in rows]
    for number in (3, 11, 19, 27):
        cells = made[number].split(",")
        cells[WAIT] = f"-{abs(int(float(cells[WAIT] or 0))) + 1}"
        made[number] = ",".join(cells)
    path = tmp_path / source.name
    path.write_bytes("\r\n".join([head, *made, ""]).encode("cp932"))
    return path


def number(text: str) -> int:
    """The first whole number of a text: 1,234 → 1234."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def figures(page: Any) -> list[str]:
    """The figures of the tiles, as they are written, without their units."""
    page.locator(".tile-kpi .tile-value .figure").first.wait_for()
    return [re.sub(r"[^\d.,%–-]", "", each) for each in page.locator(".tile-kpi .tile-value > span:first-child").all_inner_texts()]


def test_monday_morning(own_centre: Any, page_for: Callable[..., Any], missing: Path, check_accessible: Callable[..., None]) -> None:
    manager = page_for("administrator")
    manager.goto(f"/?{MONTHS}")
    manager.get_by_role("link", name="応答率", exact=True).first.click()

    # the mean hides Wednesday 10–11 h
    wednesday = manager.locator("#hours a", has_text="水 10時台")
    wednesday.wait_for()
    whole, hidden = manager.locator(".headline .tile-value .figure").first.inner_text(), wednesday.inner_text()
    assert float(hidden.split()[-1].strip("%")) < float(whole.strip("%")) - 10

    # split by queue and vendor; the definition and its variants
    manager.locator("#slices nav a", has_text="委託先").click()
    manager.wait_for_url("**slice=vendor**")
    manager.locator("#slices tbody tr", has_text="ほしぞらコンタクト").wait_for()
    manager.locator("#variants tbody tr").nth(2).wait_for(state="attached")
    assert "目的" in manager.locator("#definition").inner_text()

    # the calls behind the bad half hours (at ten all of the supervisor's team sit in a meeting; at one some of them answer)
    manager.locator("#hours a", has_text="水 13時台").click()
    manager.wait_for_url("**w.weekday=3**w.hour=13**")
    counted = number(manager.locator(".headline p", has_text="n ").first.inner_text().partition("n ")[2])
    manager.get_by_role("link", name="分母", exact=True).click()
    manager.wait_for_url("**/kpi/answer_rate/rows/**")
    said = number(manager.locator("p.small.quiet", has_text="この閲覧は記録されます").inner_text().partition(" ")[2])
    assert said == counted

    # the link goes to a supervisor, who sees only his team
    supervisor = page_for("supervisor")
    supervisor.goto(manager.url)
    own = number(supervisor.locator("p.small.quiet", has_text="この閲覧は記録されます").inner_text().partition(" ")[2])
    assert 0 < own < counted
    text = supervisor.locator("main").inner_text()
    assert "札幌第1チーム" in text
    assert not re.search(r"sapporo-2|naha-\d|hoshizora|札幌第2|那覇第|ほしぞら", text)

    # the analyst uploads what is missing and mends four rows
    analyst = page_for("analyst")
    analyst.goto("/kpi/volume/?period=2026-10")
    before = number(analyst.locator(".headline .tile-value .figure").first.inner_text())
    analyst.goto("/data/upload/")
    analyst.set_input_files("#files", str(missing))
    analyst.locator("[data-send]").click()
    analyst.get_by_role("link", name="取り込めなかった").click()
    wrong = analyst.locator(".is-wrong input")
    wrong.first.wait_for()
    assert wrong.count() == 4
    for field in wrong.all():
        field.fill(field.input_value().lstrip("-"))
    analyst.get_by_role("button", name="直した行を取り込む").click()
    analyst.get_by_text("の取込不可を修正しました").wait_for()
    analyst.get_by_role("link", name="受領書と変わった数字を見る").click()
    analyst.get_by_text("変わった値").wait_for()  # the note: which figures this changed, before and after
    analyst.goto("/kpi/volume/?period=2026-10")
    assert number(analyst.locator(".headline .tile-value .figure").first.inner_text()) == before + 40

    # her boss, in English, on a phone, in dark mode, sees the same numbers
    manager.goto("/?period=2026-10&set=stage_12")
    boss = page_for("auditor", width=375, lang="en", scheme="dark")
    boss.goto("/?period=2026-10&set=stage_12")
    assert figures(boss) == figures(manager)
    check_accessible(boss)
