"""What every command is given: where the workspace is, how to answer and where to; opened things are opened once."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rashin.cli.lib.lang import lang, say
from rashin.cli.lib.screen import Own, Screen

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.face import Centre
    from rashin.store import Store, Workspace

FORMATS = ("table", "csv", "json", "parquet", "xlsx")

#: One command of a process changes facts at a time: its own, or one that it does for another process.
WRITING = threading.RLock()

#: What a shell would not take as part of a plain word.
_SPECIAL = re.compile(r"[\s'\"$`\\!*?&|;<>()\[\]{}#~]")


@dataclass
class App:
    """The state of one run. ``format``: one of FORMATS; ``out``: a file instead of the screen; ``cwd``: what relative paths hang on."""

    folder: Path | None = None
    format: str = "table"
    out: Path | None = None
    quiet: bool = False
    debug: bool = False
    arguments: tuple[str, ...] = ()
    cwd: Path = field(default_factory=Path.cwd)
    screen: Screen = field(default_factory=Own)
    lent: Store | None = None
    stays: bool = False  # this command is never handed to another process
    held: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace at ``--workspace`` or above the current folder."""
        from rashin.store import Workspace

        return self.lent.workspace if self.lent is not None else Workspace.find(self.folder or self.cwd)

    @cached_property
    def store(self) -> Store:
        """The opened store; closed when the command ends. While it is open, this process also does what other commands ask of the workspace.

        Raises OwnedError when another process has it.
        """
        from rashin.cli.lib.owner import serve
        from rashin.store import Store

        if self.lent is not None:
            return self.lent
        opened = self.held.enter_context(Store.open(self.workspace))
        self.held.enter_context(serve(opened))
        return opened

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
            self.screen.err(text)

    @property
    def interactive(self) -> bool:
        """True when somebody watches: progress bars are drawn only then."""
        return isinstance(self.screen, Own) and sys.stderr.isatty() and not self.quiet

    def next_step(self, ja: str, en: str) -> None:
        """Tell what to type next."""
        self.note("→ " + say(ja, en))


def app() -> App:
    """Return the state of the run in force."""
    found = click.get_current_context().find_object(App)
    if found is None:
        raise RuntimeError("no command is running")
    return found


def program() -> str:
    """Return how `rashin` is called from here: by its name where the shell finds it, else by its path."""
    own = Path(sys.argv[0])
    return "rashin" if shutil.which("rashin") or own.name != "rashin" else typed(own.absolute())


def typed(path: Path) -> str:
    """Return a path as it may be typed where the command was called: relative when it lies below, quoted where it must be."""
    state = click.get_current_context().find_object(App)
    here = state.cwd if state is not None else Path.cwd()
    name = str(path.relative_to(here) if path.is_relative_to(here) else path)
    return shlex.quote(name) if _SPECIAL.search(name) else name
