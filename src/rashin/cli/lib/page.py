"""A page of named items: one thing described in full, wrapped for a screen, plain for a pipe, a dictionary for machines."""

from __future__ import annotations

import json

import click

from rashin.cli.lib.app import App
from rashin.cli.lib.width import cells, pad, wrap


class Page:
    """Gathers items; :meth:`deliver` prints or writes them."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, str]] = []

    def heading(self, text: str) -> None:
        """Begin the page."""
        self._lines.append(("", text, ""))

    def gap(self, text: str) -> None:
        """Begin a part of the page."""
        self._lines += [("", "", ""), ("", text, "")]

    def item(self, key: str, label: str, text: str) -> None:
        """Add an item: ``key`` for machines, ``label`` for people."""
        self._lines.append((key, label, text))

    def deliver(self, state: App) -> None:
        """Print the page, or write it as JSON (or as a two-column table in the other forms)."""
        items = {key: text for key, _, text in self._lines if key}
        if state.format == "json":
            from rashin.cli.lib.machine import put

            put(state, (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode())
        elif state.format != "table":
            from rashin.cli.lib.machine import write

            write(state, {"item": list(items), "text": list(items.values())})
        elif state.out is not None:
            state.out.write_text("\n".join(self._texts(bold=False)) + "\n", encoding="utf-8")
        else:
            state.screen.out("\n".join(self._texts(bold=state.screen.terminal, width=min(state.screen.width, 120))))

    def _texts(self, *, bold: bool, width: int = 120) -> list[str]:
        width = width if bold else 10_000
        label_width = min(max((cells(label) for key, label, _ in self._lines if key and not label.startswith(" ")), default=0), 30)
        lines = []
        for key, label, text in self._lines:
            if not key:
                lines.append(click.style(label, bold=True) if bold and label else label)
                continue
            first = pad(label, label_width) + "  "
            pieces = wrap(text, max(width - cells(first), 20))
            lines.append(first + (pieces[0] if pieces else ""))
            lines += [" " * cells(first) + piece for piece in pieces[1:]]
        return lines
