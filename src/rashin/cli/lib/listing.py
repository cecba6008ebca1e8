"""A listing: plain records with columns that know how people read them. To the screen as a table, to a file or pipe in a form for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import told
from rashin.cli.lib.width import cells, pad
from rashin.errors import Bilingual

#: Columns of text are wrapped where the screen is too narrow, but not below this many cells; figures never are.
_NARROW = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``key`` in the records and for machines, ``title`` for people, ``right`` aligned for figures, ``show`` turns a value into text."""

    key: str
    title: Bilingual
    right: bool = False
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)


@dataclass(slots=True)
class Listing:
    """``records`` hold plain values (numbers stay numbers); ``notes`` are printed below the table and left out of forms for machines."""

    columns: Sequence[Column]
    records: Sequence[Mapping[str, Any]]
    title: str = ""
    notes: Sequence[str] = field(default_factory=list)


def column(key: str, ja: str, en: str, show: Callable[[Any], str] | None = None, *, right: bool = False) -> Column:
    """Make a column."""
    return Column(key, Bilingual(ja, en), right, show) if show else Column(key, Bilingual(ja, en), right)


def deliver(state: App, listing: Listing) -> None:
    """Print the listing, or write it in the asked form to ``--out`` or the pipe."""
    if state.format == "table":
        if state.out is not None:
            state.out.write_text("\n".join(as_text(listing)) + "\n", encoding="utf-8")
        else:
            show(state, listing)
        return
    from rashin.cli.lib.machine import write

    write(state, {column.key: [record.get(column.key) for record in listing.records] for column in listing.columns})


def show(state: App, listing: Listing) -> None:
    """Print to the screen with rules and wrapping; plain, unwrapped columns into a pipe."""
    if not state.screen.terminal or not listing.records:
        state.screen.out("\n".join(as_text(listing)))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        title=listing.title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    rows = _texts(listing)
    for number, each in enumerate(listing.columns):
        widest = max(cells(text) for text in (told(each.title), *(row[number] for row in rows)))
        justify: Literal["left", "right"] = "right" if each.right else "left"
        table.add_column(told(each.title), justify=justify, no_wrap=each.right, overflow="fold", min_width=min(widest, _NARROW))
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    console = Console(highlight=False)
    # on a screen too narrow for the figures the lines run over: a figure is never cut off
    console.print(
        table,
        width=max(console.width, table.__rich_measure__(console, console.options).minimum),
        crop=False,
        overflow="ignore",
        no_wrap=True,
    )
    for note in listing.notes:
        console.print(note, markup=False)


def as_text(listing: Listing) -> list[str]:
    """Return the table as plain lines: two blanks between columns, figures aligned right, Japanese letters counted as two cells."""
    if not listing.columns or not listing.records:
        return [*([listing.title] if listing.title else []), *listing.notes]
    heads = [told(each.title) for each in listing.columns]
    rows = _texts(listing)
    widths = [max(cells(text) for text in texts) for texts in zip(heads, *rows, strict=True)]
    lines = [listing.title] if listing.title else []
    for texts in (heads, ["-" * width for width in widths], *rows):
        padded = (pad(text, width, right=each.right) for text, width, each in zip(texts, widths, listing.columns, strict=True))
        lines.append("  ".join(padded).rstrip())
    return [*lines, *listing.notes]


def _texts(listing: Listing) -> list[list[str]]:
    return [[_one_line(each.show(record.get(each.key))) for each in listing.columns] for record in listing.records]


def _one_line(text: str) -> str:
    """Keep what a file said from steering the terminal: control characters become visible."""
    return "".join(letter if letter.isprintable() else {"\n": "⏎", "\r": "", "\t": " "}.get(letter, "·") for letter in text)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
