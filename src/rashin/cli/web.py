"""`rashin web`: the site, served to browsers."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.opening import PORT, start


@command(
    "サイトを起動する。Ctrl+C か SIGTERM で終わる。動いている間に実行したコマンドは、サイトが代わりに処理する。",
    "Serve the site until Ctrl+C or SIGTERM. Commands that are run meanwhile are done by the site.",
    option("--host", default="127.0.0.1", ja="待ち受けるアドレス", en="address to listen on", show_default=True),
    option("--port", default=PORT, type=int, ja="待ち受けるポート", en="port to listen on", show_default=True),
    option("--threads", default=8, type=int, ja="同時に処理する要求の数", en="requests answered at the same time", show_default=True),
    examples=("rashin web", "RASHIN_URL=https://kpi.example.jp rashin web --port 8000"),
)
def web(host: str, port: int, threads: int) -> None:
    """Serve the site of the workspace."""
    state = app()
    state.stays = True
    start(state, state.workspace.path, host, port, threads)


COMMAND = web
