"""Rules of the house that no linter knows: what may be imported when, what must never be written, how long a module may be."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def tracked() -> list[Path]:
    """Every text file of the project, as git lists it (or as it lies there, when there is no git)."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        return [p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts and ".git" not in p.parts]
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_importing_rashin_loads_nothing_heavy() -> None:
    heavy = (
        "duckdb",
        "pyarrow",
        "numpy",
        "sqlglot",
        "pandas",
        "polars",
        "rich",
        "click",
        "django",
        "matplotlib",
        "scipy",
        "holidays",
        "pyspark",
        "chdb",
    )
    code = f"import sys, rashin, rashin.errors; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.parent.name != "migrations"],  # Django writes those, and nobody reads more than one
    ids=lambda p: str(p.relative_to(ROOT / "src")),
)
def test_a_module_has_one_idea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 450, f"{lines} lines: is there a second idea in it?"


FORBIDDEN_CODE = {
    "evaluates text as code": re.compile(r"(?<![\w.])(eval|exec)\("),
    "unpickles": re.compile(r"\b(pickle|marshal|shelve)\b"),
    "loads YAML unsafely": re.compile(r"yaml\.load\("),
    "goes through a shell": re.compile(r"shell\s*=\s*True|os\.system\("),
    "drops what it cannot decode": re.compile(r"""errors\s*=\s*["'](ignore|replace)["']"""),
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_the_code_never(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [why for why, pattern in FORBIDDEN_CODE.items() if pattern.search(text)]
    assert found == []


def test_lock_files_hold_versions_and_hashes_only() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name


def test_no_path_of_a_machine_is_written_down() -> None:
    home = re.compile(r"(?<![\w.])/(root|home/\w+|Users/\w+|work)/")
    found = []
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".sh", ".txt", ".lock"} or path.name in {"Makefile", "run"}:
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in home.finditer(text) if path.name != "test_house_rules.py"]
    assert found == []


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    block = lines[start + 1 : lines.index("]", start)]
    for before, line in zip(["", *block], block, strict=False):
        if line.strip().startswith('"'):
            assert before.strip().startswith("#"), f"no reason above {line.strip()}"
