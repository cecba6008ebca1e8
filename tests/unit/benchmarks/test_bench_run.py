"""The benchmark measures equal answers or nothing: its files are always the same, its check sees one wrong cell, a small run goes through."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

BENCH = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """The modules of the benchmark, importable as they import each other."""
    monkeypatch.syspath_prepend(str(BENCH))
    import centre
    import check
    import questions

    return centre, check, questions


def test_the_same_arguments_give_the_same_bytes(bench, tmp_path):
    centre, _, _ = bench
    one, two = centre.write(tmp_path / "one", 700), centre.write(tmp_path / "two", 700)
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in two]
    assert sum(each.read_text().count("\n") - 1 for each in one) == 700
    assert sum(pq.read_table(each).num_rows for each in centre.write(tmp_path / "one", 700, "parquet")) == 700


def test_one_wrong_cell_is_seen_and_an_empty_one_is_not_zero(bench, tmp_path):
    _, check, questions = bench
    question = questions.QUESTIONS["days"]
    (tmp_path / "answers").mkdir()

    def answer(name, **changed):
        values = dict.fromkeys(questions.KPIS, 0.5) | changed
        columns = {"business_date": pa.array(["2026-10-01"])} | {kpi: pa.array([value], pa.float64()) for kpi, value in values.items()}
        pq.write_table(pa.table(columns), tmp_path / "answers" / f"{name}-days.parquet")

    answer("sql")
    answer("same", aht=0.5 + 1e-12)
    answer("other", aht=0.5001, asa=None)
    assert check.differences(tmp_path, "same", question) == []
    assert [line.split(":")[0] for line in check.differences(tmp_path, "other", question)] == ["asa", "aht"]


@pytest.mark.slow
def test_a_small_run_loads_asks_and_agrees(tmp_path):
    command = [sys.executable, BENCH / "run.py", "--rows", "4000", "--repeats", "1", "--data", tmp_path, "--page", tmp_path / "page.md"]
    done = subprocess.run(
        [*command, "--no-web", "--only", "rashin_facts", "rashin_rollups", "polars_script"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "4,000 contacts" in page
    assert page.count("Rashin on roll-ups") > 3
    for part in ("Making the roll-ups", "What the KPI layer adds", "Percentiles", "Repeat contacts", "One load of 25,000", "Live: batches"):
        assert f"## {part}" in page
    assert not list(tmp_path.glob("4000"))


def test_a_section_of_its_own_is_replaced_and_outlives_the_great_run(bench):
    import sections

    page = "# Benchmarks\n\n## How it was measured\n\n- so\n"
    once = sections.placed(page, "Forecast", ["old"])
    both = sections.placed(sections.placed(once, "Correlation", ["| a |"]), "Forecast", ["new", "", "line"])
    assert (
        both
        == f"# Benchmarks\n\n## How it was measured\n\n- so\n\n{sections.MARK}\n\n## Correlation\n\n| a |\n\n## Forecast\n\nnew\n\nline\n"
    )
    assert "# other\n" + sections.kept(both) == sections.placed("# other\n", "Correlation", ["| a |"]).replace(
        "| a |", "| a |\n\n## Forecast\n\nnew\n\nline"
    )
    assert sections.kept(page) == ""
