"""Where a command writes to: this process's own terminal or pipe, or, when it works for another command, that command's."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rashin.store.channel import Reply


class Screen(Protocol):
    """The two channels of a command. ``terminal``: somebody reads them as they come; ``width``: cells of a line."""

    @property
    def terminal(self) -> bool:
        """True when results go to a terminal."""
        ...

    @property
    def width(self) -> int:
        """Cells of a line."""
        ...

    def out(self, text: str) -> None:
        """Write a result, a line feed behind it."""
        ...

    def err(self, text: str) -> None:
        """Write a remark or an error, a line feed behind it."""
        ...

    def raw(self, data: bytes) -> None:
        """Write a result that is no text."""
        ...


class Own:
    """This process's own standard output and error."""

    @property
    def terminal(self) -> bool:
        """True when results go to a terminal."""
        return sys.stdout.isatty()

    @property
    def width(self) -> int:
        """Cells of a line."""
        return shutil.get_terminal_size((100, 24)).columns

    def out(self, text: str) -> None:
        """Write a line of results."""
        click.echo(text)

    def err(self, text: str) -> None:
        """Write a line of remarks."""
        click.echo(text, err=True)

    def raw(self, data: bytes) -> None:
        """Write bytes."""
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


class Remote:
    """The terminal or pipe of the command that this process works for."""

    terminal = False

    def __init__(self, reply: Reply, width: int) -> None:
        self._reply = reply
        self.width = width

    def out(self, text: str) -> None:
        """Send a line of results."""
        self._reply.out(text + "\n")

    def err(self, text: str) -> None:
        """Send a line of remarks."""
        self._reply.err(text + "\n")

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self._reply.raw(data)
