"""`rashin restore`: sealed days back into an empty workspace."""

from __future__ import annotations

from pathlib import Path

from rashin.cli.lib.app import WRITING, app
from rashin.cli.lib.command import PathType, argument, command
from rashin.cli.lib.lang import say


@command(
    "seal で書き出した日を、空のワークスペースに戻す。中身は一覧(manifest)と照らして確かめてから数える。",
    "Bring sealed days back into an empty workspace. Everything is checked against the manifest before it counts.",
    argument("folder", type=PathType(path_type=Path, file_okay=False, exists=True)),
    examples=("rashin -w new-workspace restore backup/facts",),
)
def restore(folder: Path) -> None:
    """Restore sealed days."""
    from rashin.cli.lib.person import who
    from rashin.cli.lib.progress import bar
    from rashin.connect import connectors

    state = app()
    known = [assembly for connector in connectors().values() for assembly in connector.assemblies]
    with bar(state, say("復元", "Restoring"), 1) as step, WRITING:
        records = state.store.restore(who(), folder, known, lambda done, of: step(done / max(of, 1), f"{done}/{of}"))
    rows = sum(record.receipt().total.accepted for record in records)
    state.note(say(f"{len(records)} 件の連携元、{rows:,} 行を戻しました。", f"Restored {rows:,} rows of {len(records)} sources."))


COMMAND = restore
