"""What every command is given: where the workspace is, how to answer and where to; opened things are opened once."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rashin.cli.lib.lang import lang, say

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.face import Centre
    from rashin.store import Store, Workspace

FORMATS = ("table", "csv", "json", "parquet", "xlsx")


@dataclass
class App:
    """The state of one run. ``format``: one of FORMATS; ``out``: a file instead of the screen."""

    folder: Path | None = None
    format: str = "table"
    out: Path | None = None
    quiet: bool = False
    debug: bool = False
    arguments: tuple[str, ...] = ()
    held: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace at ``--workspace`` or above the current folder."""
        from rashin.store import Workspace

        return Workspace.find(self.folder or Path.cwd())

    @cached_property
    def store(self) -> Store:
        """The opened store; closed when the command ends. Raises OwnedError when another process has the workspace."""
        from rashin.store import Store

        return self.held.enter_context(Store.open(self.workspace))

    @cached_property
    def centre(self) -> Centre:
        """The opened workspace as Python sees it: commands and Python answer alike."""
        from rashin.face import Centre

        return Centre(self.store, lang())

    @cached_property
    def catalogue(self) -> Catalogue:
        """The KPI definitions: the built-in ones and those of the workspace, when there is one."""
        from rashin.catalogue import load

        return load(folder=self.definitions_folder())

    def definitions_folder(self) -> Path | None:
        """Return the workspace's ``kpis`` folder; None where there is no workspace (the built-in definitions can be read anywhere)."""
        from rashin.errors import WorkspaceError

        try:
            return self.workspace.folder("kpis")
        except WorkspaceError:
            if self.folder is not None:
                raise
            return None

    def note(self, text: str) -> None:
        """Tell something beside the result, on the error channel: it never gets into a pipe. Silent under --quiet."""
        if not self.quiet:
            click.echo(text, err=True)

    @property
    def interactive(self) -> bool:
        """True when somebody watches: progress bars are drawn only then."""
        return sys.stderr.isatty() and not self.quiet

    def next_step(self, ja: str, en: str) -> None:
        """Tell what to type next."""
        self.note("→ " + say(ja, en))


def app() -> App:
    """Return the state of the run in force."""
    found = click.get_current_context().find_object(App)
    if found is None:
        raise RuntimeError("no command is running")
    return found
