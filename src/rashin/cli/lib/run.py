"""Run the command line: parse, run, and turn every failure into a short message and a stable exit code. No traceback unless --debug asks for one.

| code | meaning |
|---|---|
| 0 | done |
| 1 | an error that nobody foresaw |
| 2 | the question or the command line names something that does not exist |
| 3 | a definition, a mapping, a calendar or rashin.toml is wrong |
| 4 | a file as a whole cannot be read |
| 5 | the workspace is missing, damaged or in use |
| 6 | the world outside failed: disk full, no permission |
| 7 | not allowed |
| 8 | done, and something was found: `check` found faults, `load --strict` refused rows |
| 130 | interrupted |
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from rashin.cli.lib.app import App
from rashin.cli.lib.command import Root, language_of
from rashin.cli.lib.lang import lang, say, use
from rashin.cli.lib.owner import hand_over
from rashin.errors import Bilingual, RashinError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Sequence

FOUND = 8
INTERRUPTED = 130

ROOT = Root(
    "rashin",
    Bilingual(
        "羅針: 顧客対応組織のKPIシステム。数字は定義・明細・不確かさまで開けます。\nまず `rashin demo` を試すか、`rashin init フォルダー` で始めてください。",
        "Rashin: the KPI system of a customer-support organisation. Every figure opens to its definition, its rows and its doubt.\n"
        "Try `rashin demo`, or begin with `rashin init FOLDER`.",
    ),
    no_args_is_help=True,
    params=[
        click.Option(
            ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=lambda ctx, _, on: _version(ctx) if on else None
        )
    ],
)


class Found(Exception):  # noqa: N818 - not a failure: the work was done and its finding is the exit code
    """Raised by a command that is done and has found something: exit code 8, or that of what it found (a file that it had to leave out)."""

    def __init__(self, code: int = FOUND) -> None:
        super().__init__()
        self.code = code


def _version(ctx: click.Context) -> None:
    from rashin import __version__

    click.echo(f"rashin {__version__}")
    ctx.exit()


def run(arguments: Sequence[str]) -> int:
    """Run ``rashin`` with ``arguments`` and return the exit code."""
    given = list(arguments)
    use(language_of(given))
    return run_with(App(arguments=tuple(given)))


def run_with(state: App) -> int:
    """Run the command line that ``state`` holds, in its folder and on its screen; return the exit code."""
    try:
        with state.held:
            return _run(state)
    except Found as found:
        return found.code
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        state.screen.err(say("中断しました。", "Interrupted."))
        return INTERRUPTED
    except BrokenPipeError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _failed(error, state)


def _run(state: App) -> int:
    """Run the command here; when another process owns the workspace, let that one do it."""
    while True:
        try:
            ROOT.main(list(state.arguments), prog_name="rashin", standalone_mode=False, obj=state)
            return 0
        except WorkspaceError as error:
            from rashin.store import OwnedError

            if not isinstance(error, OwnedError) or state.lent is not None or state.stays:
                raise
            code = hand_over(state, error)
            if code >= 0:
                return code


def _failed(error: Exception, state: App) -> int:
    from rashin.cli.lib.usage import usage_text

    tell = state.screen.err
    if (state.debug or "--debug" in state.arguments) and not isinstance(error, click.UsageError):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, RashinError):
        tell(f"{error.text(lang())}\n[{error.code}]")
        return error.exit_code
    if isinstance(error, click.ClickException):
        tell(usage_text(error))
        return 2
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        tell(
            say(
                f"{where}{error.strerror or error}\n→ 空き容量・権限・パスを確かめて、もう一度実行してください。",
                f"{where}{error.strerror or error}\n→ Check free space, permissions and the path, then run it again.",
            )
            + "\n[outside]"
        )
        return 6
    kind = type(error).__name__
    tell(
        say(
            f"予期しないエラーが起きました({kind})。データは変わっていません。\n→ --debug を付けて実行すると詳細が出ます。開発元に知らせてください。",
            f"Something unforeseen went wrong ({kind}). Nothing was changed.\n→ Run it again with --debug for the details, and report them.",
        )
        + "\n[unexpected]"
    )
    return 1
