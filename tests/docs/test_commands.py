"""The guide tells every command as it is, and every line of it that begins with `rashin` can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from rashin.cli.lib.command import names
from rashin.cli.lib.guide import page
from rashin.cli.lib.run import ROOT

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_commands_is_written_from_the_commands(language: str) -> None:
    assert (GUIDE / language / "commands.md").read_text("utf-8") == page(language), "run `make docs`"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_guide_lists_exactly_the_commands(language: str) -> None:
    listed = re.findall(r"^## rashin (\w+)$", (GUIDE / language / "commands.md").read_text("utf-8"), re.MULTILINE)
    assert tuple(listed) == names()


def _lines() -> list[tuple[str, str]]:
    found = []
    for path in sorted(GUIDE.rglob("*.md")):
        for block in re.findall(r"```\w*\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            found += [(f"{path.parent.name}/{path.name}", line) for line in block.splitlines() if line.startswith("rashin ")]
    return found


def test_both_quickstarts_show_the_same_commands() -> None:
    shown = {language: [_bare(line) for name, line in _lines() if name == f"{language}/quickstart.md"] for language in ("ja", "en")}
    assert shown["ja"] == shown["en"]
    assert len(shown["ja"]) > 15


def _bare(line: str) -> str:
    return re.sub(r" --name .*", "", line)


@pytest.mark.parametrize(("place", "line"), [pair for pair in _lines() if not re.search(r"\[OPTIONS\]|\[ARGS\]|\| ", pair[1])])
def test_a_line_of_the_guide_can_be_typed(place: str, line: str) -> None:
    words = shlex.split(line.split(" >")[0], comments=True)[1:]
    command: click.Command = ROOT
    context = click.Context(ROOT, info_name="rashin")
    while isinstance(command, click.Group):
        parser = command.make_parser(context)
        _, rest, _ = parser.parse_args(list(words))
        assert rest, f"{place}: {line}"
        found = command.get_command(context, rest[0])
        assert found is not None, f"{place}: no command {rest[0]}"
        command, words = found, rest[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    command.make_context("rashin", list(words), parent=context.parent, resilient_parsing=False)


def test_every_command_that_a_message_names_exists() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "rashin"
    named = {
        (path.name, word)
        for path in source.rglob("*.py")
        for word in re.findall(r"`rashin (?:-w \S+ )?([a-z]\w*)", path.read_text("utf-8"))
    }
    assert {(file, word) for file, word in named if word not in names()} == set()
