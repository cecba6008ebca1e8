"""`rashin check`: is everything that makes numbers in order?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rashin.cli.lib.app import App, app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import lang, say
from rashin.errors import RashinError

if TYPE_CHECKING:
    from pathlib import Path

Finding = tuple[str, bool, str]


@command(
    "ワークスペースを点検する。設定・KPI定義・カレンダー・組織・対応づけ・実績・操作の記録・保管した原本を確かめる。",
    "Check the workspace: settings, KPI definitions, calendars, organisation, mappings, facts, log, and the kept originals.",
    option(
        "--deep",
        is_flag=True,
        ja="保管した原本の中身もすべて照合する(時間がかかる)",
        en="read every kept original again and compare its content (slow)",
    ),
    examples=("rashin check", "rashin check --deep"),
)
def check(deep: bool) -> None:
    """Print one line a check; exit code 8 when something is wrong."""
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.cli.lib.run import Found

    state = app()
    findings = [*_files(state), *_store(state, deep=deep)]
    records = [
        {"item": item, "state": say("良好", "in order") if fine else say("要対処", "mend"), "fine": fine, "detail": detail}
        for item, fine, detail in findings
    ]
    columns = [
        column("item", "点検項目", "Checked"),
        column("state", "結果", "Result"),
        column("detail", "内容", "Detail"),
    ]
    if state.format != "table":
        columns.insert(1, column("fine", "", ""))
    wrong = sum(not fine for _, fine, _ in findings)
    note = say(f"{len(findings)} 項目中 {wrong} 項目に問題があります。", f"{wrong} of {len(findings)} checks found something.")
    deliver(state, Listing(columns, records, notes=[note if wrong else say("問題はありません。", "Everything is in order.")]))
    if wrong:
        raise Found


def _files(state: App) -> Iterator[Finding]:
    """The files that change numbers: each is read as the product reads it."""
    from rashin.calendars import load_calendars
    from rashin.connect import read_mapping
    from rashin.intake.org import load_org

    workspace = state.workspace
    yield from _reads("rashin.toml", lambda: workspace.config.organisation.name)
    yield from _reads("kpis/", lambda: say(f"KPI {len(state.catalogue.kpis)} 件", f"{len(state.catalogue.kpis)} KPIs"))
    yield from _reads("calendars/", lambda: ", ".join(load_calendars(workspace.folder("calendars")).by_name) or say("なし", "none"))
    org = workspace.path / "org.csv"
    yield from _reads("org.csv", lambda: say(f"{_people(org, load_org)} 人", f"{_people(org, load_org)} people"))
    if (workspace.path / "staffing.toml").exists():
        from rashin.insight.staffing.workforce import load as workforce

        yield from _reads("staffing.toml", lambda: ", ".join(workforce(workspace.path).groups) or say("グループなし", "no groups"))
    for file in sorted(workspace.folder("mappings").glob("*.toml")):
        found = list(_reads(f"mappings/{file.name}", lambda file=file: read_mapping(file).source))  # type: ignore[misc]
        if found[0][1] and (doubts := read_mapping(file).open_doubts):
            names = ", ".join(doubt.name for doubt in doubts)
            found = [(found[0][0], False, say(f"要確認が残っています: {names}", f"Open doubts: {names}"))]
        yield from found


def _people(org: Path, load_org: Callable[[Path], object]) -> int:
    return len({entry.name for entry in load_org(org).agents.entries})  # type: ignore[attr-defined]


def _reads(item: str, read: Callable[[], str]) -> Iterator[Finding]:
    try:
        yield item, True, read()
    except RashinError as error:
        yield item, False, error.text(lang()).replace("\n", " ")


def _store(state: App, *, deep: bool) -> Iterator[Finding]:
    """The facts, the log, and the originals."""
    from rashin.records import FACTS

    store = state.store
    counted = {name: int(store.read(f"SELECT count(*) AS n FROM {store.relation(name)}").column(0)[0].as_py()) for name in FACTS}
    covered: dict[str, int] = {}
    for row in store.coverage().to_pylist():
        covered[row["fact"]] = covered.get(row["fact"], 0) + row["row_count"]
    wrong = [name for name, rows in counted.items() if covered.get(name, 0) != rows]
    total = sum(counted.values())
    detail = say(f"{total:,} 行、データ版 {store.snapshot()}", f"{total:,} rows, snapshot {store.snapshot()}")
    if wrong:
        detail = say(
            f"充足状況と合いません: {', '.join(wrong)}(`rashin rebuild`)", f"Coverage differs: {', '.join(wrong)} (`rashin rebuild`)"
        )
    yield say("実績", "facts"), not wrong, detail
    entries, broken = store.log(), store.verify_log()
    detail = say(f"{len(entries)} 件", f"{len(entries)} entries")
    if broken:
        detail = say(f"書き換えまたは欠落: {broken}", f"Changed or missing: {broken}")
    yield say("操作の記録", "log"), not broken, detail
    yield from _originals(state, deep=deep)
    kept = store.rollups()
    yield say("集約表", "roll-ups"), True, say(f"{len(kept)} 件", str(len(kept)))


def _originals(state: App, *, deep: bool) -> Iterator[Finding]:
    from rashin.intake.land import find_landed
    from rashin.store.leaving import erased_files

    folder = state.workspace.folder("landing")
    loads = [each for each in state.store.loads() if not each.batch_id.startswith("mend-")]
    erased = erased_files(state.store)  # with the persons in them
    loads = [each for each in loads if each.file_hash not in erased]
    missing = [each.load_id for each in loads if find_landed(folder, each.file_hash) is None]
    item = say("原本", "originals")
    if missing:
        yield item, False, say(f"原本のない取込: {missing}", f"Loads without their original: {missing}")
        return
    spoilt = [each.load_id for each in loads if not _same(find_landed(folder, each.file_hash), each.file_hash)] if deep else []
    detail = say(f"{len(loads)} 件", f"{len(loads)} files") + (say("、中身も一致", ", contents equal") if deep else "")
    if spoilt:
        detail = say(f"中身の変わった原本: 取込 {spoilt}", f"Originals whose content changed: loads {spoilt}")
    yield item, not spoilt, detail


def _same(path: Path | None, wanted: str) -> bool:
    if path is None:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(4 * 1024 * 1024):
            digest.update(piece)
    return digest.hexdigest() == wanted


COMMAND = check
