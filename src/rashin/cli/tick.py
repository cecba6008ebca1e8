"""`rashin tick`: do what is due now: reports on their schedules, alerts, notices, digests. For cron, where the site does not run all the time."""

from __future__ import annotations

from rashin.cli.lib.app import App, app
from rashin.cli.lib.command import command
from rashin.cli.lib.lang import say
from rashin.errors import Bilingual, WorkspaceError

#: What was done → what it is called.
_WORDS = {
    "reports": ("作成したレポートの回", "appointments kept"),
    "sent": ("送信", "sent"),
    "waiting": ("あとで再送", "to be tried again"),
    "refused": ("相手が拒否", "refused"),
    "given_up": ("断念", "given up"),
    "held": ("届いたか不明・保留", "held: nobody can say whether it arrived"),
    "cancelled": ("取りやめ", "called off"),
    "alerts": ("新しいアラート", "new alerts"),
    "alert_notices": ("アラートの知らせ", "notices of alerts"),
    "digests": ("まとめ", "digests"),
    "mentions": ("呼びかけ", "mentions"),
    "restated": ("訂正", "restated"),
}


@command(
    "いま行うべきこと(定期レポート・アラート・通知)を一度行う。二重には行わない。サイトは自分で毎分行うので、動いていれば不要。",
    "Do what is due now (scheduled reports, alerts, notices), once; nothing is ever done twice. The site does it by itself every minute while it runs.",
    examples=("rashin tick", "rashin -w centre tick --quiet"),
)
def tick() -> None:
    """Do what is due now."""
    from rashin.cli.lib.run import Found

    state = app()
    store = state.store
    _settle(state)
    from rashin.web import centre as site
    from rashin.web.tick.run import tick as look

    lent = site.lend(store)
    try:
        done = look()
    finally:
        if lent:
            site.use(None)
            _close()
    if done.busy:
        state.screen.out(say("別の処理がちょうど行っています。何もしていません。", "Another one is at it right now: nothing was done."))
        return
    if not done.counts:
        state.screen.out(say("いま行うべきことはありませんでした。", "There was nothing to do."))
    for name, count in done.counts.items():
        ja, en = _WORDS.get(name, (name, name))
        state.screen.out(say(f"{ja}: {count}件", f"{en}: {count}"))
    for name, what in done.errors.items():
        ja, en = _WORDS.get(name, (name, name))
        state.screen.err(say(f"失敗 {ja}: {what}(配信ログを確認してください)", f"Failed, {en}: {what} (see the delivery log)"))
    if done.errors:
        raise Found


def _settle(state: App) -> None:
    """Open the people's database; WorkspaceError when the site has never been started, or not since this version was installed."""
    from rashin.web.serve import settle

    settle(state.workspace.path)
    from django.db import connection

    if "web_tickmark" not in connection.introspection.table_names():
        raise WorkspaceError(
            "site_never_started",
            Bilingual(
                "この版のサイトはまだ起動されていません。定期配信も受信者もありません。",
                "The site of this version was never started: there are neither schedules nor readers yet.",
            ),
            Bilingual("`rashin web` で一度起動してください。", "Start it once with `rashin web`."),
        )


def _close() -> None:
    from django.db import connections

    connections.close_all()


COMMAND = tick
