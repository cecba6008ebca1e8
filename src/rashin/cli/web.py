"""`rashin web`: the site, served to browsers."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say


@command(
    "サイトを起動する。Ctrl+C か SIGTERM で終わる。動いている間に実行したコマンドは、サイトが代わりに処理する。",
    "Serve the site until Ctrl+C or SIGTERM. Commands that are run meanwhile are done by the site.",
    option("--host", default="127.0.0.1", ja="待ち受けるアドレス", en="address to listen on", show_default=True),
    option("--port", default=8765, type=int, ja="待ち受けるポート", en="port to listen on", show_default=True),
    option("--threads", default=8, type=int, ja="同時に処理する要求の数", en="requests answered at the same time", show_default=True),
    examples=("rashin web", "RASHIN_URL=https://kpi.example.jp rashin web --port 8000"),
)
def web(host: str, port: int, threads: int) -> None:
    """Serve the site of the workspace."""
    import os

    from rashin.web import serve

    state = app()
    state.stays = True
    folder = state.workspace.path
    serve.refuse_root()
    serve.refuse_address(host, port)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not listened on
    os.environ.setdefault("RASHIN_URL", f"http://{f'[{shown}]' if ':' in shown else shown}:{port}")
    with serve.taken(folder):
        serve.prepare(folder)
        link = serve.first_link()
    state.screen.out(say(f"羅針: {os.environ['RASHIN_URL']} (終了は Ctrl+C)", f"Rashin: {os.environ['RASHIN_URL']} (Ctrl+C ends it)"))
    if link is not None:
        state.screen.out(
            say(
                f"最初の管理者は、次のリンクから登録してください(24時間以内・1回限り・この表示だけ)。\n{link}",
                f"The first administrator comes in by this link (within 24 hours, once, shown only here).\n{link}",
            )
        )
    serve.serve("rashin.cli.lib.site:application", host, port, max(threads, 1))


COMMAND = web
