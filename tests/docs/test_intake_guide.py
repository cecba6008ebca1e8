"""What the intake guides show is true: their mappings are read, their values are read, their doubts exist, their units are all units."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rashin.connect import parse_mapping
from rashin.connect.mapping import UNITS
from rashin.intake import propose
from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import How, parse_instant
from rashin.intake.values.numbers import parse_number

ROOT = Path(__file__).parents[2]
GUIDES = {lang: (ROOT / "docs" / "guide" / lang / "intake.md").read_text("utf-8") for lang in ("ja", "en")}
each_guide = pytest.mark.parametrize("lang", ["ja", "en"])


def row(lang: str, title: str) -> list[str]:
    """The code words of the table row that begins with ``title``."""
    line = next(line for line in GUIDES[lang].splitlines() if line.startswith(f"| {title}"))
    return re.findall(r"`([^`]+)`", line)


@each_guide
def test_mappings_in_the_guide_are_read(lang: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDES[lang], re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse_mapping(block).facts


@each_guide
def test_units_in_the_guide_are_all_there_are(lang: str) -> None:
    start = GUIDES[lang].index("- 単位:" if lang == "ja" else "- Units:")
    named = set(" ".join(re.findall(r"`([^`]+)`", GUIDES[lang][start : start + 400])).split())
    assert set(UNITS) - {"thousand", "number"} <= named


@each_guide
def test_doubts_in_the_guide_exist(lang: str) -> None:
    folder = Path(propose.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    start = GUIDES[lang].index("| `zone`")
    named = re.findall(r"`([a-z_]+)`", "".join(line.split("|")[1] for line in GUIDES[lang][start:].split("\n\n")[0].splitlines()))
    assert len(named) >= 12
    for each in named:
        assert f'"{each}"' in code, each


def test_values_in_the_guide_are_read() -> None:
    assert all(parse_number(text)[0] is not None for text in row("ja", "数値"))
    durations = [text for text in row("ja", "長さ") if text != "25:10"]
    assert all(parse_duration(text, "s")[0] is not None for text in durations)
    whole = [text if re.match(r"\d{4}|令|R", text) else f"2026-10-01 {text}" for text in row("ja", "日時")]
    assert all(parse_instant(text)[0] is not None for text in whole)
    assert parse_number("1.234,5", decimal=",")[0] == 1234.5
    for text in row("ja", "値なし"):
        assert parse_number(text) == (None, "")
    for text in ("NaN", "∞", "#VALUE!"):
        assert parse_number(text)[1] != ""
    assert parse_instant("2026-02-30", How())[2] == "no_such_date"
