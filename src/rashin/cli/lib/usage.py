"""What is wrong with a command line, in the reader's language, with the nearest valid name."""

from __future__ import annotations

import click

from rashin.cli.lib.lang import say
from rashin.errors import nearest


def usage_text(error: click.ClickException) -> str:
    """Return the message for a mistake in the command line."""
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx is not None else "rashin"
    help_line = say(f"→ 使い方は `{where} --help`", f"→ See `{where} --help`.")
    return f"{_what(error)}\n{help_line}\n[usage]"


def _what(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        near = nearest(error.option_name, error.possibilities or ())
        return say(f"{error.option_name} というオプションはありません。", f"There is no option {error.option_name}.") + _maybe(near)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.human_readable_name
        return say(f"{name} を指定してください。", f"{name} is missing.")
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[0] if isinstance(error.param, click.Option) else error.param.human_readable_name
        if isinstance(error.param.type, click.Choice):
            known = ", ".join(str(each) for each in error.param.type.choices)
            return say(f"{name} に使えるのは {known} です。", f"{name} takes one of: {known}.")
        return say(f"{name}: 値が正しくありません。", f"{name}: ") + ("" if say("ja", "en") == "ja" else error.format_message())
    return _unknown_command(error) or error.format_message()


def _unknown_command(error: click.ClickException) -> str | None:
    """Name the nearest command when the word after `rashin` is none."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or not isinstance(context.command, click.Group) or "No such command" not in error.format_message():
        return None
    word = error.format_message().split("'")[1] if "'" in error.format_message() else ""
    known = context.command.list_commands(context)
    return say(f"「{word}」というコマンドはありません。", f"There is no command “{word}”.") + _maybe(nearest(word, known))


def _maybe(near: str | None) -> str:
    return say(f"\n→ もしかして「{near}」?", f"\n→ Did you mean “{near}”?") if near else ""
