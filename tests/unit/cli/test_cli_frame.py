"""The frame of all commands: help, languages, exit codes, mistakes on the command line."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rashin.cli.lib.command import language_of, names
from rashin.cli.lib.lang import choose, use
from rashin.cli.lib.width import cells, pad, wrap

Rashin = Callable[..., Any]


def test_every_file_of_the_folder_is_a_command(rashin: Rashin) -> None:
    said = rashin("--help").out
    assert {"ask", "load", "map", "demo", "explain", "check"} < set(names())
    assert all(f"\n  {name} " in said for name in names())


@pytest.mark.parametrize("name", names())
def test_every_command_explains_itself_in_both_languages(rashin: Rashin, name: str) -> None:
    japanese, english = rashin(name, "--help", lang="ja"), rashin(name, "--help")
    assert (japanese.code, english.code) == (0, 0)
    assert "使い方: " in japanese.out
    assert "オプション:" in japanese.out
    assert "Usage: " in english.out
    assert "Options:" in english.out
    told = english.out.split("Examples:")[0] + english.out.partition("Options:")[2]
    assert not re.search("[ぁ-んァ-ヶ一-龠]", told)


def test_help_comes_at_once_and_loads_nothing_heavy() -> None:
    code = "import sys; from rashin.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\nprint([m for m in ('duckdb','pyarrow','numpy','rich','sqlglot') if m in sys.modules])"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.splitlines()[-1] == "[]"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


def test_version(rashin: Rashin) -> None:
    from rashin import __version__

    assert rashin("--version").out == f"rashin {__version__}\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["aks"], 2, "Did you mean “ask”?"),
        (["kpis", "--famly", "x"], 2, "--family"),
        (["kpis", "--format", "pdf"], 2, "table, csv, json, parquet, xlsx"),
        (["ask"], 2, "KPIS"),
        (["kpis", "--family", "accesibility"], 2, "Did you mean “accessibility”?"),
        (["explain", "servce_level"], 2, "service_level"),
        (["loads"], 5, "rashin init"),
        (["withdraw", "x"], 2, "[usage]"),
    ],
)
def test_mistakes_name_the_nearest_word_and_the_next_step(rashin: Rashin, words: list[str], code: int, said: str) -> None:
    done = rashin(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_mistakes_are_told_in_japanese_too(rashin: Rashin) -> None:
    assert "もしかして「ask」?" in rashin("aks", lang="ja").err
    assert "というオプションはありません" in rashin("kpis", "--famly", "x", lang="ja").err


def test_an_unforeseen_error_is_short_and_its_details_are_for_those_who_ask(
    rashin: Rashin, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rashin.store import Store

    monkeypatch.setattr(Store, "loads", lambda self: 1 // 0)
    done = rashin("-w", small, "loads")
    assert (done.code, done.err.splitlines()[-1]) == (1, "[unexpected]")
    assert "Traceback" not in done.err
    assert "ZeroDivisionError: " in rashin("-w", small, "loads", "--debug").err


def test_a_failing_disk_is_the_world_outside(rashin: Rashin, small: Path) -> None:
    done = rashin("-w", small, "loads", "--format", "csv", "--out", "/dev/full")
    assert done.code == 6
    assert "[outside]" in done.err
    assert rashin("-w", small, "loads", "--format", "csv", "--out", small / "missing" / "x.csv").code == 6


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert choose(None, None) == expected


def test_without_a_locale_the_workspace_decides_and_the_flag_always_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rashin.toml").write_text('[organisation]\nlanguage = "ja"\n', "utf-8")
    assert language_of(["-w", str(tmp_path), "loads"]) == "ja"
    assert language_of([f"--workspace={tmp_path}", "--lang", "en", "loads"]) == "en"
    assert language_of([]) == "en"


def test_common_options_work_before_and_after_the_command(rashin: Rashin, small: Path) -> None:
    before, after = rashin("-w", small, "--format", "csv", "loads"), rashin("loads", "-w", small, "--format", "csv")
    assert before.out == after.out
    assert before.out.startswith("\ufeffload,source,file")


def test_japanese_letters_take_two_cells() -> None:
    assert (cells("応答 a"), cells("abc"), cells("が")) == (6, 3, 2)
    assert pad("応答", 6, right=True) == "  応答"
    assert wrap("顧客を待たせない。次へ", 10) == ["顧客を待た", "せない。次", "へ"]
    assert wrap("one two three", 8) == ["one two", "three"]


def test_completion_knows_commands_and_kpis() -> None:
    def complete(words: str, at: int) -> str:
        environment = {**os.environ, "_RASHIN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
        code = "from rashin.cli import main; main()"
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False).stdout

    assert "plain,explain" in complete("rashin exp", 1)
    assert "plain,service_level:amazon_connect" in complete("rashin ask service_level:am", 2)


def test_completion_scripts_are_printed(rashin: Rashin) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_RASHIN_COMPLETE" in rashin("completion", shell).out


def teardown_module() -> None:
    use("en")
