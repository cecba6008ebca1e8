"""`rashin rejects`: the rows that a load refused; write them out, mend them, load them again."""

from __future__ import annotations

from pathlib import Path

from rashin.cli.lib.app import WRITING, app
from rashin.cli.lib.command import Group, PathType, argument, command, option
from rashin.cli.lib.lang import lang, say
from rashin.errors import Bilingual, QuestionError

_FILE = PathType(path_type=Path, dir_okay=False)


@command(
    "取込不可の行を、行番号・列・値・理由・直し方とともに一覧にする。",
    "List the rows that a load refused: line, column, value, reason and how to mend it.",
    argument("load", type=int, required=False),
    option("--open", "open_only", is_flag=True, ja="まだ直していないものだけ", en="only those that were not mended yet"),
    option("--count", type=int, default=50, show_default=True, ja="行数(0ですべて)", en="how many (0 for all)"),
    examples=("rashin rejects list", "rashin rejects list 12", "rashin rejects list 12 --format csv --out rejects.csv"),
)
def list_(load: int | None, open_only: bool, count: int) -> None:
    """List the rejects of one load, or which loads have any."""
    if load is None:
        _loads()
        return
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.intake.rejects import listing

    state = app()
    table = listing(state.store, load, open_only=open_only)
    records = table.to_pylist()
    shown = records[:count] if count and state.format == "table" else records
    columns = [
        column("file", "ファイル", "File"),
        column("line", "行", "Line", right=True),
        column("fact", "実績", "Fact"),
        column("column", "列", "Column"),
        column("value", "値", "Value", lambda text: "" if text is None else text if len(text) <= 40 else text[:39] + "…"),
        column(f"reason_{lang()}", "理由", "Reason"),
        column(f"mend_{lang()}", "直し方", "Mend"),
        column("code", "コード", "Code"),
        column("mended_by", "修正した取込", "Mended by", right=True),
    ]
    if state.format == "table" and not any(record["mended_by"] for record in records):
        columns = columns[:-1]
    elif state.format != "table":
        columns = [column(name, name, name) for name in table.column_names]
    notes = [say(f"{len(records)} 件中 {len(shown)} 件", f"{len(shown)} of {len(records)}")]
    deliver(state, Listing(columns, shown, notes=notes))
    if records:
        state.next_step(
            f"直すには `rashin rejects export {load} mend.csv` で書き出し、直してから `rashin rejects mend mend.csv`。",
            f"To mend: `rashin rejects export {load} mend.csv`, correct the cells, then `rashin rejects mend mend.csv`.",
        )


def _loads() -> None:
    from rashin.cli.lib.listing import Listing, column, deliver

    state = app()
    records = [
        {"load": each.load_id, "source": each.source, "file": each.file_name, "rejected": each.receipt().total.rejected}
        for each in state.store.loads()
        if each.withdrawn_at is None and each.receipt().total.rejected
    ]
    columns = [
        column("load", "取込", "Load", right=True),
        column("source", "連携元", "Source"),
        column("file", "ファイル", "File"),
        column("rejected", "取込不可", "Rejected", right=True),
    ]
    deliver(
        state, Listing(columns, records, notes=[say(f"取込不可のある取込 {len(records)} 件", f"{len(records)} loads with refused rows")])
    )
    if records:
        state.next_step(
            f"`rashin rejects list {records[0]['load']}` で中身を表示します。", f"`rashin rejects list {records[0]['load']}` shows them."
        )


@command(
    "取込不可の行を、直して取り込み直せるCSVに書き出す。",
    "Write the refused rows to a CSV in which they can be mended.",
    argument("load", type=int),
    argument("file", type=_FILE, required=False),
    option("--all", "everything", is_flag=True, ja="すでに直した行も含める", en="those that were mended already too"),
    examples=("rashin rejects export 12 mend.csv",),
)
def export(load: int, file: Path | None, everything: bool) -> None:
    """Write one load's rejects."""
    from rashin.intake.rejects import export as write

    state = app()
    target = file or state.out
    if target is None:
        raise QuestionError(
            "out_missing",
            Bilingual("書き出すファイルを指定してください。", "Name the file to write."),
            Bilingual(f"例: `rashin rejects export {load} mend.csv`", f"For example: `rashin rejects export {load} mend.csv`"),
        )
    count = write(state.store, target, load, lang=lang(), open_only=not everything)
    state.note(say(f"{count} 行を書き出しました: {target}", f"Wrote {count} rows to {target}"))
    if count:
        state.next_step(
            f"「#」で始まる列はそのままにして直し、`rashin rejects mend {target.name}` で取り込みます。",
            f"Correct the cells, leave the columns that begin with “#” alone, then `rashin rejects mend {target.name}`.",
        )


@command(
    "直した取込不可の行を取り込む。",
    "Load rejects that were mended.",
    argument("file", type=_FILE),
    examples=("rashin rejects mend mend.csv",),
)
def mend(file: Path) -> None:
    """Load a mended file."""
    from rashin.cli.lib.person import who
    from rashin.cli.lib.receipts import show
    from rashin.intake.mend import mend as mend_rejects

    state = app()
    with WRITING:
        receipts = mend_rejects(state.store, file, by=who())
    show(state, receipts)


COMMAND = Group(
    "rejects",
    Bilingual(
        "取込不可の行を確かめ、書き出し、直して取り込み直す。",
        "Look at refused rows, write them out, mend them and load them again.",
    ),
    commands={"list": list_, "export": export, "mend": mend},
)
