"""The guide to formulas shows what the product really accepts and really says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rashin.catalogue import load
from rashin.errors import DefinitionError
from rashin.formula import parse_measure, parse_value

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
LANGUAGES = ("ja", "en")
MEASURES = {
    name: parse_measure(name, text, "contact", {}, "guide")
    for name, text in {"answered": "count(*)", "long": "count(*)", "holds": "histogram(hold_s)"}.items()
}


def blocks(lang: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (GUIDE / lang / "formulas.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_examples_load(lang: str, tmp_path: Path) -> None:
    entry, other_fact, variant = blocks(lang, "toml")
    (tmp_path / "own.toml").write_text(entry + variant, "utf-8")
    catalogue = load(folder=tmp_path)
    assert catalogue.definition("long_hold_rate").interval == "wilson"
    assert catalogue.definition("long_hold_rate:two_minutes").params == {"limit_s": 120}
    body = [line for line in entry.splitlines() if not line.startswith(("measures.", "value", "unit"))]
    (tmp_path / "own.toml").write_text("\n".join([*body, 'unit = "per_hour"', other_fact]), "utf-8")
    assert load(folder=tmp_path).definition("long_hold_rate").facts == {"contact", "agent_time"}


def read(kind: str, formula: str) -> None:
    if kind == "measure":
        parse_measure("x", formula, "contact", {}, "kpis/own.toml › x")
    else:
        parse_value(formula, MEASURES, {}, "kpis/own.toml › x")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["measure", "value"])
def test_the_refusals_are_shown_as_they_are(lang: str, kind: str) -> None:
    shown = [part.splitlines() for block in blocks(lang, f"refused {kind}") for part in block.strip().split("\n\n")]
    assert len(shown) >= 3
    for formula, *messages in shown:
        with pytest.raises(DefinitionError) as caught:
            read(kind, formula)
        said = caught.value.text(lang).splitlines()
        assert [message.removeprefix("→ ") for message in messages] == [line.removeprefix("→ ") for line in said[: len(messages)]], formula
