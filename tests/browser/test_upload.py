"""The analyst's morning: the missing file is dropped on the page, its progress watched, refused rows are mended, and the figures follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rashin.web.pages.data import jobs


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    yield
    assert jobs.idle()


@pytest.fixture
def missing(own_centre: Any, tmp_path: Path) -> Path:
    """A call list of the PBX that has not been loaded: the October file with other numbers."""
    source = next(own_centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes().replace(b"S2610-", b"T2610-"))
    return path


def test_a_file_is_sent_watched_mended_and_the_figures_follow(own_centre: Any, page_for: Callable[..., Any], missing: Path) -> None:
    page = page_for("analyst")
    page.goto("/data/")
    page.get_by_role("link", name="ファイルを取り込む").first.click()
    page.set_input_files("#files", str(missing))
    assert page.locator("[data-chosen] li").inner_text().startswith(missing.name)
    page.locator("[data-send]").click()
    page.wait_for_url("**/data/uploads/**")
    page.get_by_role("link", name="取り込めなかった").click()
    wrong = page.locator(".is-wrong input")
    wrong.first.wait_for()  # `all()` below does not wait for the page that the click opens
    negative = next(field for field in wrong.all() if field.input_value().startswith("-"))
    negative.fill(negative.input_value().lstrip("-"))
    page.get_by_role("button", name="直した行を取り込む").click()
    page.wait_for_url("**/data/uploads/**")
    page.get_by_text("の取込不可を修正しました").wait_for()
    page.get_by_role("link", name="受領書と変わった数字を見る").click()
    page.get_by_text("変わった値").wait_for()
    page.goto("/data/")
    assert page.locator("table.loads tbody tr").first.inner_text().find("の修正") > 0


def test_an_unknown_form_is_settled_by_keyboard_and_mouse_alike(
    own_centre: Any, page_for: Callable[..., Any], tmp_path: Path, check_accessible: Callable[..., None]
) -> None:
    path = tmp_path / "新しい表.csv"
    lines = [
        "通話ID,受付日時,窓口,結果,待ち時間(秒)",
        *(f"K-{n},2026-11-02 09:{n:02}:00,注文,応答,{n}" for n in range(30)),
        "K-x,2026-11-02 10:00:00,注文,応答,-5",
    ]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp932")
    page = page_for("analyst")
    page.goto("/data/upload/")
    page.set_input_files("#files", str(path))
    page.locator("[data-send]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="読み方を決める").click()
    page.locator("select[name^='d:']").first.wait_for()
    check_accessible(page)
    for select in page.locator("select[name^='d:']").all():
        select.select_option(index=1)
    page.get_by_text("取込不可になる行").wait_for()
    page.get_by_label("対応づけの名前").fill("new-pbx")
    page.get_by_role("button", name="保存して取り込む").click()
    page.get_by_text("採用 30").wait_for()


def test_a_drop_chooses_files_and_sending_can_be_stopped(own_centre: Any, page_for: Callable[..., Any], tmp_path: Path) -> None:
    page = page_for("analyst", lang="en")
    page.goto("/data/upload/")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(["x".repeat(1000)], "dropped.csv", { type: "text/csv" }));
        document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); }"""
    )
    page.locator("[data-chosen]", has_text="dropped.csv").wait_for()
    page.route("**/data/upload/", lambda route: None)  # the network has stalled
    page.locator("[data-send]").click()
    page.get_by_role("button", name="Stop sending").click()
    page.get_by_text("Sending was stopped").wait_for()
    assert own_centre.snapshot() == own_centre.loads()[-1].load_id


@pytest.mark.parametrize(("width", "lang", "scheme"), [(1280, "ja", "light"), (375, "en", "dark")])
def test_every_part_is_accessible(
    centre: Any, page_for: Callable[..., Any], check_accessible: Callable[..., None], width: int, lang: str, scheme: str
) -> None:
    page = page_for("administrator", width=width, lang=lang, scheme=scheme)
    number = next(each for each in reversed(centre.loads()) if each.source == "pbx-sapporo" and each.receipt().total.rejected).load_id
    for part in ("", "calendar/", "snapshots/", "upload/", f"loads/{number}/", f"loads/{number}/rejects/", f"loads/{number}/withdraw/"):
        page.goto(f"/data/{part}")
        page.wait_for_load_state("networkidle")
        check_accessible(page)


def test_an_empty_workspace_leads_to_the_first_load(
    empty_centre: Any, page_for: Callable[..., Any], check_accessible: Callable[..., None]
) -> None:
    page = page_for("analyst")
    page.goto("/data/")
    check_accessible(page)
    page.get_by_role("link", name="最初のファイルを取り込む").click()
    page.locator("#files").wait_for(state="attached")
