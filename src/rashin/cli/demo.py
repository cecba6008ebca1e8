"""`rashin demo`: an invented centre with a million contacts, written as source files, loaded through the product's own intake, and opened as a site."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rashin.cli.lib.app import WRITING, App, app, program, typed
from rashin.cli.lib.command import PathType, argument, command, option
from rashin.cli.lib.lang import say
from rashin.errors import Bilingual, WorkspaceError

if TYPE_CHECKING:
    from rashin.intake.receipt import Receipt

_MADE = "expected.json"


@command(
    "架空のセンターのデータを作り、取り込み、KPIの一覧を表示し、サイトを開く(終了は Ctrl+C)。電話・メール・チャット・SNS・発信、二拠点と委託先、14か月・約100万件。",
    "Build an invented centre, load it, show its KPI board and open its site (Ctrl+C ends it). Voice, mail, chat, social, outbound; two sites and "
    "an outsourcer; 14 months, about a million contacts.",
    argument("folder", type=PathType(path_type=Path, file_okay=False), default="demo-centre"),
    option(
        "--contacts",
        type=click.IntRange(min=1),
        default=1_000_000,
        show_default=True,
        ja="応対の件数(およそ)",
        en="about how many contacts",
    ),
    option("--months", type=click.IntRange(1, 120), default=14, show_default=True, ja="月数", en="how many months"),
    option("--seed", type=int, ja="乱数の種(同じ種なら同じデータ)", en="seed: the same one gives the same data"),
    option("--files-only", is_flag=True, ja="ファイルを作るだけで取り込まない", en="write the files and load nothing"),
    option(
        "--site/--no-site",
        default=None,
        ja="最後にサイトを開く(指定がなければ、端末から実行したときだけ開く)",
        en="open the site at the end (without either: only when run from a terminal)",
    ),
    examples=(
        "rashin demo",
        "rashin demo my-demo --contacts 100000",
        "rashin -w demo-centre ask service_level --by queue --period 2026-10",
    ),
)
def demo(folder: Path, contacts: int, months: int, seed: int | None, files_only: bool, site: bool | None) -> None:
    """Write, load, show, serve."""
    from rashin.cli.lib.demo_site import already_open, finish

    state = app()
    state.stays = True
    state.folder = folder
    started = time.monotonic()
    files = _write(state, folder, contacts, months, seed)
    if files_only or already_open(state, folder, site):
        return
    receipts = _load(state, files)
    _keep(state)
    _told(state, receipts)
    _board(state, folder)
    seconds = time.monotonic() - started
    state.note(say(f"所要時間 {seconds:.0f} 秒", f"{seconds:.0f} seconds in all"))
    _try(state, folder)
    finish(state, folder, site)


def _write(state: App, folder: Path, contacts: int, months: int, seed: int | None) -> list[Path]:
    """Write the files, unless the very same ones are there already; return them in loading order."""
    from rashin import demo as centre
    from rashin.cli.lib.progress import bar
    from rashin.store import Workspace

    used = centre.SEED if seed is None else seed
    made = folder / _MADE
    if made.is_file():
        known = json.loads(made.read_text(encoding="utf-8"))
        files = [folder / each["file"] for each in sorted(known["files"], key=lambda each: each["corrected"] > 0)]
        if (known["asked_contacts"], known["months"], known["seed"]) == (contacts, months, used) and all(file.is_file() for file in files):
            state.note(say(f"{folder} にあるデモを使います。", f"Using the demo centre in {folder}."))
            return files
    if folder.is_dir() and any(folder.iterdir()):
        raise WorkspaceError(
            "demo_folder_used",
            Bilingual(f"{folder} は空ではありません。", f"{folder} is not empty."),
            Bilingual("別のフォルダーを指定するか、中身を消してください。", "Name another folder, or empty this one."),
        )
    Workspace.create(folder, name="demo")
    state.note(
        say(
            f"{months} か月、約 {contacts:,} 件の架空のセンターを作っています。",
            f"Writing an invented centre: {months} months, about {contacts:,} contacts.",
        )
    )
    with bar(state, say("作成", "Writing"), months) as step:
        files = centre.write(folder, contacts, months, used, progress=lambda done, of: step(done, f"{done}/{of}"))
    size = sum(file.stat().st_size for file in files)
    state.note(
        say(
            f"{len(files)} 個のファイルを作りました({size / 1e6:,.0f} MB): {folder}",
            f"Wrote {len(files)} files ({size / 1e6:,.0f} MB) into {folder}",
        )
    )
    return files


def _load(state: App, files: list[Path]) -> list[Receipt]:
    """Load every file that is not in force yet, each with the mapping of its folder's name."""
    from rashin.cli.lib.person import who
    from rashin.cli.lib.progress import bar, watcher
    from rashin.intake.run import load

    store = state.store
    state.note(say("取り込んでいます。", "Loading."))
    receipts: list[Receipt] = []
    sizes = [file.stat().st_size for file in files]
    before = 0
    with bar(state, say("取込", "Loading"), sum(sizes)) as step:
        for file, size in zip(files, sizes, strict=True):
            mapping = state.workspace.folder("mappings") / f"{file.parent.name}.toml"
            with WRITING:
                receipts += load(store, [file], mapping, by=who(), watch=watcher(step, before))
            before += size
            step(before, file.name)
    return receipts


