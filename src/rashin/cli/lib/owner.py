"""One process owns a workspace. A command that finds it owned lets the owner do the work, says so, and prints what the owner answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rashin.cli.lib.lang import lang, say, use

if TYPE_CHECKING:
    from rashin.cli.lib.app import App
    from rashin.store import OwnedError, Store
    from rashin.store.channel import Reply, Request

#: A command that holds the workspace for a moment does not always answer: so long is it asked again.
PATIENCE_S = 20.0
_PAUSE_S = 0.1


@contextmanager
def serve(store: Store) -> Iterator[None]:
    """Within the block, do what other commands ask of this workspace."""
    from rashin.store.channel import Channel

    channel = Channel(store.workspace.path, lambda request, reply: _do(store, request, reply)).start()
    try:
        yield
    finally:
        channel.stop()


def _do(store: Store, request: Request, reply: Reply) -> int:
    """Run another process's command line on the store that is open here; paths hang on that process's folder, texts go to its screen."""
    from rashin.cli.lib.app import App
    from rashin.cli.lib.run import run_with
    from rashin.cli.lib.screen import Remote

    use(request.lang)
    state = App(arguments=request.argv, cwd=Path(request.cwd), screen=Remote(reply, request.width), lent=store)
    return run_with(state)


def hand_over(state: App, owned: OwnedError) -> int:
    """Let the owner do this command; return its exit code. When the owner is gone meanwhile, do it here after all (returns -1)."""
    from rashin.store.channel import NoChannelError, Request, send

    folder = state.workspace.path
    request = Request(state.arguments, lang(), str(state.cwd), state.screen.width)
    told = False
    until = time.monotonic() + PATIENCE_S

    def out(text: str) -> None:
        nonlocal told
        told = True
        click.echo(text, nl=False)

    def err(text: str) -> None:
        nonlocal told
        told = True
        click.echo(text, nl=False, err=True)

    def raw(data: bytes) -> None:
        nonlocal told
        told = True
        sys.stdout.flush()
        sys.stdout.buffer.write(data)

    who = f"{owned.command or '?'} (PID {owned.pid})" if owned.pid else "?"
    state.note(say(f"使用中のプロセスに処理を任せます: {who}", f"The workspace is in use; its owner does this: {who}"))
    while True:
        try:
            return send(folder, request, out, err, raw)
        except NoChannelError:
            if told:
                raise
            if _free(state):
                return -1
            if time.monotonic() > until:
                raise owned from None
            time.sleep(_PAUSE_S)


def _free(state: App) -> bool:
    """Try to own the workspace now; True when that worked: the command then goes on here."""
    from rashin.store import OwnedError

    try:
        _ = state.store
    except OwnedError:
        return False
    return True
