"""Opening the site from a command: who may start it, where it listens, what is said, and the browser where there is a screen to show one."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.cli.lib.lang import say
from rashin.errors import OutsideError

if TYPE_CHECKING:
    from rashin.cli.lib.app import App

PORT = 8765
#: So many ports after the first are tried for a demo; a site that people have bookmarked never moves by itself.
_TRIED = 20
_ALLOW = "RASHIN_ALLOW_ROOT"


def address(host: str, port: int) -> str:
    """Return the address that a browser on this machine uses for what listens on ``host`` and ``port``."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not listened on
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def start(state: App, folder: Path, host: str, port: int, threads: int) -> None:
    """Serve the site of ``folder`` until Ctrl+C or SIGTERM. WorkspaceError for root, OutsideError for an address in use, OwnedError for a workspace in use."""
    from rashin.web import serve

    serve.refuse_root()
    if serve.open_at(folder) is None:  # its own site on that port is told as what it is
        serve.refuse_address(host, port)
    os.environ.setdefault("RASHIN_URL", address(host, port))
    with serve.only_site(folder):
        with serve.taken(folder):
            serve.prepare(folder)
            link = serve.first_link()
        _welcome(state, link)
        serve.serve("rashin.cli.lib.site:application", host, port, max(threads, 1))


def open_at(folder: Path) -> str | None:
    """Return where the site of ``folder`` is open now; None when there is none."""
    from rashin.web import serve

    return serve.open_at(folder)


def _welcome(state: App, link: str | None) -> None:
    """Say where the site is, and how the first administrator comes in."""
    state.screen.out(say(f"羅針: {os.environ['RASHIN_URL']} (終了は Ctrl+C)", f"Rashin: {os.environ['RASHIN_URL']} (Ctrl+C ends it)"))
    if link is not None:
        state.screen.out(
            say(
                f"最初の管理者は、次のリンクから登録してください(24時間以内・1回限り・この表示だけ)。\n{link}",
                f"The first administrator comes in by this link (within 24 hours, once, shown only here).\n{link}",
            )
        )


def free_port(host: str) -> int:
    """Return the usual port, or the next one after it that is free. OutsideError when none of them is."""
    from rashin.web import serve

    for port in range(PORT, PORT + _TRIED):
        try:
            serve.refuse_address(host, port)
        except OutsideError:
            continue
        return port
    serve.refuse_address(host, PORT)
    return PORT


def root_may_serve_demo(state: App) -> bool:
    """True when the demo's site may start here. Root starts it only where there is nobody else to be (a container), on this machine's own address; it is said."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or os.environ.get(_ALLOW):
        return True
    if in_container():
        os.environ[_ALLOW] = "1"
        state.note(
            say(
                "コンテナの中の root で起動します。待ち受けるのは 127.0.0.1 だけです。実際のデータでは専用の利用者で起動してください。",
                "Starting as root, because this is a container; it listens on 127.0.0.1 only. With data of your own, start it as a user of its own.",
            )
        )
        return True
    state.note(
        say(
            "管理者(root)ではサイトを起動しません。sudo なしで実行し直してください。",
            "The site does not start as root. Run this again as yourself, without sudo.",
        )
    )
    return False


def in_container() -> bool:
    """True where this process runs in a container: root there is usually the only user."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")) or any(
        os.environ.get(name) for name in ("container", "KUBERNETES_SERVICE_HOST")
    )


def has_screen() -> bool:
    """True where a browser can be shown to whoever typed the command."""
    if sys.platform in {"darwin", "win32"}:
        return not os.environ.get("SSH_CONNECTION")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def browse_when_ready(url: str) -> None:
    """Open ``url`` in the reader's browser as soon as the site answers; nothing happens when it does not within a minute."""

    def work() -> None:
        import time
        import urllib.request
        import webbrowser

        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 - our own address
                    webbrowser.open(url)
                    return
            except OSError:
                time.sleep(0.3)

    threading.Thread(target=work, name="browser", daemon=True).start()
