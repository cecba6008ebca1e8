"""`rashin log`: who did what to the facts."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say


@command(
    "操作の記録を表示する。取込・取消などが、誰がいつ行ったかとともに改ざん検知付きで残る。",
    "Show the log: every load and withdrawal with who did it and when, chained so that a change would be noticed.",
    option(
        "--last",
        type=int,
        default=20,
        show_default=True,
        ja="新しいほうからこの件数だけ(0ですべて)",
        en="only this many, the newest (0 for all)",
    ),
    examples=("rashin log", "rashin log --last 0 --format csv --out log.csv"),
)
def log(last: int) -> None:
    """List the log."""
    from rashin.cli.lib.listing import Listing, column, deliver

    state = app()
    entries = state.store.log()
    shown = entries[-last:] if last else entries
    records = [
        {
            "seq": each.seq,
            "at": each.at,
            "by": each.by,
            "action": each.action,
            "subject": each.subject,
            "detail": each.detail,
            "hash": each.hash,
        }
        for each in shown
    ]
    columns = [
        column("seq", "番号", "No.", right=True),
        column("at", "日時(UTC)", "At (UTC)", lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
        column("by", "実行者", "By"),
        column("action", "操作", "Action"),
        column("subject", "対象", "Subject"),
        column("detail", "内容", "Detail", lambda text: text if len(text) <= 60 else text[:59] + "…"),
        column("hash", "ハッシュ", "Hash", lambda text: text[:12]),
    ]
    notes = [say(f"{len(entries)} 件中 {len(shown)} 件", f"{len(shown)} of {len(entries)} entries")]
    if broken := state.store.verify_log():
        notes.append(say(f"改ざんまたは欠落の疑い: {broken}", f"Changed or missing: {broken}"))
    deliver(state, Listing(columns, records, notes=notes))


COMMAND = log