def _keep(state: App) -> None:
    """Make the roll-ups now, so that the first question need not."""
    from rashin.cli.lib.progress import bar

    with bar(state, say("集約表", "Roll-ups"), 1) as step, WRITING:
        _ = state.centre.catalogue
        step(1, "")


def _told(state: App, receipts: list[Receipt]) -> None:
    """Print one line for each source."""
    from rashin.cli.lib.listing import Listing, as_text, column
    from rashin.display import number

    sums: dict[str, dict[str, Any]] = {}
    for receipt in receipts:
        total = receipt.total
        one = sums.setdefault(receipt.source, {"source": receipt.source, "files": 0, "seconds": 0.0})
        one["files"] += 1
        one["seconds"] += receipt.seconds
        for name in ("rows_in", "accepted", "rejected", "duplicate", "ignored"):
            one[name] = one.get(name, 0) + getattr(total, name)
    records = [*sums.values()]
    whole = {
        name: sum(record[name] for record in records)
        for name in ("files", "rows_in", "accepted", "rejected", "duplicate", "ignored", "seconds")
    }
    records.append({"source": say("合計", "total"), **whole})
    columns = [
        column("source", "連携元", "Source"),
        column("files", "ファイル", "Files", number, right=True),
        column("rows_in", "行数", "Rows in", number, right=True),
        column("accepted", "取込", "Accepted", number, right=True),
        column("rejected", "取込不可", "Rejected", number, right=True),
        column("duplicate", "重複", "Duplicate", number, right=True),
        column("ignored", "対象外", "Ignored", number, right=True),
        column("seconds", "秒", "Seconds", lambda value: f"{value:.1f}", right=True),
    ]
    state.note("\n".join(as_text(Listing(columns, records))))


def _board(state: App, folder: Path) -> None:
    from rashin.cli.lib.board import show

    until = dt.date.fromisoformat(json.loads((folder / _MADE).read_text(encoding="utf-8"))["until"])
    show(state, f"{until:%Y-%m}")


def _try(state: App, folder: Path) -> None:
    """Tell what to type next; each line leads to one of the stories."""
    known = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    stories, first = known["stories"], known["first"]
    here = f"{program()} -w {typed(folder)}"
    loads = state.store.loads()
    corrected = next((each.load_id for each in loads if "訂正" in each.file_name), None)
    lines = [
        (
            say("窓口ごと、日ごとのサービスレベル", "service level by queue and day"),
            f"ask service_level --by queue --grain day --period {known['until'][:7]}",
        ),
        (
            say("同じ日を、製品ごとの定義で比べる", "one day under every product's definition"),
            f"compare service_level --period {known['until']} --where queue=order",
        ),
        (
            say("平均に隠れた悪い1時間(水曜10時)", "the hour that the mean hides (Wednesday 10:00)"),
            f"ask service_level --by hour --period {known['until'][:7]} --where site=sapporo --where weekday=3",
        ),
        (
            say("一つの値のもとの行", "the rows behind one figure"),
            f"rows service_level --period {known['until']} --where queue=order --part excluded",
        ),
        (
            say("委託先の報告値との突合", "the vendor's own figures against ours"),
            f"reconcile service_level --period {known['until'][:7]} --by queue --where vendor=hoshizora",
        ),
        (say("定義・式・出典", "definition, formula, source"), "explain service_level"),
    ]
    if stories["outage"] >= first:
        lines.insert(
            2,
            (
                say("障害の日の30分ごと", "the outage day by half hours"),
                f"ask service_level abandon_rate --grain 30min --period {stories['outage']} --where channel=voice --wide",
            ),
        )
    if corrected is not None:
        lines.append(
            (
                say("訂正で何が変わったか", "what the correction changed"),
                f"changes aht hold_time --period {stories['corrected'][:7]} --before {corrected - 1} --where site=sapporo",
            )
        )
    state.note(say("次に試せること(仕込んだ出来事は stories.md にあります):", "What to try next (stories.md tells what was planted):"))
    for what, words in lines:
        state.note(f"  {here} {words}\n      {what}")


COMMAND = demo
