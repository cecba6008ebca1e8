"""`rashin completion`: the line that makes the shell complete commands, options and KPI names."""

from __future__ import annotations

import click

from rashin.cli.lib.app import app
from rashin.cli.lib.command import argument, command


@command(
    "シェル補完の設定を出力する。コマンド・オプション・KPI名が補完される。",
    "Print what makes the shell complete commands, options and KPI names.",
    argument("shell", type=click.Choice(["bash", "zsh", "fish"])),
    examples=(
        "rashin completion bash >> ~/.bashrc",
        "rashin completion zsh >> ~/.zshrc",
        "rashin completion fish > ~/.config/fish/completions/rashin.fish",
    ),
)
def completion(shell: str) -> None:
    """Print the script of one shell."""
    from click.shell_completion import get_completion_class

    from rashin.cli.lib.run import ROOT

    state = app()
    found = get_completion_class(shell)
    if found is None:
        raise click.BadParameter(shell)
    state.screen.out(found(ROOT, {}, "rashin", "_RASHIN_COMPLETE").source())


COMMAND = completion
