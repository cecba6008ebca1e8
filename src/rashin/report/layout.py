"""What the pages of a report share, whatever they are made of: runs of blocks, and the lines that say where the figures come from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rashin.errors import Bilingual
from rashin.report.figures import WAYS
from rashin.report.model import Block, Chart, Figure, Heading, Report

#: What is marked where it is lacking, or has changed since it was reported.
LEVELS: dict[str, Bilingual] = {
    "info": Bilingual("", ""),
    "lack": Bilingual("データ未着", "Missing data"),
    "restated": Bilingual("数字の訂正", "Restated"),
}
JUDGED = {"met": "good", "near": "near", "missed": "bad"}
TONES = {"better": "good", "worse": "bad"}


def runs(report: Report) -> Iterator[tuple[type[Block], list[Block]]]:
    """Yield neighbours of one kind together; headings and tables stand alone."""

    def key(at_block: tuple[int, Block]) -> tuple[object, ...]:
        at, block = at_block
        single = isinstance(block, Heading) or type(block).__name__ == "Table"
        return (type(block), at if single else -1, isinstance(block, Chart) and block.half)

    for _, members in groupby(enumerate(report.blocks), key=key):
        blocks = [block for _, block in members]
        yield type(blocks[0]), blocks


def about(report: Report) -> str:
    """Return which rows, and up to which day where the period is still running."""
    until = (
        Bilingual(f"(期間の途中: {report.until} まで)", f" (still running: through {report.until})")(report.lang) if report.until else ""
    )
    return Bilingual(f"対象: {report.scope_text}{until}", f"Rows: {report.scope_text}{until}")(report.lang)


def versions(report: Report) -> str:
    """Return the versions that made the report, in one line."""
    made = report.made
    goals = made.goals_version[:8] or "-"
    return Bilingual(
        f"作成日 {made.today} データ版 {made.snapshot} 定義 {made.catalogue_version[:8]} 目標 {goals} {made.program}",
        f"Made {made.today} · snapshot {made.snapshot} · definitions {made.catalogue_version[:8]} · goals {goals} · {made.program}",
    )(report.lang)


def figure_lines(each: Figure, lang: str) -> dict[str, str]:
    """Return the lines of one figure at the top: text, interval, what is asked with its judgement, change."""
    star = "※" if each.provisional else ""
    interval = Bilingual(f"95%区間 {each.interval}", f"95% interval {each.interval}")(lang) if each.interval else ""
    asked = Bilingual(f"目標 {each.asked}", f"Goal {each.asked}")(lang) if each.asked else ""
    change = ""
    if each.change_text:
        far = each.change_text.replace("ポイント", "pt")
        word = WAYS[each.way](lang)
        change = Bilingual(f"前期比 {far}", f"Change {far}")(lang) + (Bilingual(f"({word})", f" ({word})")(lang) if word else "")
    return {
        "text": each.text + star,
        "interval": interval,
        "asked": asked,
        "judged": each.judged_text,
        "judged_tone": JUDGED.get(each.judged, "faint"),
        "change": change,
        "change_tone": TONES.get(each.way, "faint"),
    }
