"""`rashin load`: files into facts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rashin.cli.lib.app import WRITING, App, app
from rashin.cli.lib.command import PathType, argument, command, option
from rashin.cli.lib.lang import lang, say
from rashin.errors import Bilingual, DefinitionError, InputError, QuestionError, RashinError

if TYPE_CHECKING:
    from rashin.intake.receipt import Receipt

_FILE = PathType(path_type=Path)


@command(
    "ファイルを取り込む。一つのファイルが一回の取込で、全部か無しかのどちらかになる。同じファイルを二度取り込んでも何も変わらない。",
    "Load files. One file is one load, whole or not at all; loading the same file twice changes nothing.",
    argument("files", type=_FILE, nargs=-1),
    option(
        "--mapping",
        "-m",
        ja="対応づけ(ファイル、または mappings/ にある名前。省略時は合うものを探す)",
        en="mapping: a file, or a name in mappings/ (default: one that fits)",
    ),
    option("--source", ja="連携元の名前(対応づけのものの代わりに)", en="name of the source, instead of the mapping's"),
    option(
        "--exported-at",
        type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]),
        ja="書き出した日時(UTC)。行に更新日時がないときの改訂になる(省略時はファイルの更新日時)",
        en="when the files were exported (UTC): the revision of rows that have none (default: the file's own time)",
    ),
    option("--settle", multiple=True, metavar="CODE=CHOICE", ja="要確認への答え", en="answer to a doubt"),
    option(
        "--mend",
        is_flag=True,
        ja="`rejects export` で書き出して直したファイルを取り込む",
        en="the files are rejects that were exported and mended",
    ),
    option("--strict", is_flag=True, ja="取込不可の行があれば終了コード8", en="exit code 8 when rows were refused"),
    examples=(
        "rashin load calls-2026-10.csv",
        "rashin load queue_log* --source pbx-naha",
        "rashin load export.csv --mapping crm --settle zone=Asia/Tokyo",
    ),
)
def load(
    files: tuple[Path, ...],
    mapping: str | None,
    source: str | None,
    exported_at: dt.datetime | None,
    settle: tuple[str, ...],
    mend: bool,
    strict: bool,
) -> None:
    """Load files in order. One that cannot be read or placed is told in the end and stops no other; the exit code is that of the first such file."""
    from rashin.cli.lib.receipts import show
    from rashin.cli.lib.run import Found
    from rashin.cli.lib.totals_words import after_loading

    state = app()
    if not files:
        raise QuestionError(
            "no_files",
            Bilingual("取り込むファイルを指定してください。", "Name the files to load."),
            Bilingual("例: `rashin load 通話履歴.csv`", "For example: `rashin load calls.csv`"),
        )
    receipts: list[Receipt] = []
    left: list[RashinError] = []
    try:
        _load_all(state, files, receipts, left, mapping=mapping, source=source, exported_at=exported_at, settle=settle, mend=mend)
    finally:
        if receipts:
            show(state, receipts)
            after_loading(state, receipts)
    state.note(say(f"データ版 {state.store.snapshot()}", f"Snapshot {state.store.snapshot()}"))
    if left:
        for error in left:
            state.screen.err(f"{error.text(lang())}\n[{error.code}]")
        state.note(
            say(f"{len(files)} 件中 {len(left)} 件のファイルは取り込んでいません。", f"{len(left)} of {len(files)} files were not loaded.")
        )
        raise Found(left[0].exit_code)
    if strict and any(receipt.total.rejected for receipt in receipts):
        raise Found


def _load_all(
    state: App,
    files: tuple[Path, ...],
    receipts: list[Receipt],
    left: list[RashinError],
    *,
    mapping: str | None,
    source: str | None,
    exported_at: dt.datetime | None,
    settle: tuple[str, ...],
    mend: bool,
) -> None:
    from rashin.cli.lib.fitting import choices, fitting
    from rashin.cli.lib.person import who
    from rashin.cli.lib.progress import bar, watcher
    from rashin.intake.mend import mend as mend_rejects
    from rashin.intake.run import load as load_files

    store = state.store
    sizes = [file.stat().st_size if file.is_file() else 0 for file in files]
    before = 0
    with bar(state, say("取込", "Loading"), sum(sizes)) as step:
        for file, size in zip(files, sizes, strict=True):
            watch = watcher(step, before)
            try:
                with WRITING:
                    if mend:
                        receipts += mend_rejects(store, file, by=who(), watch=watch)
                    else:
                        chosen = _mapping(state, mapping) if mapping else _named_for(state, source) or fitting(file, state.workspace)
                        receipts += load_files(
                            store, [file], chosen, by=who(), source=source, exported_at=exported_at, settle=choices(settle), watch=watch
                        )
            except (InputError, DefinitionError) as error:
                if len(files) == 1 or (mapping and error.code == "mapping_missing"):
                    raise
                left.append(error)
            before += size
            step(before, file.name)


def _mapping(state: App, given: str) -> str | Path:
    """A mapping's name, or its file in the folder of whoever typed it."""
    path = state.cwd / given
    return path if given.endswith(".toml") and path.is_file() else given


def _named_for(state: App, source: str | None) -> Path | None:
    """The mapping that rashin.toml names for the source."""
    named = state.workspace.config.source(source).mapping if source else ""
    return state.workspace.path / named if named else None


COMMAND = load
