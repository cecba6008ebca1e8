"""`rashin rebuild`: make everything that is kept beside the facts anew."""

from __future__ import annotations

import time

from rashin.cli.lib.app import WRITING, app
from rashin.cli.lib.command import command
from rashin.cli.lib.lang import say


@command(
    "集約表と充足状況を、実績から作り直す。値は変わらない。",
    "Make roll-ups and coverage anew from the facts. No figure changes.",
    examples=("rashin rebuild",),
)
def rebuild() -> None:
    """Rebuild."""
    from rashin.cli.lib.person import who
    from rashin.cli.lib.progress import bar

    state = app()
    started = time.monotonic()
    with bar(state, say("作り直し", "Rebuilding"), 1) as step, WRITING:
        _ = state.centre.catalogue
        state.store.rebuild(who())
        step(1, "")
    kept = len(state.store.rollups())
    seconds = time.monotonic() - started
    state.note(say(f"作り直しました: 集約表 {kept} 件、{seconds:.1f} 秒", f"Rebuilt: {kept} roll-ups, {seconds:.1f} seconds"))


COMMAND = rebuild
