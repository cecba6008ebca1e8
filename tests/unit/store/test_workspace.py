"""A workspace: made, found, and its rashin.toml understood or refused with the place and the nearest word."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from rashin.errors import DefinitionError, OutsideError, WorkspaceError
from rashin.store import Workspace
from rashin.store.config import parse
from rashin.store.workspace import FOLDERS


def test_a_new_workspace_has_its_folders_and_is_its_owners_alone(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "東京", zone="Asia/Tokyo")
    assert {p.name for p in made.path.iterdir() if p.is_dir()} == set(FOLDERS)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    assert made.config.organisation.name == "東京"
    assert (made.path / "org.csv").read_text("utf-8-sig").startswith("agent,")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_rashin_toml_explains_itself_in_the_organisations_language(tmp_path: Path, language: str) -> None:
    made = Workspace.create(tmp_path / "w", name='引用符"と\\円', language=language)
    text = (made.path / "rashin.toml").read_text("utf-8")
    assert ("営業日" in text) == (language == "ja")
    assert tomllib.loads(text)["organisation"]["name"] == '引用符"と\\円'
    assert made.config.organisation.language == language


def test_a_workspace_is_found_from_any_folder_inside(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    inside = made.path / "kpis" / "deep"
    inside.mkdir()
    assert Workspace.find(inside) == made
    with pytest.raises(WorkspaceError, match="workspace_missing"):
        Workspace.find(tmp_path)


def test_an_existing_workspace_is_not_made_again(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w")
    with pytest.raises(WorkspaceError, match="workspace_exists"):
        Workspace.create(tmp_path / "w")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutsideError, match="workspace_unwritable"):
        Workspace.create(tmp_path / "file" / "w")


def test_every_setting_has_a_type_and_a_default() -> None:
    config = parse(
        """
        [organisation]
        cutover = "29:00"
        fiscal_year_start = 10
        [sources.pbx-osaka]
        zone = "Asia/Tokyo"
        expect = "daily"
        [engine]
        memory_limit = "512MiB"
        """
    )
    assert config.organisation.week_start == "monday"
    assert config.source("pbx-osaka").expect == "daily"
    assert config.source("anything else").expect == "open_days"
    assert config.zone("anything else") == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("text", "word", "suggestion", "place"),
    [
        ("[organisaton]", "organisaton", "organisation", "rashin.toml"),
        ('[organisation]\nzonee = "Asia/Tokyo"', "zonee", "zone", "organisation"),
        ('[organisation]\nzone = "Asia/Tokio"', "Asia/Tokio", "Asia/Tokyo", "organisation › zone"),
        ('[organisation]\nweek_start = "mondey"', "mondey", "monday", "organisation › week_start"),
        ("[organisation]\nfiscal_year_start = 13", "13", None, "organisation › fiscal_year_start"),
        ("[organisation]\nfiscal_year_start = true", "True", None, "organisation › fiscal_year_start"),
        ('[organisation]\ncutover = "5時"\nlanguage = "jp"', "jp", "ja", "organisation › language"),
        ('[engine]\nthreads = "two"', "two", None, "engine › threads"),
        ('[engine]\nmemory_limit = "much"', "much", None, "engine › memory_limit"),
        ('[sources.pbx]\nexpect = "opendays"', "opendays", "open_days", "sources › pbx › expect"),
        ("[privacy]\nminimum_group = 0", "0", None, "privacy › minimum_group"),
        ("organisation = 1", "1", None, "organisation"),
    ],
)
def test_what_is_not_understood_is_refused_with_place_word_and_suggestion(text: str, word: str, suggestion: str | None, place: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert (caught.value.word, caught.value.suggestion) == (word, suggestion)
    assert place in caught.value.place
    assert caught.value.text("ja") != caught.value.text("en")


def test_a_file_that_is_no_toml_or_no_utf_8_is_refused(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    (made.path / "rashin.toml").write_text("[organisation")
    with pytest.raises(DefinitionError, match="config_syntax"):
        _ = made.config
    (made.path / "rashin.toml").write_bytes("[organisation]\nname = '窓口'".encode("cp932"))
    with pytest.raises(DefinitionError, match="config_encoding"):
        _ = Workspace(made.path).config
