"""`rashin audit`: the audit log of the site, held against itself and listed."""

from __future__ import annotations

from rashin.cli.lib.app import App, app
from rashin.cli.lib.command import Group, command, option
from rashin.cli.lib.lang import say
from rashin.errors import Bilingual, WorkspaceError


def _settle(state: App) -> None:
    """Open the people's database; WorkspaceError when the site has never been started."""
    from rashin.web.serve import settle

    settle(state.workspace.path)
    from django.db import connection

    if "web_auditrow" not in connection.introspection.table_names():
        raise WorkspaceError(
            "site_never_started",
            Bilingual("サイトはまだ起動されていません。監査記録もありません。", "The site was never started: there is no audit log yet."),
            Bilingual("`rashin web` で起動してください。", "Start it with `rashin web`."),
        )


@command(
    "監査記録に変更・削除・挿入がないか検証する。壊れていれば終了コード 8。表示される「末尾」を外に控えておき、次に --holds で渡すと、末尾の切り取りもわかる。",
    "Verify that no line of the audit log was changed, removed or slipped in; exit code 8 when it is broken. Write down elsewhere the last line it tells "
    "and hand it to --holds next time: then lines cut off at the end are noticed too.",
    option(
        "--holds",
        default="",
        metavar="NUMBER:DIGEST",
        ja="以前の「末尾」。今もあるか確かめる",
        en="a last line told earlier: is it still there?",
    ),
    examples=("rashin audit verify", "rashin audit verify --holds 128:5f3a…"),
)
def verify(holds: str) -> None:
    """Walk the chain."""
    from rashin.cli.lib.run import Found

    state = app()
    _settle(state)
    from rashin.web.people.audit import verify as walk

    verdict = walk(holds)
    if verdict.broken_at is not None:
        state.screen.out(
            say(
                f"監査記録は番号 {verdict.broken_at} で壊れています。そこから先は信用できません。",
                f"The audit log is broken at number {verdict.broken_at}: from there on it cannot be trusted.",
            )
        )
        raise Found
    state.screen.out(
        say(
            f"{verdict.rows} 行すべてを検証しました。問題はありません。\n末尾 {verdict.last}",
            f"All {verdict.rows} lines hold.\nLast line {verdict.last}",
        )
    )


@command(
    "監査記録を新しい順に一覧にする。",
    "List the audit log, the newest first.",
    option("--last", type=int, default=50, show_default=True, ja="行数(0ですべて)", en="how many (0 for all)"),
    examples=("rashin audit list --last 20", "rashin audit list --last 0 --format csv --out audit.csv"),
)
def list_(last: int) -> None:
    """List the log."""
    from rashin.cli.lib.listing import Listing, column, deliver

    state = app()
    _settle(state)
    from rashin.web.people.audit import lines

    columns = [
        column("sequence", "番号", "No.", right=True),
        column("at", "日時(UTC)", "At (UTC)", lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
        column("person", "誰が", "Who"),
        column("role", "役割", "Role"),
        column("action", "操作", "What"),
        column("target", "対象", "On"),
        column("detail", "詳細", "Details"),
        column("address", "接続元", "From"),
    ]
    deliver(state, Listing(columns, lines(last)))


COMMAND = Group(
    "audit",
    Bilingual("サイトの監査記録を検証する・一覧にする。", "Verify or list the audit log of the site."),
    commands={"verify": verify, "list": list_},
)
