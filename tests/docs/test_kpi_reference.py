"""The committed KPI reference is what the generator makes, in both languages, and leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rashin.catalogue import Catalogue, load
from rashin.catalogue.pages import LANGUAGES, page
from rashin.catalogue.specs import Spec, load_specs

ROOT = Path(__file__).parents[2]
each_language = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def specs() -> list[Spec]:
    return load_specs(ROOT / "tests" / "spec")


def committed(lang: str) -> str:
    return (ROOT / "docs" / "reference" / f"kpis.{lang}.md").read_text(encoding="utf-8")


@each_language
def test_committed_page_is_what_the_generator_makes(lang: str, catalogue: Catalogue, specs: list[Spec]) -> None:
    made = page(catalogue, specs, lang)
    assert committed(lang) == made, "make it again: python -m rashin.catalogue.pages"


@each_language
def test_every_kpi_and_every_variant_is_on_the_page(lang: str, catalogue: Catalogue) -> None:
    text = committed(lang)
    for kpi in catalogue.kpis.values():
        section = text.partition(f'<a id="{kpi.key}"></a>')[2].partition('<a id="')[0]
        assert kpi.purpose(lang) in section
        for reading in kpi.readings.values():
            assert reading.meaning(lang) in section, (kpi.key, reading.variant)
            assert reading.source(lang) in section, (kpi.key, reading.variant)


@each_language
def test_links_lead_to_a_section(lang: str) -> None:
    text = committed(lang)
    anchors = re.findall(r'<a id="([a-z0-9_]+)">', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([a-z0-9_]+)\)", text)) <= set(anchors)


def test_every_kpi_and_every_variant_has_a_worked_figure(catalogue: Catalogue, specs: list[Spec]) -> None:
    worked = {(spec.kpi, reading) for spec in specs for reading in spec.expect}
    assert sorted({(kpi.key, reading) for kpi in catalogue.kpis.values() for reading in kpi.readings} - worked) == []
    assert sorted(worked - {(kpi.key, reading) for kpi in catalogue.kpis.values() for reading in kpi.readings}) == []
