"""Sections of the page of benchmarks that are measured by commands of their own: they stand behind a mark, and the great run leaves them as they are."""

from __future__ import annotations

import re

MARK = "<!-- what follows is measured by commands of its own -->"


def placed(page: str, title: str, lines: list[str]) -> str:
    """Return ``page`` with the section ``## title`` replaced by ``lines``, or added at the end behind the mark."""
    before, _, after = page.partition(MARK)
    sections = re.split(r"(?m)^(?=## )", after.strip("\n"))
    others = [each.strip("\n") for each in sections if each.strip() and each.splitlines()[0] != f"## {title}"]
    new = "\n".join([f"## {title}", "", *lines]).strip("\n")
    return "\n\n".join([before.rstrip("\n"), MARK, *sorted([*others, new])]) + "\n"


def kept(page: str) -> str:
    """Return what the page holds behind the mark, the mark included; nothing when there is none."""
    _, mark, after = page.partition(MARK)
    return f"\n{mark}{after}" if mark else ""
