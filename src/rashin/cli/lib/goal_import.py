"""Goals out of a workbook: what changes is said before it is saved, a bad row never stops the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import WRITING, App
from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.listing import Listing, column, deliver
from rashin.errors import Bilingual, ConflictError

if TYPE_CHECKING:
    from rashin.judge.goals import Goals
    from rashin.judge.sheet import GoalRow


def run(state: App, file: Path, dry_run: bool, reason: str) -> None:
    """Read the workbook and save its goals."""
    from rashin.cli.lib.goal_words import goals_of
    from rashin.errors import InputError, OutsideError, RashinError
    from rashin.judge import sheet
    from rashin.query.settings import Settings

    known, settings = goals_of(state), Settings.of(state.store)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise InputError("file_missing", Bilingual(f"{file.name} がありません。", f"There is no file {file.name}.")) from None
    except OSError as error:
        raise OutsideError("file_unreadable", Bilingual(f"{file.name} を読めません。", f"{file.name} cannot be read: {error}.")) from error
    records: list[dict[str, Any]] = []
    for each in sheet.read(data, state.centre.catalogue, settings):
        if isinstance(each, sheet.SheetProblem):
            place = {"row": each.row, "column": each.column, "value": each.value}
            records.append({**place, "what": say("取込不可", "refused"), "reason": told(each.reason)})
            continue
        try:
            what = _one(state, each, known, settings, dry_run, reason or f"import {file.name}")
        except RashinError as error:
            records.append(
                {
                    "row": each.row,
                    "column": "version",
                    "value": each.goal.name,
                    "what": say("取込不可", "refused"),
                    "reason": error.text(lang()),
                }
            )
        else:
            records.append({"row": each.row, "column": "", "value": each.goal.name, "what": what, "reason": ""})
    columns = [
        column("row", "行", "Row", right=True),
        column("column", "列", "Column"),
        column("value", "目標・値", "Goal or value"),
        column("what", "結果", "Result"),
        column("reason", "理由", "Reason"),
    ]
    deliver(
        state,
        Listing(columns, records, notes=[say("確かめただけで、保存していません。", "Checked only: nothing was saved.")] if dry_run else []),
    )
    if dry_run:
        state.next_step(f"`rashin goals import {file.name}` で保存します。", f"`rashin goals import {file.name}` saves them.")
    else:
        state.next_step("`rashin goals list` でいまの位置を表示します。", "`rashin goals list` shows where they stand.")


def _one(state: App, row: GoalRow, known: Goals, settings: Any, dry_run: bool, reason: str) -> str:
    """Save one goal unless it is as it was. The version in the sheet is the one that the change is based on."""
    from dataclasses import replace

    from rashin.cli.lib.person import who
    from rashin.judge.goals import save

    goal = row.goal
    before = known.get(goal.name)
    if before is not None and replace(before, version=goal.version) == goal and before.version == goal.version:
        return say("変更なし", "unchanged")
    if before is not None and goal.version != before.version:
        raise ConflictError(
            "goal_of_other_version",
            Bilingual(
                f"「{goal.name}」の今の版は {before.version} です(表の版は {goal.version or '空'})。",
                f"“{goal.name}” is of version {before.version} now; the sheet says {goal.version or 'none'}.",
            ),
            Bilingual(
                "書き出し直した表に入力するか、版の列を今の番号にしてください。",
                "Export again and edit that, or write the current number into the column Version.",
            ),
        )
    if not dry_run:
        with WRITING:
            save(
                state.workspace.folder("goals"),
                goal.name,
                goal,
                by=who(),
                reason=reason,
                expect_version=goal.version if before is not None else 0,
                catalogue=state.centre.catalogue,
                settings=settings,
            )
    return say("追加", "added") if before is None else say("変更", "changed")
