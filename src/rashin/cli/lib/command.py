"""Commands, options and the list of commands, with help in two languages. The common options work before and after the command's name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import click

from rashin.cli.lib.app import FORMATS, App
from rashin.cli.lib.lang import LANGUAGES, choose, lang, say, told, use
from rashin.cli.lib.width import cells, pad, wrap
from rashin.errors import Bilingual

_FOLDER = Path(__file__).parent.parent
_COMMON = ("workspace", "language", "format", "out", "quiet", "debug")


class Option(click.Option):
    """An option whose help is in two languages."""

    def __init__(self, *names: str, told: Bilingual, **settings: Any) -> None:
        super().__init__(list(names), **settings)
        self.told = told

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language in force."""
        self.help = self.told(lang())
        return super().get_help_record(ctx)


class PathType(click.Path):
    """A path; a relative one hangs on the folder of whoever typed it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the absolute path."""
        state = ctx.find_object(App) if ctx is not None else None
        return (state.cwd if state is not None else Path.cwd()) / Path(value).expanduser()


def common() -> list[click.Parameter]:
    """Return the options that every command has."""
    folder = PathType(path_type=Path, file_okay=False)
    return [
        Option(
            "-w", "--workspace", type=folder, told=Bilingual("ワークスペースのフォルダー", "folder of the workspace"), expose_value=True
        ),
        Option("--lang", "language", type=click.Choice(LANGUAGES), told=Bilingual("表示言語", "language of the messages")),
        Option("--format", type=click.Choice(FORMATS), told=Bilingual("結果の形式", "form of the result")),
        Option(
            "--out",
            type=PathType(path_type=Path, dir_okay=False),
            told=Bilingual("結果を書き込むファイル", "write the result to this file"),
        ),
        Option("--quiet", "-q", is_flag=True, told=Bilingual("結果とエラーだけを表示", "print results and errors only")),
        Option("--debug", is_flag=True, told=Bilingual("予期しないエラーの詳細を表示", "show the details of an unexpected error")),
    ]


def take_common(ctx: click.Context) -> None:
    """Move the common options out of the command's own parameters into the state of the run."""
    state = ctx.ensure_object(App)
    given = {name: ctx.params.pop(name, None) for name in _COMMON}
    if given["workspace"] is not None:
        state.folder = given["workspace"]
    state.format = given["format"] or state.format
    state.out = given["out"] or state.out
    state.quiet = bool(given["quiet"]) or state.quiet
    state.debug = bool(given["debug"]) or state.debug
    if given["language"] is not None:
        use(given["language"])


class Formatter(click.HelpFormatter):
    """Help in two languages: click's own headings are translated, and its columns count Japanese letters as two cells."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how the command is called."""
        super().write_usage(prog, args, say("使い方: ", "Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        words = {"Options": say("オプション", "Options"), "Commands": say("コマンド", "Commands")}
        super().write_heading(words.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str | None]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms and what they mean."""
        listed = [(first, second or "") for first, second in rows]
        left = min(max((cells(first) for first, _ in listed), default=0), col_max) + col_spacing
        for first, second in listed:
            room = max(self.width - self.current_indent - left, 20)
            pieces = wrap(second, room) if second else [""]
            if cells(first) > left - col_spacing:
                self.write(f"{'':>{self.current_indent}}{first}\n")
                first = ""
            self.write(f"{'':>{self.current_indent}}{pad(first, left)}{pieces[0]}\n")
            for piece in pieces[1:]:
                self.write(f"{'':>{self.current_indent}}{'':>{left}}{piece}\n")


class Context(click.Context):
    """A context whose help is written by :class:`Formatter`."""

    formatter_class = Formatter


class Command(click.Command):
    """One command. ``told``: what it does, in two languages; the first sentence stands in the list of commands. ``examples``: lines to copy."""

    def __init__(self, name: str, told: Bilingual, examples: tuple[str, ...] = (), **settings: Any) -> None:
        own = list(settings.get("params", ()))
        taken = {word for each in own for word in each.opts}  # a command may have its own --format or --out
        settings["params"] = [*own, *(each for each in common() if not taken & {*each.opts})]
        super().__init__(name, **settings)
        self.told = told
        self.examples = examples

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with its own help in the language in force."""
        return _help(super().get_help_option(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence."""
        return _first(told(self.told))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does and its examples."""
        _paragraphs(formatter, told(self.told))
        if self.examples:
            formatter.write_paragraph()
            with formatter.section(say("例", "Examples")):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with the common options taken out."""
        take_common(ctx)
        return super().invoke(ctx)


class Group(click.Group):
    """A command made of commands."""

    def __init__(self, name: str, told: Bilingual, **settings: Any) -> None:
        settings["params"] = [*settings.get("params", ()), *common()]
        super().__init__(name, **settings)
        self.told = told

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with its own help in the language in force."""
        return _help(super().get_help_option(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence."""
        return _first(told(self.told))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands are for."""
        _paragraphs(formatter, told(self.told))

    def invoke(self, ctx: click.Context) -> Any:
        """Take the common options, then run the named command."""
        take_common(ctx)
        return super().invoke(ctx)


class Root(Group):
    """`rashin` itself: its commands are the files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None when there is none of that name."""
        if cmd_name not in names():
            return None
        found: click.Command = importlib.import_module(f"rashin.cli.{cmd_name}").COMMAND
        return found


@cache
def names() -> tuple[str, ...]:
    """Return the names of all commands: one for each file of the folder."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.py") if file.stem != "__init__"))


def _help(found: click.Option | None) -> click.Option | None:
    if found is not None:
        found.help = say("この説明を表示", "show this message")
    return found


def _first(text: str) -> str:
    for end in ("。", ". "):
        if end in text:
            return text[: text.index(end)] + ("。" if end == "。" else "")
    return text.rstrip(".")


def _paragraphs(formatter: click.HelpFormatter, text: str) -> None:
    """Write paragraphs, wrapped by their width on the screen: Japanese has no blanks to wrap at."""
    with formatter.indentation():
        for paragraph in text.split("\n"):
            formatter.write_paragraph()
            for piece in wrap(paragraph, formatter.width - formatter.current_indent):
                formatter.write(f"{'':>{formatter.current_indent}}{piece}\n")


def command(ja: str, en: str, *params: click.Parameter, examples: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], Command]:
    """Make a function a command. Its name is that of its file (or of the function, inside a group)."""

    def make(function: Callable[..., None]) -> Command:
        name = function.__name__.strip("_")
        return Command(name, Bilingual(ja, en), examples, params=list(params), callback=function)

    return make


def option(*names: str, ja: str, en: str, **settings: Any) -> Option:
    """Make an option."""
    return Option(*names, told=Bilingual(ja, en), **settings)


def argument(name: str, **settings: Any) -> click.Argument:
    """Make an argument."""
    return click.Argument([name], **settings)


def language_of(arguments: list[str]) -> str:
    """Return the language before anything is parsed: help and usage errors speak it too."""
    flag = workspace = None
    for here, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if here == "--lang":
            flag = following
        elif here.startswith("--lang="):
            flag = here.removeprefix("--lang=")
        elif here in ("-w", "--workspace"):
            workspace = Path(following)
        elif here.startswith("--workspace="):
            workspace = Path(here.removeprefix("--workspace="))
    return choose(flag, workspace)
