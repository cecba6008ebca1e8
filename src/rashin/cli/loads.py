"""`rashin loads`: what has been loaded."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say


@command(
    "取込の一覧を表示する。番号・連携元・ファイル・件数・取消の有無がわかる。",
    "List the loads: number, source, file, counts, and whether a load was withdrawn.",
    option("--source", ja="この連携元だけ", en="only this source"),
    option("--last", type=int, default=0, ja="新しいほうからこの件数だけ", en="only this many, the newest"),
    examples=("rashin loads", "rashin loads --source pbx-tokyo --last 5"),
)
def loads(source: str | None, last: int) -> None:
    """List the loads."""
    from rashin.cli.lib.choices import check_word
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.display import number

    state = app()
    found = state.store.loads()
    if source is not None:
        check_word(source, {each.source for each in found}, say("連携元", "source"))
        found = [each for each in found if each.source == source]
    records = []
    for each in found[-last:] if last else found:
        total = each.receipt().total
        record = {"load": each.load_id, "source": each.source, "file": each.file_name, "at": each.committed_at, "by": each.by}
        record |= {"rows_in": total.rows_in, "accepted": total.accepted, "rejected": total.rejected, "duplicate": total.duplicate}
        record |= {"ignored": total.ignored, "withdrawn_at": each.withdrawn_at, "withdrawn_by": each.withdrawn_by}
        records.append(record)
    columns = [
        column("load", "番号", "Load", right=True),
        column("source", "連携元", "Source"),
        column("file", "ファイル", "File"),
        column("at", "取込日時(UTC)", "At (UTC)", lambda at: f"{at:%Y-%m-%d %H:%M}"),
        column("by", "実行者", "By"),
        column("rows_in", "行数", "Rows in", number, right=True),
        column("accepted", "取込", "Accepted", number, right=True),
        column("rejected", "取込不可", "Rejected", number, right=True),
        column("duplicate", "重複", "Duplicate", number, right=True),
        column("ignored", "対象外", "Ignored", number, right=True),
        column("withdrawn_at", "取消日時", "Withdrawn", lambda at: f"{at:%Y-%m-%d %H:%M}" if at else ""),
    ]
    deliver(state, Listing(columns, records, notes=[say(f"{len(records)} 件", f"{len(records)} loads")]))


COMMAND = loads
